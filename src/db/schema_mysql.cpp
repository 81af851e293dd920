#include <fmt/format.h>

#include <array>

#include "db/schema_parts.hpp"

namespace migrate::db {

namespace {

struct Kind {
    std::string_view what;  ///< behind SHOW CREATE
    std::string_view list;  ///< name, table that it belongs to, and what else decides the text
    std::size_t column;     ///< of the answer
    int group;
    bool has_body;  ///< may hold semicolons
};

constexpr std::array kKinds{
    Kind{
        "SEQUENCE",
        "SELECT table_name, '' FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type "
        "= 'SEQUENCE'",
        1, 1, false},
    Kind{"TABLE",
         "SELECT table_name, table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND "
         "table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')",
         1, 2, false},
    Kind{"FUNCTION",
         "SELECT routine_name, '' FROM information_schema.routines WHERE routine_schema = DATABASE() AND "
         "routine_type = 'FUNCTION'",
         2, 3, true},
    Kind{"PROCEDURE",
         "SELECT routine_name, '' FROM information_schema.routines WHERE routine_schema = DATABASE() AND "
         "routine_type = 'PROCEDURE'",
         2, 4, true},
    Kind{"VIEW", "SELECT table_name, '' FROM information_schema.views WHERE table_schema = DATABASE()", 1, 5,
         false},
    Kind{"TRIGGER",
         "SELECT trigger_name, event_object_table, action_order FROM information_schema.triggers WHERE "
         "trigger_schema = DATABASE()",
         2, 6, true},
    Kind{"EVENT",
         "SELECT event_name, '', IF(starts = created, starts, NULL) FROM information_schema.events WHERE "
         "event_schema = DATABASE()",
         3, 7, true},
};

/// Behind a name in backticks or quotes that begins at `at`.
std::size_t behind_name(std::string_view text, std::size_t at) {
    const char quote = at < text.size() ? text[at] : ' ';
    if (quote != '`' && quote != '\'' && quote != '"') return at;
    for (++at; at < text.size(); ++at) {
        if (text[at] != quote) continue;
        if (at + 1 == text.size() || text[at + 1] != quote) return at + 1;
        ++at;
    }
    return text.size();
}

/// Whoever made it is one machine's matter. Stands before the kind of the object, so before its name.
void cut_definer(std::string& text) {
    constexpr std::string_view kDefiner = " DEFINER=";
    const std::size_t from = text.find(kDefiner);
    if (from == std::string::npos || text.substr(0, from).find_first_of("(\n") != std::string::npos) return;
    std::size_t to = behind_name(text, from + kDefiner.size());
    if (to < text.size() && text[to] == '@') to = behind_name(text, to + 1);
    text.erase(from, to - from);
}

/// The next number, among the options behind a table's last parenthesis.
void cut_counter(std::string& text) {
    constexpr std::string_view kCounter = " AUTO_INCREMENT=";
    const std::size_t options = text.find("\n) ");
    if (options == std::string::npos) return;
    const std::size_t from = text.find(kCounter, options);
    if (from == std::string::npos) return;
    std::size_t to = from + kCounter.size();
    while (to < text.size() && text[to] >= '0' && text[to] <= '9') ++to;
    // A comment of the table stands behind it.
    if (text.substr(options, from - options).find('\'') == std::string::npos) text.erase(from, to - from);
}

/// Calls `visit` for each name in backticks outside strings, with where it begins and ends.
template <typename Visit>
void for_each_name(std::string_view text, Visit visit) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '`' && text[at] != '\'' && text[at] != '"') continue;
        std::size_t end = at + 1;
        while (end < text.size() && text[end] != text[at])
            end += text[at] != '`' && text[end] == '\\' ? 2 : 1;
        if (text[at] == '`') visit(at, std::min(end + 1, text.size()));
        at = end;
    }
}

/// A view that reaches into another database names its own, too.
std::string without_database(std::string text, const std::string& quoted_database) {
    std::vector<std::size_t> places;
    for_each_name(text, [&](std::size_t from, std::size_t to) {
        if (text.compare(from, to - from, quoted_database) == 0 && to < text.size() && text[to] == '.')
            places.push_back(from);
    });
    for (auto place = places.rbegin(); place != places.rend(); ++place)
        text.erase(*place, quoted_database.size() + 1);
    return text;
}

