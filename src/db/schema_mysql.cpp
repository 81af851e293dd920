#include <fmt/format.h>

#include "db/schema_parts.hpp"

namespace migrate::db {

namespace {

/// From `begin` on up to and with the first `end` behind it.
void cut(std::string& text, std::string_view begin, std::string_view end) {
    const std::size_t from = text.find(begin);
    if (from == std::string::npos) return;
    const std::size_t to = text.find(end, from + begin.size());
    text.erase(from, to == std::string::npos ? to : to + end.size() - from);
}

/// Who made it, and the next number of a table, belong to one machine. Numbers in a comment are left alone.
std::string general(std::string text, const std::string& database) {
    cut(text, "DEFINER=", " ");
    if (const std::size_t options = text.rfind("\n)"); options != std::string::npos) {
        std::string tail = text.substr(options);
        cut(tail, " AUTO_INCREMENT=", " ");
        if (tail.size() + options < text.size()) tail.insert(tail.find(")") + 1, "");
        text = text.substr(0, options) + tail;
    }
    // Views name the tables of their own database with it.
    const std::string own = "`" + database + "`.";
    for (std::size_t at = 0; (at = text.find(own, at)) != std::string::npos;) text.erase(at, own.size());
    return text;
}

}  // namespace

Result<void> schema_of_mysql(SchemaParts& parts) {
    Database& database = parts.database();
    auto current = database.query("SELECT DATABASE()");
    if (!current) return tl::unexpected(current.error());
    const std::string name = current->rows[0][0].value_or("");
    struct Kind {
        std::string_view what, list;
        std::size_t column;  ///< of SHOW CREATE's answer
    };
    // The second column of a list is the table that decides whether the object is left out.
    constexpr Kind kKinds[] = {
        {"TABLE",
         "SELECT table_name, table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND "
         "table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') ORDER BY CAST(table_name AS BINARY)",
         1},
        {"VIEW",
         "SELECT table_name, table_name FROM information_schema.views WHERE table_schema = DATABASE() ORDER BY "
         "CAST(table_name AS BINARY)",
         1},
        {"FUNCTION",
         "SELECT routine_name, '' FROM information_schema.routines WHERE routine_schema = DATABASE() AND "
         "routine_type = 'FUNCTION' ORDER BY CAST(routine_name AS BINARY)",
         2},
        {"PROCEDURE",
         "SELECT routine_name, '' FROM information_schema.routines WHERE routine_schema = DATABASE() AND "
         "routine_type = 'PROCEDURE' ORDER BY CAST(routine_name AS BINARY)",
         2},
        {"TRIGGER",
         "SELECT trigger_name, event_object_table FROM information_schema.triggers WHERE trigger_schema = "
         "DATABASE() ORDER BY CAST(trigger_name AS BINARY)",
         2},
        {"EVENT",
         "SELECT event_name, '' FROM information_schema.events WHERE event_schema = DATABASE() ORDER BY "
         "CAST(event_name AS BINARY)",
         3},
    };
    for (const Kind& kind : kKinds) {
        auto list = database.query(kind.list);
        if (!list) return tl::unexpected(list.error());
        for (const auto& row : list->rows) {
            if (parts.leaves_out(row[1].value_or(""))) continue;
            auto shown =
                database.query(fmt::format("SHOW CREATE {} {}", kind.what, database.quoted(row[0].value_or(""))));
            if (!shown) return tl::unexpected(shown.error());
            if (!shown->rows.empty() && shown->rows[0].size() > kind.column)
                parts.add_text(general(shown->rows[0][kind.column].value_or(""), name));
        }
    }
    return {};
}

}  // namespace migrate::db
