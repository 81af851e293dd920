// What each verb becomes with Drizzle. What drizzle-kit has no command for (status, rollback, baseline, and
// running at all in 0.20) is composed from the migrations themselves and the rows that its migrator writes.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "adapters/drizzle/drizzle.hpp"
#include "adapters/drizzle/rows.hpp"
#include "adapters/support/history_sql.hpp"
#include "adapters/support/node_plan.hpp"
#include "adapters/support/node_steps.hpp"
#include "adapters/support/sql_file.hpp"
#include "base/files.hpp"

namespace migrate::drizzle {

namespace {

using Steps = std::vector<Step>;

/// What the plan of one verb is made from.
struct Context {
    const Unit& unit;
    const Request& request;
    const Facts& facts;
    node::Known known;
    Project project;
    Version version;

    const Adapter& adapter() const { return adapter_of(Tool::drizzle); }
    const Row* row(Verb verb, std::string_view variant) const {
        return find_row(adapter(), verb, variant, version);
    }
    tl::unexpected<Error> cannot(Verb verb, std::string_view variant) const {
        return unsupported(adapter(), unit, row(verb, variant), verb);
    }
    const History& history() const { return *known.history; }
    bool by_dialect() const { return version < Version{0, 21, 0}; }
    HistoryTable table() const { return history_table(project, version, known); }

