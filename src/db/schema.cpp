#include "db/schema.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "db/schema_parts.hpp"
#include "db/user_tables.hpp"

namespace migrate::db {

std::string_view trimmed_statement(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n;";
    const std::size_t from = text.find_first_not_of(kBlank);
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(kBlank) + 1 - from);
}

std::string terminated(std::string_view statement) {
    const std::size_t line = statement.rfind('\n') + 1;  // npos + 1 is 0
    const bool comment = statement.find("--", line) != std::string_view::npos;
    return std::string(statement) + (comment ? "\n;\n" : ";\n");
}

bool is_left_out(std::string_view table, const SchemaOptions& options) {
    return !is_user_table(table) || (!table.empty() && table == options.history_table);
}

std::vector<SchemaPart> in_order(std::vector<SchemaPart> parts, const std::vector<SchemaNeed>& needs) {
    std::sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return a.key() < b.key(); });
    std::map<std::string_view, std::size_t> at;
    for (std::size_t i = 0; i < parts.size(); ++i) at.emplace(parts[i].id, i);
    std::vector<std::set<std::size_t>> needed_by(parts.size());
    std::vector<std::size_t> open(parts.size());
    for (const auto& [first, second] : needs) {
        const auto from = at.find(first), to = at.find(second);
        if (from == at.end() || to == at.end() || from->second == to->second) continue;
        if (needed_by[to->second].insert(from->second).second) ++open[from->second];
    }
    // The places in `parts` are their order by key, so the least place is the next part.
    std::set<std::size_t> ready, waiting;
    for (std::size_t i = 0; i < parts.size(); ++i) (open[i] == 0 ? ready : waiting).insert(i);
    std::vector<SchemaPart> ordered;
    ordered.reserve(parts.size());
    while (!ready.empty() || !waiting.empty()) {
        std::set<std::size_t>& from = ready.empty() ? waiting : ready;
        const std::size_t next = *from.begin();
        from.erase(from.begin());
        for (const std::size_t user : needed_by[next])
            if (--open[user] == 0 && waiting.erase(user) == 1) ready.insert(user);
        ordered.push_back(std::move(parts[next]));
    }
    return ordered;
}

Result<std::string> schema_text(Database& database, const SchemaOptions& options) {
    switch (database.engine()) {
        case Engine::sqlite:
        case Engine::libsql:
            return schema_of_sqlite(database, options);
        case Engine::postgresql:
            return schema_of_postgresql(database, options);
        case Engine::mysql:
        case Engine::mariadb:
            return schema_of_mysql(database, options);
        default:
            return fail("verb.unsupported",
                        "the schema of a " + std::string(to_string(database.engine())) +
                            " database cannot be read here",
                        "PostgreSQL, MySQL, MariaDB and SQLite can be read.");
    }
}

}  // namespace migrate::db
