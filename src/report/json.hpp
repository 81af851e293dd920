#pragma once
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "model/ready.hpp"
#include "model/result.hpp"

namespace migrate {

using Json = nlohmann::ordered_json;

/// Pieces of documents, in the contract's field names. None of them holds a credential: a Connection's
/// user, password and URL have no field here.
Json to_json(const Error& error);
Json to_json(const Next& next);
Json to_json(const Target& target);
Json to_json(const Step& step);
Json to_json(const Verdict& verdict);
Json to_json(const StepOutcome& outcome);
/// A unit as `detect` describes it.
Json detected_json(const Unit& unit);
/// verb, environment, targets, steps, verdict ... of one unit, as `plan` prints and keeps them.
Json to_json(const UnitPlan& plan);

/// How much of a result a document shows.
struct Detail {
    bool history = false;                                 ///< all applied migrations, not only count and last
    bool plan = false;                                    ///< steps and verdicts
    bool outcome = false;                                 ///< changed, done, left, files
    const std::map<std::string, Ready>* ready = nullptr;  ///< `setup`: by unit id
};

/// The envelope of every document but `detect`'s own lists (contract, section 4).
Json envelope(const CommandResult& result, const Detail& detail);

/// Text of a document with a final newline. Invalid UTF-8 is replaced, never thrown at the caller.
std::string dump(const Json& document);
/// The same on one line, as JSON lines and protocols want it.
std::string dump_line(const Json& document);

}  // namespace migrate
