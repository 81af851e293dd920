#include "adapters/support/sql_file.hpp"

#include <algorithm>

#include "adapters/support/history_sql.hpp"
#include "base/files.hpp"
#include "sql/split.hpp"

namespace migrate {

namespace {

constexpr std::uintmax_t kLargest = 8u << 20;

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

tl::unexpected<Error> no_way_back(std::string_view tool, const std::string& unit,
                                  const std::vector<std::string>& ids, const std::string& beside) {
    return fail(
        "migration.irreversible",
        std::string(tool) + " has no rollback, and " + listed(ids) + " of " + unit +
            (ids.size() == 1 ? " has" : " have") + " no down file",
        "The SQL that undoes it belongs into " + beside +
            ". Without it the way back is a backup, or a new migration forward.",
        {{By::you, {"migrate", "backup", "list", "-u", unit}, "", "shows what can be restored"},
         {By::person, {"migrate", "restore", "-u", unit}, "", "restores beside, and changes nothing"}});
}

}  // namespace

bool has_statement(std::string_view text) {
    auto normal = sql::normalised(text);
    if (!normal) return false;
    sql::Lexer lexer(*normal, sql::Dialect::postgresql);
    for (sql::Token token = lexer.next(); token.kind != sql::Token::Kind::end; token = lexer.next())
        if (token.kind != sql::Token::Kind::comment && token.kind != sql::Token::Kind::terminator)
            return true;
    return false;
}

std::vector<std::string> destructive_statements(const std::filesystem::path& root, const std::string& path,
                                                Engine engine) {
    std::vector<std::string> found;
    auto text = read_file(root / path, kLargest);
    auto normal = text ? sql::normalised(*text) : Result<std::string>(fail("", ""));
    if (!normal) return found;
    sql::Dialect dialect = sql::dialect_of(engine);
    auto statements = sql::split(*normal, dialect);
    if (!statements) return found;
    for (const auto& statement : *statements)
        if (statement.destructive) found.push_back(sql::brief(statement.text, dialect));
    return found;
}

void expect_applied_sql(Step& step, const std::vector<MigrationFile>& files,
                        const std::filesystem::path& root, Engine engine) {
    bool all = !files.empty();
    for (const auto& file : files) {
        step.migrations.push_back(file.id);
        step.expect.applied_added.push_back(file.id);
        all = all && file.reversible.value_or(false);
        for (const auto& path : file.files)
            for (auto& line : destructive_statements(root, path, engine))
                step.destructive.push_back(file.id + ": " + line);
    }
    step.reversible = all;
}

Result<std::vector<Step>> revert_by_down_files(std::string_view tool, const std::string& unit,
                                               const Target& target, const std::string& table,
                                               const std::vector<Undo>& undo,
                                               const std::filesystem::path& root) {
    std::vector<std::string> without;
    std::string beside = "a down file beside the migration";
    for (const Undo& one : undo) {
        bool has_file = one.file && one.file->reversible.value_or(false);
        if (has_file || has_statement(one.row.down_sql)) continue;
        without.push_back(one.row.id);
        if (one.file && !one.file->down_file.empty()) beside = one.file->down_file;
    }
    if (!without.empty()) return no_way_back(tool, unit, without, beside);

    std::vector<Step> steps;
    const Engine engine = target.connection.engine.value_or(Engine::postgresql);
    for (const Undo& one : undo) {
        bool has_file = one.file && one.file->reversible.value_or(false);
        ExecuteSql execute;
        execute.label = "the way back of " + one.row.id;
        if (has_file)
            execute.path = one.file->down_file;
        else
            execute.sql = one.row.down_sql;
        Step step;
        step.target = target.name;
        step.purpose = "revert " + one.row.id;
        if (has_file) step.destructive = destructive_statements(root, execute.path, engine);
        step.action = std::move(execute);
        step.risk = Risk::revert;
        step.migrations = {one.row.id};
        auto rows = history_steps(target, table, {{}, {one.row.id}, {one.forget}},
                                  "take " + one.row.id + " out of the history", steps.empty());
        // The copy comes before anything is changed.
        if (rows.size() == 2) {
            steps.push_back(std::move(rows.front()));
            rows.erase(rows.begin());
        }
        steps.push_back(std::move(step));
        steps.push_back(std::move(rows.front()));
    }
    return steps;
}

}  // namespace migrate
