#include "sql/marker.hpp"

#include <optional>
#include <vector>

namespace migrate::sql {

namespace {

using Kind = Directive::Kind;

bool same(std::string_view text, std::string_view lower) {
    if (text.size() != lower.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
        if (c != lower[i]) return false;
    }
    return true;
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    for (std::size_t at = text.find_first_not_of(" \t"); at != std::string_view::npos;
         at = text.find_first_not_of(" \t", at)) {
        const std::size_t end = std::min(text.find_first_of(" \t", at), text.size());
        words.push_back(text.substr(at, end - at));
        at = end;
    }
    return words;
}

Directive bad(std::string problem, std::string hint) {
    Directive directive;
    directive.kind = Kind::bad;
    directive.problem = std::move(problem);
    directive.hint = std::move(hint);
    return directive;
}

/// "transaction:false", "irreversible:true". false for a word that is no option.
bool take_option(std::string_view word, char separator, Directive& directive) {
    const std::size_t at = word.find(separator);
    if (at == std::string_view::npos) return false;
    const std::string_view key = word.substr(0, at), value = word.substr(at + 1);
    if (value != "true" && value != "false") return false;
    if (key == "transaction")
        directive.transaction = value == "true";
    else if (key == "irreversible")
        directive.irreversible = value == "true";
    else
        return false;
    return true;
}

/// "-- UP", "-- @DOWN", "-- Up Migration", "-- DOWN: transaction:false", alone on its line.
Directive read_up_down(const std::vector<std::string_view>& words) {
    Directive directive;
    if (words.empty()) return directive;
    std::string_view first = words[0];
    if (first.starts_with('@')) first.remove_prefix(1);
    std::size_t next = 1;
    bool colon = first.ends_with(':');
    if (colon) first.remove_suffix(1);
    if (!same(first, "up") && !same(first, "down")) return directive;
    if (!colon && next < words.size() && (same(words[next], "migration") || same(words[next], "migration:")))
        ++next;
    for (; next < words.size(); ++next)
        if (!take_option(words[next], ':', directive)) return {};
    directive.kind = same(first, "up") ? Kind::up : Kind::down;
    return directive;
}

Directive read_dbmate(const std::vector<std::string_view>& words, bool indented) {
    Directive directive;
    if (words.empty() || !words[0].starts_with("migrate:") || words[0] == "migrate:") return directive;
    if (words[0] != "migrate:up" && words[0] != "migrate:down")
        return bad("\"" + std::string(words[0]) + "\" is no mark of dbmate",
                   "The marks are -- migrate:up and -- migrate:down.");
    if (indented)
        return bad("a mark of dbmate must stand at the beginning of its line",
                   "dbmate itself takes this one for a comment.");
    // Options that dbmate does not know are without effect there, too.
    for (std::size_t i = 1; i < words.size(); ++i) take_option(words[i], ':', directive);
    directive.kind = words[0] == "migrate:up" ? Kind::up : Kind::down;
    return directive;
}

Directive read_goose(const std::vector<std::string_view>& words, bool indented) {
    Directive directive;
    if (words.empty() || words[0] != "+goose") return directive;
    if (indented)
        return bad("an annotation of goose must stand at the beginning of its line",
                   "goose itself takes this one for a comment, or refuses the file.");
    const std::string_view first = words.size() > 1 ? words[1] : "";
    if (words.size() == 2 && same(first, "up")) directive.kind = Kind::up;
    if (words.size() == 2 && same(first, "down")) directive.kind = Kind::down;
    if (words.size() == 2 && same(first, "statementbegin")) directive.kind = Kind::begin;
    if (words.size() == 2 && same(first, "statementend")) directive.kind = Kind::end;
    if (words.size() == 3 && same(first, "no") && same(words[2], "transaction"))
        directive.kind = Kind::no_transaction;
    if (words.size() == 3 && (same(first, "envsub") || same(first, "envsubst")) && same(words[2], "off"))
        return {};
    if (same(first, "envsub") || same(first, "envsubst"))
        return bad("variables are not put into statements here (ENVSUB)",
                   "Run this file with goose, or write the values into it.");
    if (directive.kind == Kind::none)
        return bad("an annotation that goose does not know",
                   "It knows Up, Down, StatementBegin, StatementEnd and NO TRANSACTION.");
    return directive;
}

Directive read_sql_migrate(std::string_view comment, const std::vector<std::string_view>& words,
                           bool indented) {
    Directive directive;
    if (words.empty() || !words[0].starts_with("+migrate")) return directive;
    if (indented || !comment.starts_with("-- +migrate "))
        return bad("sql-migrate would not see this mark",
                   "Write it as \"-- +migrate Up\" at the beginning of a line.");
    const std::string_view command = words.size() > 1 ? words[1] : "";
    if (command == "Up") directive.kind = Kind::up;
    if (command == "Down") directive.kind = Kind::down;
    if (command == "StatementBegin") directive.kind = Kind::begin;
    if (command == "StatementEnd") directive.kind = Kind::end;
    if (directive.kind == Kind::none)
        return bad("a command that sql-migrate does not know",
                   "It knows Up, Down, StatementBegin and StatementEnd, written exactly so.");
    for (std::size_t i = 2; i < words.size(); ++i)
        if (words[i] == "notransaction") directive.transaction = false;
    return directive;
}

/// "-- migrate: transaction=false", for files of every convention.
Directive read_header(const std::vector<std::string_view>& words) {
    Directive directive;
    if (words.empty() || words[0] != "migrate:") return directive;
    for (std::size_t i = 1; i < words.size(); ++i)
        if (!words[i].starts_with("transaction=") || !take_option(words[i], '=', directive))
            return bad("\"" + std::string(words[i]) + "\" is no option of a migration file",
                       "There is transaction=false.");
    if (!directive.transaction) directive.kind = Kind::no_transaction;
    return directive;
}

Directive read_as(Convention convention, std::string_view comment, const std::vector<std::string_view>& words,
                  bool indented) {
    switch (convention) {
        case Convention::up_down:
            return read_up_down(words);
        case Convention::dbmate:
            return read_dbmate(words, indented);
        case Convention::goose:
            return read_goose(words, indented);
        case Convention::sql_migrate:
            return read_sql_migrate(comment, words, indented);
        default:
            return {};
    }
}

}  // namespace

Directive read_directive(std::string_view comment, bool indented, Convention convention) {
    const auto words = words_of(comment.substr(2));
    if (Directive header = read_header(words); header.kind != Kind::none) return header;
    if (Directive own = read_as(convention, comment, words, indented); own.kind != Kind::none) return own;
    for (const Convention other :
         {Convention::up_down, Convention::dbmate, Convention::goose, Convention::sql_migrate}) {
        if (other == convention) continue;
        const Directive foreign = read_as(other, comment, words, indented);
        // In files with marks of their own, "-- up" is any comment; elsewhere it would run the way back.
        if (other == Convention::up_down && facts_of(convention).sections) continue;
        if (foreign.kind != Kind::up && foreign.kind != Kind::down) continue;
        return bad("a mark of " + std::string(facts_of(other).title) + " in a folder of " +
                       std::string(facts_of(convention).title),
                   "One folder follows one convention. Move the file, or rewrite its marks.");
    }
    return {};
}

Mark mark_of(const Directive& directive) {
    switch (directive.kind) {
        case Kind::none:
            return Mark::none;
        case Kind::up:
        case Kind::down:
            return Mark::section;
        case Kind::begin:
            return Mark::hold;
        case Kind::end:
            return Mark::release;
        case Kind::no_transaction:
        case Kind::bad:
            return Mark::note;
    }
    return Mark::none;
}

}  // namespace migrate::sql
