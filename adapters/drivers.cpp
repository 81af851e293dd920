#include "adapters/drivers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "adapters/drizzle/project.hpp"
#include "adapters/knex/config.hpp"
#include "adapters/sequelize/config.hpp"
#include "adapters/typeorm/config.hpp"
#include "base/files.hpp"

namespace migrate {

namespace fs = std::filesystem;

namespace {

/// What a tool loads for a word of its configuration: one of `modules`, which are told apart by '|'; the
/// first is the one to install, as `package` where the package manager calls it otherwise.
struct Driver {
    Tool tool;
    std::string_view word;
    std::string_view modules;
    std::string_view package = {};
};

constexpr Driver kDrivers[] = {
    // knex 0.95 to 3: lib/constants.js (aliases), lib/dialects/*/index.js (_driver)
    {Tool::knex, "pg", "pg"},
    {Tool::knex, "postgres", "pg"},
    {Tool::knex, "postgresql", "pg"},
    {Tool::knex, "cockroachdb", "pg"},
    {Tool::knex, "redshift", "pg"},
    {Tool::knex, "pgnative", "pg-native"},
    {Tool::knex, "mysql", "mysql"},
    {Tool::knex, "mysql2", "mysql2"},
    {Tool::knex, "sqlite3", "sqlite3"},
    {Tool::knex, "sqlite", "sqlite3"},
    {Tool::knex, "better-sqlite3", "better-sqlite3"},
    {Tool::knex, "mssql", "tedious"},
    {Tool::knex, "oracledb", "oracledb"},
    // typeorm 0.2 to 1.1: platform/PlatformTools.js (load)
    {Tool::typeorm, "postgres", "pg"},
    {Tool::typeorm, "cockroachdb", "pg"},
    {Tool::typeorm, "mysql", "mysql2|mysql"},
    {Tool::typeorm, "mariadb", "mysql2|mysql"},
    {Tool::typeorm, "sqlite", "sqlite3|better-sqlite3"},
    {Tool::typeorm, "better-sqlite3", "better-sqlite3"},
    {Tool::typeorm, "mssql", "mssql"},
    {Tool::typeorm, "oracle", "oracledb"},
    // sequelize 6: dialects/*/connection-manager.js (_loadDialectModule)
    {Tool::sequelize, "postgres", "pg"},
    {Tool::sequelize, "mysql", "mysql2"},
    {Tool::sequelize, "mariadb", "mariadb"},
    {Tool::sequelize, "sqlite", "sqlite3"},
    {Tool::sequelize, "mssql", "tedious"},
    // drizzle-kit 0.21 to 0.31: bin.cjs (preparePostgresDB, connectToMySQL, connectToSQLite)
    {Tool::drizzle, "postgresql",
     "pg|postgres|@vercel/postgres|@neondatabase/serverless|@electric-sql/pglite|bun"},
    {Tool::drizzle, "mysql", "mysql2|@planetscale/database|bun"},
    {Tool::drizzle, "sqlite", "better-sqlite3|@libsql/client|bun"},
    {Tool::drizzle, "turso", "@libsql/client"},
    // migrate-mongo 11 to 14: package.json (peerDependencies)
    {Tool::migrate_mongo, "", "mongodb"},
    // SQLAlchemy 1.4 to 2.1: dialects/*/ (import_dbapi); 2.1 takes psycopg where no driver is named
    {Tool::alembic, "postgresql", "psycopg2|psycopg", "psycopg2-binary"},
    {Tool::alembic, "postgresql+psycopg2", "psycopg2", "psycopg2-binary"},
    {Tool::alembic, "postgresql+psycopg", "psycopg", "psycopg[binary]"},
    {Tool::alembic, "postgresql+asyncpg", "asyncpg"},
    {Tool::alembic, "postgresql+pg8000", "pg8000"},
    {Tool::alembic, "mysql", "MySQLdb", "mysqlclient"},
    {Tool::alembic, "mariadb", "MySQLdb", "mysqlclient"},
    {Tool::alembic, "mysql+mysqldb", "MySQLdb", "mysqlclient"},
    {Tool::alembic, "mysql+pymysql", "pymysql"},
    {Tool::alembic, "mariadb+pymysql", "pymysql"},
    {Tool::alembic, "mysql+mysqlconnector", "mysql", "mysql-connector-python"},
    {Tool::alembic, "mysql+aiomysql", "aiomysql"},
    {Tool::alembic, "mysql+asyncmy", "asyncmy"},
    {Tool::alembic, "sqlite+aiosqlite", "aiosqlite"},
    // Django 3.2 to 6.1: db/backends/*/base.py; PyMySQL stands in by install_as_MySQLdb()
    {Tool::django, "postgresql", "psycopg|psycopg2", "psycopg[binary]"},
    {Tool::django, "mysql", "MySQLdb|pymysql", "mysqlclient"},
    {Tool::django, "mariadb", "MySQLdb|pymysql", "mysqlclient"},
};

std::string text_at(const js::Module& module, const js::Value& settings, std::string_view key) {
    const js::Value* value = js::member(module, settings, key);
    return value && value->string() ? value->text : "";
}

/// What asks for the driver; "?" where that is not known.
std::string word_of(const Unit& unit, const fs::path& root, const Target& target) {
    const Connection& connection = target.connection;
    switch (unit.tool) {
        case Tool::knex: {
            const auto config = knex::read_config(unit, root, std::nullopt);
            if (!config || !config->readable) return "?";
            std::string client = text_at(config->module, config->settings, "client");
            return client.empty() ? "?" : client;
        }
        case Tool::typeorm: {
            const auto config = typeorm::read_config(unit, root);
            if (!config || config->connections.empty() ||
                js::member(config->module, config->connections.front().settings, "driver"))
                return "?";
            const std::string type = config->setting("type");
            return type.empty() ? "?" : type;
        }
        case Tool::sequelize: {
            const auto config = sequelize::read_config(unit, root, std::nullopt);
            if (!config || !config->readable ||
                js::member(config->module, config->settings, "dialectModule") ||
                js::member(config->module, config->settings, "dialectModulePath"))
                return "?";
            const std::string dialect = config->text("dialect");
            return dialect.empty() ? "?" : dialect;
        }
        case Tool::drizzle: {
            const auto project = drizzle::read_project(unit, root);
            return project.driver.empty() && !project.dialect.empty() ? project.dialect : "?";
        }
        case Tool::alembic:
            return connection.url.substr(0, connection.url.find("://"));
        case Tool::django:
            return connection.engine ? std::string(to_string(*connection.engine)) : "?";
        default:
            return "";
    }
}

/// The package that holds the tool, from whose place its drivers are looked for.
std::string_view package_of(Tool tool) {
    switch (tool) {
        case Tool::knex:
            return "knex";
        case Tool::typeorm:
            return "typeorm";
        case Tool::sequelize:
            return "sequelize";
        case Tool::drizzle:
            return "drizzle-kit";
        case Tool::migrate_mongo:
            return "migrate-mongo";
        default:
            return "";
    }
}

/// As Node looks for it: in the node_modules of the directory and of those above it.
std::optional<fs::path> node_package(fs::path directory, std::string_view name) {
    std::error_code error;
    for (;; directory = directory.parent_path()) {
        const fs::path found = directory / "node_modules" / name;
        if (fs::exists(found / "package.json", error)) return found;
        if (fs::exists(directory / ".pnp.cjs", error)) return fs::path();
        if (directory == directory.parent_path()) return std::nullopt;
    }
}

/// nullopt where it is not known.
std::optional<bool> in_node_modules(const Unit& unit, const fs::path& root, std::string_view module) {
    const fs::path own = root / unit.root;
    const auto tool = node_package(own.lexically_normal(), package_of(unit.tool));
    if (!tool || tool->empty()) return std::nullopt;
    std::error_code error;
    const fs::path real = fs::canonical(*tool, error);
    return node_package(own.lexically_normal(), module).has_value() ||
           (!error && node_package(real, module).has_value());
}

/// The directories in which the interpreter of the unit's own environment finds packages.
std::vector<fs::path> site_packages(const Unit& unit, const fs::path& root) {
    if (unit.launch.empty() || unit.launch.front().find("/bin/") == std::string::npos) return {};
    const fs::path environment =
        (root / unit.root / unit.launch.front()).lexically_normal().parent_path().parent_path();
    const auto settings = read_file(environment / "pyvenv.cfg");
    if (!settings || settings->find("include-system-site-packages = true") != std::string::npos) return {};
    std::vector<fs::path> found;
    for (const auto& name : list_directory(environment / "lib"))
        if (name.starts_with("python")) found.push_back(environment / "lib" / name / "site-packages");
    return found;
}

std::optional<bool> in_environment(const Unit& unit, const fs::path& root, std::string_view module) {
    const auto places = site_packages(unit, root);
    auto holds = [&](std::string_view name) {
        return std::any_of(places.begin(), places.end(), [&](const fs::path& place) {
            std::error_code error;
            return fs::exists(place / name, error) || fs::exists(place / (std::string(name) + ".py"), error);
        });
    };
    if (!holds(to_string(unit.tool))) return std::nullopt;
    return holds(module);
}

}  // namespace

std::optional<MissingDriver> missing_driver(const Unit& unit, const fs::path& root, const Target& target) {
    const std::string word = word_of(unit, root, target);
    const auto driver = std::find_if(std::begin(kDrivers), std::end(kDrivers), [&](const Driver& one) {
        return one.tool == unit.tool && one.word == word;
    });
    if (driver == std::end(kDrivers)) return std::nullopt;
    const bool python = unit.tool == Tool::alembic || unit.tool == Tool::django;
    for (std::string_view rest = driver->modules; !rest.empty();) {
        const std::size_t end = std::min(rest.find('|'), rest.size());
        const auto there = python ? in_environment(unit, root, rest.substr(0, end))
                                  : in_node_modules(unit, root, rest.substr(0, end));
        if (there.value_or(true)) return std::nullopt;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    const std::string first(driver->modules.substr(0, driver->modules.find('|')));
    return MissingDriver{driver->package.empty() ? first : std::string(driver->package), word};
}

}  // namespace migrate
