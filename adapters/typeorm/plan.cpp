// TypeORM: what a verb becomes. `migration:revert` takes the row with the highest id, so each revert is a
// step of its own and is checked; `migration:run` takes everything, so a part of it cannot be asked for.
#include "adapters/typeorm/plan.hpp"

#include <filesystem>

#include "adapters/support/history_sql.hpp"
#include "adapters/support/js_migration.hpp"
#include "base/files.hpp"

namespace migrate::typeorm {

namespace {

namespace fs = std::filesystem;

const Adapter& adapter() {
    return adapter_of(Tool::typeorm);
}

tl::unexpected<Error> cannot(const Context& context, Verb verb, std::string_view variant) {
    return unsupported(adapter(), context.unit, find_row(adapter(), verb, variant, context.unit.version),
                       verb);
}

/// "each" where a pending migration sets `transaction` itself: with the default, one transaction for all,
/// TypeORM refuses it (ForbiddenTransactionModeOverrideError, 0.3.11).
std::string transaction_mode(const Context& context, const std::vector<MigrationFile>& files) {
    const auto& version = context.unit.version;
    if (version && *version < Version{0, 3, 11}) return "";
    if (context.config.text.find("migrationsTransactionMode") != std::string::npos) return "";
    for (const auto& file : files) {
        auto text = read_file(context.facts.root / file.files.front(), 1u << 20);
        if (text && !js::class_property(*text, "transaction").empty()) return "each";
    }
    return "";
}

Result<Step> run_step(const Context& context, const std::vector<MigrationFile>& files, std::string purpose) {
    auto step =
        context.step(Verb::run, "", std::move(purpose), {{"transaction", transaction_mode(context, files)}});
    if (step) node::expect_applied(*step, files, context.facts.root);
    return step;
}

Result<Steps> run(const Context& context) {
    if (!context.known.readable()) {
        if (node::asks_for_part(context.request)) return node::unread_history(context.unit, Verb::run);
        return one(context.step(Verb::run, "", "apply what is pending"));
    }
    auto chosen = migrations_to_run(context.request, context.history());
    if (!chosen) return tl::unexpected(chosen.error());
    if (chosen->empty()) return Steps{};
    if (chosen->size() < context.history().pending.size()) return cannot(context, Verb::run, "to");
    return one(run_step(context, *chosen, "apply " + node::count_of(chosen->size())));
}

Result<std::vector<AppliedRow>> to_revert(const Context& context) {
    if (!context.known.readable()) return node::unread_history(context.unit, context.request.verb);
    auto rows = migrations_to_revert(context.request, context.history());
    if (!rows) return rows;
    std::vector<std::string> gone;
    for (const auto& row : *rows)
        if (node::contains(context.history().missing, row.id)) gone.push_back(row.id);
    if (!gone.empty())
        return node::missing_files(context.unit, gone,
                                   "TypeORM cannot revert a migration without its class.");
    return rows;
}

Result<Steps> revert(const Context& context, const std::vector<AppliedRow>& rows) {
    Steps steps;
    for (const auto& row : rows) {
        auto step = context.step(Verb::rollback, "", "revert " + row.id);
        if (!step) return tl::unexpected(step.error());
        node::expect_reverted(*step, {row}, context.facts.files);
        steps.push_back(std::move(*step));
    }
    return steps;
}

Result<Steps> rollback(const Context& context) {
    if (context.request.batch) return cannot(context, Verb::rollback, "batch");
    auto rows = to_revert(context);
    if (!rows) return tl::unexpected(rows.error());
    return revert(context, *rows);
}

Result<Steps> redo(const Context& context) {
    auto rows = to_revert(context);
    if (!rows) return tl::unexpected(rows.error());
    if (rows->empty()) return Steps{};
    if (!context.history().pending.empty())
        return fail("verb.unsupported",
                    "redo of " + context.unit.id + " would also apply " +
                        node::count_of(context.history().pending.size()) + ", which nobody asked for",
                    "migration:run always applies everything. Run what is pending first.");
    auto steps = revert(context, *rows);
    if (!steps) return steps;
    std::vector<MigrationFile> again;  // in the order of the timestamps, as the tool applies them
    for (const auto& file : context.facts.files)
        for (const auto& row : *rows)
            if (row.id == file.id) again.push_back(file);
    auto step = run_step(context, again, "apply " + node::count_of(again.size()) + " again");
    if (!step) return tl::unexpected(step.error());
    steps->push_back(std::move(*step));
    return steps;
}

Result<Steps> reset(const Context& context) {
    auto drop = context.step(Verb::reset, "", "drop every table of the schema");
    auto apply = run_step(context, context.facts.files, "apply every migration");
    if (!drop || !apply) return tl::unexpected(drop ? apply.error() : drop.error());
    if (context.known.readable()) {
        drop->migrations = node::ids_of(context.history().applied);
        drop->expect.applied_removed = drop->migrations;
    } else {
        apply->expect = {};
    }
    apply->risk = Risk::destroy;
    return Steps{std::move(*drop), std::move(*apply)};
}

Result<Steps> change_history(const Context& context, const node::HistoryChange& change) {
    if (!change.any()) return Steps{};
    Engine engine = *context.known.target->connection.engine;
    auto query = history(context.unit, context.facts.root, *context.known.target);
    if (!query) return node::unread_history(context.unit, context.request.verb);
    std::string table = qualified_name(engine, query->schema, query->table);
    std::string name = quoted_name(engine, "name"), timestamp = quoted_name(engine, "timestamp");
    ChangeHistory action{change.added(), change.removed(), {}};
    for (const auto& file : change.add)
        action.sql.push_back("INSERT INTO " + table + " (" + timestamp + ", " + name + ") VALUES (" +
                             file.key + ", " + sql_text(engine, file.id) + ")");
    for (const auto& id : change.remove)
        action.sql.push_back("DELETE FROM " + table + " WHERE " + name + " = " + sql_text(engine, id));
    if (change.renamed_to)
        action.sql.push_back("UPDATE " + table + " SET " + timestamp + " = " + change.renamed_to->key + ", " +
                             name + " = " + sql_text(engine, change.renamed_to->id) + " WHERE " + name +
                             " = " + sql_text(engine, change.renamed_from));
    Steps steps;
    bool there = context.history().initialised;
    if (!there) {
        auto create = context.step(Verb::status, "native", "let TypeORM create its history table");
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
    if (context.request.unlock) return cannot(context, Verb::resolve, "unlock");
    if (!context.known.target || !context.known.target->connection.engine)
        return node::no_target(context.unit);
    bool baseline = context.request.verb == Verb::baseline;
    if (!context.known.readable()) {
        // An engine without a client here: the tool itself can mark everything, and only everything.
        bool all = baseline && !node::asks_for_part(context.request);
        if (all && find_row(adapter(), Verb::baseline, "all", context.unit.version))
            return one(context.step(Verb::baseline, "all", "mark everything pending as applied",
                                    {{"transaction", transaction_mode(context, context.facts.files)}}));
        return node::unread_history(context.unit, context.request.verb);
    }
    auto change = baseline
                      ? node::baseline_change(context.request, context.history())
                      : node::resolve_change(context.unit, context.request, context.facts, context.history());
    if (!change) return tl::unexpected(change.error());
    return change_history(context, *change);
}

/// What the command line would refuse after having started: two exports of one data source count as two.
std::optional<Error> unusable(const Unit& unit, const Facts& facts, const Config& config) {
    if (!is_old(unit) && config.exported > 1)
        return Error{"tool.layout",
                     unit.config + " exports its data source more than once",
                     "The command line wants exactly one export: `export default`, or one name.",
                     {}};
    if (facts.targets.size() > 1)
        return Error{"unit.ambiguous",
                     unit.id + " has " + std::to_string(facts.targets.size()) + " connections",
                     "Name one: -u '" + unit.id + "@" + facts.targets.front().name + "'",
                     {}};
    return std::nullopt;
}

}  // namespace

Result<Steps> one(Result<Step> step) {
    if (!step) return tl::unexpected(step.error());
    return Steps{std::move(*step)};
}

Result<Step> Context::step(Verb verb, std::string_view variant, std::string purpose, Holes holes) const {
    std::string file = from_unit_root(unit, unit.config);
    holes["ds"] = file;
    bool old = is_old(unit);
    if (old) {
        bool plain =
            file == ".env" || (fs::path(file).stem() == "ormconfig" && fs::path(file).parent_path().empty());
        if (!plain) holes["config"] = file;
        if (known.target && known.target->name != "default") holes["connection"] = known.target->name;
    }
    auto made = node::step(adapter(), unit, request, known.target, verb, variant, holes, std::move(purpose));
    // 0.2 lets these variables replace the whole file without a word; what was resolved must be what is used.
    bool from_file = old && config.form != Config::Form::variables;
    if (made && from_file && known.target && known.target->variable != "TYPEORM_URL") {
        made->env["TYPEORM_URL"] = {""};
        made->env["TYPEORM_CONNECTION"] = {""};
    }
    return made;
}

Needs needs(const Unit&, const Request& request) {
    switch (request.verb) {
        case Verb::generate:
            if (request.empty) return {.files = true};
            return {.target = true, .history = true, .files = true};
        case Verb::diff:
        case Verb::push:
            return {.target = true};
        case Verb::init:
        case Verb::pull:
        case Verb::seed:
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
    auto config = read_config(unit, facts.root);
    if (!config) return tl::unexpected(config.error());
    if (auto error = unusable(unit, facts, *config)) return tl::unexpected(*error);
    Context context{unit, request, facts, node::known(facts), std::move(*config)};
    switch (request.verb) {
        case Verb::status:
            return one(context.step(Verb::status, "native", "ask TypeORM, which creates its table"));
        case Verb::diff: {
            auto step = context.step(Verb::diff, "", "compare the entities with the database");
            if (step) std::get<Native>(step->action).same_when = "Your schema is up to date";
            return one(std::move(step));
        }
        case Verb::generate:
            return generate(context);
        case Verb::run:
            return run(context);
        case Verb::rollback:
            return rollback(context);
        case Verb::redo:
            return redo(context);
        case Verb::baseline:
        case Verb::resolve:
            return rows_only(context);
        case Verb::reset:
            return reset(context);
        case Verb::push:
            return one(context.step(Verb::push, "", "make the database like the entities"));
        default:
            return unsupported(adapter(), unit, row, request.verb);
    }
}

}  // namespace migrate::typeorm
