#include "tests/e2e/node/shops.hpp"

#include <ostream>

namespace migrate::test {

namespace {

constexpr int kUsers = 1, kPosts = 3;

std::string word_of(Engine engine) {
    if (engine == Engine::sqlite) return "sqlite";
    return engine == Engine::postgresql ? "postgresql" : "mariadb";
}

/// The tool's own name of the engine, by the driver that is installed beside it.
std::string driver(const Kind& kind) {
    const bool knex = kind.is("knex");
    if (kind.engine == Engine::postgresql) return knex ? "pg" : "postgres";
    if (kind.engine == Engine::sqlite)
        return kind.is("sequelize") || kind.is("typeorm-0.2") ? "sqlite" : "better-sqlite3";
    return knex ? "mysql2" : "mysql";
}

std::string capital(std::string name) {
    name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
    return name;
}

/// Class names end with the time in milliseconds: days of January 2024.
std::string class_name(int day, const std::string& name) {
    return capital(name) + std::to_string(1704067200000 + (day - 1) * 86400000LL);
}

std::string dated(int day) {
    return "202401" + std::string(day < 10 ? "0" : "") + std::to_string(day) + "000000";
}

std::string file_of(const Kind& kind, int day, const std::string& name) {
    if (kind.is("knex")) return "migrations/" + dated(day) + "_" + name + ".js";
    if (kind.is("sequelize")) return "migrations/" + dated(day) + "-" + name + ".js";
    const std::string both = class_name(day, name);
    return "migrations/" + both.substr(name.size()) + "-" + capital(name) + ".js";
}

std::string text_of(const Kind& kind, int day, const std::string& name, const std::string& up,
                    const std::string& down) {
    if (kind.is("knex")) {
        auto part = [](const char* way, const std::string& body) {
            return std::string("exports.") + way +
                   " = async (knex) => {\n  const sql = (text) => knex.raw(text);\n  " + body + "\n};\n";
        };
        return part("up", up) + part("down", down);
    }
    if (kind.is("sequelize")) {
        auto part = [](const char* way, const std::string& body) {
            return std::string("  ") + way +
                   ": async (queryInterface) => {\n    const sql = (text) => "
                   "queryInterface.sequelize.query(text);\n    " +
                   body + "\n  },\n";
        };
        return "module.exports = {\n" + part("up", up) + part("down", down) + "};\n";
    }
    const std::string made = class_name(day, name);
    return "exports." + made + " = class " + made +
           " {\n  async up(queryRunner) {\n    const sql = (text) => queryRunner.query(text);\n    " + up +
           "\n  }\n  async down(queryRunner) {\n    const sql = (text) => queryRunner.query(text);\n    " +
           down + "\n  }\n};\n";
}

std::string table_text(const Kind& kind, int day, const std::string& name) {
    return text_of(kind, day, name, "await sql('CREATE TABLE " + name + " (id int, name varchar(20))');",
                   "await sql('DROP TABLE " + name + "');");
}

Tree::Files config_of(const Kind& kind, HistoryTable table) {
    const bool file = kind.engine == Engine::sqlite, named = table == HistoryTable::named;
    const bool schema = named && kind.engine == Engine::postgresql;
    if (kind.is("knex")) {
        const std::string names = !named ? ""
                                         : std::string(", migrations: { tableName: 'changes'") +
                                               (schema ? ", schemaName: 'app'" : "") + " }";
        return {{"knexfile.js", "module.exports = { development: { client: '" + driver(kind) +
                                    "', connection: " +
                                    (file ? "{ filename: './dev.sqlite3' }, useNullAsDefault: true"
                                          : "process.env.DATABASE_URL") +
                                    names + " } };\n"}};
    }
    if (kind.is("sequelize")) {
        const std::string names = !named ? ""
                                         : std::string(R"(, "migrationStorageTableName": "changes")") +
                                               (schema ? R"(, "migrationStorageTableSchema": "app")" : "");
        return {{"config/config.json",
                 std::string(R"({ "development": { )") +
                     (file ? R"("storage": "dev.sqlite3")" : R"("use_env_variable": "DATABASE_URL")") +
                     R"(, "dialect": ")" + driver(kind) + "\"" + names + " } }\n"}};
    }
    const std::string options = "type: '" + driver(kind) + "', " +
                                (file ? "database: 'dev.sqlite3'" : "url: process.env.DATABASE_URL") +
                                (named ? ", migrationsTableName: 'changes'" : "") +
                                (schema ? ", schema: 'app'" : "") +
                                ", entities: [], migrations: ['migrations/*.js']";
    if (kind.is("typeorm-0.2")) return {{"ormconfig.js", "module.exports = { " + options + " };\n"}};
    return {
        {"data-source.js", "const { DataSource } = require('typeorm');\nmodule.exports = new DataSource({ " +
                               options + " });\n"}};
}

Tree::Files files_of(const Kind& kind, HistoryTable table) {
    Tree::Files files = config_of(kind, table);
    files[file_of(kind, kUsers, "users")] = table_text(kind, kUsers, "users");
    files[file_of(kind, kPosts, "posts")] = table_text(kind, kPosts, "posts");
    if (kind.is("knex"))
        files["seeds/users.js"] =
            "exports.seed = async (knex) => {\n  await knex('users').del();\n"
            "  await knex('users').insert([{ name: 'ada' }, { name: 'grace' }]);\n};\n";
    if (kind.is("sequelize"))
        files["seeders/20240101000000-users.js"] =
            "module.exports = {\n  up: (queryInterface) => queryInterface.bulkInsert('users', [{ name: 'ada' "
            "}, "
            "{ name: 'grace' }]),\n  down: (queryInterface) => queryInterface.bulkDelete('users', null, "
            "{}),\n};\n";
    return files;
}

Place place_of(const Kind& kind) {
    if (kind.engine == Engine::sqlite) return {};
    return kind.engine == Engine::postgresql ? on_postgresql() : on_mariadb();
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Kind& kind) {
    return out << kind.tool << " on " << word_of(kind.engine);
}

std::vector<Kind> every_kind() {
    std::vector<Kind> kinds;
    for (const char* tool : {"knex-2", "knex-3", "typeorm-0.2", "typeorm-0.3", "typeorm-1", "sequelize-6"})
        for (Engine engine : {Engine::postgresql, Engine::mariadb, Engine::sqlite})
            kinds.push_back({tool, engine});
    return kinds;
}

std::vector<Kind> every_kind_of(std::string_view tool) {
    std::vector<Kind> kinds = every_kind();
    std::erase_if(kinds, [&](const Kind& kind) { return !kind.is(tool); });
    return kinds;
}

Shop::Shop(const Kind& kind, HistoryTable table) : Shop(kind, place_of(kind), table) {}

Shop::Shop(const Kind& kind_, const Place& place, HistoryTable table)
    : NodeProject(kind_.tool, place.url, files_of(kind_, table)), kind(kind_), database(place.connection) {
    if (kind.engine == Engine::sqlite) {
        database.engine = Engine::sqlite;
        database.database = tree.path("dev.sqlite3").string();
    } else if (table == HistoryTable::named && kind.engine == Engine::postgresql) {
        execute(database, {"CREATE SCHEMA app"});
    }
}

std::string Shop::config() const {
    if (kind.is("knex")) return "knexfile.js";
    if (kind.is("sequelize")) return "config/config.json";
    return kind.is("typeorm-0.2") ? "ormconfig.js" : "data-source.js";
}

std::string Shop::file(int day, const std::string& name) const {
    return file_of(kind, day, name);
}

std::string Shop::id(int day, const std::string& name) const {
    if (kind.is("typeorm")) return class_name(day, name);
    return file_of(kind, day, name).substr(std::string_view("migrations/").size());
}

void Shop::makes(int day, const std::string& name) {
    tree.write(file(day, name), table_text(kind, day, name));
}

void Shop::does(int day, const std::string& name, const std::string& up, const std::string& down) {
    tree.write(file(day, name), text_of(kind, day, name, up, down));
}

}  // namespace migrate::test
