#pragma once
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.hpp"
#include "model/history.hpp"
#include "model/plan.hpp"
#include "model/request.hpp"
#include "model/risk.hpp"
#include "model/target.hpp"
#include "model/unit.hpp"
#include "model/verb.hpp"
#include "model/version.hpp"

namespace migrate {

namespace db {
class Database;
}

/// How a tool does a verb: by its own command, by a list of built-in steps, or not at all. `classify` rows
/// only serve the way back: they tell what a command line that we never compose would do.
enum class How { native, built_in, unsupported, classify };

std::string_view to_string(How how);

/// One row of a tool's table: the facts about one command of one range of versions. Every fact about a
/// tool's command line stands in such a row and nowhere else; `explain`, documentation, `guard` and the
/// adapters' own plans read it from here.
///
/// `argv` is the command line after the program's name: literal words, holes as {name}, and optional groups
/// in square brackets that vanish when a hole inside them has no value: "migrate:up [{file}] [--env {env}]".
/// For the way back, a command line matches a row when its words begin with the row's literal words.
struct Row {
    How how = How::native;
    std::optional<Verb> verb =
        {};  ///< nullopt on `classify` rows that are no verb of ours (studio, shell ...)
    std::string_view variant = {};  ///< which form of the verb: "", "empty", "to", "batch" ...
    std::string_view argv = {};     ///< native and classify rows; "" otherwise
    Risk risk = Risk::read;
    VersionRange versions{};
    std::string_view note = {};  ///< what a person should know; for unsupported rows the reason
    std::string_view next = {};  ///< unsupported rows: the nearest safe command, "migrate backup" ...
    std::string_view source =
        {};  ///< version and document the fact comes from, where it is not the tool page
};

/// A flag that a tool knows. One that is in no row is unclassified. `command` limits it to command lines
/// that begin with these words; "" = any. `risk` is what the flag raises the command to.
struct Flag {
    std::string_view command = {};
    /// "--force", "-f"; "-cleanDisabled=false" where only that value matters (it then counts instead of
    /// "-cleanDisabled"); "-placeholders.*" for all that begin so.
    std::string_view name = {};
    bool takes_value = false;
    Risk risk = Risk::read;
    VersionRange versions{};
    bool retargets = false;  ///< names another database or configuration: what was resolved no longer holds
};

/// What must be known before a verb can be planned.
struct Needs {
    bool target = false;   ///< the database must be resolved
    bool history = false;  ///< files and rows must be compared
    bool files = false;    ///< the migration files must be listed
    bool seeds = false;
};

/// Everything a plan may be made from. What is not in here cannot be in a plan.
struct Facts {
    std::filesystem::path root;                ///< absolute scan root, for reading files
    std::vector<Target> targets;               ///< resolved; empty where not needed
    std::map<std::string, History> histories;  ///< by target name
    std::vector<MigrationFile> files;
};

/// How the history is read over a plain connection: a SELECT whose column names are those of AppliedRow
/// (id, at, checksum, batch, key, state, detail, down_sql; all but id optional). `at` may be text, a
/// timestamp, or milliseconds since the epoch.
struct HistoryQuery {
    std::string schema;               ///< "" = the connection's own
    std::string table;                ///< unqualified; looked for before the SELECT runs
    std::string select;               ///< with the table qualified and quoted for the engine
    std::string column = {};          ///< a column that `select` needs and older tables lack, "" = none
    std::string select_without = {};  ///< what is run where the table has no such column
};

/// What a native tool itself does about locks, transactions and time, for plans, `explain` and documents.
struct Traits {
    bool locks = false;                  ///< takes a lock of its own
    bool keeps_checksums = false;        ///< history holds checksums (so edits are known)
    bool keeps_times = true;             ///< history holds times of application
    std::string_view transaction = {};   ///< what it wraps: "all pending in one (PostgreSQL)", ...
    std::string_view lock_timeout = {};  ///< how a time limit reaches it: "PGOPTIONS", ... or "cannot"
};

/// One tool: its table, and a few honest functions for what no table can say. All functions are pure but
/// for reading files below `root`; none starts a process, opens a connection or sees the environment.
struct Adapter {
    Tool tool = Tool::sql;
    std::string_view program = {};  ///< name of the binary: "prisma", "manage.py"
    std::string_view title = {};    ///< as people write it: "Prisma Migrate"
    std::span<const Row> rows = {};
    std::span<const Flag> flags = {};
    Traits traits = {};

