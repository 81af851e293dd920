#include "sql/project.hpp"

#include <filesystem>

namespace migrate::sql {

namespace {

bool same_engine(Engine a, Engine b) {
    auto family = [](Engine engine) { return engine == Engine::mariadb ? Engine::mysql : engine; };
    return family(a) == family(b);
}

std::string directory_of(const Unit& unit, std::optional<Engine> engine) {
    if (engine)
        for (const MigrationsDir& directory : unit.migrations)
            if (directory.engine && same_engine(*directory.engine, *engine)) return directory.path;
    if (!unit.migrations.empty()) return unit.migrations.front().path;
    return (std::filesystem::path(unit.root) / "migrations").lexically_normal().generic_string();
}

/// A name as PostgreSQL reads it where it stands in SQL without having been quoted: in small letters, but for
/// parts in quotes.
std::string folded(std::string_view name) {
    std::string result(name);
    bool quoted = false;
    for (char& c : result) {
        if (c == '"') quoted = !quoted;
        if (!quoted && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return result;
}

std::string unquoted(std::string_view name) {
    if (name.size() >= 2 && (name.front() == '"' || name.front() == '`') && name.back() == name.front())
        name = name.substr(1, name.size() - 2);
    return std::string(name);
}

/// "schema.table", each with or without quotes.
void split_name(std::string_view name, HistoryTable& table) {
    const std::size_t dot = name.find('.');
    if (dot != std::string_view::npos) {
        table.schema = unquoted(name.substr(0, dot));
        name.remove_prefix(dot + 1);
    }
    table.name = unquoted(name);
}

}  // namespace

Convention convention_of(const Unit& unit) {
    if (unit.style.empty()) return Convention::up_down;
    return convention_from(unit.style).value_or(Convention::plain);
}

Project project_of(const Unit& unit, std::optional<Engine> engine) {
    Project project;
    project.convention = convention_of(unit);
    project.directory = directory_of(unit, engine);
    project.table = history_table_of(project.convention);
    return project;
}

Project project_of(const Unit& unit, const Target& target) {
    Project project = project_of(unit, target.connection.engine);
    auto parameter = [&](std::string_view name) {
        const auto found = target.connection.parameters.find(std::string(name));
        return found == target.connection.parameters.end() ? std::string() : found->second;
    };
    const std::string name = parameter(kTableParameter);
    const bool postgresql = target.connection.engine == Engine::postgresql;
    const bool sqlite = target.connection.engine == Engine::sqlite;
    if (!sqlite) project.table.schema = parameter(kTableSchemaParameter);
    if (project.table.schema.empty()) project.table.schema = history_table_of(project.convention).schema;
    if (name.empty() || facts_of(project.convention).own_table) return project;
    switch (project.convention) {
        case Convention::goose:
            split_name(postgresql ? folded(name) : name, project.table);
            break;
        case Convention::dbmate:
            if (postgresql)
                split_name(name, project.table);
            else
                project.table.name = name;
            break;
        case Convention::golang_migrate: {
            const std::string quoted = parameter("x-migrations-table-quoted");
            if (postgresql && (quoted == "1" || quoted == "true" || quoted == "t" || quoted == "TRUE"))
                split_name(name, project.table);
            else
                project.table.name = name;
            break;
        }
        default:
            project.table.name = name;
    }
    return project;
}

}  // namespace migrate::sql
