// django_migrations: its rows, and what they mean for the files.
#include <algorithm>

#include "adapters/django/django.hpp"
#include "adapters/support/history_sql.hpp"

namespace migrate::django {

namespace {

/// "0001_squashed_0010_x" stands for 0001 to 0010 also after `replaces` was taken out of it, as the
/// documentation asks for once it is applied everywhere.
bool in_squashed_range(std::string_view squashed, std::string_view name) {
    auto number = [](std::string_view text) -> int {
        if (text.size() < 4) return -1;
        int value = 0;
        for (char c : text.substr(0, 4)) {
            if (c < '0' || c > '9') return -1;
            value = value * 10 + (c - '0');
        }
        return value;
    };
    std::size_t at = squashed.find("_squashed_");
    if (at == std::string_view::npos) return false;
    int from = number(squashed), to = number(squashed.substr(at + 10)), it = number(name);
    return from >= 0 && to >= 0 && it >= from && it <= to;
}

bool left_of_a_squash(const std::vector<MigrationFile>& files, std::string_view id) {
    return std::any_of(files.begin(), files.end(), [&](const MigrationFile& file) {
        if (std::find(file.replaces.begin(), file.replaces.end(), id) != file.replaces.end()) return true;
        return app_of(file.id) == app_of(id) && in_squashed_range(name_of(file.id), name_of(id));
    });
}

}  // namespace

std::optional<HistoryQuery> history(const Unit&, const std::filesystem::path&, const Target& target) {
    Engine engine = target.connection.engine.value_or(Engine::postgresql);
    if (!has_sql_client(engine)) return std::nullopt;
    bool mysql = engine == Engine::mysql || engine == Engine::mariadb;
    std::string id = mysql ? "CONCAT(app, '.', name)" : "app || '.' || name";
    std::string table = qualified_name(engine, "", "django_migrations");
    return HistoryQuery{"", "django_migrations",
                        "SELECT " + id + " AS " + quoted_name(engine, "id") + ", applied AS " +
                            quoted_name(engine, "at") + " FROM " + table + " ORDER BY " + table + "." +
                            quoted_name(engine, "id")};
}

History compare(const Unit&, const std::vector<MigrationFile>& files, HistoryRows rows) {
    History history;
    history.source = rows.source;
    history.initialised = rows.table_exists;
    history.database_exists = rows.database_exists;

    Ids apps, row_ids;
    std::map<std::string_view, const MigrationFile*> by_id;
    for (const auto& file : files) {
        apps.emplace(app_of(file.id));
        by_id.emplace(file.id, &file);
    }
    for (const auto& row : rows.rows) row_ids.insert(row.id);
    Graph graph(files, row_ids);
    const Ids& applied = graph.applied();

    // A squashed migration is applied where the last of those that it replaces is.
    std::map<std::string_view, std::string> completed_by;
    for (const auto& file : files) {
        if (file.replaces.empty() || !applied.contains(file.id) || row_ids.contains(file.id)) continue;
        for (const auto& row : rows.rows)
            if (std::find(file.replaces.begin(), file.replaces.end(), row.id) != file.replaces.end())
                completed_by[file.id] = row.id;
    }
    for (const AppliedRow& row : rows.rows) {
        // Rows of installed packages are theirs: no file of the project says anything about them.
        if (!apps.contains(app_of(row.id))) continue;
        for (const auto& [squashed, last] : completed_by)
            if (last == row.id) {
                AppliedRow made = row;
                made.id = squashed;
                history.applied.push_back(std::move(made));
            }
        if (graph.replaced(row.id)) continue;
        if (by_id.contains(row.id)) {
            if (applied.contains(row.id)) history.applied.push_back(row);
        } else if (!left_of_a_squash(files, row.id)) {
            history.applied.push_back(row);
            history.missing.push_back(row.id);
        }
    }
    for (const auto& id : graph.ordered()) {
        if (applied.contains(id)) continue;
        history.pending.push_back(*by_id.at(id));
        for (const auto& later : graph.backwards(id))
            if (applied.contains(later)) {
                history.out_of_order.push_back(id);
                break;
            }
    }
    history.state = state_of(history);
    return history;
}

Result<HistoryRows> read_status(const Unit&, std::string_view output) {
    // "[X]  blog.0001_initial", two blanks; "[ ]  ..." for pending ones.
    HistoryRows rows;
    rows.source = HistorySource::native;
    rows.database_exists = rows.table_exists = true;
    while (!output.empty()) {
        std::string_view line = output.substr(0, output.find('\n'));
        output.remove_prefix(std::min(line.size() + 1, output.size()));
        std::size_t at = line.find("[X]  ");
        if (at == std::string_view::npos) continue;
        std::string_view id = line.substr(at + 5);
        id = id.substr(0, id.find_first_of(" \r"));
        if (id.find('.') == std::string_view::npos) continue;
        rows.rows.emplace_back().id = id;
    }
    return rows;
}

}  // namespace migrate::django
