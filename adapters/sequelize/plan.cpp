// sequelize-cli: what a verb becomes. Every undo names one whole file: the tool takes prefixes, and an empty
// --to for "everything".
#include <algorithm>
#include <filesystem>

#include "adapters/sequelize/config.hpp"
#include "adapters/sequelize/sequelize.hpp"
#include "adapters/support/history_sql.hpp"
#include "adapters/support/node_plan.hpp"

namespace migrate::sequelize {

namespace {

namespace fs = std::filesystem;
using Steps = std::vector<Step>;

const Adapter& adapter() {
    return adapter_of(Tool::sequelize);
}

struct Context {
    const Unit& unit;
    const Request& request;
    const Facts& facts;
    node::Known known;
    Config config;

    Result<Step> step(Verb verb, std::string_view variant, std::string purpose, Holes holes = {}) const {
        const Places& places = config.places;
        if (!config.section.empty() || !config.readable) holes["env"] = request.environment;
        if (!places.has_rc) {
            if (!places.default_config) holes["config"] = from_unit_root(unit, places.config);
            if (!places.default_migrations) holes["dir"] = from_unit_root(unit, places.migrations);
            if (!places.default_seeders) holes["seeds"] = from_unit_root(unit, places.seeders);
        }
        return node::step(adapter(), unit, request, known.target, verb, variant, holes, std::move(purpose));
    }
    const History& history() const { return *known.history; }
};

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
    auto step = context.step(Verb::run, everything ? "" : "to", "apply " + node::count_of(chosen->size()),
                             {{"file", chosen->back().id}});
    if (step) node::expect_applied(*step, *chosen, context.facts.root);
    return one(std::move(step));
}

/// One undo for each row, newest file first.
Result<Steps> undo(const Context& context, const std::vector<AppliedRow>& rows) {
    std::vector<std::string> gone;
    for (const auto& row : rows)
        if (node::contains(context.history().missing, row.id)) gone.push_back(row.id);
    if (!gone.empty())
        return node::missing_files(context.unit, gone, "sequelize-cli cannot undo what it has no file of.");
    Steps steps;
    for (const auto& row : rows) {
        auto step = context.step(Verb::rollback, "", "revert " + row.id, {{"file", row.id}});
        if (!step) return tl::unexpected(step.error());
        node::expect_reverted(*step, {row}, context.facts.files);
        steps.push_back(std::move(*step));
    }
    return steps;
}

Result<Steps> rollback(const Context& context) {
    if (context.request.batch)
        return unsupported(adapter(), context.unit,
                           find_row(adapter(), Verb::rollback, "batch", context.unit.version),
                           Verb::rollback);
    if (!context.known.readable()) return node::unread_history(context.unit, Verb::rollback);
    auto rows = migrations_to_revert(context.request, context.history());
    if (!rows) return tl::unexpected(rows.error());
    return undo(context, *rows);
}

/// Before 6.5 one file alone can only be applied by --to, which takes along what is pending before it.
bool takes_others_along(const Context& context, const std::string& id) {
    if (find_row(adapter(), Verb::run, "one", context.unit.version)) return false;
    const auto& pending = context.history().pending;
    return std::any_of(pending.begin(), pending.end(), [&](const auto& file) { return file.id < id; });
}

Result<Steps> redo(const Context& context) {
    if (!context.known.readable()) return node::unread_history(context.unit, Verb::redo);
    auto rows = migrations_to_revert(context.request, context.history());
    if (!rows) return tl::unexpected(rows.error());
    auto steps = undo(context, *rows);
    if (!steps) return steps;
    bool by_name = find_row(adapter(), Verb::run, "one", context.unit.version) != nullptr;
    for (auto row = rows->rbegin(); row != rows->rend(); ++row) {
        if (takes_others_along(context, row->id))
            return fail(
                "verb.unsupported", "redo of " + row->id + " would also apply older files that are pending",
                "Before sequelize-cli 6.5 a single file cannot be applied. Apply the pending ones first.");
        auto step = context.step(Verb::run, by_name ? "one" : "to", "apply " + row->id + " again",
                                 {{"file", row->id}});
        if (!step) return tl::unexpected(step.error());
        if (const MigrationFile* file = node::file_of(context.facts.files, row->id))
            node::expect_applied(*step, {*file}, context.facts.root);
        steps->push_back(std::move(*step));
    }
    return steps;
}

Result<Steps> reset(const Context& context) {
    auto back = context.step(Verb::reset, "", "revert every migration");
    auto forth = context.step(Verb::run, "", "apply every migration");
    if (!back || !forth) return tl::unexpected(back ? forth.error() : back.error());
    if (context.known.readable()) {
        const History& history = context.history();
        if (!history.missing.empty())
            return node::missing_files(context.unit, history.missing,
                                       "db:migrate:undo:all would stop at them half way.");
        std::vector<AppliedRow> rows(history.applied.rbegin(), history.applied.rend());
        node::expect_reverted(*back, rows, context.facts.files);
        std::vector<MigrationFile> loaded;
        for (const auto& file : context.facts.files)
            if (!node::contains(history.will_skip, file.id)) loaded.push_back(file);
        node::expect_applied(*forth, loaded, context.facts.root);
    }
    forth->risk = Risk::destroy;
    return Steps{std::move(*back), std::move(*forth)};
}

std::string insert_sql(Engine engine, const std::string& table, bool timestamps, const std::string& id) {
    std::string columns = quoted_name(engine, "name");
    std::string values = sql_text(engine, id);
    if (timestamps) {
        columns += ", " + quoted_name(engine, "createdAt") + ", " + quoted_name(engine, "updatedAt");
        values += ", CURRENT_TIMESTAMP, CURRENT_TIMESTAMP";
    }
    return "INSERT INTO " + table + " (" + columns + ") VALUES (" + values + ")";
}

Result<Steps> change_history(const Context& context, const node::HistoryChange& change) {
    if (!change.any()) return Steps{};
    Engine engine = *context.known.target->connection.engine;
    Storage storage = storage_of(context.config);
    std::string table = qualified_name(engine, storage.schema, storage.table);
    std::string name = quoted_name(engine, "name");
    bool there = context.history().initialised;
    bool timestamps = there ? node::contains(context.history().columns, "createdAt") : storage.timestamps;
    ChangeHistory action{change.added(), change.removed(), {}};
    for (const auto& file : change.add) action.sql.push_back(insert_sql(engine, table, timestamps, file.id));
    for (const auto& id : change.remove)
        action.sql.push_back("DELETE FROM " + table + " WHERE " + name + " = " + sql_text(engine, id));
    if (change.renamed_to)
        action.sql.push_back("UPDATE " + table + " SET " + name + " = " +
                             sql_text(engine, change.renamed_to->id) + " WHERE " + name + " = " +
                             sql_text(engine, change.renamed_from));
    Steps steps;
    if (!there) {
        auto create = context.step(Verb::status, "native", "let sequelize-cli create its history table");
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
    if (context.request.unlock)
        return unsupported(adapter(), context.unit,
                           find_row(adapter(), Verb::resolve, "unlock", context.unit.version), Verb::resolve);
    if (!context.known.target || !context.known.target->connection.engine)
        return node::no_target(context.unit);
    if (!context.known.readable()) return node::unread_history(context.unit, context.request.verb);
    auto change = context.request.verb == Verb::baseline
                      ? node::baseline_change(context.request, context.history())
                      : node::resolve_change(context.unit, context.request, context.facts, context.history());
    if (!change) return tl::unexpected(change.error());
    return change_history(context, *change);
}

constexpr std::string_view kCommonJs = R"('use strict';

/** @type {import('sequelize-cli').Migration} */
module.exports = {
  async up(queryInterface, Sequelize) {
  },

  async down(queryInterface, Sequelize) {
  },
};
)";

constexpr std::string_view kTypeScript = R"(import type { QueryInterface } from 'sequelize';

export default {
  async up(queryInterface: QueryInterface): Promise<void> {
  },

  async down(queryInterface: QueryInterface): Promise<void> {
  },
};
)";

