// npm, pnpm, Yarn 1, Yarn 4 with Plug'n'Play, and bun: a workspace of one package with Knex, as each of them
// has installed it. The tool is started directly, from the level where it lies, and nothing is ever
// downloaded.
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/e2e/node/project.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;
using nlohmann::json;

constexpr const char* kUnit = "packages/api:knex";

/// The installed workspace of one package manager, copied; with its own program on PATH, and no network.
struct Workspace {
    Tree tree;
    std::map<std::string, std::string> environment;

    explicit Workspace(const std::string& manager) {
        const fs::path installed = test_tool("managers/" + manager);
        fs::remove_all(tree.path());
        fs::copy(installed, tree.path(), fs::copy_options::recursive | fs::copy_options::copy_symlinks);
        tree.write("packages/api/knexfile.js",
                   "module.exports = { development: { client: 'better-sqlite3', connection: { filename: "
                   "'./dev.sqlite3' }, useNullAsDefault: true } };\n");
        tree.write("packages/api/migrations/20240101000000_users.js",
                   "exports.up = (knex) => knex.schema.createTable('users', (t) => { t.increments(); });\n"
                   "exports.down = (knex) => knex.schema.dropTable('users');\n");
        environment = {{"npm_config_registry", "http://127.0.0.1:1"},
                       {"YARN_ENABLE_NETWORK", "false"},
                       {"YARN_ENABLE_TELEMETRY", "false"},
                       {"BUN_CONFIG_REGISTRY", "http://127.0.0.1:1"}};
        first_on_path(test_tool("managers/bin/" + manager));
    }

    void first_on_path(const fs::path& directory) {
        const std::string before =
            environment.contains("PATH") ? environment["PATH"] : std::string(std::getenv("PATH"));
        environment["PATH"] = directory.string() + ":" + before;
    }

    Ran migrate(Words words) const { return migrate_in(tree, std::move(words), environment); }

    json detected() const {
        Ran ran = migrate({"detect", "--json"});
        REQUIRE_MESSAGE(ran.status == 0, all_of(ran));
        return json::parse(ran.out)["units"][0];
    }
};

void goes_up_and_back(const std::string& manager, const std::string& runner, const Words& launch) {
    Workspace shop(manager);
    const json unit = shop.detected();
    CHECK(unit["id"] == kUnit);
    CHECK(unit["version"] == "3.3.0");
    CHECK(unit["runner"] == runner);
    CHECK(unit["launch"] == json(launch));
    Ran run = shop.migrate({"run"});
    CHECK_MESSAGE(run.status == 0, all_of(run));
    Ran status = shop.migrate({"status", "--native"});
    CHECK_MESSAGE(status.status == 0, all_of(status));
    CHECK(says(status, "current"));
    Ran back = shop.migrate({"rollback", "--yes", "-u", "api"});
    CHECK_MESSAGE(back.status == 0, all_of(back));
    CHECK(says(shop.migrate({"status"}), "pending        1"));
}

}  // namespace

TEST_CASE("npm: the binary at the top of the workspace is started") {
    goes_up_and_back("npm", "npm", {"../../node_modules/.bin/knex"});
}
TEST_CASE("pnpm: the binary of the package itself is started") {
    goes_up_and_back("pnpm", "pnpm", {"node_modules/.bin/knex"});
}
TEST_CASE("Yarn 1: the binary of the package itself is started") {
    goes_up_and_back("yarn1", "yarn", {"node_modules/.bin/knex"});
}
TEST_CASE("Yarn 4 with Plug'n'Play: its own run is what starts the binary") {
    goes_up_and_back("berry", "yarn", {"yarn", "run", "-B", "knex"});
}
TEST_CASE("bun: the binary of the package itself is started") {
    goes_up_and_back("bun", "bun", {"node_modules/.bin/knex"});
}

TEST_CASE("where nothing is installed nothing is run or downloaded, by no package manager") {
    for (std::string manager : {"npm", "pnpm", "yarn1", "berry", "bun"}) {
        CAPTURE(manager);
        Workspace shop(manager);
        for (const auto* installed :
             {"node_modules", "packages/api/node_modules", ".pnp.cjs", ".pnp.loader.mjs", ".yarn"})
            shop.tree.remove(installed);
        // Whoever would download stands first on PATH, and says that it was called.
        for (std::string program : {"npx", "npm", "pnpm", "pnpx", "yarn", "bun", "bunx", "corepack"}) {
            const std::string path = "called/" + program;
            shop.tree.write(path, "#!/bin/sh\necho $0 >> \"" + shop.tree.path("calls").string() + "\"\n");
            shop.tree.executable(path);
        }
        shop.first_on_path(shop.tree.path("called"));
        Ran run = shop.migrate({"run", "-u", "api"});
        CHECK_MESSAGE(run.status == 5, all_of(run));
        CHECK_MESSAGE(says(run, "tool.missing"), all_of(run));
        CHECK_FALSE(shop.tree.exists("calls"));
        CHECK_FALSE(shop.tree.exists("packages/api/dev.sqlite3"));
        CHECK_FALSE(shop.tree.exists("node_modules"));
    }
}
