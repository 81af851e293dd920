// Raw SQL: verbs that write files, and seeds.
#include <fmt/format.h>

#include <algorithm>

#include "adapters/sql/sql.hpp"
#include "base/files.hpp"
#include "sql/directory.hpp"
#include "sql/split.hpp"
#include "sql/way.hpp"

namespace migrate::raw_sql {

namespace {

namespace fs = std::filesystem;
using Steps = std::vector<Step>;

constexpr std::string_view kExample =
    "-- An example: change it before the first `migrate run`, or delete it.\n"
    "-- UP is what `migrate run` executes, DOWN what `migrate rollback` executes.\n"
    "\n"
    "-- UP\n"
    "CREATE TABLE example (\n"
    "    id INTEGER PRIMARY KEY,\n"
    "    name VARCHAR(100) NOT NULL\n"
    ");\n"
    "\n"
    "-- DOWN\n"
    "DROP TABLE example;\n";

std::string joined(const std::string& directory, const std::string& name) {
    return (fs::path(directory) / name).lexically_normal().generic_string();
}

Step write_step(const std::string& path, std::string content, std::string purpose) {
    Step step;
    step.purpose = std::move(purpose);
    step.action = WriteFile{path, std::move(content), false};
    step.risk = Risk::files;
    step.expect.files = {path};
    return step;
}

}  // namespace

Result<Steps> generate(const Context& context) {
    const sql::Project& project = context.project;
    auto directory = sql::list_migrations(context.facts.root / project.directory, project.convention);
    if (!directory) return tl::unexpected(directory.error());
    const std::string now = context.request.now.empty() ? "{now}" : context.request.now;
    const auto names = sql::new_file_names(*directory, project.convention, context.request.name, now);
    const auto contents = sql::new_file_contents(project.convention);
    Steps steps;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string path = joined(project.directory, names[i]);
        steps.push_back(write_step(path, contents[i], "write " + path));
    }
    return steps;
}

Result<Steps> init(const Context& context) {
    auto directory =
        sql::list_migrations(context.facts.root / context.project.directory, context.project.convention);
    if (directory && !directory->migrations.empty())
        return fail(
            "usage", context.project.directory + " holds migrations already",
            "`migrate generate NAME` adds one.",
            {{By::you, {"migrate", "status", "-u", context.unit.id}, "", "what is applied and what is not"}});
    const std::string now = context.request.now.empty() ? "{now}" : context.request.now;
    const std::string path = joined(context.project.directory, now + "_example.sql");
    return Steps{write_step(path, std::string(kExample), "write " + path + ", an example to start from")};
}

std::vector<std::string> seed_files(const Unit& unit, const fs::path& root) {
    std::vector<std::string> candidates;
    if (!unit.seeds.empty()) {
        candidates.push_back(unit.seeds);
    } else {
        for (const char* name :
             {"seeds", "seed", "db/seeds", "seed.sql", "db/seed.sql", "seeds.sql", "db/seeds.sql"})
            candidates.push_back(joined(unit.root, name));
        if (unit.style == "supabase")
            candidates.insert(candidates.begin(), joined(unit.root, "supabase/seed.sql"));
    }
    for (const std::string& candidate : candidates) {
        std::error_code ignored;
        if (fs::is_regular_file(root / candidate, ignored) && candidate.ends_with(".sql")) return {candidate};
        if (!fs::is_directory(root / candidate, ignored)) continue;
        std::vector<std::string> files;
        for (const std::string& name : list_directory(root / candidate))
            if (name.ends_with(".sql") && name.front() != '.') files.push_back(joined(candidate, name));
        if (!files.empty()) return files;
    }
    return {};
}

Result<Steps> seed(const Context& context) {
    const auto files = seed_files(context.unit, context.facts.root);
    if (files.empty())
        return fail("verb.unsupported", context.unit.id + " has no seeds",
                    "Seeds are .sql files in seeds/, or one seed.sql, beside the migrations' folder.");
    Steps steps;
    for (const std::string& path : files) {
        auto bytes = read_file(context.facts.root / path, std::uintmax_t{1} << 30);
        if (!bytes) return fail("migration.invalid", path + ": cannot be read", "Nothing was executed.");
        auto text = sql::normalised(*bytes);
        if (!text) return fail(text.error().code, path + ":" + text.error().message, text.error().hint);
        auto statements = sql::split(*text, context.dialect);
        if (!statements)
            return fail(statements.error().code, path + ":" + statements.error().message,
                        statements.error().hint);
        sql::ParsedMigration script;
        script.up = *statements;
        if (auto way = sql::way_of(script, sql::Direction::up, sql::Convention::plain, path); !way)
            return tl::unexpected(way.error());
        Step step;
        step.target = context.target->name;
        step.purpose = "execute " + path;
        step.action = ExecuteSql{path, path, "", true};
        step.risk = Risk::apply;
        step.reversible = false;
        for (const sql::Statement& statement : *statements)
            if (statement.destructive)
                step.destructive.push_back(fmt::format("{}:{}: {}", path, statement.position.line,
                                                       sql::brief(statement.text, context.dialect)));
        steps.push_back(std::move(step));
    }
    return steps;
}

}  // namespace migrate::raw_sql
