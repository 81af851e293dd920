#include "model/tool.hpp"

#include "model/enum_names.hpp"

namespace migrate {

namespace {

constexpr EnumNames<Tool, 10> kTools{{
    {Tool::prisma, "prisma"},
    {Tool::drizzle, "drizzle"},
    {Tool::knex, "knex"},
    {Tool::typeorm, "typeorm"},
    {Tool::sequelize, "sequelize"},
    {Tool::alembic, "alembic"},
    {Tool::django, "django"},
    {Tool::flyway, "flyway"},
    {Tool::migrate_mongo, "migrate-mongo"},
    {Tool::sql, "sql"},
}};

constexpr EnumNames<Engine, 11> kEngines{{
    {Engine::postgresql, "postgresql"},
    {Engine::mysql, "mysql"},
    {Engine::mariadb, "mariadb"},
    {Engine::sqlite, "sqlite"},
    {Engine::libsql, "libsql"},
    {Engine::mongodb, "mongodb"},
    {Engine::mssql, "mssql"},
    {Engine::oracle, "oracle"},
    {Engine::h2, "h2"},
    {Engine::clickhouse, "clickhouse"},
    {Engine::cockroachdb, "cockroachdb"},
}};

constexpr EnumNames<Engine, 24> kEngineAliases{{
    {Engine::postgresql, "postgres"},
    {Engine::postgresql, "pg"},
    {Engine::postgresql, "psycopg"},
    {Engine::postgresql, "psycopg2"},
    {Engine::postgresql, "asyncpg"},
    {Engine::postgresql, "postgis"},
    {Engine::postgresql, "aws-data-api-pg"},
    {Engine::mysql, "mysql2"},
    {Engine::mysql, "mysqlclient"},
    {Engine::mysql, "singlestore"},
    {Engine::sqlite, "sqlite3"},
    {Engine::sqlite, "better-sqlite3"},
    {Engine::sqlite, "sqljs"},
    {Engine::sqlite, "sql.js"},
    {Engine::sqlite, "file"},
    {Engine::sqlite, "aiosqlite"},
    {Engine::sqlite, "expo"},
    {Engine::libsql, "turso"},
    {Engine::mongodb, "mongo"},
    {Engine::mssql, "sqlserver"},
    {Engine::mssql, "tedious"},
    {Engine::oracle, "oracledb"},
    {Engine::cockroachdb, "cockroach"},
    {Engine::clickhouse, "clickhousedb"},
}};

}  // namespace

std::string_view to_string(Tool tool) {
    return name_of(kTools, tool);
}
std::string_view to_string(Engine engine) {
    return name_of(kEngines, engine);
}
std::optional<Tool> tool_from(std::string_view name) {
    return value_of(kTools, name);
}

std::optional<Engine> engine_from(std::string_view name) {
    if (auto engine = value_of(kEngines, name)) return engine;
    return value_of(kEngineAliases, name);
}

Ecosystem ecosystem_of(Tool tool) {
    switch (tool) {
        case Tool::prisma:
        case Tool::drizzle:
        case Tool::knex:
        case Tool::typeorm:
        case Tool::sequelize:
        case Tool::migrate_mongo:
            return Ecosystem::javascript;
        case Tool::alembic:
        case Tool::django:
            return Ecosystem::python;
        case Tool::flyway:
            return Ecosystem::java;
        case Tool::sql:
            return Ecosystem::none;
    }
    return Ecosystem::none;
}

}  // namespace migrate
