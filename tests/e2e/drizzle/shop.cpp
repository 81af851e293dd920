#include "tests/e2e/drizzle/shop.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

#include "run/process.hpp"
#include "tests/support/tools.hpp"

namespace migrate::test {

namespace {

struct Words {
    std::string dialect, driver, module, table, id, url;
};

Words words_of(Engine engine) {
    if (engine == Engine::sqlite)
        return {"sqlite", "better-sqlite", "sqlite-core", "sqliteTable", "integer('id').primaryKey()", "url"};
    if (engine == Engine::mariadb)
        return {"mysql", "mysql2", "mysql-core", "mysqlTable", "int('id').primaryKey()", "uri"};
    return {"postgresql", "pg", "pg-core", "pgTable", "serial('id').primaryKey()", "connectionString"};
}

std::string config_of(const std::string& version, const Words& words) {
    std::string head = "import { defineConfig } from 'drizzle-kit';\nexport default defineConfig({\n";
    if (version == "0.20")
        return "export default {\n  driver: '" + words.driver +
               "',\n  schema: './src/schema.ts',\n  out: './drizzle',\n  dbCredentials: { " + words.url +
               ": process.env.DATABASE_URL },\n};\n";
    return head + "  dialect: '" + words.dialect +
           "',\n  schema: './src/schema.ts',\n  out: './drizzle',\n  dbCredentials: { url: "
           "process.env.DATABASE_URL! },\n});\n";
}

}  // namespace

DrizzleShop::DrizzleShop(const std::string& version, Engine engine) {
    const auto modules = test_tool("node/drizzle-" + version + "/node_modules");
    tree.link(modules.string(), "node_modules");
    auto installed = [&](const std::string& package) {
        return nlohmann::json::parse(tree.read("node_modules/" + package + "/package.json"))["version"]
            .get<std::string>();
    };
    nlohmann::json manifest{{"name", "shop"},
                            {"private", true},
                            {"scripts", {{"db:seed", "node seed.cjs"}}},
                            {"dependencies", {{"drizzle-orm", installed("drizzle-orm")}}},
                            {"devDependencies", {{"drizzle-kit", installed("drizzle-kit")}}}};
    tree.write("package.json", manifest.dump(2));
    tree.write("drizzle.config.ts", config_of(version, words_of(engine)));
    tree.write("seed.cjs",
               "const { Client } = require('pg');\n"
               "(async () => {\n"
               "  const client = new Client(process.env.DATABASE_URL);\n"
               "  await client.connect();\n"
               "  await client.query(\"INSERT INTO users (email) VALUES ('ann@example.org')\");\n"
               "  await client.end();\n"
               "})();\n");
    if (engine == Engine::sqlite) {
        database.engine = engine;
        database.database = tree.path("shop.db").string();
        environment["DATABASE_URL"] = "file:./shop.db";
    } else {
        Server& server = engine == Engine::mariadb ? static_cast<Server&>(MariaDbServer::shared())
                                                   : static_cast<Server&>(PostgresServer::shared());
        database = server.fresh_database();
        environment["DATABASE_URL"] = server.url(database);
    }
    schema();
}

Ran DrizzleShop::operator()(std::vector<std::string> arguments) const {
    return migrate_in(tree, std::move(arguments), environment);
}

nlohmann::json DrizzleShop::document(std::vector<std::string> arguments, int status) const {
    arguments.emplace_back("--json");
    Ran ran = (*this)(std::move(arguments));
    CHECK_MESSAGE(ran.status == status, ran.out << ran.err);
    return nlohmann::json::parse(ran.out);
}

Ran DrizzleShop::kit(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "node_modules/.bin/drizzle-kit");
    return start(std::move(arguments));
}

Ran DrizzleShop::node(const std::string& script) const {
    return start({"node", script});
}

Ran DrizzleShop::start(std::vector<std::string> command) const {
    ProcessSpec spec;
    spec.argv = std::move(command);
    spec.cwd = tree.path();
    spec.env = {{"PATH", std::getenv("PATH")}, {"NO_COLOR", "1"}};
    spec.env.insert(environment.begin(), environment.end());
    spec.timeout = std::chrono::seconds(60);
    ProcessResult done = run_process(spec);
    return {done.end == ProcessResult::End::exited ? done.exit_code : -1, done.out.text(), done.err.text()};
}

void DrizzleShop::schema(const std::string& more) const {
    const Words words = words_of(*database.engine == Engine::mysql ? Engine::mariadb : *database.engine);
    std::string types = words.module == "mysql-core"    ? "int, text"
                        : words.module == "sqlite-core" ? "integer, text"
                                                        : "integer, serial, text";
    tree.write("src/schema.ts", "import { " + words.table + ", " + types + " } from 'drizzle-orm/" +
                                    words.module + "';\n\nexport const users = " + words.table +
                                    "('users', {\n  id: " + words.id +
                                    ",\n  email: text('email').notNull(),\n" +
                                    (more.empty() ? "" : "  " + more + ",\n") + "});\n");
}

std::vector<std::string> DrizzleShop::columns() const {
    return connect(database)->columns("", "users").value_or(std::vector<std::string>{});
}

std::string DrizzleShop::rows_of_history() const {
    const char* table =
        database.engine == Engine::postgresql ? "drizzle.__drizzle_migrations" : "__drizzle_migrations";
    auto rows = connect(database)->query("SELECT count(*) FROM " + std::string(table));
    REQUIRE_MESSAGE(rows.has_value(), rows.error().message);
    return rows->rows.at(0).at(0).value_or("");
}

}  // namespace migrate::test
