#pragma once
#include <map>
#include <string>
#include <vector>

#include "command/command.hpp"
#include "model/error.hpp"
#include "model/request.hpp"
#include "select/select.hpp"

namespace migrate {

/// The options that say what a verb should do, for the commands of those verbs and for `plan` and `explain`.
extern const OptionSet kStepOptions;      ///< --to, --steps
extern const OptionSet kRollbackOptions;  ///< --to, --steps, --batch
extern const OptionSet kGenerateOptions;  ///< --empty, --app, --answer
extern const OptionSet kResolveOptions;   ///< --applied, --rolled-back, --resume ...
extern const OptionSet kVerbOptions;      ///< all of them

/// What the command line asks of a verb. `name` is its positional. Errors: `usage` (--steps 0, --to with
/// --steps, generate without a name).
Result<Request> request_of(const ParsedCommand& parsed, Verb verb, const std::string& name);

/// The options that are part of a plan's id, by name.
std::map<std::string, std::string> plan_options(const Request& request);

/// The command line that makes the same plan again anywhere: verb, name, its options, the chosen units by id
/// and the environment by name.
std::vector<std::string> arguments_of(const Request& request, const ParsedCommand& parsed,
                                      const Selection& selection);

}  // namespace migrate
