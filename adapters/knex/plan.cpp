// Knex: what a verb becomes. Downs and single ups are one step for each file, so that each is checked.
#include <algorithm>
#include <cctype>
#include <filesystem>

#include "adapters/knex/config.hpp"
#include "adapters/knex/knex.hpp"
#include "adapters/support/history_sql.hpp"
#include "adapters/support/js_connection.hpp"
#include "adapters/support/node_plan.hpp"

namespace migrate::knex {

namespace {

namespace fs = std::filesystem;
using Steps = std::vector<Step>;

const Adapter& adapter() {
    return adapter_of(Tool::knex);
}

/// What the steps of one plan are made from.
struct Context {
    const Unit& unit;
    const Request& request;
    const Facts& facts;
    node::Known known;
    Config config;
    Migrations migrations;

    Result<Step> step(Verb verb, std::string_view variant, std::string purpose, Holes holes = {}) const {
        holes["knexfile"] = from_unit_root(unit, unit.config);
        // A flat file has no environments; a computed one may have the one that was asked for.
        if (!config.section.empty() || !config.readable) holes["env"] = request.environment;
        return node::step(adapter(), unit, request, known.target, verb, variant, holes, std::move(purpose));
    }
    const History& history() const { return *known.history; }
};

/// Knex refuses every command while files are missing, unless it is told not to look.
bool refuses_to_work(const Context& context) {
    return context.known.readable() && context.migrations.validates && !context.history().missing.empty();
}

Result<Steps> one(Result<Step> step) {
    if (!step) return tl::unexpected(step.error());
    return Steps{std::move(*step)};
}

Result<Steps> run(const Context& context) {
    if (!context.known.readable()) {
        if (node::asks_for_part(context.request)) return node::unread_history(context.unit, Verb::run);
        return one(context.step(Verb::run, "", "apply what is pending"));
    }
    auto chosen = migrations_to_run(context.request, context.history());
    if (!chosen) return tl::unexpected(chosen.error());
    if (chosen->empty()) return Steps{};

    bool everything = chosen->size() == context.history().pending.size();
    const Row* row = find_row(adapter(), Verb::run, "to", context.unit.version);
    bool in_one = everything || (row && row->argv.starts_with("migrate:to"));
    if (in_one) {
        auto step = context.step(Verb::run, everything ? "" : "to", "apply " + node::count_of(chosen->size()),
                                 {{"file", chosen->back().id}});
        if (step) node::expect_applied(*step, *chosen, context.facts.root);
        return one(std::move(step));
    }
    Steps steps;
    for (const auto& file : *chosen) {
        auto step = context.step(Verb::run, "to", "apply " + file.id, {{"file", file.id}});
        if (!step) return tl::unexpected(step.error());
        node::expect_applied(*step, {file}, context.facts.root);
        steps.push_back(std::move(*step));
    }
    return steps;
}

Result<Step> down(const Context& context, const AppliedRow& row) {
    auto step = context.step(Verb::rollback, "", "revert " + row.id, {{"file", row.id}});
    if (step) node::expect_reverted(*step, {row}, context.facts.files);
    return step;
}

Result<Steps> rollback(const Context& context) {
    if (!context.known.readable()) {
        if (context.request.batch) return one(context.step(Verb::rollback, "batch", "revert the last batch"));
        return node::unread_history(context.unit, Verb::rollback);
    }
    auto rows = migrations_to_revert(context.request, context.history());
    if (!rows) return tl::unexpected(rows.error());
    if (rows->empty()) return Steps{};
    if (context.request.batch) {
        auto step = context.step(Verb::rollback, "batch",
                                 "revert batch " + rows->front().batch + ", " + node::count_of(rows->size()));
        if (step) node::expect_reverted(*step, *rows, context.facts.files);
        return one(std::move(step));
    }
    Steps steps;
    for (const auto& row : *rows) {
        auto step = down(context, row);
        if (!step) return tl::unexpected(step.error());
        steps.push_back(std::move(*step));
    }
    return steps;
}

Result<Steps> redo(const Context& context) {
    if (!context.known.readable()) return node::unread_history(context.unit, Verb::redo);
    auto rows = migrations_to_revert(context.request, context.history());
    if (!rows) return tl::unexpected(rows.error());
    Steps steps;
    for (const auto& row : *rows) {
        auto step = down(context, row);
        if (!step) return tl::unexpected(step.error());
        steps.push_back(std::move(*step));
    }
    for (auto row = rows->rbegin(); row != rows->rend(); ++row) {
        auto step = context.step(Verb::run, "one", "apply " + row->id + " again", {{"file", row->id}});
        if (!step) return tl::unexpected(step.error());
        if (const MigrationFile* file = node::file_of(context.facts.files, row->id))
            node::expect_applied(*step, {*file}, context.facts.root);
        steps.push_back(std::move(*step));
    }
    return steps;
}

Result<Steps> reset(const Context& context) {
    auto back = context.step(Verb::reset, "", "revert every migration");
    auto forth = context.step(Verb::run, "", "apply every migration");
    if (!back || !forth) return tl::unexpected(back ? forth.error() : back.error());
    if (context.known.readable()) {
        std::vector<AppliedRow> rows(context.history().applied.rbegin(), context.history().applied.rend());
        node::expect_reverted(*back, rows, context.facts.files);
        std::vector<MigrationFile> loaded;
        for (const auto& file : context.facts.files)
            if (!node::contains(context.history().will_skip, file.id)) loaded.push_back(file);
        node::expect_applied(*forth, loaded, context.facts.root);
    }
    forth->risk = Risk::destroy;
    return Steps{std::move(*back), std::move(*forth)};
}

/// `migration_time` as Knex writes it (Migrator.js: new Date()): milliseconds in SQLite, whose driver binds
/// dates as numbers; a timestamp elsewhere.
std::string now_in(Engine engine) {
    if (engine == Engine::sqlite) return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";
    return "CURRENT_TIMESTAMP";
}

int next_batch(const History& history) {
    int last = 0;
    for (const auto& row : history.applied) last = std::max(last, std::atoi(row.batch.c_str()));
    return last + 1;
}

Result<Steps> change_history(const Context& context, const node::HistoryChange& change) {
    if (!change.any()) return Steps{};
    Engine engine = *context.known.target->connection.engine;
    std::string table = qualified_name(engine, context.migrations.schema, context.migrations.table);
    ChangeHistory action{change.added(), change.removed(), {}};
    std::string batch = std::to_string(next_batch(context.history()));
    for (const auto& file : change.add)
        action.sql.push_back("INSERT INTO " + table + " (" + quoted_name(engine, "name") + ", " +
                             quoted_name(engine, "batch") + ", " + quoted_name(engine, "migration_time") +
                             ") VALUES (" + sql_text(engine, file.id) + ", " + batch + ", " + now_in(engine) +
                             ")");
    for (const auto& id : change.remove)
        action.sql.push_back("DELETE FROM " + table + " WHERE " + quoted_name(engine, "name") + " = " +
                             sql_text(engine, id));
    if (change.renamed_to)
        action.sql.push_back("UPDATE " + table + " SET " + quoted_name(engine, "name") + " = " +
                             sql_text(engine, change.renamed_to->id) + " WHERE " +
                             quoted_name(engine, "name") + " = " + sql_text(engine, change.renamed_from));
    Steps steps;
    bool there = context.history().initialised;
    if (!there) {
        // Knex itself makes its two tables, in the form of its version and the engine.
        auto create = context.step(Verb::status, "native", "let Knex create its history tables");
        if (!create) return tl::unexpected(create.error());
        steps.push_back(std::move(*create));
    }
    auto more = history_steps(*context.known.target, table, std::move(action), change.purpose, there);
    std::move(more.begin(), more.end(), std::back_inserter(steps));
    return steps;
}

/// baseline and resolve, which change rows and nothing else.
Result<Steps> rows_only(const Context& context) {
    if (context.request.resume) return run(context);
    if (context.request.unlock) return one(context.step(Verb::resolve, "unlock", "free the migration lock"));
    if (!context.known.target || !context.known.target->connection.engine)
        return node::no_target(context.unit);
    if (!context.known.readable() || !has_sql_client(*context.known.target->connection.engine))
        return node::unread_history(context.unit, context.request.verb);
    auto change = context.request.verb == Verb::baseline
                      ? node::baseline_change(context.request, context.history())
                      : node::resolve_change(context.unit, context.request, context.facts, context.history());
    if (!change) return tl::unexpected(change.error());
    return change_history(context, *change);
}

/// What migrate:make would end a new file with, and what it must end with to be loaded again.
Result<Steps> generate(const Context& context) {
    auto name = node::safe_name(context.request.name);
    if (!name) return tl::unexpected(name.error());
    std::string by_itself = context.migrations.extension;
    if (by_itself.empty()) by_itself = fs::path(context.unit.config).extension().string().erase(0, 1);
    std::string wanted = by_itself;
    if (context.migrations.extension.empty()) {
        if (!context.facts.files.empty())
            wanted = fs::path(context.facts.files.back().id).extension().string().erase(0, 1);
        if (wanted == "cts" || wanted == "mts") wanted = "ts";
        const auto& loaded = context.migrations.extensions;
        if (std::find(loaded.begin(), loaded.end(), "." + wanted) == loaded.end()) wanted = "cjs";
        // The template for .js is CommonJS.
        if (wanted == "js" &&
            node::is_module_package(context.facts.root, context.migrations.directories.back()))
            wanted = "cjs";
    }
    auto step = context.step(Verb::generate, "", "write an empty migration",
                             {{"name", *name}, {"extension", wanted == by_itself ? "" : wanted}});
    if (step)
        step->expect.files = {
            (fs::path(context.migrations.directories.back()) / ("*_" + *name + "." + wanted))
                .generic_string()};
    return one(std::move(step));
}

Result<Steps> init(const Unit& unit, const Facts& facts) {
    Engine engine = unit.engines.empty() ? Engine::postgresql : unit.engines.front();
    std::string client = "'pg'";
    std::string connection = "process.env.DATABASE_URL";
    std::string more;
    if (engine == Engine::mysql || engine == Engine::mariadb) client = "'mysql2'";
    if (engine == Engine::mssql) client = "'mssql'";
    if (engine == Engine::sqlite) {
        client = "'better-sqlite3'";
        connection = "{ filename: process.env.DATABASE_FILE || './dev.sqlite3' }";
        more = "  useNullAsDefault: true,\n";
    }
    bool esm = node::is_module_package(facts.root, unit.root);
    // The templates of .js migrations are CommonJS, and .mjs is not loaded unless the list says so.
    std::string extension = esm ? "cjs" : "js";
    std::string settings = "{\n  client: " + client + ",\n  connection: " + connection + ",\n" + more +
                           "  migrations: { directory: './migrations', extension: '" + extension +
                           "' },\n  seeds: { directory: './seeds' },\n}";
    std::string text =
        "// One database for each environment: the variable says which.\nconst settings = " + settings +
        ";\n\n" +
        (esm ? "export default { development: settings, test: settings, staging: settings, "
               "production: settings };\n"
             : "module.exports = { development: settings, test: settings, staging: settings, "
               "production: settings };\n");
    return Steps{node::write_step(node::in_unit(unit, "knexfile.js"), std::move(text))};
}

/// Neither a folder where Knex looks by itself nor a setting that names another one: `seed:run` would only
/// fail.
bool has_no_seeds(const Context& context) {
    const auto usual = context.facts.root / context.config.directory / "seeds";
    return context.config.readable && !fs::is_directory(usual) &&
           !js::at_path(context.config.module, context.config.settings, "seeds") &&
           !js::has_unknown_members(context.config.module, context.config.settings);
}

}  // namespace

Needs needs(const Unit&, const Request& request) {
    switch (request.verb) {
        case Verb::generate:
            return {.files = true};
        case Verb::seed:
            return {.target = true, .seeds = true};
        case Verb::init:
        case Verb::diff:
        case Verb::pull:
        case Verb::push:
            return {};
        default:
            return {.target = true, .history = true, .files = true};
    }
}

Result<Steps> plan(const Unit& unit, const Request& request, const Facts& facts) {
    const Row* row = support(adapter(), request.verb, unit.version);
    if (!row || row->how == How::unsupported) return unsupported(adapter(), unit, row, request.verb);
    if (request.verb == Verb::init) return init(unit, facts);
    if (request.verb == Verb::history) return Steps{};

    // A file can be written whatever the environment; everything else must be for the one that was asked for.
    bool any = request.verb == Verb::generate;
    auto config = read_config(unit, facts.root, any ? std::nullopt : std::optional(request.environment));
    if (!config) return tl::unexpected(config.error());
    Context context{unit, request, facts, node::known(facts), std::move(*config), {}};
    context.migrations = migrations_of(unit, facts.root, context.config);
    if (any) return generate(context);
    if (request.verb == Verb::seed) {
        if (has_no_seeds(context))
            return fail("verb.unsupported", unit.id + " has no seeds: there is no folder seeds",
                        "`knex seed:make NAME` writes one.");
        return one(context.step(Verb::seed, "", "run all seeds"));
    }
    if (request.verb == Verb::status)
        return one(context.step(Verb::status, "native", "ask Knex, which creates its tables"));
    if (request.verb == Verb::baseline || request.verb == Verb::resolve) return rows_only(context);
    if (refuses_to_work(context))
        return node::missing_files(unit, context.history().missing,
                                   "Knex calls the directory corrupt and refuses every command.");
    switch (request.verb) {
        case Verb::run:
            return run(context);
        case Verb::rollback:
            return rollback(context);
        case Verb::redo:
            return redo(context);
        case Verb::reset:
            return reset(context);
        default:
            return unsupported(adapter(), unit, row, request.verb);
    }
}

}  // namespace migrate::knex
