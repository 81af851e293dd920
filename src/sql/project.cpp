#include "sql/project.hpp"

#include "sql/dbconfig.hpp"

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

}  // namespace

Convention convention_of(const Unit& unit) {
    if (unit.style.empty()) return Convention::up_down;
    return convention_from(unit.style).value_or(Convention::plain);
}

Project project_of(const Unit& unit, const std::filesystem::path& root, std::optional<Engine> engine) {
    Project project;
    project.convention = convention_of(unit);
    project.directory = directory_of(unit, engine);
    project.table = history_table_of(project.convention);
    if (project.convention == Convention::sql_migrate && !unit.config.empty())
        if (auto config = read_dbconfig(root / unit.config, ""); config && *config) {
            if (!(*config)->table.empty()) project.table.name = (*config)->table;
            project.table.schema = (*config)->schema;
        }
    return project;
}

}  // namespace migrate::sql
