#include "tests/e2e/guarantee/projects.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <sstream>

#include "base/sha256.hpp"

namespace migrate::test {

namespace fs = std::filesystem;

namespace {

/// Every program that starts a migration tool, by whatever way.
constexpr std::string_view kPrograms[] = {
    "node",    "npx",       "npm",           "pnpm",          "yarn",    "bun",          "bunx",
    "tsx",     "ts-node",   "deno",          "python",        "python3", "uv",           "poetry",
    "pipenv",  "pdm",       "hatch",         "alembic",       "flask",   "django-admin", "flyway",
    "java",    "mvn",       "gradle",        "docker",        "prisma",  "drizzle-kit",  "knex",
    "typeorm", "sequelize", "sequelize-cli", "migrate-mongo", "dbmate",  "goose",        "make",
    "psql",    "mysql",     "sqlite3",       "mongosh"};

std::string package(std::string_view name, std::string_view version) {
    return fmt::format(R"({{"name": "{}", "version": "{}"}})", name, version);
}

std::string js_migration(std::string_view table) {
    return fmt::format(
        "exports.up = async (knex) => knex.raw('CREATE TABLE {0} (id int)');\n"
        "exports.down = async (knex) => knex.raw('DROP TABLE {0}');\n",
        table);
}

std::string sequelize_migration(std::string_view table) {
    return fmt::format(
        "module.exports = {{\n  up: (queryInterface, Sequelize) => queryInterface.createTable('{0}', {{ id: "
        "Sequelize.INTEGER }}),\n  down: (queryInterface) => queryInterface.dropTable('{0}'),\n}};\n",
        table);
}

std::string mongo_migration(std::string_view collection) {
    return fmt::format(
        "module.exports = {{\n  async up(db, client) {{ await db.createCollection('{0}'); }},\n  async "
        "down(db, "
        "client) {{ await db.collection('{0}').drop(); }},\n}};\n",
        collection);
}

std::string alembic_revision(std::string_view id, std::string_view down) {
    return fmt::format(
        "from alembic import op\nrevision = \"{}\"\ndown_revision = {}\n\n\ndef upgrade():\n    "
        "op.execute(\"SELECT "
        "1\")\n\n\ndef downgrade():\n    op.execute(\"SELECT 1\")\n",
        id, down.empty() ? "None" : fmt::format("\"{}\"", down));
}

std::string django_migration(std::string_view depends) {
    return fmt::format(
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    "
        "dependencies = "
        "[{}]\n    operations = [migrations.RunSQL(\"SELECT 1\", \"SELECT 1\")]\n",
        depends.empty() ? "" : fmt::format("(\"shop\", \"{}\")", depends));
}

const std::string kInit = "CREATE TABLE users (id INT PRIMARY KEY);\n",
                  kMore = "ALTER TABLE users ADD name TEXT;\n";

Tree::Files files_of(std::string_view tool, const Connection& connection) {
    const std::string dependency =
        fmt::format(R"("devDependencies": {{"{}": "*"}})", tool == "drizzle"     ? "drizzle-kit"
                                                           : tool == "sequelize" ? "sequelize-cli"
                                                                                 : tool);
    const std::string scripts =
        R"("scripts": {"db:one": "npm run db:two", "db:two": "SCRIPT", "deploy": "echo deployed"})";
    Tree::Files files{{"package.json", "{\"name\": \"shop\", " + dependency + ", " + scripts + "}"}};
    auto add = [&](std::string path, std::string text) {
        files.insert_or_assign(std::move(path), std::move(text));
    };
    if (tool == "prisma") {
        add("node_modules/prisma/package.json", package("prisma", "6.19.0"));
        add("prisma/schema.prisma",
            "datasource db {\n  provider = \"postgresql\"\n  url = env(\"DATABASE_URL\")\n}\nmodel User {\n  "
            "id Int "
            "@id\n}\n");
        add("prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n");
        add("prisma/migrations/20240101000000_init/migration.sql", kInit);
        add("prisma/migrations/20240102000000_more/migration.sql", kMore);
        add("prisma/migrations/20240101000000_init/down.sql", "DROP TABLE users;\n");
    } else if (tool == "drizzle") {
        add("node_modules/drizzle-kit/package.json", package("drizzle-kit", "0.31.8"));
        add("drizzle.config.ts",
            "import { defineConfig } from \"drizzle-kit\";\nexport default defineConfig({ dialect: "
            "\"postgresql\", "
            "schema: \"./schema.ts\", out: \"./drizzle\", dbCredentials: { url: process.env.DATABASE_URL } "
            "});\n");
        add("schema.ts", "export {};\n");
        add("drizzle/0000_init.sql", kInit);
        add("drizzle/0001_more.sql", kMore);
        add("drizzle/0000_init.down.sql", "DROP TABLE users;\n");
        add("drizzle/meta/_journal.json",
            R"({"version": "7", "dialect": "postgresql", "entries": [
                {"idx": 0, "version": "7", "when": 1700000000000, "tag": "0000_init", "breakpoints": true},
                {"idx": 1, "version": "7", "when": 1700000001000, "tag": "0001_more", "breakpoints": true}]})");
    } else if (tool == "knex") {
        add("node_modules/knex/package.json", package("knex", "3.3.0"));
        add("knexfile.js",
            "module.exports = { client: 'pg', connection: process.env.DATABASE_URL, migrations: { directory: "
            "'migrations' }, seeds: { directory: 'seeds' } };\n");
        add("migrations/20240101000000_init.js", js_migration("users"));
        add("migrations/20240102000000_more.js", js_migration("more"));
        add("seeds/one.js", "exports.seed = async (knex) => knex('customers').del();\n");
    } else if (tool == "typeorm") {
        add("node_modules/typeorm/package.json", package("typeorm", "0.3.27"));
        add("data-source.js",
            "const { DataSource } = require('typeorm');\nmodule.exports = new DataSource({ type: 'postgres', "
            "url: "
            "process.env.DATABASE_URL, migrations: ['migrations/*.js'], entities: [] });\n");
        for (const auto& [stamp, name] : {std::pair{"1704067200000", "Init"}, {"1704153600000", "More"}})
            add(fmt::format("migrations/{}-{}.js", stamp, name),
                fmt::format("module.exports = class {1}{0} {{\n  async up(q) {{ await q.query('SELECT 1'); "
                            "}}\n  async "
                            "down(q) {{ await q.query('SELECT 1'); }}\n}};\n",
                            stamp, name));
    } else if (tool == "sequelize") {
        add("node_modules/sequelize-cli/package.json", package("sequelize-cli", "6.6.5"));
        add("node_modules/sequelize/package.json", package("sequelize", "6.37.0"));
        add("config/config.json",
            R"({"development": {"use_env_variable": "DATABASE_URL", "dialect": "postgres"},
                                      "test": {"use_env_variable": "DATABASE_URL", "dialect": "postgres"}})");
        add("migrations/20240101000000-init.js", sequelize_migration("users"));
        add("migrations/20240102000000-more.js", sequelize_migration("more"));
        add("seeders/20240101000000-one.js", sequelize_migration("one"));
    } else if (tool == "migrate-mongo") {
        add("node_modules/migrate-mongo/package.json", package("migrate-mongo", "12.1.3"));
        add("migrate-mongo-config.js",
            "module.exports = { mongodb: { url: process.env.DATABASE_URL, databaseName: 'shop_prod' }, "
            "migrationsDir: "
            "'migrations', changelogCollectionName: 'changelog', migrationFileExtension: '.js' };\n");
        add("migrations/20240101000000-init.js", mongo_migration("users"));
        add("migrations/20240102000000-more.js", mongo_migration("more"));
    } else if (tool == "alembic") {
        add("alembic.ini", "[alembic]\nscript_location = migrations\n");
        add("migrations/env.py",
            "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine\n\n\ndef run():\n  "
            "  engine = "
            "create_engine(os.environ[\"DATABASE_URL\"])\n    with engine.connect() as connection:\n        "
            "context.configure(connection=connection)\n        context.run_migrations()\n\n\nrun()\n");
        add("migrations/script.py.mako", "");
        add("migrations/versions/aaaa11111111_init.py", alembic_revision("aaaa11111111", ""));
        add("migrations/versions/bbbb22222222_more.py", alembic_revision("bbbb22222222", "aaaa11111111"));
        add("requirements.txt", "alembic==1.13.0\n");
    } else if (tool == "django") {
        add("manage.py",
            "#!/usr/bin/env python\nimport os\nimport sys\n\nif __name__ == \"__main__\":\n    "
            "os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"config.settings\")\n    from "
            "django.core.management "
            "import execute_from_command_line\n    execute_from_command_line(sys.argv)\n");
        add("config/__init__.py", "");
        add("config/settings.py",
            fmt::format("INSTALLED_APPS = [\"shop\"]\nDATABASES = {{\"default\": {{\"ENGINE\": "
                        "\"django.db.backends.postgresql\", \"NAME\": \"{}\", \"USER\": \"{}\", "
                        "\"PASSWORD\": \"{}\", "
                        "\"HOST\": \"127.0.0.1\", \"PORT\": \"{}\"}}}}\n",
                        connection.database, connection.user, connection.password, connection.port));
        add("shop/__init__.py", "");
        add("shop/models.py", "from django.db import models\n");
        add("shop/migrations/__init__.py", "");
        add("shop/migrations/0001_initial.py", django_migration(""));
        add("shop/migrations/0002_more.py", django_migration("0001_initial"));
        add("shop/fixtures/one.json", "[]");
        add("requirements.txt", "Django==4.2\n");
    } else if (tool == "flyway") {
        add("flyway.toml",
            fmt::format("[environments.default]\nurl = \"jdbc:postgresql://127.0.0.1:{}/{}\"\nuser = "
                        "\"{}\"\npassword = "
                        "\"{}\"\n\n[flyway]\nlocations = [\"filesystem:sql\"]\ncleanDisabled = false\n",
                        connection.port, connection.database, connection.user, connection.password));
        add("sql/V1__init.sql", kInit);
        add("sql/V2__more.sql", kMore);
        add("sql/U1__init.sql", "DROP TABLE users;\n");
    } else {
        add("migrations/20240101000000_users.sql", "-- UP\n" + kInit + "-- DOWN\nDROP TABLE users;\n");
        add("migrations/20240102000000_more.sql",
            "-- UP\n" + kMore + "-- DOWN\nALTER TABLE users DROP name;\n");
        add("seeds/one.sql", "DELETE FROM customers;\n");
    }
    return files;
}