/// An event that was made without one begins when it was made.
void cut_start(std::string& text, const std::string& start) {
    const std::string clause = fmt::format(" STARTS '{}'", start);
    if (const std::size_t from = text.find(clause); from != std::string::npos)
        text.erase(from, clause.size());
}

/// With a body that has semicolons of its own, the end is marked as the client program wants it.
std::string written(const SchemaPart& part, bool has_body) {
    if (!has_body || part.sql.find(';') == std::string::npos) return terminated(part.sql);
    return fmt::format("DELIMITER ;;\n{}\n;;\nDELIMITER ;\n", part.sql);
}

Result<std::vector<SchemaPart>> parts_of(Database& database, const Kind& kind, const std::string& own,
                                         const SchemaOptions& options) {
    auto list = database.query(kind.list);
    if (!list) return tl::unexpected(list.error());
    std::vector<SchemaPart> parts;
    for (const auto& row : list->rows) {
        SchemaPart part;
        part.name = row[0].value_or("");
        part.table = row[1].value_or("");
        if (is_left_out(part.table, options)) continue;
        part.group = kind.group;
        // Triggers of one table fire in the order in which they were made.
        if (kind.what == "TRIGGER") part.place = std::stoi(row[2].value_or("0"));
        auto shown = database.query(fmt::format("SHOW CREATE {} {}", kind.what, database.quoted(part.name)));
        if (!shown) return tl::unexpected(shown.error());
        if (shown->rows.empty() || shown->rows[0].size() <= kind.column || !shown->rows[0][kind.column])
            return fail("sql.failed", fmt::format("the text of {} {} may not be read", kind.what, part.name),
                        "the role needs the right to see it: SHOW_ROUTINE, or SELECT on mysql.proc");
        part.sql = trimmed_statement(*shown->rows[0][kind.column]);
        if (kind.what == "TABLE") cut_counter(part.sql);
        if (kind.what != "TABLE" && kind.what != "SEQUENCE") cut_definer(part.sql);
        if (kind.what == "VIEW") part.sql = without_database(std::move(part.sql), own);
        if (kind.what == "EVENT" && row[2]) cut_start(part.sql, *row[2]);
        part.id = fmt::format("{} {}", kind.group == 5 ? "" : kind.what, database.quoted(part.name));
        parts.push_back(std::move(part));
    }
    return parts;
}

/// Views need the views and functions whose names stand in them.
std::vector<SchemaNeed> needs_of_views(const std::vector<SchemaPart>& views) {
    std::vector<SchemaNeed> needs;
    for (const auto& view : views)
        for_each_name(view.sql, [&](std::size_t from, std::size_t to) {
            needs.emplace_back(view.id, ' ' + view.sql.substr(from, to - from));
        });
    return needs;
}

}  // namespace

Result<std::string> schema_of_mysql(Database& database, const SchemaOptions& options) {
    // Some modes change how the server writes statements.
    if (auto set = database.query("SET SESSION sql_mode = '', sql_quote_show_create = 1"); !set)
        return tl::unexpected(set.error());
    auto current = database.query("SELECT DATABASE()");
    if (!current) return tl::unexpected(current.error());
    const std::string own = database.quoted(current->rows[0][0].value_or(""));
    std::string text;
    for (const Kind& kind : kKinds) {
        auto parts = parts_of(database, kind, own, options);
        if (!parts) return tl::unexpected(parts.error());
        const auto needs = kind.what == "VIEW" ? needs_of_views(*parts) : std::vector<SchemaNeed>{};
        for (const auto& part : in_order(std::move(*parts), needs))
            text += (text.empty() ? "" : "\n") + written(part, kind.has_body);
    }
    if (text.find("FOREIGN KEY") == std::string::npos) return text;
    // Tables may refer to each other in a circle.
    return "SET FOREIGN_KEY_CHECKS = 0;\n\n" + text + "\nSET FOREIGN_KEY_CHECKS = 1;\n";
}

}  // namespace migrate::db
