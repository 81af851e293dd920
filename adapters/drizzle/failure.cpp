// What drizzle-kit means when it stops, and what it keeps to itself (0.20.18, 0.31.11, 1.0.0-rc.5).
#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "adapters/drizzle/drizzle.hpp"
#include "adapters/drizzle/project.hpp"
#include "adapters/drizzle/rows.hpp"
#include "base/files.hpp"

namespace migrate::drizzle {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// A member that is text; `otherwise` where it is not.
std::string text_at(const json& object, const char* key, const std::string& otherwise = "") {
    auto member = object.find(key);
    return member != object.end() && member->is_string() ? member->get<std::string>() : otherwise;
}

bool holds_word(const std::string& text, const std::string& word) {
    auto part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
        std::size_t end = at + word.size();
        if ((at == 0 || !part(text[at - 1])) && (end == text.size() || !part(text[end]))) return true;
    }
    return word.empty();
}

/// The text of all schema files; "" where it is not known where they are.
std::string schema_text(const FailedStep& failed) {
    const fs::path path = failed.root / failed.unit.schema;
    if (failed.unit.schema.empty()) return "";
    if (auto text = read_file(path)) return *text;
    std::string all;
    for (const auto& name : list_directory(path)) all += read_file(path / name).value_or("") + "\n";
    return all;
}

/// Tables ("users") and columns ("users.age") of the newest snapshot whose names stand nowhere in the schema
/// any more: what a question about a rename is about.
std::vector<std::string> gone(const FailedStep& failed) {
    const fs::path meta = failed.root / read_project(failed.unit, failed.root).out / "meta";
    std::string newest;
    for (const auto& name : list_directory(meta))
        if (name.ends_with("_snapshot.json")) newest = name;
    auto snapshot = json::parse(read_file(meta / newest).value_or(""), nullptr, false);
    const std::string schema = schema_text(failed);
    std::vector<std::string> names;
    if (schema.empty() || !snapshot.is_object() || !snapshot["tables"].is_object()) return names;
    for (const auto& [key, table] : snapshot["tables"].items()) {
        if (!table.is_object() || !table.contains("columns")) continue;
        const std::string name = text_at(table, "name", key);
        if (!holds_word(schema, name)) {
            names.push_back(name);
            continue;
        }
        for (const auto& column : table["columns"].items())
            if (!holds_word(schema, column.key())) names.push_back(name + "." + column.key());
    }
    return names;
}