/// The history as the tool writes it, with the first migration in it.
std::vector<std::string> history_of(std::string_view tool) {
    if (tool == "prisma")
        return {
            "CREATE TABLE _prisma_migrations (id VARCHAR(36) PRIMARY KEY, checksum VARCHAR(64) NOT NULL, "
            "finished_at "
            "TIMESTAMPTZ, migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ, "
            "started_at "
            "TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)",
            "INSERT INTO _prisma_migrations VALUES ('a', '" + sha256_hex(kInit) +
                "', now(), '20240101000000_init', NULL, NULL, now(), 1)"};
    if (tool == "drizzle")
        return {"CREATE SCHEMA drizzle",
                "CREATE TABLE drizzle.__drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, "
                "created_at bigint)",
                "INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('" + sha256_hex(kInit) +
                    "', 1700000000000)"};
    if (tool == "knex")
        return {
            "CREATE TABLE knex_migrations (id SERIAL PRIMARY KEY, name VARCHAR(255), batch INT, "
            "migration_time "
            "TIMESTAMPTZ)",
            "CREATE TABLE knex_migrations_lock (index SERIAL PRIMARY KEY, is_locked INT)",
            "INSERT INTO knex_migrations_lock (is_locked) VALUES (0)",
            "INSERT INTO knex_migrations (name, batch, migration_time) VALUES ('20240101000000_init.js', 1, "
            "now())"};
    if (tool == "typeorm")
        return {
            "CREATE TABLE migrations (id SERIAL PRIMARY KEY, timestamp bigint NOT NULL, name VARCHAR NOT "
            "NULL)",
            "INSERT INTO migrations (timestamp, name) VALUES (1704067200000, 'Init1704067200000')"};
    if (tool == "sequelize")
        return {"CREATE TABLE \"SequelizeMeta\" (name VARCHAR(255) PRIMARY KEY)",
                "INSERT INTO \"SequelizeMeta\" VALUES ('20240101000000-init.js')"};
    if (tool == "alembic")
        return {"CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)",
                "INSERT INTO alembic_version VALUES ('aaaa11111111')"};
    if (tool == "django")
        return {
            "CREATE TABLE django_migrations (id BIGSERIAL PRIMARY KEY, app VARCHAR(255), name VARCHAR(255), "
            "applied "
            "TIMESTAMPTZ)",
            "INSERT INTO django_migrations (app, name, applied) VALUES ('shop', '0001_initial', now())"};
    if (tool == "flyway")
        return {
            "CREATE TABLE flyway_schema_history (installed_rank INT PRIMARY KEY, version VARCHAR(50), "
            "description "
            "VARCHAR(200) NOT NULL, type VARCHAR(20) NOT NULL, script VARCHAR(1000) NOT NULL, checksum INT, "
            "installed_by VARCHAR(100) NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT now(), "
            "execution_time INT "
            "NOT NULL, success BOOLEAN NOT NULL)",
            "INSERT INTO flyway_schema_history VALUES (1, '1', 'init', 'SQL', 'V1__init.sql', NULL, 'app', "
            "now(), 1, "
            "true)"};
    if (tool == "sql")
        return {
            "CREATE TABLE _migrations (filename TEXT PRIMARY KEY, applied_at TIMESTAMPTZ NOT NULL DEFAULT "
            "now())",
            "INSERT INTO _migrations (filename) VALUES ('20240101000000_users.sql')"};
    return {};
}

}  // namespace

