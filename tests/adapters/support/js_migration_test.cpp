#include "adapters/support/js_migration.hpp"

using namespace migrate;
using Words = std::vector<std::string>;

TEST_CASE("a migration without a way back is known by its source") {
    const std::string up = "exports.up = k => k.schema.createTable('t');\n";
    CHECK(js::has_way_back(up) == false);
    CHECK(js::has_way_back(up + "exports.down = () => {};") == false);
    CHECK(js::has_way_back(up + "exports.down = async function (knex) { /* nothing */ };") == false);
    CHECK(js::has_way_back(up + "exports.down = () => Promise.resolve();") == false);
    CHECK(js::has_way_back(up + "export async function down(knex: Knex): Promise<void> {\n}") == false);
    CHECK(js::has_way_back("class A1700000000000 { async up(q: Q): Promise<void> { await q.query('x') }\n"
                           "async down(): Promise<void> { throw new Error('no') } }") == false);
    CHECK(js::has_way_back("export const up: Migration = async () => { a() };\n"
                           "export const down: Migration = async ({ context: q }) => {};") == false);
    CHECK(js::has_way_back("module.exports = { async up(db) { await db.x() }, async down(db) { } }") ==
          false);
}

TEST_CASE("whether a body that does something reverts it cannot be told") {
    const std::string up = "exports.up = k => k.schema.createTable('t');\n";
    CHECK_FALSE(js::has_way_back(up + "exports.down = k => k.schema.dropTable('t');"));
    CHECK_FALSE(
        js::has_way_back("module.exports = { up: (q, S) => q.createTable('a', { id: { type: S.INT } }), "
                         "down: q => q.dropTable('a') };"));
    CHECK_FALSE(js::has_way_back("const { up, down } = require('./shared'); module.exports = { up, down };"));
    CHECK_FALSE(
        js::has_way_back("class A { down = async (q) => { await q.query(`DROP TABLE x`) }; up() {} }"));
    CHECK_FALSE(js::has_way_back(""));
}

TEST_CASE("what drops or rewrites in `up` is quoted, what `down` does is not") {
    CHECK(
        js::destructive_parts("exports.up = async knex => {\n  // t.dropTable('comment')\n"
                              "  await knex.schema.alterTable('t', t => {\n    t.dropColumn('email')\n  })\n"
                              "  await knex.raw('ALTER TABLE x  ALTER COLUMN y TYPE bigint')\n}\n"
                              "exports.down = k => k.schema.dropTable('t')") ==
        Words{"t.dropColumn('email')", "ALTER TABLE x ALTER COLUMN y TYPE bigint"});
    CHECK(js::destructive_parts("module.exports = { up: q => q.removeColumn('a', 'b'), down: q => "
                                "q.dropTable('a') }")
              .size() == 1);
    CHECK(js::destructive_parts("class A1700000000000 { async up(q) { await q.query(`ALTER TABLE \"u\" DROP "
                                "COLUMN \"n\"`) } async down(q) { await q.query(`DROP TABLE u`) } }") ==
          Words{"ALTER TABLE \"u\" DROP COLUMN \"n\""});
    CHECK(js::destructive_parts("export const up = async (db) => {\n  await db.collection('a').drop()\n"
                                "  await db.collection('b').updateMany({}, { $unset: { x: 1 } })\n}") ==
          Words{"await db.collection('a').drop()",
                "await db.collection('b').updateMany({}, { $unset: { x: 1 } })"});
    CHECK(js::destructive_parts("exports.up = k => k.schema.createTable('dropTable', t => t.increments())")
              .empty());
    CHECK(js::destructive_parts("exports.up = knex =>\n  knex.schema\n    .renameTable('a', 'b')\n"
                                "exports.down = knex => knex.schema.dropTable('x')") ==
          Words{".renameTable('a', 'b')"});
}

TEST_CASE("migration classes are found by name, or by the name they give themselves") {
    CHECK(js::migration_classes("export class Init1700000000000 implements MigrationInterface { up() {} }") ==
          Words{"Init1700000000000"});
    CHECK(js::migration_classes("module.exports = class A1700000000001 { name = 'B1700000000002' }") ==
          Words{"B1700000000002"});
    CHECK(js::migration_classes(
              "class X { }\nexport default class Y1700000000003 { public readonly name: string "
              "= `Y1700000000003`; up() { const name = 'inner1700000000009' } }\n"
              "export class Z1700000000004 extends X {}") == Words{"Y1700000000003", "Z1700000000004"});
    CHECK(js::migration_classes("// class Old1600000000000 {}\nexport function helper() {}").empty());
}

TEST_CASE("properties of a migration class, and how many parameters a function takes") {
    CHECK(js::class_property("class A1 { transaction = false as const; up() {} }", "transaction") == "false");
    CHECK(js::class_property("class A1 { public transaction?: boolean = true }", "transaction") == "true");
    CHECK(js::class_property("class A1 { up() { const transaction = false } }", "transaction").empty());
    CHECK(js::parameters_of("module.exports = { up(db, client, next) {} }", "up") ==
          Words{"db", "client", "next"});
    CHECK(js::parameters_of("exports.up = async ({ a, b }, c: X<Y, Z> = [1, 2]) => {}", "up") == Words{"{", "c"});
    CHECK(js::parameters_of("exports.up = db => {}", "up") == Words{"db"});
    CHECK(js::parameters_of("exports.up = () => {}", "up") == Words{});
    CHECK_FALSE(js::parameters_of("exports.up = require('./x')", "up"));
}
