#include "plan/half_done_statements.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "adapters/preview.hpp"
#include "adapters/support/js_words.hpp"
#include "base/files.hpp"
#include "sql/migration_file.hpp"
#include "sql/project.hpp"
#include "sql/split.hpp"

namespace migrate {

namespace {

constexpr std::uintmax_t kLargestFile = std::uintmax_t{1} << 24;

void keep(MigrationStatements& found, sql::Statement statement, std::string place) {
    if (statement.transaction_control) return;
    found.places.push_back(std::move(place));
    found.statements.push_back(std::move(statement));
}

/// nullopt, or why the text is no SQL. `line`: where it begins in its file, 0 where that is not known.
std::optional<std::string> add(MigrationStatements& found, std::string text, const std::string& name,
                               int line, sql::Dialect dialect) {
    auto normal = sql::normalised_own(std::move(text));
    if (!normal) return normal.error().message;
    found.texts.push_back(std::make_shared<const std::string>(std::move(*normal)));
    auto split = sql::split(*found.texts.back(), dialect);
    if (!split) return split.error().message;
    for (auto& one : *split) {
        std::string place = line == 0 ? name : fmt::format("{}:{}", name, line + one.position.line - 1);
        keep(found, std::move(one), std::move(place));
    }
    return std::nullopt;
}

/// The way up of a file of raw SQL.
std::optional<std::string> add_up(MigrationStatements& found, const Unit& unit, const Target& target,
                                  const std::filesystem::path& root, const std::string& path) {
    auto bytes = read_file(root / path, kLargestFile);
    if (!bytes) return path + " cannot be read";
    auto parsed = sql::parse_migration(*bytes, sql::convention_of(unit),
                                       sql::dialect_of(*target.connection.engine), path);
    if (!parsed) return parsed.error().message;
    found.texts.push_back(parsed->text);
    for (auto& one : parsed->up) {
        std::string place = fmt::format("{}:{}", path, one.position.line);
        keep(found, std::move(one), std::move(place));
    }
    return std::nullopt;
}

/// What the tool writes into its own table is no part of the migration.
void leave_out(MigrationStatements& found, std::string_view table) {
    for (std::size_t i = found.statements.size(); i-- > 0 && !table.empty();) {
        if (found.statements[i].text.find(table) == std::string_view::npos) continue;
        found.statements.erase(found.statements.begin() + static_cast<std::ptrdiff_t>(i));
        found.places.erase(found.places.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

/// Drizzle's mark is a comment to everybody but MySQL; it ends a statement.
std::string without_marks(std::string text) {
    constexpr std::string_view kMark = "--> statement-breakpoint";
    for (std::size_t at = text.find(kMark); at != std::string::npos; at = text.find(kMark, at + 1)) {
        std::fill_n(text.begin() + static_cast<std::ptrdiff_t>(at), kMark.size(), ' ');
        text[at] = ';';
    }
    return text;
}

bool is_script(std::string_view path) {
    for (const std::string_view ending : {".js", ".ts", ".mjs", ".mts", ".cjs", ".cts"})
        if (path.ends_with(ending)) return true;
    return false;
}

/// What the tool prints; an error says why it does not.
Result<std::string> printed(const Unit& unit, const Facts& facts, const Target& target, const std::string& id,
                            const NativeCall& with) {
    Request request;
    request.verb = Verb::run;
    request.environment = with.environment;
    Step step;
    step.target = target.name;
    step.migrations = {id};
    step.expect.applied_added = {id};
    auto previews = previews_of(unit, request, facts, step);
    if (!previews) return tl::unexpected(previews.error());
    std::string text;
    for (const auto& preview : *previews) {
        Step ask = preview.step;
        if (with.child_env)
            for (const auto& [name, value] : *with.child_env) ask.env.try_emplace(name, value);
        if (!target.variable.empty() && !target.connection.url.empty())
            ask.env.try_emplace(target.variable, EnvValue{target.connection.url, true});
        ProcessResult done = ask_native(ask, facts.root, with);
        if (!done.ok()) return tl::unexpected(failure_of(done, unit, ask, facts.root));
        text += done.collected + "\n";
    }
    return text;
}

}  // namespace

std::optional<std::string> read_statements(MigrationStatements& found, const Unit& unit, const Facts& facts,
                                           const Target& target, const std::string& id,
                                           const NativeCall* ask) {
    const auto file = std::find_if(facts.files.begin(), facts.files.end(),
                                   [&](const MigrationFile& one) { return one.id == id; });
    if (file == facts.files.end() || file->files.empty()) return "its file is gone";
    const sql::Dialect dialect = sql::dialect_of(*target.connection.engine);
    if (unit.tool == Tool::sql) return add_up(found, unit, target, facts.root, file->files.front());
    for (const auto& path : file->files) {
        if (path.ends_with(".sql")) {
            auto text = read_file(facts.root / path, kLargestFile);
            if (!text) return path + " cannot be read";
            if (auto why = add(found, without_marks(std::move(*text)), path, 1, dialect))
                return path + ":" + *why;
        } else if (is_script(path)) {
            auto text = read_file(facts.root / path, kLargestFile);
            if (!text) return path + " cannot be read";
            for (auto& said : js::statements_said(*text, *target.connection.engine))
                (void)add(found, std::move(said.sql), path, said.line, dialect);
            if (found.statements.empty()) return "the words of " + path + " do not tell what it does";
        } else if (ask) {
            auto text = printed(unit, facts, target, id, *ask);
            if (!text) return text.error().message;
            // What is no comment and no SQL is the tool's chatter.
            if (auto why = add(found, std::move(*text), path, 0, dialect)) return *why;
        } else {
            return fmt::format("`migrate resolve -u {}` asks {} for its statements", unit.id,
                               adapter_of(unit.tool).title);
        }
    }
    if (auto query = adapter_of(unit.tool).history(unit, facts.root, target)) leave_out(found, query->table);
    return std::nullopt;
}

}  // namespace migrate