    /// The step of a row. 0.20 has one for each dialect.
    Result<Step> step(Verb verb, std::string variant, std::string purpose, Holes holes = {}) const {
        if (by_dialect()) variant += (variant.empty() ? "" : "-") + old_dialect(project);
        const Row* found = row(verb, variant);
        if (!found || found->how != How::native) return unsupported(adapter(), unit, found, verb);
        bool named = !project.config.empty() && !project.config_is_default;
        holes.try_emplace("config", named ? from_unit_root(unit, project.config) : "");
        Step made = native_step(adapter(), unit, *found, holes, std::move(purpose));
        made.env["NO_COLOR"] = {"1"};
        made.env["NODE_ENV"] = {request.environment};
        if (known.target) made.target = known.target->name;
        return made;
    }
};

Result<Steps> one(Result<Step> step) {
    if (!step) return tl::unexpected(step.error());
    return Steps{std::move(*step)};
}

Engine engine_of(const Context& context) {
    if (context.known.target && context.known.target->connection.engine)
        return *context.known.target->connection.engine;
    return context.project.engine.value_or(Engine::postgresql);
}

/// A journal entry without its file makes `migrate` fail, without a word before 1.0.
std::optional<Error> lacking_file(const Context& context, const std::vector<MigrationFile>& files) {
    for (const auto& file : files)
        if (file.files.empty())
            return Error{"migration.invalid",
                         context.project.out + ": the SQL of " + file.id + " is gone",
                         "The journal lists it. Restore the file from version control.",
                         {}};
    return std::nullopt;
}

tl::unexpected<Error> all_skipped(const Context& context) {
    const std::string& id = context.history().will_skip.front();
    return fail(
        "migration.skipped",
        context.unit.id + ": `drizzle-kit migrate` would skip " + id +
            (context.history().will_skip.size() > 1 ? " and others" : "") +
            ", and report success: its `when` in the journal is not newer than the newest row of the history",
        "It compares times only. Set `when` of the entry in " + context.project.out +
            "/meta/_journal.json to now, in milliseconds, if the migration is really missing.");
}

/// 0.20: the text of a migration and its row in one transaction, as the migrator of drizzle-orm does it.
Step execute_with_row(const Context& context, const MigrationFile& file, bool create_table) {
    ExecuteSql execute;
    execute.label = file.files.front() + " with its row in the history";
    if (create_table)
        for (const auto& statement : context.table().create()) execute.sql += statement + ";\n";
    execute.sql += without_breakpoints(read_file(context.facts.root / file.files.front()).value_or(""));
    execute.sql += context.table().insert(file) + ";\n";
    Step step;
    step.target = context.known.target->name;
    step.purpose = "apply " + file.id;
    step.action = std::move(execute);
    step.risk = Risk::apply;
    expect_applied_sql(step, {file}, context.facts.root, engine_of(context));
    return step;
}

/// Applies exactly `files`, which are everything that `drizzle-kit migrate` would apply.
Result<Steps> applied(const Context& context, const std::vector<MigrationFile>& files) {
    if (auto error = lacking_file(context, files)) return tl::unexpected(*error);
    if (context.by_dialect()) {
        Steps steps;
        for (const auto& file : files)
            steps.push_back(execute_with_row(context, file, steps.empty() && !context.history().initialised));
        return steps;
    }
    auto step = context.step(Verb::run, "", "apply " + node::count_of(files.size()));
    if (step) expect_applied_sql(*step, files, context.facts.root, engine_of(context));
    return one(std::move(step));
}

/// 1.0 gives an older table its new columns first, and refuses to where a row means no folder
/// (drizzle-orm 1.0.0-rc.5, up-migrations).
bool cannot_upgrade(const Context& context) {
    return context.version >= Version{1, 0, 0} && context.known.readable() && context.history().initialised &&
           !context.table().has_name && !context.history().missing.empty();
}

Result<Steps> run(const Context& context) {
    if (cannot_upgrade(context))
        return node::missing_files(
            context.unit, context.history().missing,
            "drizzle-kit 1.0 does not take over the older history table while rows in it "
            "mean no migration.");
    if (!context.known.readable()) {
        if (context.by_dialect() || node::asks_for_part(context.request))
            return node::unread_history(context.unit, Verb::run);
        return one(context.step(Verb::run, "", "apply what is pending"));
    }
    auto chosen = migrations_to_run(context.request, context.history());
    if (!chosen) return tl::unexpected(chosen.error());
    if (chosen->empty()) return Steps{};
    // What runs without being skipped; nothing is skipped where we execute the files ourselves.
    auto skipped = [&](const MigrationFile& file) {
        return !context.by_dialect() && node::contains(context.history().will_skip, file.id);
    };
    std::vector<MigrationFile> everything = context.history().pending;
    std::erase_if(everything, skipped);
    std::erase_if(*chosen, skipped);
    if (chosen->empty()) return all_skipped(context);
    if (!context.by_dialect() && chosen->size() != everything.size()) return context.cannot(Verb::run, "to");
    return applied(context, *chosen);
}

Result<Steps> reverted(const Context& context, const std::vector<AppliedRow>& rows) {
    const HistoryTable table = context.table();
    std::vector<Undo> undo;
    for (const auto& row : rows)
        undo.push_back({row, node::file_of(context.facts.files, row.id), table.remove(row)});
    return revert_by_down_files("Drizzle", context.unit.id, *context.known.target, table.name, undo,
                                context.facts.root);
}

Result<Steps> rollback(const Context& context) {
    if (context.request.batch) return context.cannot(Verb::rollback, "batch");
    if (!context.known.readable()) return node::unread_history(context.unit, Verb::rollback);
    auto rows = migrations_to_revert(context.request, context.history());
    if (!rows) return tl::unexpected(rows.error());
    if (rows->empty()) return Steps{};
    return reverted(context, *rows);
}

/// `migrate` applies everything that is pending, so nothing else may be.
Result<Steps> redo(const Context& context) {
    if (context.request.batch) return context.cannot(Verb::rollback, "batch");
    if (!context.known.readable()) return node::unread_history(context.unit, Verb::redo);
    if (std::size_t more = context.history().pending.size(); more > 0)
        return fail("verb.unsupported",
                    node::count_of(more) + " more " + (more == 1 ? "is" : "are") +
                        " pending, and would be applied with the last one",
                    "redo reverts and applies the last migration alone.",
                    {{By::you,
                      {"migrate", "plan", "run", "-u", context.unit.id},
                      "",
                      "applies what is pending first"}});
    auto rows = migrations_to_revert(context.request, context.history());
    if (!rows) return tl::unexpected(rows.error());
    if (rows->empty()) return Steps{};
    std::vector<MigrationFile> again;
    for (auto row = rows->rbegin(); row != rows->rend(); ++row) {
        const MigrationFile* file = node::file_of(context.facts.files, row->id);
        if (!file)
            return node::missing_files(context.unit, {row->id},
                                       "It could be reverted, but not applied again.");
        again.push_back(*file);
    }
    auto back = reverted(context, *rows);
    if (!back) return back;
    auto forth = applied(context, again);
    if (!forth) return forth;
    std::move(forth->begin(), forth->end(), std::back_inserter(*back));
    return back;
}

/// baseline and resolve change rows and nothing else.
Result<Steps> change_rows(const Context& context) {
    const Request& request = context.request;
    if (request.resume) return context.cannot(Verb::resolve, "resume");
    if (request.unlock) return context.cannot(Verb::resolve, "unlock");
    if (!context.known.target || !context.known.target->connection.engine)
        return node::no_target(context.unit);
    if (!context.known.readable()) return node::unread_history(context.unit, request.verb);
    if (request.rolled_back) return context.cannot(Verb::resolve, "rolled-back");

    const HistoryTable table = context.table();
    const auto& applied = context.history().applied;
    auto row_of = [&](const std::string& id) {
        return std::find_if(applied.begin(), applied.end(),
                            [&](const AppliedRow& row) { return row.id == id; });
    };
    if (request.edited) {
        const MigrationFile* file = node::file_of(context.facts.files, *request.edited);
        auto row = row_of(*request.edited);
        if (!file || row == applied.end())
            return fail("migration.unknown",
                        context.unit.id + ": no applied migration is called " + *request.edited,
                        "Ids are those that `migrate history` prints.");
        return history_steps(*context.known.target, table.name, {{}, {}, {table.update(*row, *file)}},
                             "take " + file->id + " as it is now");
    }
    auto change = request.verb == Verb::baseline
                      ? node::baseline_change(request, context.history())
                      : node::resolve_change(context.unit, request, context.facts, context.history());
    if (!change) return tl::unexpected(change.error());
    if (!change->any()) return Steps{};

    ChangeHistory action{change->added(), change->removed(), {}};
    const bool there = context.history().initialised;
    if (!there) action.sql = table.create();
    for (const auto& file : change->add) action.sql.push_back(table.insert(file));
    for (const auto& id : change->remove) action.sql.push_back(table.remove(*row_of(id)));
    if (change->renamed_to)
        action.sql.push_back(table.update(*row_of(change->renamed_from), *change->renamed_to));
    return history_steps(*context.known.target, table.name, std::move(action), change->purpose, there);
}

Result<Steps> generate(const Context& context) {
    auto name = node::safe_name(context.request.name);
    if (!name) return tl::unexpected(name.error());
    Holes holes{{"name", *name}};
    if (!context.request.answers.empty()) holes["hints"] = context.request.answers.front();
    auto step = context.step(Verb::generate, context.request.empty ? "empty" : "",
                             context.request.empty ? "write a migration to be filled in"
                                                   : "write what the schema has and the migrations do not",
                             holes);
    if (!step) return tl::unexpected(step.error());
    std::string file = "*_" + *name + ".sql";
    if (context.by_dialect()) file = "*.sql";
    if (context.project.prefix == "none") file = *name + ".sql";
    if (context.version >= Version{1, 0, 0}) file = "*_" + *name + "/migration.sql";
    step->expect.files = {context.project.out + "/" + file};
    auto& native = std::get<Native>(step->action);
    if (!context.request.empty)
        native.nothing_when =
            context.version >= Version{1, 0, 0} ? "\"no_changes\"" : "No schema changes, nothing to migrate";
    // Up to 0.30 the menu is printed, and it ends with 0 as well.
    native.failed_when = {"Interactive prompts require a TTY", "created or renamed from another"};
    return one(std::move(step));
}

Result<Steps> push(const Context& context) {
    auto step = context.step(Verb::push, "", "make the database like the schema, without a migration");
    if (!step) return tl::unexpected(step.error());
    step->timeout_s = 300;  // where it wants to ask it waits for ever
    std::get<Native>(step->action).failed_when = {"Interactive prompts require a TTY",
                                                  "Error:", "created or renamed from another"};
    return one(std::move(step));
}

/// What --explain prints above the SQL where there is a difference (1.0.0-rc.5).
constexpr const char* kDifferent = "--- Generated migration statements ---";

Result<Steps> diff(const Context& context) {
    auto migrations = context.step(Verb::diff, "", "compare the migrations with the schema");
    if (!migrations) return tl::unexpected(migrations.error());
    std::get<Native>(migrations->action).finding = kDifferent;
    Steps steps{std::move(*migrations)};
    auto database = context.step(Verb::diff, "database", "compare the database with the schema");
    if (!database || !context.known.target) return steps;
    std::get<Native>(database->action).finding = kDifferent;
    steps.push_back(std::move(*database));
    return steps;
}

/// The script of the unit's package.json that seeds, by its usual names.
std::string seed_script(const Context& context) {
    auto text = read_file(context.facts.root / context.unit.root / "package.json");
    auto json = nlohmann::json::parse(text.value_or(""), nullptr, false);
    if (!json.is_object() || !json.contains("scripts") || !json["scripts"].is_object()) return "";
    for (const char* name : {"db:seed", "seed", "seed:db", "drizzle:seed", "database:seed"})
        if (json["scripts"].contains(name)) return name;
    return "";
}

Result<Steps> seed(const Context& context) {
    std::string script = seed_script(context);
    if (script.empty()) return context.cannot(Verb::seed, "none");
    std::string runner = context.unit.runner.empty() ? "npm" : context.unit.runner;
    Step step;
    step.purpose = "run the script " + script;
    step.action = Native{runner, {runner}, {"run", script}, "", ""};
    step.cwd = context.unit.root;
    step.risk = Risk::revert;
    step.env["NO_COLOR"] = {"1"};
    step.env["npm_config_update_notifier"] = {"false"};
    step.env["NODE_ENV"] = {context.request.environment};
    if (context.known.target) step.target = context.known.target->name;
    return Steps{std::move(step)};
}

Result<Steps> init(const Context& context) {
    struct Template {
        std::string dialect, module, table, id, url;
    };
    const Engine engine = context.unit.engines.empty() ? Engine::postgresql : context.unit.engines.front();
    Template made{"postgresql", "pg-core", "pgTable", "serial('id').primaryKey()",
                  "process.env.DATABASE_URL!"};
    std::string types = "serial, text";
    if (engine == Engine::mysql || engine == Engine::mariadb) {
        made = {"mysql", "mysql-core", "mysqlTable", "serial('id').primaryKey()",
                "process.env.DATABASE_URL!"};
    } else if (engine == Engine::sqlite || engine == Engine::libsql) {
        made = {engine == Engine::libsql ? "turso" : "sqlite", "sqlite-core", "sqliteTable",
                "integer('id').primaryKey({ autoIncrement: true })", "process.env.DATABASE_URL!"};
        types = "integer, text";
    }
    std::string config =
        "import { defineConfig } from 'drizzle-kit';\n\nexport default defineConfig({\n  dialect: '" +
        made.dialect +
        "',\n  schema: './src/db/schema.ts',\n  out: './drizzle',\n  dbCredentials: { url: " + made.url +
        " },\n});\n";
    std::string schema = "import { " + made.table + ", " + types + " } from 'drizzle-orm/" + made.module +
                         "';\n\nexport const users = " + made.table + "('users', {\n  id: " + made.id +
                         ",\n  email: text('email').notNull(),\n});\n";
    return Steps{node::write_step(node::in_unit(context.unit, "drizzle.config.ts"), std::move(config)),
                 node::write_step(node::in_unit(context.unit, "src/db/schema.ts"), std::move(schema))};
}

}  // namespace

Needs needs(const Unit&, const Request& request) {
    switch (request.verb) {
        case Verb::init:
        case Verb::generate:
            return {};
        case Verb::diff:
        case Verb::pull:
        case Verb::push:
            return {.target = true};
        case Verb::seed:
            return {.target = true, .seeds = true};
        default:
            return {.target = true, .history = true, .files = true};
    }
}

Result<Steps> plan(const Unit& unit, const Request& request, const Facts& facts) {
    Project project = read_project(unit, facts.root);
    Version version = version_of(unit, project);
    Context context{unit, request, facts, node::known(facts), std::move(project), version};
    switch (request.verb) {
        case Verb::status:
        case Verb::history:
            return Steps{};
        case Verb::diff:
            return diff(context);
        case Verb::generate:
            return generate(context);
        case Verb::init:
            return init(context);
        case Verb::pull:
            return one(context.step(Verb::pull, "", "rewrite the schema from the database"));
        case Verb::run:
            return run(context);
        case Verb::rollback:
            return rollback(context);
        case Verb::redo:
            return redo(context);
        case Verb::seed:
            return seed(context);
        case Verb::baseline:
        case Verb::resolve:
            return change_rows(context);
        case Verb::reset:
            return context.cannot(Verb::reset, "");
        case Verb::push:
            return push(context);
    }
    return Steps{};
}

}  // namespace migrate::drizzle
