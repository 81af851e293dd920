#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "adapters/adapter.hpp"
#include "config/config.hpp"
#include "detect/detect.hpp"
#include "live/facts.hpp"
#include "model/caller.hpp"
#include "model/result.hpp"
#include "plan/ask_native.hpp"
#include "plan/read_sessions.hpp"
#include "policy/judge.hpp"
#include "run/redact.hpp"
#include "select/select.hpp"

namespace migrate {

/// A unit with everything that its plan may be made from. `result` holds the unit, its targets and, where
/// something is wrong, the error that ends the verb for it.
struct GatheredUnit {
    SelectedUnit selected;
    Request request;  ///< with this unit's environment name
    UnitResult result;
    Facts facts;
    std::map<std::string, LevelFacts> level_facts;  ///< by target: what its level is decided from
    std::map<std::string, LiveFacts> live;          ///< by target: what the database says of itself
    std::vector<HistoryQuery> other_histories;      ///< of the repository's other units
    ReadSessions sessions{};                        ///< those that were kept (GatherSettings)
    bool started = false;                           ///< its steps were begun, and the log says so
    std::optional<Consent> consent;                 ///< what a person answered for this unit alone
    std::map<std::string, EnvValue>
        child_env;                           ///< what a native tool must be given to find the same database
    std::shared_ptr<NativeReaders> readers;  ///< kept from the first reading to the one behind the last step
};

struct GatherSettings {
    std::filesystem::path root;
    std::filesystem::path state_dir;  ///< where what was computed is kept between runs
    Environment process;
    const Config* config = nullptr;
    const Policy* policy = nullptr;                ///< for the levels that policy files declare
    std::optional<std::string> environment_flag;   ///< --env
    std::string url_env;                           ///< --url-env
    std::span<const Problem> problems = {};        ///< what detection found wrong
    bool read_histories = true;                    ///< false for verbs that only explain
    bool ask_tool = false;                         ///< the tool will be asked: what reads only by a start of
                                                   ///< the project's own language is not read
    bool ask_live = false;                         ///< ask the servers also where the verb changes nothing
    bool keep_sessions = false;                    ///< the units are going to be run: in the same sessions
    const std::vector<Unit>* all_units = nullptr;  ///< of the repository, whether selected or not
    std::int64_t now = 0;                          ///< seconds since the epoch
    int jobs = 4;
};

/// Resolves targets and their levels, lists migration files and reads histories, as far as the verb needs
/// them for each unit. For verbs that change something each database is asked what it is (live/ask.hpp), and
/// its level decided with the answer. Reads only; several units are read at the same time. The redactor
/// learns every credential before any connection is opened. Faults of one unit stand in its result, those
/// that concern several (`target.shadowed`) in `errors`.
std::vector<GatheredUnit> gather(const std::vector<SelectedUnit>& units, const Request& request,
                                 const GatherSettings& settings, Redactor& redactor,
                                 std::vector<Error>& errors);

/// Reads what one target's database holds of the unit's history. A missing database is no error here: the
/// rows say so.
Result<HistoryRows> read_unit_rows(const Unit& unit, const Target& target, const std::filesystem::path& root,
                                   ReadSessions& sessions);
/// The same, compared with the unit's files.
Result<History> read_unit_history(const Unit& unit, const std::vector<MigrationFile>& files,
                                  const Target& target, const std::filesystem::path& root,
                                  ReadSessions& sessions);

}  // namespace migrate
