#include "adapters/support/js_words.hpp"

#include <doctest/doctest.h>

using namespace migrate;

namespace {

std::vector<std::string> said(std::string_view source, Engine engine = Engine::postgresql) {
    std::vector<std::string> texts;
    for (const auto& one : js::statements_said(source, engine)) texts.push_back(one.sql);
    return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("Knex: tables, columns and SQL that stand as literals in up") {
    CHECK(said(R"(
exports.up = async (knex) => {
  await knex.schema.createTable('users', (table) => { table.increments('id'); });
  await knex.schema.alterTable('posts', (table) => { table.string('title'); table.dropColumn('old'); });
  await knex.raw(`INSERT INTO users VALUES (1)`);
  await knex.raw(`DROP TABLE ${name}`);
};
exports.down = async (knex) => { await knex.schema.dropTable('users'); };
)",
               Engine::mariadb) == Texts{"CREATE TABLE `users` (id int)",
                                         "ALTER TABLE `posts` ADD COLUMN `title` int, DROP COLUMN `old`",
                                         "INSERT INTO users VALUES (1)"});
}

TEST_CASE("Sequelize and TypeORM: the builders' names, also inside objects") {
    CHECK(said("module.exports = { down: async (q) => { await q.dropTable('users'); },\n"
               "up: async (q) => { await q.createTable('users', {}); await q.addColumn('posts', 'age', {});\n"
               "await q.removeColumn('posts', 'old'); } };") ==
          Texts{"CREATE TABLE \"users\" (id int)", "ALTER TABLE \"posts\" ADD COLUMN \"age\" int",
                "ALTER TABLE \"posts\" DROP COLUMN \"old\""});
    CHECK(said("export class A1 { async up(r) { await r.createTable(new Table({ name: 'users' }));\n"
               "await r.addColumn('posts', new TableColumn({ name: 'age' })); } async down(r) {} }") ==
          Texts{"CREATE TABLE \"users\" (id int)", "ALTER TABLE \"posts\" ADD COLUMN \"age\" int"});
}

TEST_CASE("what is computed is not seen, and texts that are no SQL are none") {
    CHECK(said("exports.up = (knex) => knex.schema.createTable(name, make);").empty());
    CHECK(said("exports.up = async () => { console.log('Create the users'); };").empty());
    CHECK(said("").empty());
}
