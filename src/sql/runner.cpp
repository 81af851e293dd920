#include "sql/runner.hpp"

#include <fmt/format.h>

#include "sql/entry.hpp"
#include "sql/run.hpp"
#include "sql/split.hpp"

namespace migrate::sql {

namespace {

Result<RunOutcome> run(db::Database& database, const Script& script, const Way& way, Journal* journal,
                       Entry entry, int from, const RunSettings& settings) {
    RunOutcome outcome;
    const auto start = Clock::now();
    RunCache alone;
    RunCache& cache = settings.cache ? *settings.cache : alone;
    if (!cache.restore) cache.restore = restore_statements(database);
    SessionGuard guard(database, *cache.restore);
    Run runner(database, script, settings, guard, *cache.restore);
    auto done = way.transaction ? runner.in_transaction(way, journal, entry)
                                : runner.one_by_one(way, journal, entry, from);
    if (!done) return tl::unexpected(done.error());
    outcome.ms = since(start);
    outcome.notes = runner.notes();
    if (!way.transaction && !way.inside.empty())
        outcome.notes.push_back(fmt::format("{} did not run in a transaction: {}", script.name, way.why));
    return outcome;
}

}  // namespace

Result<RunOutcome> apply_migration(db::Database& database, const Project& project,
                                   const std::filesystem::path& root, const ApplyMigration& apply,
                                   const RunSettings& settings) {
    const Dialect dialect = dialect_of(database.engine());
    auto script = load_script(project, dialect, root, apply);
    if (!script) return tl::unexpected(script.error());
    auto way = way_of(*script->parsed, script->direction, project.convention, script->name);
    if (!way) return tl::unexpected(way.error());
    RunCache alone;
    RunSettings with = settings;
    if (!with.cache) with.cache = &alone;
    RunCache& cache = *with.cache;
    Entry entry = entry_of(project, root, apply, *script, cache);
    const bool first = !cache.journal;
    const bool suits = Exclusive::suits(*way);
    if (first && suits && settings.cache) cache.exclusive = Exclusive::take(database);
    if (!suits) cache.exclusive.reset();
    if (cache.exclusive) cache.exclusive->let_others();
    if (first) {
        auto opened = Journal::open(database, project.table);
        if (!opened) return tl::unexpected(opened.error());
        cache.journal = std::move(*opened);
        if (with.as_planned) cache.journal->expect_state(apply.id, apply.down);
    }
    Journal* journal = &*cache.journal;
    cache.script = script->parsed->text;
    auto outcome = run(database, *script, *way, journal, std::move(entry), apply.from_statement, with);
    if (!outcome) {
        cache.exclusive.reset();
        return outcome;
    }
    if (first)
        outcome->notes.insert(outcome->notes.begin(), journal->notes().begin(), journal->notes().end());
    if (!way->transaction && !journal->keeps_progress())
        outcome->notes.push_back("had it stopped half way, nothing would say so afterwards");
    return outcome;
}

Result<RunOutcome> execute_script(db::Database& database, std::string_view text, std::string_view name,
                                  bool transaction, const RunSettings& settings) {
    Script script;
    script.name = name;
    auto normal = normalised(text);
    if (!normal)
        return fail(normal.error().code, fmt::format("{}:{}", name, normal.error().message),
                    normal.error().hint);
    ParsedMigration parsed;
    parsed.text = std::make_shared<const std::string>(std::move(*normal));
    auto statements = split(*parsed.text, dialect_of(database.engine()));
    if (!statements)
        return fail(statements.error().code, fmt::format("{}:{}", name, statements.error().message),
                    statements.error().hint);
    parsed.up = std::move(*statements);
    parsed.up_transaction = transaction;
    script.parsed = std::make_shared<const ParsedMigration>(std::move(parsed));
    auto way = way_of(*script.parsed, Direction::up, Convention::plain, script.name);
    if (!way) return tl::unexpected(way.error());
    return run(database, script, *way, nullptr, {}, 0, settings);
}

}  // namespace migrate::sql
