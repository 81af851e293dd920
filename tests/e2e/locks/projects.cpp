#include "tests/e2e/locks/projects.hpp"

#include <doctest/doctest.h>

#include "tests/e2e/drizzle/shop.hpp"
#include "tests/e2e/prisma/shop.hpp"
#include "tests/support/tools.hpp"

namespace migrate::test {

namespace {

bool is_postgresql(const Server& server) {
    return dynamic_cast<const PostgresServer*>(&server) != nullptr;
}

std::string url_of(Server& server, const Connection& connection, const std::string& scheme) {
    const std::string url = server.url(connection);
    return scheme + url.substr(url.find("://"));
}

/// One of the installed tools in a directory of its own, on a new database.
LockedProject project(const std::string& name, Server& server, const std::string& scheme,
                      const std::string& installed, Tree::Files files, const Tree::Files& later) {
    const Connection database = server.fresh_database();
    auto environment = std::make_shared<std::map<std::string, std::string>>();
    environment->emplace("DATABASE_URL", url_of(server, database, scheme));
    auto tree = std::make_shared<Tree>(files);
    const std::filesystem::path tool = test_tool(installed);
    if (installed.starts_with("node/")) {
        tree->link((tool / "node_modules").string(), "node_modules");
        for (const char* file : {"package.json", "package-lock.json"})
            std::filesystem::copy_file(tool / file, tree->path(file));
    } else {
        tree->link(tool.string(), ".venv");
    }
    return {name,
            [tree, environment](std::vector<std::string> words) {
                return migrate_in(*tree, std::move(words), *environment);
            },
            database,
            "users",
            [tree, later] {
                for (const auto& [path, text] : later) tree->write(path, text);
            },
            tree,
            environment};
}

constexpr const char* kCreate = "CREATE TABLE users (id INT PRIMARY KEY)";
constexpr const char* kAlter = "ALTER TABLE users ADD COLUMN name VARCHAR(20)";

}  // namespace

LockedProject knex(Server& server) {
    auto text = [](const char* sql) {
        return std::string("exports.up = (knex) => knex.raw('") + sql + "');\nexports.down = () => {};\n";
    };
    return project("Knex", server, is_postgresql(server) ? "postgresql" : "mysql", "node/knex-3",
                   {{"knexfile.js", std::string("module.exports = { development: { client: '") +
                                        (is_postgresql(server) ? "pg" : "mysql2") +
                                        "', connection: process.env.DATABASE_URL } };\n"},
                    {"migrations/20240101000000_users.js", text(kCreate)}},
                   {{"migrations/20240102000000_name.js", text(kAlter)}});
}

LockedProject sequelize(Server& server) {
    auto text = [](const char* sql) {
        return std::string("module.exports = {\n  up: (queryInterface) => queryInterface.sequelize.query('") +
               sql + "'),\n  down: async () => {},\n};\n";
    };
    return project("sequelize-cli", server, is_postgresql(server) ? "postgresql" : "mysql",
                   "node/sequelize-6",
                   {{"config/config.json",
                     std::string(R"({ "development": { "use_env_variable": "DATABASE_URL", "dialect": ")") +
                         (is_postgresql(server) ? "postgres" : "mysql") + "\" } }"},
                    {"migrations/20240101000000-users.js", text(kCreate)}},
                   {{"migrations/20240102000000-name.js", text(kAlter)}});
}

LockedProject typeorm(Server& server) {
    auto text = [](const std::string& name, const char* sql) {
        return "module.exports = class " + name + " {\n  async up(queryRunner) { await queryRunner.query('" +
               sql + "'); }\n  async down() {}\n};\n";
    };
    return project(
        "TypeORM", server, is_postgresql(server) ? "postgresql" : "mysql", "node/typeorm-1",
        {{"data-source.js",
          std::string(
              "const { DataSource } = require('typeorm');\nmodule.exports = new DataSource({ type: '") +
              (is_postgresql(server) ? "postgres" : "mysql") +
              "', entities: [], migrations: ['migrations/*.js'], url: process.env.DATABASE_URL "
              "});\n"},
         {"migrations/1704067200000-Users.js", text("Users1704067200000", kCreate)}},
        {{"migrations/1704153600000-Name.js", text("Name1704153600000", kAlter)}});
}

LockedProject alembic(Server& server) {
    auto text = [](const std::string& id, const std::string& parent, const std::string& sql) {
        return "from alembic import op\n\nrevision = \"" + id + "\"\ndown_revision = " + parent +
               "\n\n\ndef upgrade():\n    op.execute(\"" + sql + "\")\n\n\ndef downgrade():\n    pass\n";
    };
    return project("Alembic", server, is_postgresql(server) ? "postgresql+psycopg2" : "mysql+pymysql",
                   "python/alembic-1.20",
                   {{"alembic.ini", "[alembic]\nscript_location = migrations\n"},
                    {"migrations/script.py.mako", ""},
                    {"migrations/env.py",
                     "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine, pool\n\n"
                     "engine = create_engine(os.environ[\"DATABASE_URL\"], poolclass=pool.NullPool)\n"
                     "with engine.connect() as connection:\n    context.configure(connection=connection)\n"
                     "    with context.begin_transaction():\n        context.run_migrations()\n"},
                    {"migrations/versions/aaaa1_users.py", text("aaaa1", "None", kCreate)}},
                   {{"migrations/versions/bbbb2_name.py", text("bbbb2", "\"aaaa1\"", kAlter)}});
}

// PyMySQL stands for mysqlclient, which must be compiled.
LockedProject django(Server& server) {
    auto text = [](const std::string& depends, const std::string& sql) {
        return "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    "
               "dependencies = [" +
               depends + "]\n    operations = [migrations.RunSQL(\"" + sql + "\", \"\")]\n";
    };
    return project("Django", server, is_postgresql(server) ? "postgres" : "mysql", "python/django-5.2",
                   {{"manage.py",
                     "import os\nimport sys\n\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", "
                     "\"shop.settings\")\nfrom django.core.management import execute_from_command_line\n\n"
                     "execute_from_command_line(sys.argv)\n"},
                    {"requirements.txt", "Django\n"},
                    {"shop/__init__.py", ""},
                    {"shop/settings.py",
                     "import environ\nimport pymysql\n\npymysql.version_info = (2, 2, 7, \"final\", 0)\n"
                     "pymysql.install_as_MySQLdb()\nenv = environ.Env()\nSECRET_KEY = \"test\"\n"
                     "INSTALLED_APPS = [\"blog\"]\nDATABASES = {\"default\": env.db(\"DATABASE_URL\")}\n"},
                    {"blog/__init__.py", ""},
                    {"blog/models.py", ""},
                    {"blog/migrations/__init__.py", ""},
                    {"blog/migrations/0001_users.py", text("", kCreate)}},
                   {{"blog/migrations/0002_name.py", text("(\"blog\", \"0001_users\")", kAlter)}});
}

LockedProject drizzle(Engine engine) {
    auto shop = std::make_shared<DrizzleShop>("0.31", engine);
    const Ran made = (*shop)({"generate", "users"});
    CHECK_MESSAGE(made.status == 0, all_of(made));
    return {"Drizzle",
            [shop](std::vector<std::string> words) { return (*shop)(std::move(words)); },
            shop->database,
            "users",
            [shop] {
                shop->schema("name: text('name')");
                const Ran more = (*shop)({"generate", "name"});
                CHECK_MESSAGE(more.status == 0, all_of(more));
            },
            shop};
}

LockedProject prisma() {
    auto shop = std::make_shared<PrismaShop>(6);
    shop->migration("20240101000000_users", "CREATE TABLE users (id INT PRIMARY KEY);\n");
    return {"Prisma",
            [shop](std::vector<std::string> words) { return (*shop)(std::move(words)); },
            shop->database,
            "users",
            [shop] { shop->migration("20240102000000_name", "ALTER TABLE users ADD COLUMN name TEXT;\n"); },
            shop};
}

}  // namespace migrate::test
