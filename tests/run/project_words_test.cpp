#include "run/project_words.hpp"

#include <doctest/doctest.h>

#include "tests/support/tree.hpp"

using namespace migrate;
using test::Tree;

namespace {

struct Case {
    UnitResult result;
    Step step;
    Target target;
};

/// One pending migration of the tool on PostgreSQL.
Case case_of(Tool tool, const std::string& file) {
    Case made;
    made.result.unit.tool = tool;
    made.result.unit.config = "config";
    made.result.unit.migrations = {{"migrations/versions", {}}};
    made.result.plan.emplace();
    made.result.plan->files[file] = "";
    made.step.action = Native{.program = "tool", .launch = {"tool"}, .args = {"up"}};
    made.target.connection.engine = Engine::postgresql;
    return made;
}

}  // namespace

TEST_CASE("a project's own limit for locks counts, wherever it says it") {
    const Tree tree{
        {"config", "plain\n"}, {"a.sql", "SELECT 1;\n"}, {"b.sql", "SET LOCK_TIMEOUT = '1min';\n"}};
    Case one = case_of(Tool::prisma, "a.sql");
    CHECK_FALSE(sets_lock_limit(one.result, one.target, {}, tree.path()));
    CHECK(sets_lock_limit(one.result, one.target, {{{"PGOPTIONS", "-c lock_timeout=0"}}}, tree.path()));
    CHECK(sets_lock_limit(case_of(Tool::prisma, "b.sql").result, one.target, {}, tree.path()));
    one.target.connection.url = "postgresql://localhost/shop?options=-c%20lock_timeout%3D30s";
    CHECK(sets_lock_limit(one.result, one.target, {}, tree.path()));
    const Tree configured{{"config", "afterCreate: 'SET innodb_lock_wait_timeout = 60'\n"}, {"a.sql", ""}};
    const Case two = case_of(Tool::knex, "a.sql");
    CHECK(sets_lock_limit(two.result, two.target, {}, configured.path()));
}

TEST_CASE("only a step whose tool, database and files undo everything is one that fails as a whole") {
    const Tree tree{{"config", ""},
                    {"a.js", "exports.up = (knex) => knex.raw('ALTER TABLE users ADD name TEXT');\n"},
                    {"b.js", "exports.config = { transaction: false };\n"},
                    {"c.sql", "CREATE INDEX CONCURRENTLY i ON users (id);\n"}};
    Case one = case_of(Tool::knex, "a.js");
    CHECK(fails_as_a_whole(one.result, one.step, one.target, tree.path()));
    for (const Tool tool : {Tool::sequelize, Tool::prisma})
        CHECK_FALSE(fails_as_a_whole(case_of(tool, "a.js").result, one.step, one.target, tree.path()));
    for (const char* file : {"b.js", "c.sql", "missing.js"})
        CHECK_FALSE(fails_as_a_whole(case_of(Tool::knex, file).result, one.step, one.target, tree.path()));
    std::get<Native>(one.step.action).args = {"migrate:latest", "--disable-transactions"};
    CHECK_FALSE(fails_as_a_whole(one.result, one.step, one.target, tree.path()));
    Case mysql = case_of(Tool::knex, "a.js");
    mysql.target.connection.engine = Engine::mysql;
    CHECK_FALSE(fails_as_a_whole(mysql.result, mysql.step, mysql.target, tree.path()));
    const Tree autocommit{
        {"config", ""},
        {"a.py", "op.add_column('users', name)\n"},
        {"migrations/env.py", "engine = create_engine(url, isolation_level=\"AUTOCOMMIT\")\n"}};
    const Case alembic = case_of(Tool::alembic, "a.py");
    CHECK_FALSE(fails_as_a_whole(alembic.result, alembic.step, alembic.target, autocommit.path()));
}
