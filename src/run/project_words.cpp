// What a project's own files say about locks and transactions, found by words: one too many only means that
// less is done.
#include "run/project_words.hpp"

#include <algorithm>
#include <set>

#include "base/files.hpp"

namespace migrate {

namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string_view>;

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

bool holds_one(std::string text, const Words& words) {
    const std::string small = lower(std::move(text));
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return small.find(word) != std::string::npos; });
}

/// The plan's migrations, and Flyway's settings of a single script.
std::set<fs::path> migrations_of(const UnitResult& result, const fs::path& root) {
    std::set<fs::path> paths;
    std::error_code ignored;
    for (const auto& [path, hash] : result.plan->files) {
        paths.insert(root / path);
        if (const fs::path beside = root / (path + ".conf"); fs::exists(beside, ignored))
            paths.insert(beside);
    }
    return paths;
}

/// The configuration that is known by name, and Alembic's env.py.
std::set<fs::path> settings_of(const UnitResult& result, const Target& target, const fs::path& root) {
    std::set<fs::path> paths;
    std::error_code ignored;
    auto add = [&](const fs::path& path) {
        if (fs::is_regular_file(path, ignored)) paths.insert(path);
    };
    add(root / result.unit.config);
    add(root / target.source.substr(0, target.source.rfind(':')));
    for (const auto& directory : result.unit.migrations) {
        add(root / directory.path / "env.py");
        add((root / directory.path).lexically_normal().parent_path() / "env.py");
    }
    return paths;
}

bool one_holds(const std::set<fs::path>& paths, const Words& words) {
    return std::any_of(paths.begin(), paths.end(), [&](const fs::path& path) {
        auto text = read_file(path);
        return !text || holds_one(std::move(*text), words);
    });
}

/// Prisma leaves a row of the failed migration, Sequelize uses no transaction (their adapters' pages).
bool wraps_in_transactions(Tool tool) {
    switch (tool) {
        case Tool::alembic:
        case Tool::django:
        case Tool::drizzle:
        case Tool::flyway:
        case Tool::knex:
        case Tool::typeorm:
            return true;
        default:
            return false;
    }
}

}  // namespace

bool sets_lock_limit(const UnitResult& result, const Target& target, const Environment& env,
                     const fs::path& root) {
    const Words words{"lock_timeout", "lock_wait_timeout"};
    return holds_one(target.connection.url, words) || holds_one(env.get("PGOPTIONS").value_or(""), words) ||
           one_holds(migrations_of(result, root), words) ||
           one_holds(settings_of(result, target, root), words);
}

bool builds_concurrently(const UnitResult& result, const fs::path& root) {
    const auto migrations = migrations_of(result, root);
    return !migrations.empty() && one_holds(migrations, {"concurrently"});
}

bool fails_as_a_whole(const UnitResult& result, const Step& step, const Target& target,
                      const fs::path& root) {
    const auto* native = std::get_if<Native>(&step.action);
    if (!native || target.connection.engine != Engine::postgresql || !wraps_in_transactions(result.unit.tool))
        return false;
    const auto migrations = migrations_of(result, root);
    if (migrations.empty()) return false;
    for (const auto& word : native->args)
        if (holds_one(word, {"transaction"}) && !word.starts_with("-postgresql.transactional")) return false;
    return !one_holds(migrations, {"transaction", "commit", "atomic", "concurrently", "vacuum"}) &&
           !one_holds(settings_of(result, target, root),
                      {"autocommit", "commit(", "transactional_ddl", "disabletransactions", "transactionmode",
                       "executeintransaction"});
}

}  // namespace migrate
