// migrate-mongo 11, 12 and 14, the real tool through the real binary, on FerretDB: a server of its own that
// speaks MongoDB's protocol. No real MongoDB server was tried.
#include "tests/e2e/node/mongo_server.hpp"
#include "tests/e2e/node/project.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

/// 13 is in no registry.
constexpr const char* kVersions[] = {"11", "12", "14"};
constexpr const char* kBad = "migrations/20240103000000-bad.js";

std::string config(const std::string& more = "") {
    return "module.exports = {\n  mongodb: { url: process.env.DATABASE_URL, options: { "
           "serverSelectionTimeoutMS: "
           "1500 } },\n  migrationsDir: 'migrations',\n  changelogCollectionName: 'changelog',\n"
           "  lockCollectionName: 'changelog_lock',\n  lockTtl: 0,\n  migrationFileExtension: '.js',\n"
           "  useFileHash: false,\n  moduleSystem: 'commonjs',\n" +
           more + "};\n";
}

std::string migration(const std::string& collection) {
    return "module.exports = {\n  async up(db) {\n    await db.collection('" + collection +
           "').insertOne({ name: 'ada' });\n  },\n  async down(db) {\n    await db.collection('" +
           collection + "').drop();\n  },\n};\n";
}

struct Shop : NodeProject {
    explicit Shop(const std::string& version)
        : NodeProject("migrate-mongo-" + version, MongoServer::shared().fresh_database(),
                      {{"migrate-mongo-config.js", config()},
                       {"migrations/20240101000000-users.js", migration("users")},
                       {"migrations/20240102000000-posts.js", migration("posts")}}) {}

    /// How many documents a collection holds, asked with the project's own driver.
    std::string count(const std::string& collection) const {
        return start(
                   {"node", "-e",
                    "const { MongoClient } = require('mongodb'); (async () => { const c = await "
                    "MongoClient.connect(process.env.DATABASE_URL); process.stdout.write(String((await "
                    "c.db().collection(process.argv[1]).find({}).toArray()).length)); await c.close(); })();",
                    collection})
            .out;
    }

    void insert(const std::string& collection, const std::string& document) const {
        REQUIRE(start({"node", "-e",
                       "const { MongoClient } = require('mongodb'); (async () => { const c = await "
                       "MongoClient.connect(process.env.DATABASE_URL); await "
                       "c.db().collection(process.argv[1]).insertOne(" +
                           document + "); await c.close(); })();",
                       collection})
                    .status == 0);
    }
};

}  // namespace

TEST_CASE("migrate-mongo goes up, back and up again") {
    for (std::string version : kVersions) {
        CAPTURE(version);
        Shop project(version);
        Ran status = project.must({"status"});
        CHECK_MESSAGE(says(status, "uninitialised"), all_of(status));
        CHECK(project.count("changelog") == "0");
        Ran written = project.must({"generate", "add email"});
        CHECK_MESSAGE(says(written, "wrote    migrations/"), all_of(written));
        CHECK(says(project.must({"plan", "run"}), "apply 3 migrations"));
        CHECK(project.count("users") == "0");

        project.must({"run"});
        CHECK(project.count("users") == "1");
        Ran current = project.must({"status", "--json"});
        CHECK_MESSAGE(says(current, "\"source\": \"probe\""), all_of(current));
        CHECK(says(project.must({"status"}), "current"));
        CHECK(says(project.must({"history"}), "20240102000000-posts.js"));

        project.must({"rollback", "--steps", "2", "--yes"});
        CHECK(project.count("posts") == "0");
        CHECK(project.count("users") == "1");
        CHECK(says(project.must({"status"}), "pending        2"));
        project.must({"run"});
        CHECK(project.count("posts") == "1");
        CHECK(says(project.must({"run"}), "nothing to do"));
        project.must({"redo", "--yes"});
        CHECK(says(project.must({"status"}), "current"));
    }
}

TEST_CASE("migrate-mongo: one start of the project's Node reads the changelog for the whole of a command") {
    for (std::string version : kVersions) {
        CAPTURE(version);
        Shop project(version);
        const std::string loaded = "require('fs').appendFileSync('loads', 'x');\n";
        project.tree.write("migrate-mongo-config.js", loaded + config());
        auto loads = [&](const std::vector<std::string>& words) {
            project.tree.write("loads", "");
            project.must(words);
            return project.tree.read("loads");
        };
        CHECK(loads({"status"}) == "x");
        CHECK(loads({"run"}) == "xx");  // and the tool itself
        CHECK(loads({"run"}) == "x");
        CHECK(loads({"status", "--native"}) == "x");
        CHECK(loads({"rollback", "--steps", "2", "--yes"}) == "xxx");  // the tool twice
        // Where only running it tells which database is meant, that is asked first, without a connection.
        project.tree.write("migrate-mongo-config.js",
                           loaded + "const url = () => process.env.DATABASE_URL;\n" +
                               std::string(config()).replace(config().find("process.env"), 24, "url()"));
        CHECK(loads({"run"}) == "xxx");
    }
}

