#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.hpp"
#include "model/history.hpp"
#include "model/plan.hpp"
#include "model/target.hpp"
#include "model/unit.hpp"

namespace migrate {

/// What a command changed (contract: `changed`), least first.
enum class Changed { nothing, files, database, unknown };

std::string_view to_string(Changed changed);

/// One target of a unit and what its history says.
struct TargetStatus {
    Target target;
    History history;
    std::optional<Error> error;
};

/// What one step did.
struct StepOutcome {
    int n = 0;
    bool ok = false;
    long ms = 0;
    std::optional<int> native_exit;  ///< the native tool's own exit code
    std::string signal;              ///< "SIGKILL" where it died by one
    bool timed_out = false;
    std::optional<bool> differs;  ///< `diff`: whether the tool found a difference, where it says
    std::string output;           ///< redacted, at most 16 KiB
    std::string output_file;      ///< where all of it is, "" if `output` is all
};

/// A migration that was applied or reverted.
struct DoneMigration {
    std::string id;
    std::string direction;  ///< "up" or "down"
    long ms = 0;
};

/// What became of one unit: the one value that text, JSON and MCP are made from.
struct UnitResult {
    Unit unit;
    State state = State::unknown;
    std::vector<TargetStatus> targets;
    std::optional<Error> error;
    std::string skipped;  ///< why it took no part, "" if it did
    std::optional<UnitPlan> plan;
    Changed changed = Changed::nothing;
    std::vector<StepOutcome> steps;
    std::vector<DoneMigration> done;
    std::vector<std::string> left;   ///< ids that the verb should have applied or reverted and did not
    std::vector<std::string> files;  ///< files written
    std::vector<Next> next;
    std::string text;  ///< a verb's own answer that is text: the schema difference, the SQL that would run

    bool ok() const { return !error; }
};

/// The environment's name and what chose it: "--env", "MIGRATE_ENV", "default" ...
struct EnvironmentName {
    std::string name = "development";
    std::string source = "default";
};

/// What became of a whole command.
struct CommandResult {
    std::string command;
    int exit = 0;
    std::vector<UnitResult> units;
    EnvironmentName environment;
    std::vector<Error> errors;  ///< that concern no single unit
    std::vector<Next> next;
    std::string plan_id;
};

/// Exit status of the whole: that of the worst unit or error. Skipped units count as 0.
int exit_of(const CommandResult& result);

/// Whether a step of a `diff` found a difference; nullopt where none of them could say.
std::optional<bool> differs(const UnitResult& unit);

/// The worst of the units' `changed`.
Changed changed_of(const CommandResult& result);

}  // namespace migrate