/// What kind of thing 0.31 wanted to ask about: all it leaves is the name of the function that asked.
std::string asked_kind(std::string_view said) {
    constexpr std::pair<std::string_view, std::string_view> kKinds[] = {
        {"columnsResolver", "column"}, {"tablesResolver", "table"},       {"schemasResolver", "schema"},
        {"enumsResolver", "enum"},     {"sequencesResolver", "sequence"}, {"iewsResolver", "view"},
        {"olicyResolver", "policy"},   {"roleResolver", "role"}};
    for (const auto& [function, kind] : kKinds)
        if (said.find(function) != std::string_view::npos) return std::string(kind);
    return "";
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

/// The command as a person types it in the unit's directory.
std::vector<std::string> by_hand(const FailedStep& failed) {
    return argv_of(failed.step);
}

/// Up to 0.30 the menu itself is printed: "Is years column in users table created or renamed from another
/// column?". The line that asks, "" where there is none.
std::string asked_line(std::string_view said) {
    std::size_t at = said.find("created or renamed from another");
    if (at == std::string_view::npos) return "";
    std::size_t begin = said.rfind('\n', at) + 1;
    std::string line(said.substr(begin, said.find('\n', at) - begin));
    while (!line.empty() && static_cast<unsigned char>(line.front()) <= ' ') line.erase(0, 1);
    return line;
}

Error asked(const FailedStep& failed, std::string question) {
    return {
        "tool.failed",
        failed.unit.id + ": drizzle-kit wanted to ask " + question + ", and wrote nothing",
        "Before 1.0 it can be answered at a terminal only. Without one: a migration that adds, and a later "
        "one that drops, ask nothing.",
        {{By::person, by_hand(failed), "at a terminal, in " + failed.step.cwd, "asks, and writes the file"}}};
}

/// 1.0 names what it wants to know, and takes the answers with --hints.
Error hints_missing(const FailedStep& failed, const json& said) {
    std::string questions;
    json answers = json::array();
    for (const auto& one : said["unresolved"]) {
        if (!one.is_object()) continue;
        std::string entity;
        for (const auto& part : one.value("entity", json::array()))
            if (part.is_string()) entity += (entity.empty() ? "" : ".") + part.get<std::string>();
        const std::string kind = text_at(one, "kind");
        const bool loses = text_at(one, "type") == "confirm_data_loss";
        questions += (questions.empty() ? "" : "; ") +
                     (loses ? "whether the data of the " + kind + " " + entity + " may be lost"
                            : "whether the " + kind + " " + entity + " is new or another one renamed");
        answers.push_back({{"type", loses ? "confirm_data_loss" : "create"},
                           {"kind", kind},
                           {"entity", one.value("entity", json::array())}});
    }
    Error error{"tool.failed",
                failed.unit.id + ": drizzle-kit asks " + questions,
                "Nothing was written or changed. The answers go behind `--` with --hints; a rename is "
                R"({"type": "rename", "kind": ..., "from": [...], "to": [...]}.)",
                {}};
    if (!failed.step.expect.files.empty()) {
        std::vector<std::string> words = argv_of(failed.step);
        auto name = std::find(words.begin(), words.end(), "--name");
        if (name != words.end() && ++name != words.end())
            error.next = {
                {By::you,
                 {"migrate", "generate", *name, "-u", failed.unit.id, "--", "--hints", answers.dump()},
                 "it is new",
                 "answers this"}};
    }
    return error;
}

/// The JSON that 1.0 ends its output with.
json last_object(std::string_view said) {
    for (std::size_t at = said.rfind("{\"status\""); at != std::string_view::npos;) {
        std::string_view line = said.substr(at);
        return json::parse(line.substr(0, line.find('\n')), nullptr, false);
    }
    return {};
}

/// The same question as `diff` prints it, one numbered line each: "1. Rename or create  —  column
/// public.users.age".
std::optional<Error> undecided(const FailedStep& failed) {
    std::string_view said = failed.said;
    std::size_t at = said.find("missing_hints: ");
    if (at == std::string_view::npos) return std::nullopt;
    std::string questions;
    while ((at = said.find('\n', at)) != std::string_view::npos) {
        ++at;
        std::string_view line = said.substr(at, said.find('\n', at) - at);
        const std::size_t digits = line.find_first_not_of("0123456789");
        if (digits == 0 || digits == std::string_view::npos || line.substr(digits, 2) != ". ") continue;
        questions += (questions.empty() ? "" : "; ") + std::string(line.substr(digits + 2));
    }
    return Error{"tool.failed",
                 failed.unit.id + ": there is a difference, and drizzle-kit cannot say which: " + questions,
                 "`migrate generate` asks the same, and takes the answer.",
                 {}};
}

}  // namespace

std::optional<Error> explained(const FailedStep& failed) {
    if (auto error = undecided(failed)) return error;
    if (std::string line = asked_line(failed.said); !line.empty()) return asked(failed, "\"" + line + "\"");
    if (failed.said.find("Interactive prompts require a TTY") != std::string_view::npos) {
        std::string kind = asked_kind(failed.said);
        std::vector<std::string> names = gone(failed);
        if (kind.empty()) return asked(failed, "something");
        std::string question = "whether a new " + kind + " is another one renamed";
        if (!names.empty()) question += " (the schema no longer holds " + joined(names) + ")";
        return asked(failed, question);
    }
    json said = last_object(failed.said);
    if (!said.is_object()) return std::nullopt;
    if (text_at(said, "status") == "missing_hints" && said.contains("unresolved"))
        return hints_missing(failed, said);
    if (text_at(said, "status") != "error" || !said.contains("error") || !said["error"].is_object())
        return std::nullopt;
    const json& error = said["error"];
    const std::string code = text_at(error, "code", "error");
    return Error{"tool.failed",
                 failed.unit.id + ": drizzle-kit: " + text_at(error, "message", code) + " (" + code + ")",
                 "",
                 {}};
}

std::vector<std::string> unexplained_beginning(const FailedStep& failed) {
    Project project = read_project(failed.unit, failed.root);
    return history_table(project, version_of(failed.unit, project), {}).create();
}

std::vector<std::string> unexplained_files(const FailedStep& failed) {
    Project project = read_project(failed.unit, failed.root);
    // 1.0 prints the statement and the database's words.
    if (failed.step.risk != Risk::apply || version_of(failed.unit, project) >= Version{1, 0, 0}) return {};
    std::vector<std::string> paths;
    for (const auto& id : failed.step.migrations) paths.push_back(project.out + "/" + id + ".sql");
    return paths;
}

}  // namespace migrate::drizzle