/// The tool writes CommonJS into a .js file and nothing else: not loadable in a package of type module, and
/// not what a project in TypeScript wants. Those get their file from here.
Result<Steps> generate(const Context& context) {
    auto name = node::safe_name(context.request.name);
    if (!name) return tl::unexpected(name.error());
    const std::string& directory = context.config.places.migrations;
    const auto& files = context.facts.files;
    bool typescript = !files.empty() && files.back().id.ends_with("ts") && files.back().key.empty();
    bool module = node::is_module_package(context.facts.root, directory);
    if (!typescript && !module) {
        auto step = context.step(Verb::generate, "", "write an empty migration", {{"name", *name}});
        if (step) step->expect.files = {(fs::path(directory) / ("*-" + *name + ".js")).generic_string()};
        return one(std::move(step));
    }
    std::string ending = typescript ? ".ts" : ".cjs";
    fs::path path = fs::path(directory) / (context.request.now + "-" + *name + ending);
    return Steps{node::write_step(path.generic_string(), std::string(typescript ? kTypeScript : kCommonJs))};
}

Result<Steps> init(const Unit& unit) {
    Engine engine = unit.engines.empty() ? Engine::postgresql : unit.engines.front();
    std::string dialect(to_string(engine));
    if (engine == Engine::postgresql) dialect = "postgres";
    std::string text = "{\n";
    for (auto name : {"development", "test", "staging", "production"})
        text += "  \"" + std::string(name) + "\": { \"use_env_variable\": \"DATABASE_URL\", \"dialect\": \"" +
                dialect + "\" }" + (std::string_view(name) == "production" ? "\n" : ",\n");
    Steps steps{node::write_step(node::in_unit(unit, "config/config.json"), text + "}\n")};
    steps.push_back(node::write_step(node::in_unit(unit, "migrations/.gitkeep"), ""));
    return steps;
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
    if (request.verb == Verb::init) return init(unit);
    if (request.verb == Verb::history) return Steps{};

    bool any = request.verb == Verb::generate;
    auto config = read_config(unit, facts.root, any ? std::nullopt : std::optional(request.environment));
    if (!config && any) {  // only the folder counts, and that .sequelizerc says
        Config without;
        without.places = places_of(unit, facts.root);
        config = std::move(without);
    }
    if (!config) return tl::unexpected(config.error());
    Context context{unit, request, facts, node::known(facts), std::move(*config)};
    if (any) return generate(context);
    switch (request.verb) {
        case Verb::status:
            return one(context.step(Verb::status, "native", "ask sequelize-cli, which creates its table"));
        case Verb::run:
            return run(context);
        case Verb::rollback:
            return rollback(context);
        case Verb::redo:
            return redo(context);
        case Verb::seed:
            if (const auto& seeders = context.config.places.seeders;
                !std::filesystem::is_directory(facts.root / seeders))
                return fail("verb.unsupported", unit.id + " has no seeders: there is no folder " + seeders,
                            "`sequelize-cli seed:generate --name NAME` writes one.");
            return one(context.step(Verb::seed, "", "run all seeders"));
        case Verb::baseline:
        case Verb::resolve:
            return rows_only(context);
        case Verb::reset:
            return reset(context);
        default:
            return unsupported(adapter(), unit, row, request.verb);
    }
}

}  // namespace migrate::sequelize
