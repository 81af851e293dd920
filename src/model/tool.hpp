#pragma once
#include <optional>
#include <string_view>

namespace migrate {

enum class Tool { prisma, drizzle, knex, typeorm, sequelize, alembic, django, flyway, migrate_mongo, sql };

/// The language ecosystem a tool lives in: where its runner, lock file and binary are looked for.
enum class Ecosystem { javascript, python, java, none };

enum class Engine {
    postgresql,
    mysql,
    mariadb,
    sqlite,
    libsql,
    mongodb,
    mssql,
    oracle,
    h2,
    clickhouse,
    cockroachdb
};

/// Names as in the contract: "prisma", "migrate-mongo", "sql", "postgresql" ...
std::string_view to_string(Tool tool);
std::string_view to_string(Engine engine);
std::optional<Tool> tool_from(std::string_view name);

/// Accepts the names of the contract and what ecosystems call them: "postgres", "pg", "sqlite3",
/// "better-sqlite3", "mysql2", "mongo" ...
std::optional<Engine> engine_from(std::string_view name);

Ecosystem ecosystem_of(Tool tool);

}  // namespace migrate
