#include "plan/sql_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "adapters/preview.hpp"
#include "base/files.hpp"
#include "report/shell_words.hpp"
#include "sql/script.hpp"
#include "sql/way.hpp"

namespace migrate {

namespace {

constexpr std::uintmax_t kLargestFile = std::uintmax_t{1} << 30;

/// A text as comment lines.
std::string comment(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        result += fmt::format("-- {}\n", text.substr(at, end - at));
        at = end + 1;
    }
    return result;
}

std::string with_line_end(std::string text) {
    if (!text.empty() && text.back() != '\n') text += '\n';
    return text;
}

/// A statement as the engine's own client program would take it.
std::string for_client(const sql::Statement& statement, sql::Dialect dialect) {
    std::string text(statement.text);
    if (statement.copies_data) return text + ";\n" + with_line_end(std::string(statement.data)) + "\\.\n";
    if (dialect == sql::Dialect::mysql && text.find(';') != std::string::npos)
        return "DELIMITER $$\n" + text + "$$\nDELIMITER ;\n";
    return text + ";\n";
}

/// One function an action of a step.
struct Writer {
    const Unit& unit;
    const Request& request;
    const Facts& facts;
    const Step& step;
    const Target* target;
    const NativeCall& with;

    Result<std::string> operator()(const ApplyMigration& apply) const {
        if (!target || !target->connection.engine) return comment("the engine is not known");
        const auto dialect = sql::dialect_of(*target->connection.engine);
        const auto project = sql::project_of(unit, *target);
        auto script = sql::load_script(project, dialect, facts.root, apply);
        if (!script) return tl::unexpected(script.error());
        auto way = sql::way_of(*script->parsed, script->direction, project.convention, script->name);
        if (!way) return tl::unexpected(way.error());
        // Why there is no transaction stands in the purpose of the step.
        std::string text =
            way->transaction ? comment("in one transaction with its row in the history") : std::string();
        const auto& statements = script->statements();
        for (std::size_t i = static_cast<std::size_t>(apply.from_statement); i < statements.size(); ++i)
            text += for_client(statements[i], dialect);
        return text;
    }

    Result<std::string> operator()(const ExecuteSql& execute) const {
        if (execute.path.empty()) return with_line_end(execute.sql);
        return file_text(execute.path);
    }

    Result<std::string> operator()(const ChangeHistory& change) const {
        std::string text;
        for (const auto& statement : change.sql) text += statement + ";\n";
        return text;
    }

    Result<std::string> operator()(const Native&) const {
        if (step.risk == Risk::read || step.risk == Risk::files) return std::string();
        if (auto text = from_files()) return *text;
        auto previews = previews_of(unit, request, facts, step);
        if (!previews && previews.error().code == "sql.unknown")
            return comment("not known before it runs: " + previews.error().message);
        if (!previews) return tl::unexpected(previews.error());
        std::string text;
        for (const auto& preview : *previews) {
            Step ask = preview.step;
            for (const auto& [name, value] : step.env) ask.env.try_emplace(name, value);
            ProcessResult done = ask_native(ask, facts.root, with);
            if (!done.ok()) return tl::unexpected(failure_of(done, unit, ask, facts.root));
            text += comment(fmt::format("as printed by: {}", shell_words(argv_of(ask))));
            text += with_line_end(done.collected);
        }
        return text;
    }

    /// Files, scratch databases and copies of rows execute nothing on the target.
    template <class Other>
    Result<std::string> operator()(const Other&) const {
        return std::string();
    }

  private:
    Result<std::string> file_text(const std::string& path) const {
        auto text = read_file(facts.root / path, kLargestFile);
        if (!text) return fail("file.missing", path + " cannot be read", "Nothing was executed.");
        return comment("from " + path) + with_line_end(std::move(*text));
    }

    /// Where every migration of the step is a file of SQL; nullopt where one is not.
    std::optional<Result<std::string>> from_files() const {
        std::string text;
        for (const auto& id : step.migrations) {
            auto file = std::find_if(facts.files.begin(), facts.files.end(),
                                     [&](const MigrationFile& one) { return one.id == id; });
            if (file == facts.files.end()) return std::nullopt;
            const auto& removed = step.expect.applied_removed;
            const bool down = std::find(removed.begin(), removed.end(), id) != removed.end();
            std::vector<std::string> paths = down ? std::vector<std::string>{file->down_file} : file->files;
            for (const auto& path : paths) {
                if (!path.ends_with(".sql")) return std::nullopt;
                auto part = file_text(path);
                if (!part) return part;
                text += *part;
            }
        }
        if (text.empty()) return std::nullopt;
        return Result<std::string>(std::move(text));
    }
};

}  // namespace

Result<std::string> sql_text(const Unit& unit, const Request& request, const Facts& facts,
                             const UnitPlan& plan, const NativeCall& with) {
    std::string text;
    for (const auto& step : plan.steps) {
        auto target = std::find_if(facts.targets.begin(), facts.targets.end(),
                                   [&](const Target& one) { return one.name == step.target; });
        const Writer writer{unit, request, facts, step, target == facts.targets.end() ? nullptr : &*target,
                            with};
        auto part = std::visit(writer, step.action);
        if (!part) return part;
        if (part->empty()) continue;
        text += comment(fmt::format("{}  step {}: {}", unit.id, step.n, step.purpose)) + *part + "\n";
    }
    return with.redactor->redact(text);
}

}  // namespace migrate