TEST_CASE("migrate-mongo: the last block goes back as one since 12.1") {
    for (std::string version : {"12", "14"}) {
        CAPTURE(version);
        Shop project(version);
        project.must({"run"});
        project.must({"rollback", "--batch", "--yes"});
        CHECK(project.count("users") == "0");
        CHECK(says(project.must({"status"}), "pending        2"));
    }
}

TEST_CASE("migrate-mongo: a failing migration is named, and what was before it is applied") {
    for (std::string version : kVersions) {
        CAPTURE(version);
        Shop project(version);
        project.tree.write(
            kBad,
            "module.exports = {\n  async up(db) {\n    await "
            "db.collection('half').insertOne({ a: 1 });\n    throw new Error('no such luck');\n  },\n"
            "  async down() {},\n};\n");
        Ran ran = project.migrate({"run"});
        CHECK(ran.status == 1);
        CHECK_MESSAGE(says(ran, "20240103000000-bad.js:4: no such luck (tool.failed)"), all_of(ran));
        CHECK(says(ran, "applied  20240102000000-posts.js"));
        CHECK(says(ran, "left     20240103000000-bad.js"));
    }
}

TEST_CASE("migrate-mongo: a migration that ends the process with 0 is no success") {
    for (std::string version : kVersions) {
        CAPTURE(version);
        Shop project(version);
        project.must({"run"});
        project.tree.write(kBad, "module.exports = { async up() { process.exit(0); }, async down() {} };\n");
        Ran ran = project.migrate({"run"});
        CHECK(ran.status == 1);
        CHECK_MESSAGE(says(ran, "run.unverified"), all_of(ran));
        CHECK(says(ran, "not recorded: 20240103000000-bad.js"));
    }
}

TEST_CASE("migrate-mongo: a row whose file is gone is seen, and nothing older is reverted in its place") {
    for (std::string version : kVersions) {
        CAPTURE(version);
        Shop project(version);
        project.must({"run"});
        project.tree.remove("migrations/20240102000000-posts.js");
        Ran status = project.must({"status"});
        CHECK_MESSAGE(says(status, "diverged"), all_of(status));
        Ran back = project.migrate({"rollback", "--yes"});
        CHECK(back.status == 2);
        CHECK_MESSAGE(says(back, "20240102000000-posts.js (migration.missing)"), all_of(back));
        CHECK(project.count("users") == "1");
        // What the tool itself would have done: reverted the older one, and ended with 0.
        CHECK(project.start({"migrate-mongo", "down"}).status == 0);
        CHECK(project.count("users") == "0");
    }
}

TEST_CASE("migrate-mongo: a lock that was left behind is named and freed") {
    for (std::string version : {"12", "14"}) {
        CAPTURE(version);
        Shop project(version);
        // Without lockTtl the lock is on and never expires; FerretDB has no index that would end it, and
        // refuses one whose time is null, which is how the driver says "undefined" unless told otherwise.
        project.tree.write(
            "migrate-mongo-config.js",
            config("  lockTtl: undefined,\n  mongodb: { url: process.env.DATABASE_URL, options: { "
                   "ignoreUndefined: true } },\n"));
        project.must({"baseline", "--to", "20240101000000-users.js", "--yes"});
        project.insert("changelog_lock", "{ createdAt: new Date() }");
        Ran ran = project.migrate({"run"});
        CHECK_MESSAGE(ran.status == 6, all_of(ran));
        CHECK(says(ran, "migrate-mongo's own lock is in place (target.busy)"));
        const Ran doctor = project.migrate({"doctor"});
        CHECK_MESSAGE(says(doctor, "migrate-mongo's own lock is taken"), all_of(doctor));
        CHECK_MESSAGE(says(doctor, "migrate resolve --unlock -u "), all_of(doctor));
        project.must({"resolve", "--unlock", "--yes"});
        CHECK_FALSE(says(project.migrate({"doctor"}), "lock is taken"));
        CHECK(project.count("changelog_lock") == "0");
    }
}

TEST_CASE("migrate-mongo: a database that was made before there were migrations is adopted") {
    for (std::string version : kVersions) {
        CAPTURE(version);
        Shop project(version);
        project.must({"baseline", "--yes"});
        CHECK(says(project.must({"status"}), "current"));
        CHECK(project.count("users") == "0");
        project.must({"resolve", "--rolled-back", "20240102000000-posts.js", "--yes"});
        CHECK(says(project.must({"status"}), "pending        1"));
    }
}

TEST_CASE("migrate-mongo: an edited file, a database that nobody answers for, production") {
    for (std::string version : kVersions) {
        CAPTURE(version);
        Shop project(version);
        says_edits_are_unknown(project, "migrations/20240101000000-users.js");
        const std::string url = project.environment["DATABASE_URL"];
        says_unreachable(project, "mongodb://app:hidden-word@127.0.0.1:1/shop");
        project.environment["DATABASE_URL"] = url + "_prod";
        for (std::vector<std::string> words :
             {std::vector<std::string>{"run", "--yes"}, {"reset", "--yes"}}) {
            Ran ran = project.migrate(words);
            CHECK_MESSAGE(ran.status == 4, words.front() << " " << all_of(ran));
            CHECK(project.count("users") == "0");
        }
    }
}
