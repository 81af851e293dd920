// migrate-mongo: what a verb becomes. `down` reverts the last applied file by name among those that exist:
// with a file missing it would silently revert another one, so it is only planned where all is there.
#include <algorithm>
#include <filesystem>
#include <set>

#include "adapters/migrate_mongo/changelog.hpp"
#include "adapters/migrate_mongo/config.hpp"
#include "adapters/migrate_mongo/migrate_mongo.hpp"
#include "adapters/support/node_plan.hpp"

namespace migrate::migrate_mongo {

namespace {

namespace fs = std::filesystem;
using Steps = std::vector<Step>;

const Adapter& adapter() {
    return adapter_of(Tool::migrate_mongo);
}

struct Context {
    const Unit& unit;
    const Request& request;
    const Facts& facts;
    node::Known known;

    Result<Step> step(Verb verb, std::string_view variant, std::string purpose, Holes holes = {}) const {
        std::string config = from_unit_root(unit, unit.config);
        if (config != "migrate-mongo-config.js") holes["config"] = std::move(config);
        return node::step(adapter(), unit, request, known.target, verb, variant, holes, std::move(purpose));
    }
    /// A step of our own script, with the environment of a native one.
    Result<Step> script(std::string purpose, Risk risk, std::string action,
                        const std::vector<std::string>& operands = {}) const {
        auto made = step(Verb::status, "native", std::move(purpose));
        if (!made) return made;
        made->action = changelog(unit, facts.root, std::move(action), operands);
        made->risk = risk;
        return made;
    }
    const History& history() const { return *known.history; }
};

Result<Steps> one(Result<Step> step) {
    if (!step) return tl::unexpected(step.error());
    return Steps{std::move(*step)};
}

/// Without files whose rows are there already: an edited file runs again, and its row stands twice then.
std::vector<MigrationFile> fresh(const Context& context) {
    std::vector<MigrationFile> files = context.history().pending;
    std::erase_if(files, [&](const auto& file) { return node::contains(context.history().edited, file.id); });
    return files;
}

Result<Steps> run(const Context& context) {
    if (!context.known.readable()) {
        if (node::asks_for_part(context.request)) return node::unread_history(context.unit, Verb::run);
        return one(context.step(Verb::run, "", "apply what is pending"));
    }
    auto chosen = migrations_to_run(context.request, context.history());
    if (!chosen) return tl::unexpected(chosen.error());
    if (chosen->empty()) return Steps{};
    if (chosen->size() < context.history().pending.size())
        return unsupported(adapter(), context.unit,
                           find_row(adapter(), Verb::run, "to", context.unit.version), Verb::run);
    auto step = context.step(Verb::run, "", "apply " + node::count_of(chosen->size()));
    if (step) {
        node::expect_applied(*step, *chosen, context.facts.root);
        step->expect.applied_added = node::ids_of(fresh(context));
    }
    return one(std::move(step));
}

/// Why `down` would not revert what it should, or nullopt.
std::optional<Error> down_is_unsafe(const Context& context) {
    const History& history = context.history();
    if (!history.missing.empty())
        return node::missing_files(context.unit, history.missing,
                                   "migrate-mongo down does not see their rows and would revert an older "
                                   "migration instead.")
            .value();
    if (!history.edited.empty())
        return Error{
            "migration.edited",
            context.unit.id + ": " + history.edited.front() + " was edited after it was applied",
            "With useFileHash it counts as pending, and down would revert an older migration instead.",
            {}};
    std::set<std::string_view> ids;
    for (const auto& row : history.applied)
        if (!ids.insert(row.id).second)
            return Error{"migration.duplicate",
                         context.unit.id + ": the changelog has two rows for " + row.id,
                         "down would delete one of them, and the migration would still count as applied.",
                         {}};
    return std::nullopt;
}

/// The history in the order in which `down` goes back: by file name, whenever they were applied.
History by_name(History history) {
    std::stable_sort(history.applied.edit().begin(), history.applied.edit().end(),
                     [](const auto& a, const auto& b) { return a.id < b.id; });
    return history;
}

Result<std::vector<AppliedRow>> to_revert(const Context& context) {
    if (!context.known.readable()) return node::unread_history(context.unit, context.request.verb);
    if (auto error = down_is_unsafe(context)) return tl::unexpected(*error);
    History history = by_name(context.history());
    Request request = context.request;
    // Rows from before 12.1 have no block: --block reverts only the last of them.
    if (request.batch && !history.applied.empty() && history.applied.back().batch.empty())
        request.batch = false, request.steps = 1;
    return migrations_to_revert(request, history);
}

Result<Steps> down(const Context& context, const std::vector<AppliedRow>& rows) {
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
    const Row* block = find_row(adapter(), Verb::rollback, "batch", context.unit.version);
    if (context.request.batch && (!block || block->how == How::unsupported))
        return unsupported(adapter(), context.unit, block, Verb::rollback);
    auto rows = to_revert(context);
    if (!rows) return tl::unexpected(rows.error());
    if (rows->empty()) return Steps{};
    if (!context.request.batch) return down(context, *rows);
    auto step =
        context.step(Verb::rollback, "batch", "revert the last block, " + node::count_of(rows->size()));
    if (step) node::expect_reverted(*step, *rows, context.facts.files);
    return one(std::move(step));
}

/// `up` after `down`s, where it would apply nothing else.
Result<Steps> redo(const Context& context) {
    auto rows = to_revert(context);
    if (!rows) return tl::unexpected(rows.error());
    if (rows->empty()) return Steps{};
    if (!context.history().pending.empty())
        return fail("verb.unsupported",
                    "redo of " + context.unit.id + " would also apply " +
                        node::count_of(context.history().pending.size()) + ", which nobody asked for",
                    "migrate-mongo up always applies everything. Run what is pending first.");
    auto steps = down(context, *rows);
    auto up = context.step(Verb::run, "", "apply " + node::count_of(rows->size()) + " again");
    if (!steps || !up) return tl::unexpected(steps ? up.error() : steps.error());
    std::vector<MigrationFile> again;
    for (auto row = rows->rbegin(); row != rows->rend(); ++row)
        if (const MigrationFile* file = node::file_of(context.facts.files, row->id)) again.push_back(*file);
    node::expect_applied(*up, again, context.facts.root);
    steps->push_back(std::move(*up));
    return steps;
}

Result<Steps> reset(const Context& context) {
    if (!context.known.readable()) return node::unread_history(context.unit, Verb::reset);
    if (auto error = down_is_unsafe(context)) return tl::unexpected(*error);
    History history = by_name(context.history());
    std::vector<AppliedRow> rows(history.applied.rbegin(), history.applied.rend());
    auto steps = down(context, rows);
    auto up = context.step(Verb::run, "", "apply every migration");
    if (!steps || !up) return tl::unexpected(steps ? up.error() : steps.error());
    std::vector<MigrationFile> loaded;
    for (const auto& file : context.facts.files)
        if (!node::contains(history.will_skip, file.id)) loaded.push_back(file);
    node::expect_applied(*up, loaded, context.facts.root);
    steps->push_back(std::move(*up));
    for (auto& step : *steps) step.risk = Risk::destroy;
    return steps;
}

/// baseline and resolve, which change rows of the changelog and nothing else.
Result<Steps> rows_only(const Context& context) {
    if (context.request.resume) return run(context);
    if (context.request.unlock) {
        const Row* row = find_row(adapter(), Verb::resolve, "unlock", context.unit.version);
        if (row && row->how == How::unsupported)
            return unsupported(adapter(), context.unit, row, Verb::resolve);
        return one(context.script("free the migration lock", Risk::revert, "unlock"));
    }
    if (!context.known.readable()) return node::unread_history(context.unit, context.request.verb);
    auto change = context.request.verb == Verb::baseline
                      ? node::baseline_change(context.request, context.history())
                      : node::resolve_change(context.unit, context.request, context.facts, context.history());
    if (!change) return tl::unexpected(change.error());
    if (!change->any()) return Steps{};
    bool blocks = !context.unit.version || *context.unit.version >= Version{12, 1, 0};
    Result<Step> step = change->renamed_to ? context.script(change->purpose, Risk::revert, "rename",
                                                            {change->renamed_from, change->renamed_to->id})
                        : change->remove.empty()
                            ? context.script(change->purpose, Risk::revert,
                                             blocks ? "insert-block" : "insert", node::ids_of(change->add))
                            : context.script(change->purpose, Risk::revert, "delete", change->remove);
    if (!step) return tl::unexpected(step.error());
    step->expect.applied_added = change->added();
    step->expect.applied_removed = change->removed();
    step->migrations = step->expect.applied_added;
    for (const auto& id : step->expect.applied_removed) step->migrations.push_back(id);
    step->reversible = true;
    return Steps{std::move(*step)};
}

Result<Steps> generate(const Context& context) {
    auto name = node::safe_name(context.request.name);
    if (!name) return tl::unexpected(name.error());
    Config config = read_config(context.unit, context.facts.root);
    bool sample = fs::exists(context.facts.root / config.directory / ("sample-migration" + config.extension));
    bool needs_system = !context.unit.version || context.unit.version->major >= 9;
    if (needs_system && !sample && config.readable && !config.has_module_system)
        return fail(
            "config.invalid", context.unit.config + " does not say moduleSystem",
            "migrate-mongo create looks for its template there and fails: add moduleSystem: 'commonjs' "
            "or 'esm'.");
    auto step = context.step(Verb::generate, "", "write an empty migration", {{"name", *name}});
    if (step)
        step->expect.files = {
            (fs::path(config.directory) / ("*-" + *name + config.extension)).generic_string()};
    return one(std::move(step));
}

constexpr std::string_view kConfig = R"(const config = {
  mongodb: {
    url: process.env.MONGODB_URL,
    // Where this is left out, the database in the URL counts.
    databaseName: process.env.MONGODB_DATABASE,
    options: { serverSelectionTimeoutMS: 10000 },
  },
  migrationsDir: 'migrations',
  changelogCollectionName: 'changelog',
  lockCollectionName: 'changelog_lock',
  // Seconds after which the lock of a run that died is given up; 0 takes no lock at all.
  lockTtl: 0,
  migrationFileExtension: '.js',
  useFileHash: false,
)";

Result<Steps> init(const Unit& unit, const Facts& facts) {
    bool esm = node::is_module_package(facts.root, unit.root);
    std::string text(kConfig);
    text += std::string("  moduleSystem: '") + (esm ? "esm" : "commonjs") + "',\n};\n\n" +
            (esm ? "export default config;\n" : "module.exports = config;\n");
    Steps steps{node::write_step(node::in_unit(unit, "migrate-mongo-config.js"), std::move(text))};
    steps.push_back(node::write_step(node::in_unit(unit, "migrations/.gitkeep"), ""));
    return steps;
}

}  // namespace

Needs needs(const Unit&, const Request& request) {
    switch (request.verb) {
        case Verb::generate:
        case Verb::init:
        case Verb::diff:
        case Verb::pull:
        case Verb::push:
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
    if (unit.config.empty())
        return fail("tool.layout", unit.id + " has no migrate-mongo-config.js",
                    "Without one only the application runs the migrations.");
    Context context{unit, request, facts, node::known(facts)};
    switch (request.verb) {
        case Verb::status:
            return one(context.script("read the changelog", Risk::read, "answer"));
        case Verb::history:
            return Steps{};
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
        default:
            return unsupported(adapter(), unit, row, request.verb);
    }
}

}  // namespace migrate::migrate_mongo
