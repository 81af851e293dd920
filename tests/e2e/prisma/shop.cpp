#include "tests/e2e/prisma/shop.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "run/process.hpp"
#include "tests/support/tools.hpp"

namespace migrate::test {

namespace {

std::string content(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

}  // namespace

PrismaShop::PrismaShop(int major) : major_(major) {
    const auto modules = test_tool("node/prisma-" + std::to_string(major) + "/node_modules");
    tree.link(modules.string(), "node_modules");
    engine_.link(modules.string(), "node_modules");
    engine_.write("schema-engine", content(source_directory() / "tests/e2e/prisma/schema-engine.cjs"));
    engine_.executable("schema-engine");

    nlohmann::json manifest{{"name", "shop"}, {"private", true}};
    manifest["devDependencies"]["prisma"] =
        nlohmann::json::parse(tree.read("node_modules/prisma/package.json"))["version"];
    if (major < 7) manifest["prisma"]["seed"] = "node prisma/seed.cjs";
    tree.write("package.json", manifest.dump(2));
    if (major >= 7)
        tree.write("prisma.config.ts",
                   "import { defineConfig } from 'prisma/config';\nexport default defineConfig({\n"
                   "  schema: 'prisma/schema.prisma',\n"
                   "  migrations: { path: 'prisma/migrations', seed: 'node prisma/seed.cjs' },\n"
                   "  datasource: { url: process.env.DATABASE_URL },\n});\n");
    tree.write("prisma/seed.cjs",
               "const { Client } = require('pg');\n"
               "(async () => {\n"
               "  const client = new Client(process.env.DATABASE_URL);\n"
               "  await client.connect();\n"
               "  await client.query(`INSERT INTO \"User\" (email) VALUES ('ann@example.org')`);\n"
               "  await client.end();\n"
               "})();\n");
    PostgresServer& server = PostgresServer::shared();
    database = server.fresh_database();
    environment["DATABASE_URL"] = server.url(database);
    environment["PRISMA_SCHEMA_ENGINE_BINARY"] = engine_.path("schema-engine").string();
    environment["PRISMA_QUERY_ENGINE_LIBRARY"] = engine_.path("schema-engine").string();  // any file will do
    environment["SHIM_FALLBACK_URL"] = server.url(server.fresh_database());  // where the stand-in needs one
    schema();
}

Ran PrismaShop::operator()(std::vector<std::string> arguments) const {
    return migrate_in(tree, std::move(arguments), environment);
}

nlohmann::json PrismaShop::document(std::vector<std::string> arguments, int status) const {
    arguments.emplace_back("--json");
    Ran ran = (*this)(std::move(arguments));
    CHECK_MESSAGE(ran.status == status, ran.out << ran.err);
    return nlohmann::json::parse(ran.out);
}

Ran PrismaShop::prisma(std::vector<std::string> arguments) const {
    ProcessSpec spec;
    spec.argv = {tree.path("node_modules/.bin/prisma").string()};
    spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
    spec.cwd = tree.path();
    spec.env = {{"PATH", std::getenv("PATH")}, {"NO_COLOR", "1"}, {"CHECKPOINT_DISABLE", "1"}};
    spec.env.insert(environment.begin(), environment.end());
    spec.timeout = std::chrono::seconds(60);
    ProcessResult done = run_process(spec);
    return {done.end == ProcessResult::End::exited ? done.exit_code : -1, done.out.text(), done.err.text()};
}

void PrismaShop::schema(const std::string& more) const {
    tree.write(
        "prisma/schema.prisma",
        std::string("datasource db {\n  provider = \"postgresql\"\n") +
            (major_ < 7 ? "  url      = env(\"DATABASE_URL\")\n" : "") +
            "}\n\nmodel User {\n  id    Int    @id @default(autoincrement())\n  email String @unique\n" +
            (more.empty() ? "" : "  " + more + "\n") + "}\n");
}

void PrismaShop::migration(const std::string& name, const std::string& sql, const std::string& down) const {
    tree.write("prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n");
    tree.write("prisma/migrations/" + name + "/migration.sql", sql);
    if (!down.empty()) tree.write("prisma/migrations/" + name + "/down.sql", down);
}

std::vector<std::string> PrismaShop::columns() const {
    return connect(database)->columns("", "User").value_or(std::vector<std::string>{});
}

std::string PrismaShop::named(const std::string& end) const {
    for (const auto& one : std::filesystem::directory_iterator(tree.path("prisma/migrations")))
        if (one.path().filename().string().ends_with(end)) return one.path().filename().string();
    FAIL("no migration " << end);
    return "";
}

}  // namespace migrate::test
