// A migration of migrate-mongo that fails in its middle, on FerretDB.
#include <nlohmann/json.hpp>

#include "tests/e2e/node/mongo_server.hpp"
#include "tests/e2e/node/project.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

std::string migration(const std::string& second) {
    return "module.exports = {\n  async up(db) {\n    await db.collection('half').updateOne({ a: 1 }, { "
           "$set: { b: "
           "1 } }, { upsert: true });\n    " +
           second + "\n  },\n  async down(db) {},\n};\n";
}

}  // namespace

TEST_CASE("migrate-mongo: what a migration that failed in its middle did is said to be unknown, not absent") {
    const std::string file = "20240109000000-half.js";
    NodeProject project(
        "migrate-mongo-14", MongoServer::shared().fresh_database(),
        {{"migrate-mongo-config.js",
          "module.exports = {\n  mongodb: { url: process.env.DATABASE_URL },\n  migrationsDir: "
          "'migrations',\n  changelogCollectionName: 'changelog',\n  lockCollectionName: "
          "'changelog_lock',\n  lockTtl: 0,\n  migrationFileExtension: '.js',\n  useFileHash: "
          "false,\n  moduleSystem: 'commonjs',\n};\n"},
         {"migrations/" + file, migration("throw new Error('no such luck');")}});
    CHECK(project.migrate({"run"}).status == 1);
    const Ran status = project.must({"status"});
    CHECK_MESSAGE(says(status, file + " is pending, and a part of it may be there"), all_of(status));
    const auto document = json_of(project.must({"resolve", "--json"}));
    const auto half = document["units"][0]["targets"][0]["half_done"];
    REQUIRE_MESSAGE(half.size() == 1, document.dump(1));
    CHECK(half[0].contains("unknown"));
    CHECK(half[0]["outcome"] == "failed");
    const Ran resolve = project.must({"resolve"});
    CHECK_MESSAGE(says(resolve, "its statements are not known"), all_of(resolve));
    CHECK_MESSAGE(says(resolve, "next: migrate run -u "), all_of(resolve));
    const Ran undo = project.migrate({"resolve", "--undo", file, "--yes", "-u", ".:migrate-mongo"});
    CHECK_MESSAGE(undo.status == 2, all_of(undo));
    project.tree.write("migrations/" + file, migration(""));
    project.must({"run"});
    const Ran current = project.must({"status"});
    CHECK_MESSAGE(says(current, "current"), all_of(current));
    CHECK_FALSE(says(current, "half done"));
}