    /// What the verb must know first.
    Needs (*needs)(const Unit&, const Request&) = nullptr;
    /// The steps; an error `verb.unsupported` with reason and next step where the tool cannot.
    Result<std::vector<Step>> (*plan)(const Unit&, const Request&, const Facts&) = nullptr;
    /// The migrations in the repository, in the order in which the tool applies them.
    Result<std::vector<MigrationFile>> (*files)(const Unit&, const std::filesystem::path& root) = nullptr;
    /// nullopt where the history cannot be read over a plain SQL connection.
    std::optional<HistoryQuery> (*history)(const Unit&, const std::filesystem::path& root,
                                           const Target&) = nullptr;
    /// Compare files and rows as the tool does; most use compare_by_id.
    History (*compare)(const Unit&, const std::vector<MigrationFile>&, HistoryRows) = nullptr;
    /// Where the tool's own configuration says its databases are, for an environment's name.
    Result<std::vector<TargetSource>> (*targets)(const Unit&, const std::filesystem::path& root,
                                                 const std::string& environment) = nullptr;
    /// Whether the installed version can work with the layout of the project; an error says why not
    /// (`tool.version`, `tool.layout`). Checked before any lookup.
    std::optional<Error> (*fits)(const Unit&, const std::filesystem::path& root) = nullptr;
    /// The rows in what the step that `plan` makes for `status` printed. How a history is read that no
    /// connection of ours can read, where that step's risk is `read`; `status --native` otherwise.
    Result<HistoryRows> (*read_status)(const Unit&, std::string_view output) = nullptr;
    /// Reads the history where one SELECT is not enough (raw SQL: what our ledger adds to another tool's
    /// table). Used instead of `history` where it is set, on a read-only session.
    Result<HistoryRows> (*read)(const Unit&, const std::filesystem::path& root, const Target&,
                                db::Database&) = nullptr;
};

/// The adapter of a tool. Never fails: every tool has one.
const Adapter& adapter_of(Tool tool);

/// The first row of `verb` and `variant` whose range holds the unit's version (unknown versions take the
/// newest row). nullptr where the table has none.
const Row* find_row(const Adapter& adapter, Verb verb, std::string_view variant,
                    const std::optional<Version>& version);

/// How the tool does a verb for this unit, for `detect`, `explain` and documents: its first row.
const Row* support(const Adapter& adapter, Verb verb, const std::optional<Version>& version);

using Holes = std::map<std::string, std::string, std::less<>>;

/// The row's argv with its holes filled: {"migrate", "deploy"}. A hole without value outside a group is a
/// programming error and throws std::logic_error. A value never splits into words.
std::vector<std::string> fill(std::string_view argv, const Holes& holes);

/// The native step of a row: program, launch prefix, filled argv, the unit's root as cwd, risk.
Step native_step(const Adapter& adapter, const Unit& unit, const Row& row, const Holes& holes,
                 std::string purpose);

/// The answer for a verb that the tool does not have: `verb.unsupported`, with the row's reason and next.
tl::unexpected<Error> unsupported(const Adapter& adapter, const Unit& unit, const Row* row, Verb verb);

/// Which migrations `run` with --to/--steps applies, and which `rollback` with --to/--steps/--batch
/// reverts (newest first), from a history. Errors: `migration.unknown` for an id that is not there,
/// `migration.none` where nothing is left to roll back is not an error: the list is empty.
Result<std::vector<MigrationFile>> migrations_to_run(const Request& request, const History& history);
Result<std::vector<AppliedRow>> migrations_to_revert(const Request& request, const History& history);

/// What a command line would do.
struct Classified {
    Tool tool = Tool::sql;
    std::optional<Verb> verb;
    Risk risk = Risk::destroy;
    const Row* row = nullptr;
    std::vector<std::string> unknown;  ///< flags and words that no row knows; empty = fully classified
    bool retargets = false;  ///< a flag names the database or the configuration: resolve it from the flag
};

/// The way back: what `args` (without program and launch prefix) would do. nullopt where no row matches:
/// unclassified, refused on a protected target.
std::optional<Classified> classify(const Adapter& adapter, std::span<const std::string> args,
                                   const std::optional<Version>& version);

/// The same for a whole command line, with whatever starts the tool in front: `npx prisma migrate deploy`,
/// `uv run alembic upgrade head`, `python manage.py migrate`, `./gradlew flywayMigrate`, `flask db upgrade`,
/// `npm exec -- knex migrate:latest`, `docker compose exec api ...`. nullopt where it starts no tool of ours.
std::optional<Classified> classify_command(std::span<const std::string> argv);

}  // namespace migrate