GuardedProject::GuardedProject(const Knowledge& one, std::string_view ending) : known(one) {
    auto& server = PostgresServer::shared();
    connection_ = server.admin();
    if (known.tool == "migrate-mongo") {
        // No server answers there; what is known of it is its name.
        database = "shop_prod";
        environment["DATABASE_URL"] = "mongodb://app:app-secret@mongo-prod.invalid:27017/" + database;
    } else {
        database = fmt::format("guarded_{}_{}", known.tool, ending);
        execute(connection_, {"CREATE DATABASE " + database});
        connection_.database = database;
        fill(connection_);
        environment["DATABASE_URL"] = server.url(connection_);
    }
    for (const auto& [path, content] : files_of(known.tool, connection_)) tree.write(path, content);
    for (const std::string_view program : kPrograms)
        for (const std::string directory : {"bin/", "node_modules/.bin/", ".venv/bin/"}) {
            const std::string path = directory + std::string(program);
            tree.write(path, "#!/bin/sh\necho \"" + std::string(program) + " $*\" >> " +
                                 tree.path("started").string() + "\n");
            fs::permissions(tree.path(path), fs::perms::owner_all);
        }
    environment["PATH"] = tree.path("bin").string() + ":/usr/bin:/bin";
    // A home directory is a variable, too: nothing in there may loosen anything.
    tree.write(".home/.config/migrate/policy.toml",
               fmt::format("[[target]]\ndatabase = \"{}\"\nlevel = \"scratch\"\n", database));
}

void GuardedProject::fill(const Connection& connection) {
    execute(connection,
            {"CREATE TABLE users (id INT PRIMARY KEY)", "INSERT INTO users SELECT generate_series(1, 50)",
             "CREATE TABLE customers (id INT PRIMARY KEY)",
             "INSERT INTO customers SELECT generate_series(1, 500)"});
    for (const auto& statement : history_of(known.tool)) execute(connection, {statement});
}

std::vector<std::string> GuardedProject::started() {
    std::vector<std::string> lines;
    if (!tree.exists("started")) return lines;
    std::istringstream text(tree.read("started"));
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    fs::remove(tree.path("started"));
    return lines;
}

std::string GuardedProject::content() const {
    if (known.tool == "migrate-mongo") return "";
    auto rows = connect(connection_)
                    ->query(
                        "SELECT string_agg(name || ' ' || md5(query_to_xml('SELECT * FROM ' || name, true, "
                        "false, '')::text), ', ' "
                        "ORDER BY name) FROM (SELECT quote_ident(schemaname) || '.' || "
                        "quote_ident(tablename) AS name FROM pg_tables "
                        "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')) AS tables");
    if (!rows) return rows.error().message;
    return rows->rows[0][0].value_or("");
}

}  // namespace migrate::test
