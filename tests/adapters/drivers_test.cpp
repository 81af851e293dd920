// What a tool loads only when it connects, looked for without starting it.
#include "adapters/drivers.hpp"

#include <doctest/doctest.h>

#include "tests/support/tree.hpp"

using namespace migrate;
using test::Tree;

namespace {

std::string package(const std::string& name) {
    return "{\"name\": \"" + name + "\", \"version\": \"1.0.0\"}";
}

Unit unit_of(Tool tool, const std::string& config, const std::string& launch = "") {
    Unit unit;
    unit.id = ".";
    unit.tool = tool;
    unit.config = config;
    if (!launch.empty()) unit.launch = {launch};
    return unit;
}

Target target_of(Engine engine, const std::string& url) {
    Target target;
    target.connection.engine = engine;
    target.connection.url = url;
    return target;
}

/// "word: package", or "" where nothing is missing or nothing is known.
std::string missing(const Tree& tree, const Unit& unit, const Target& target) {
    const auto driver = missing_driver(unit, tree.path(), target);
    return driver ? driver->wanted + ": " + driver->package : "";
}

}  // namespace

TEST_CASE("the driver of a Node tool is looked for beside the project and beside the tool") {
    const Target target = target_of(Engine::postgresql, "postgres://h/d");
    Tree tree{{"knexfile.js", "module.exports = { client: 'pg', connection: process.env.DATABASE_URL };\n"},
              {"node_modules/knex/package.json", package("knex")}};
    Unit unit = unit_of(Tool::knex, "knexfile.js");
    CHECK(missing(tree, unit, target) == "pg: pg");
    tree.write("node_modules/pg/package.json", package("pg"));
    CHECK(missing(tree, unit, target).empty());

    // Nothing is installed, or Plug'n'Play keeps it: that says something else, or nothing.
    Tree bare{{"knexfile.js", "module.exports = { client: 'pg', connection: {} };\n"}};
    CHECK(missing(bare, unit, target).empty());
    bare.write(".pnp.cjs", "");
    CHECK(missing(bare, unit, target).empty());

    // pnpm: beside the tool's own place.
    Tree pnpm{{"knexfile.js", "module.exports = { client: 'mysql2', connection: {} };\n"},
              {"node_modules/.pnpm/knex@3/node_modules/knex/package.json", package("knex")},
              {"node_modules/.pnpm/knex@3/node_modules/mysql2/package.json", package("mysql2")}};
    pnpm.link(pnpm.path("node_modules/.pnpm/knex@3/node_modules/knex").string(), "node_modules/knex");
    CHECK(missing(pnpm, unit, target).empty());

    // What is computed may be anything.
    tree.write("knexfile.js", "module.exports = { client: process.env.CLIENT, connection: {} };\n");
    CHECK(missing(tree, unit, target).empty());
}

TEST_CASE("of several drivers one is enough, and one that the configuration brings is its own affair") {
    const Target target = target_of(Engine::mysql, "mysql://h/d");
    Tree typeorm{
        {"data-source.js", "module.exports = new DataSource({ type: 'mysql', url: 'mysql://h/d' });\n"},
        {"node_modules/typeorm/package.json", package("typeorm")}};
    const Unit unit = unit_of(Tool::typeorm, "data-source.js");
    CHECK(missing(typeorm, unit, target) == "mysql: mysql2");
    typeorm.write("node_modules/mysql/package.json", package("mysql"));
    CHECK(missing(typeorm, unit, target).empty());
    Tree own{
        {"data-source.js",
         "module.exports = new DataSource({ type: 'mysql', url: 'mysql://h/d', driver: require('x') });\n"},
        {"node_modules/typeorm/package.json", package("typeorm")}};
    CHECK(missing(own, unit, target).empty());
}

TEST_CASE("the driver of a Python tool is looked for in its own environment") {
    Tree tree{{".venv/pyvenv.cfg", "home = /usr/bin\ninclude-system-site-packages = false\n"},
              {".venv/bin/python", ""},
              {".venv/lib/python3.11/site-packages/alembic/__init__.py", ""},
              {".venv/lib/python3.11/site-packages/django/__init__.py", ""}};
    const Unit alembic = unit_of(Tool::alembic, "alembic.ini", ".venv/bin/python");
    CHECK(missing(tree, alembic, target_of(Engine::postgresql, "postgresql+psycopg2://h/d")) ==
          "postgresql+psycopg2: psycopg2-binary");
    CHECK(missing(tree, alembic, target_of(Engine::mariadb, "mysql+pymysql://h/d")) ==
          "mysql+pymysql: pymysql");
    CHECK(missing(tree, alembic, target_of(Engine::sqlite, "sqlite:///x.db")).empty());
    const Unit django = unit_of(Tool::django, "manage.py", ".venv/bin/python");
    CHECK(missing(tree, django, target_of(Engine::postgresql, "")) == "postgresql: psycopg[binary]");
    tree.write(".venv/lib/python3.11/site-packages/psycopg2/__init__.py", "");
    CHECK(missing(tree, alembic, target_of(Engine::postgresql, "postgresql+psycopg2://h/d")).empty());
    CHECK(missing(tree, django, target_of(Engine::postgresql, "")).empty());

    // Elsewhere, or mixed with the system's packages: not known.
    CHECK(missing(tree, unit_of(Tool::alembic, "", "uv"), target_of(Engine::mysql, "mysql+pymysql://h/d"))
              .empty());
    tree.write(".venv/pyvenv.cfg", "include-system-site-packages = true\n");
    CHECK(missing(tree, alembic, target_of(Engine::mysql, "mysql+pymysql://h/d")).empty());
}
