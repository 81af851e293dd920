#include "adapters/sql/scripts.hpp"

#include <algorithm>
#include <array>

#include "base/files.hpp"

namespace migrate::raw_sql {

namespace {

namespace fs = std::filesystem;
using sql::Convention;
using Words = std::vector<std::string>;

constexpr std::uintmax_t kLargestScript = 1u << 20;
constexpr std::array<std::string_view, 10> kScripts{
    "Makefile",     "makefile",      "GNUmakefile",  "justfile", "Justfile",
    "Taskfile.yml", "Taskfile.yaml", "package.json", "Procfile", ".envrc"};

constexpr bool in_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Words of a line, quotes taken away, JSON's escaped ones too. Good enough to find a flag and its value.
Words words_of(std::string_view line) {
    Words words;
    std::string word;
    bool any = false;
    char quote = 0;
    auto end = [&] {
        if (any) words.push_back(std::move(word));
        word.clear();
        any = false;
    };
    for (std::size_t i = 0; i < line.size(); ++i) {
        char c = line[i];
        if (c == '\\' && i + 1 < line.size() && (line[i + 1] == '"' || line[i + 1] == '\'')) c = line[++i];
        if (quote != 0) {
            if (c == quote)
                quote = 0;
            else
                word += c;
        } else if (c == '"' || c == '\'') {
            quote = c;
            any = true;
        } else if (c == ' ' || c == '\t' || c == ';' || c == '&' || c == '|' || c == ',') {
            end();
        } else {
            word += c;
            any = true;
        }
    }
    end();
    return words;
}

/// JSON's strings are lines of shell text of their own.
std::string without_json(std::string_view line) {
    std::string text(line);
    std::size_t colon = text.find("\":");
    if (colon == std::string::npos) return text;
    std::size_t open = text.find('"', colon + 2), close = text.rfind('"');
    if (open == std::string::npos || close <= open) return text;
    return text.substr(open + 1, close - open - 1);
}

/// The name in "$NAME", "${NAME}", "$(NAME)", "$$NAME"; "" where the word is something else.
std::string variable_in(std::string_view word) {
    const std::size_t dollar = word.find('$');
    if (dollar == std::string_view::npos) return "";
    std::size_t begin = word.find_first_not_of('$', dollar);
    if (begin == std::string_view::npos) return "";
    if (word[begin] == '{' || word[begin] == '(') ++begin;
    std::size_t end = begin;
    while (end < word.size() && in_name(word[end])) ++end;
    // A URL of several variables is no variable.
    const bool whole = dollar == 0 && (end == word.size() || (end + 1 == word.size() && !in_name(word[end])));
    return whole ? std::string(word.substr(begin, end - begin)) : "";
}

/// `NAME = value`, `NAME := value`, `export NAME=value` in the same file; "" where there is none.
std::string assigned(std::string_view content, const std::string& name) {
    for (std::size_t at = content.find(name); at != std::string_view::npos; at = content.find(name, at + 1)) {
        const bool starts = at == 0 || content[at - 1] == '\n' || content.substr(0, at).ends_with("export ");
        if (!starts) continue;
        std::size_t after = at + name.size();
        while (after < content.size() &&
               (content[after] == ' ' || content[after] == ':' || content[after] == '?'))
            ++after;
        if (after >= content.size() || content[after] != '=') continue;
        const auto words = words_of(content.substr(after + 1, content.find('\n', after) - after - 1));
        if (!words.empty() && words.front().find('$') == std::string::npos &&
            words.front().find('{') == std::string::npos)
            return words.front();
    }
    return "";
}

std::string_view program_of(Convention convention) {
    switch (convention) {
        case Convention::dbmate:
            return "dbmate";
        case Convention::goose:
            return "goose";
        case Convention::golang_migrate:
            return "migrate";
        default:
            return "";
    }
}

/// The value of the first of these flags behind `from`.
std::string flag_value(const Words& words, std::size_t from, std::initializer_list<std::string_view> flags) {
    for (std::size_t i = from; i < words.size(); ++i)
        for (const std::string_view flag : flags) {
            if (words[i] == flag && i + 1 < words.size()) return words[i + 1];
            if (words[i].starts_with(flag) && words[i].size() > flag.size() && words[i][flag.size()] == '=')
                return words[i].substr(flag.size() + 1);
        }
    return "";
}

/// goose's drivers that there is a client for (goose 3.29, cmd/goose).
std::optional<Engine> goose_driver(std::string_view word) {
    if (word == "postgres" || word == "pgx" || word == "redshift") return Engine::postgresql;
    if (word == "mysql" || word == "tidb") return Engine::mysql;
    if (word == "sqlite3" || word == "sqlite") return Engine::sqlite;
    return std::nullopt;
}

/// What one command line says: the word that names the database.
std::string database_word(const Words& words, std::size_t program, Convention convention, Call& call) {
    if (convention == Convention::dbmate) {
        call.table = flag_value(words, program, {"--migrations-table"});
        if (std::string variable = flag_value(words, program, {"--env", "-e"}); !variable.empty())
            call.variables = {variable};
        return flag_value(words, program, {"--url", "-u"});
    }
    if (convention == Convention::golang_migrate) {
        std::string word = flag_value(words, program, {"-database", "--database"});
        // "$DATABASE_URL?x-migrations-table=versions": a variable, and what the script adds to its URL.
        if (const std::size_t more = word.find_first_of("?&"); more != std::string::npos && word[0] == '$') {
            constexpr std::string_view kTable = "x-migrations-table=";
            if (const std::size_t at = word.find(kTable, more); at != std::string::npos)
                call.table = word.substr(at + kTable.size(), word.find('&', at) - at - kTable.size());
            word.erase(more);
        }
        return word;
    }
    call.table = flag_value(words, program, {"-table", "--table"});
    for (std::size_t i = program + 1; i + 1 < words.size(); ++i)
        if (auto engine = goose_driver(words[i])) {
            call.engine = engine;
            return words[i + 1];
        }
    return "";
}

std::optional<Call> call_in(const std::string& content, const std::string& file, Convention convention) {
    const std::string_view program = program_of(convention);
    int line = 0;
    for (std::size_t at = 0; at < content.size();) {
        const std::size_t end = std::min(content.find('\n', at), content.size());
        const std::string_view text = std::string_view(content).substr(at, end - at);
        at = end + 1;
        ++line;
        if (text.find(program) == std::string_view::npos) continue;
        const Words words = words_of(file.ends_with(".json") ? without_json(text) : std::string(text));
        for (std::size_t i = 0; i < words.size(); ++i) {
            if (fs::path(words[i]).filename() != program) continue;
            Call call;
            call.file = file;
            call.line = line;
            const std::string word = database_word(words, i, convention, call);
            if (word.find('$') != std::string::npos || word.find("{{") != std::string::npos) {
                if (std::string name = variable_in(word); !name.empty()) call.variables = {name};
            } else {
                call.literal = word;
            }
            if (call.literal.empty() && !call.variables.empty())
                call.literal = assigned(content, call.variables.front());
            if (call.table.find_first_of("${") != std::string::npos) call.table.clear();
            if (!call.literal.empty() || !call.variables.empty() || !call.table.empty()) return call;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<Call> find_call(const Unit& unit, const fs::path& root, Convention convention) {
    if (program_of(convention).empty()) return std::nullopt;
    std::vector<std::string> directories{unit.root};
    if (unit.root != ".") directories.emplace_back(".");
    for (const std::string& directory : directories) {
        std::vector<std::string> files(kScripts.begin(), kScripts.end());
        for (const char* below : {"scripts", "bin"})
            for (const std::string& name : list_directory(root / directory / below))
                if (name.ends_with(".sh")) files.push_back(std::string(below) + "/" + name);
        for (const std::string& name : list_directory(root / directory))
            if (name.ends_with(".sh")) files.push_back(name);
        for (const std::string& file : files) {
            auto content = read_file(root / directory / file, kLargestScript);
            if (!content) continue;
            const std::string path = (fs::path(directory) / file).lexically_normal().generic_string();
            if (auto call = call_in(*content, path, convention)) return call;
        }
    }
    return std::nullopt;
}

}  // namespace migrate::raw_sql
