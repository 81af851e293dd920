// Raw SQL: one step for each migration, checked before anything runs.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "adapters/sql/sql.hpp"
#include "base/files.hpp"
#include "sql/migration_file.hpp"
#include "sql/way.hpp"

namespace migrate::raw_sql {

namespace {

using sql::Convention;
using sql::Direction;

std::vector<std::string> destructive_in(const std::vector<sql::Statement>& statements,
                                        const std::string& name, sql::Dialect dialect) {
    std::vector<std::string> result;
    for (const sql::Statement& statement : statements)
        if (statement.destructive)
            result.push_back(
                fmt::format("{}:{}: {}", name, statement.position.line, sql::brief(statement.text, dialect)));
    return result;
}

/// What a step says about what it does besides running statements.
std::string remarks(const sql::Way& way) {
    return way.transaction ? "" : "; not in a transaction: " + way.why;
}

tl::unexpected<Error> irreversible(const Context& context, const std::string& id, const std::string& what) {
    return fail("migration.irreversible", fmt::format("{}: {}", id, what),
                "Nothing was reverted. Write a migration that undoes it instead.",
                {{By::you,
                  {"migrate", "generate", "undo_" + id.substr(0, id.find('.')), "-u", context.unit.id},
                  "",
                  "a new migration for the way back"}});
}

/// The file whose text is the way back, "" where there is none.
std::string down_path(const Context& context, const MigrationFile& file) {
    if (context.project.convention == Convention::golang_migrate) return file.down_file;
    return file.files.front();
}

}  // namespace

Result<Step> up_step(const Context& context, const MigrationFile& file) {
    const std::string& path = file.files.front();
    if (path.ends_with(".go"))
        return fail(
            "verb.unsupported",
            fmt::format("{} is a migration in Go, which only the project's own program can run", path),
            "Nothing was executed. Run the project's command for migrations instead.");
    auto read = sql::parse_file(context.facts.root / path, context.project.convention, context.dialect, path);
    if (!read) return tl::unexpected(read.error());
    const sql::ParsedMigration& parsed = **read;
    auto way = sql::way_of(parsed, Direction::up, context.project.convention, path);
    if (!way) return tl::unexpected(way.error());

    Step step;
    step.target = context.target->name;
    step.purpose = "apply " + file.id + remarks(*way);
    step.action = ApplyMigration{file.id, path, false, "", 0};
    step.risk = Risk::apply;
    step.reversible = context.project.convention == Convention::golang_migrate ? !file.down_file.empty()
                                                                               : parsed.reversible();
    step.migrations = {file.id};
    step.expect.applied_added = {file.id};
    step.destructive = destructive_in(parsed.up, path, context.dialect);
    return step;
}

Result<Step> down_step(const Context& context, const AppliedRow& row) {
    const MigrationFile* file = file_of(context.facts.files, row.id);
    ApplyMigration action{row.id, "", true, "", 0};
    std::string name = "stored way back of " + row.id;
    sql::Part part = sql::Part::stored_down;
    if (file) {
        if (file->files.front().ends_with(".go"))
            return fail("verb.unsupported",
                        file->files.front() +
                            " is a migration in Go, which only the project's own program can revert",
                        "Nothing was reverted.");
        action.path = name = down_path(context, *file);
        if (name.empty())
            return irreversible(context, row.id, "there is no .down.sql beside " + file->files.front());
        part = context.project.convention == Convention::golang_migrate ? sql::Part::down_file
                                                                        : sql::Part::whole;
    } else if (!row.down_sql.empty()) {
        action.down_sql = row.down_sql;
    } else {
        return fail(
            "migration.missing",
            fmt::format("{} is applied, but its file is gone and its way back was not stored", row.id),
            "Nothing was reverted, and no other migration is reverted in its place. Bring the file back from "
            "version "
            "control, or drop the row.",
            {{By::you,
              {"migrate", "plan", "resolve", "--forget", row.id, "-u", context.unit.id},
              "the file is gone for good",
              "drops its row from the history"}});
    }
    const auto convention = context.project.convention;
    auto read = file ? sql::parse_file(context.facts.root / name, convention, context.dialect, name, part)
                     : sql::parse_own(row.down_sql, convention, context.dialect, name, part);
    if (!read) return tl::unexpected(read.error());
    const sql::ParsedMigration& parsed = **read;
    if (!parsed.reversible())
        return irreversible(context, row.id,
                            !parsed.has_down      ? name + " has no way back"
                            : parsed.irreversible ? name + " declares itself irreversible"
                                                  : "the way back in " + name + " is empty");
    auto way = sql::way_of(parsed, Direction::down, context.project.convention, name);
    if (!way) return tl::unexpected(way.error());

    Step step;
    step.target = context.target->name;
    step.purpose = "revert " + row.id + (file ? "" : " by the way back that was stored") + remarks(*way);
    step.action = std::move(action);
    step.risk = Risk::revert;
    step.reversible = file != nullptr;
    step.migrations = {row.id};
    step.expect.applied_removed = {row.id};
    step.destructive = destructive_in(parsed.down, name, context.dialect);
    return step;
}

}  // namespace migrate::raw_sql
