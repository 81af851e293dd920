#include "adapters/failure.hpp"

#include <doctest/doctest.h>

#include "adapters/prisma/prisma.hpp"
#include "tests/support/tree.hpp"

using namespace migrate;
using test::Tree;
using Words = std::vector<std::string>;

namespace {

Unit unit_of(Tool tool, const char* id, Version version) {
    Unit unit;
    unit.tool = tool;
    unit.id = id;
    unit.version = version;
    unit.engines = {Engine::postgresql};
    return unit;
}

Step native(Words args, Risk risk = Risk::files) {
    Step step;
    Native action;
    action.program = "tool";
    action.launch = {"node_modules/.bin/tool"};
    action.args = std::move(args);
    step.action = std::move(action);
    step.risk = risk;
    return step;
}

const char* kP3018 =
    "Error: P3018\n\nA migration failed to apply. New migrations cannot be applied before the error is "
    "recovered "
    "from.\n\nMigration name: 20260101000000_x\n\nDatabase error code: 42703\n\nDatabase error:\nERROR: "
    "column "
    "\"nonsense\" does not exist\n\nPosition:\n  1 SELECT nonsense\n";

}  // namespace

TEST_CASE("a failed migration of Prisma: the database's words and the two ways out") {
    const Unit unit = unit_of(Tool::prisma, ".:prisma", {6, 19, 3});
    const Tree tree;
    Step step = native({"migrate", "deploy"}, Risk::apply);
    auto error = explained({unit, step, kP3018, tree.path()});
    REQUIRE(error);
    CHECK(error->code == "tool.failed");
    CHECK(error->message ==
          ".:prisma: 20260101000000_x failed: ERROR: column \"nonsense\" does not exist (42703)");
    REQUIRE(error->next.size() == 2);
    CHECK(error->next[1].argv ==
          Words{"migrate", "resolve", "--applied", "20260101000000_x", "-u", ".:prisma"});

    // On the scratch database of `generate` there is nothing to resolve.
    step.target = "scratch";
    auto scratch = explained({unit, step, kP3018, tree.path()});
    REQUIRE(scratch);
    CHECK(scratch->message.find("cannot be applied to an empty database") != std::string::npos);
    CHECK(scratch->next.empty());
    CHECK_FALSE(explained({unit, step, "Error: something else", tree.path()}));
}

TEST_CASE("Prisma's codes for tables without a history, and for a lock that is held") {
    const Unit unit = unit_of(Tool::prisma, ".:prisma", {6, 19, 3});
    const Tree tree;
    const Step step = native({"migrate", "deploy"}, Risk::apply);
    auto adopt = explained({unit, step, "Error: P3005\n\nThe database schema is not empty.", tree.path()});
    REQUIRE(adopt);
    CHECK(adopt->next.at(0).argv == Words{"migrate", "plan", "baseline", "-u", ".:prisma"});
    auto busy = explained(
        {unit, step, "Error: P1002\nTimed out trying to acquire a postgres advisory lock", tree.path()});
    REQUIRE(busy);
    CHECK(exit_status(busy->code) == 6);
}

TEST_CASE("what Prisma keeps of a failure is shown without the engine's stack") {
    CHECK(prisma::cause_in_logs("A migration failed to apply.\n\nDatabase error:\nERROR: no\n\nDbError {") ==
          "ERROR: no");
    CHECK(prisma::cause_in_logs("column not found\n   0: sql_schema_connector::apply\n     at x.rs:1") ==
          "column not found");
    CHECK(prisma::cause_in_logs("") == "");
}

TEST_CASE("drizzle-kit before 1.0: what it wanted to ask is told from the newest snapshot and the schema") {
    Tree tree{{"drizzle/meta/_journal.json", R"({"entries": []})"},
              {"drizzle/meta/0000_snapshot.json", "{}"},
              {"drizzle/meta/0001_snapshot.json",
               R"({"tables": {"public.users": {"name": "users", "columns": {"id": {}, "age": {}}},
                              "public.old": {"name": "old", "columns": {"id": {}}}}})"},
              {"schema.ts",
               "export const users = pgTable('users', { id: serial('id'), years: integer('years') })"}};
    Unit unit = unit_of(Tool::drizzle, ".:drizzle", {0, 31, 11});
    unit.schema = "schema.ts";
    const Step step = native({"generate", "--name", "x"});
    auto error = explained(
        {unit, step, "Error: Interactive prompts require a TTY terminal\n    at columnsResolver (bin.cjs:1)",
         tree.path()});
    REQUIRE(error);
    CHECK(error->message ==
          ".:drizzle: drizzle-kit wanted to ask whether a new column is another one renamed (the schema no "
          "longer "
          "holds old, users.age), and wrote nothing");
    CHECK(error->next.at(0).argv == Words{"node_modules/.bin/tool", "generate", "--name", "x"});

    auto menu = explained(
        {unit, step,
         "head\n\nIs years column in users table created or renamed from another column?\n> + years",
         tree.path()});
    REQUIRE(menu);
    CHECK(menu->message.find("\"Is years column in users table created or renamed from another column?\"") !=
          std::string::npos);
}

TEST_CASE("drizzle-kit 1.0: its questions become sentences, and its errors too") {
    const Tree tree;
    const Unit unit = unit_of(Tool::drizzle, ".:drizzle", {1, 0, 0});
    Step step = native({"generate", "--name", "x", "--output", "json"});
    step.expect.files = {"drizzle/*_x/migration.sql"};
    auto asked = explained({unit, step,
                            R"({"status":"missing_hints","unresolved":[{"type":"rename_or_create",)"
                            R"("kind":"column","entity":["public","users","years"]}]})",
                            tree.path()});
    REQUIRE(asked);
    CHECK(asked->message ==
          ".:drizzle: drizzle-kit asks whether the column public.users.years is new or another one renamed");
    CHECK(asked->next.at(0).argv.back() ==
          R"([{"entity":["public","users","years"],"kind":"column","type":"create"}])");
    auto wrong = explained({unit, step, R"({"status":"error","error":{"code":"check_error"}})", tree.path()});
    REQUIRE(wrong);
    CHECK(wrong->message == ".:drizzle: drizzle-kit: check_error (check_error)");
    CHECK_FALSE(explained({unit, step, "no JSON", tree.path()}));
    CHECK_FALSE(explained({unit, step, R"({"status": broken)", tree.path()}));
}

TEST_CASE("only a drizzle-kit that says nothing of a failed migration has files to execute once more") {
    const Tree tree;
    Step step = native({"migrate"}, Risk::apply);
    step.migrations = {"0000_a", "0001_b"};
    const Unit old = unit_of(Tool::drizzle, ".:drizzle", {0, 31, 11}),
               now = unit_of(Tool::drizzle, "d", {1, 0, 0});
    CHECK(unexplained_files({old, step, "", tree.path()}) ==
          Words{"drizzle/0000_a.sql", "drizzle/0001_b.sql"});
    CHECK(unexplained_files({now, step, "", tree.path()}).empty());
    CHECK(unexplained_files({unit_of(Tool::prisma, "p", {6, 0, 0}), step, "", tree.path()}).empty());
}
