// What Knex, TypeORM, sequelize-cli and migrate-mongo say of their own state, beside what their tables hold.
// Where they differ stands in docs/adapters/.
#include "tests/e2e/node/mongo_server.hpp"
#include "tests/e2e/node/shops.hpp"
#include "tests/support/states.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

States states(const NodeProject& project) {
    return states_of([&](std::vector<std::string> words) { return project.migrate(std::move(words)); });
}

States same(const std::string& state) {
    return {state, state, "nothing"};
}

/// Another database of the same server, which nobody has made.
std::string missing(const Shop& shop) {
    Server& server = shop.kind.engine == Engine::postgresql ? static_cast<Server&>(PostgresServer::shared())
                                                            : static_cast<Server&>(MariaDbServer::shared());
    Connection connection = shop.database;
    connection.database += "_typo";
    return server.url(connection);
}

/// What all of them agree with us about.
void agrees_on_the_way(Shop& shop) {
    const bool file = shop.kind.engine == Engine::sqlite;  // which is the database, and is not there yet
    const std::string url = shop.environment["DATABASE_URL"];
    if (!file) shop.environment["DATABASE_URL"] = missing(shop);
    CHECK(states(shop) == States{"uninitialised", "target.missing", "nothing"});
    shop.environment["DATABASE_URL"] = url;
    if (file) shop.tree.write("dev.sqlite3", "");
    CHECK(states(shop) == States{"uninitialised", "pending", "database"});  // it has made its tables
    CHECK(states(shop) == same("pending"));
    shop.must({"run"});
    CHECK(has_table(shop.database, "posts"));
    CHECK(states(shop) == same("current"));
    shop.must({"rollback", "--yes"});
    CHECK(states(shop) == same("pending"));
    shop.must({"run"});
    shop.makes(2, "late");
    CHECK(states(shop) == same("pending"));
    shop.tree.remove(shop.file(2, "late"));
    const std::string some_file = shop.file(1, "users"), before = shop.tree.read(some_file);
    shop.tree.write(some_file, before + "// edited\n");
    CHECK(states(shop) == same("current"));  // neither can know
    shop.tree.write(some_file, before);
    shop.does(4, "bad", "await sql('SELECT nonsense');");
    CHECK(shop.migrate({"run"}).status == 1);
    CHECK(states(shop) == same("pending"));  // a failure leaves no row
    shop.tree.remove(shop.file(4, "bad"));
}

}  // namespace

TEST_CASE("knex: status --native makes its tables, and then agrees but for files that are gone") {
    for (const Kind& kind : every_kind_of("knex")) {
        CAPTURE(kind);
        Shop shop(kind, HistoryTable::named);
        agrees_on_the_way(shop);
        shop.tree.remove(shop.file(3, "posts"));
        CHECK(states(shop) == States{"diverged", "tool.failed", "nothing"});  // "directory is corrupt"
        shop.makes(2, "branch");
        CHECK(states(shop) == States{"diverged", "tool.failed", "nothing"});
    }
}

TEST_CASE("typeorm: status --native makes its table, and then agrees but for classes that are gone") {
    for (const Kind& kind : every_kind_of("typeorm")) {
        CAPTURE(kind);
        Shop shop(kind, HistoryTable::named);
        agrees_on_the_way(shop);

        // Its words go through the data source's logger: a file is no answer.
        const std::string config = shop.config(), before = shop.tree.read(config);
        std::string logs = before;
        logs.replace(logs.find("entities: []"), 12, "entities: [], logger: 'file', logging: true");
        shop.tree.write(config, logs);
        CHECK(states(shop) == States{"current", "tool.failed", "nothing"});
        shop.tree.write(config, before);

        shop.tree.remove(shop.file(3, "posts"));
        CHECK(states(shop) == States{"diverged", "current", "nothing"});  // rows without a class are hidden
        shop.makes(2, "branch");
        CHECK(states(shop) == States{"diverged", "pending", "nothing"});
    }
}

TEST_CASE("sequelize: status --native makes its table, and then agrees in everything") {
    for (const Kind& kind : every_kind_of("sequelize")) {
        CAPTURE(kind);
        Shop shop(kind, HistoryTable::named);
        agrees_on_the_way(shop);
        shop.tree.remove(shop.file(3, "posts"));
        CHECK(states(shop) == same("diverged"));
        shop.makes(2, "branch");
        CHECK(states(shop) == same("diverged"));
    }
}

TEST_CASE("migrate-mongo: status --native only reads, and is silent about rows without a file") {
    for (std::string version : {"11", "12", "14"}) {
        CAPTURE(version);
        auto file = [](const std::string& name) {
            return "module.exports = { async up(db) { await db.collection('" + name +
                   "').insertOne({ a: 1 }); }, async down(db) { await db.collection('" + name +
                   "').drop(); } };\n";
        };
        auto config = [](const std::string& hash) {
            return "module.exports = { mongodb: { url: process.env.DATABASE_URL, options: {} }, "
                   "migrationsDir: "
                   "'migrations', changelogCollectionName: 'changes', migrationFileExtension: '.js', "
                   "useFileHash: " +
                   hash + ", moduleSystem: 'commonjs' };\n";
        };
        NodeProject project("migrate-mongo-" + version, MongoServer::shared().fresh_database(),
                            {{"migrate-mongo-config.js", config("true")},
                             {"migrations/20240101000000-users.js", file("users")},
                             {"migrations/20240103000000-posts.js", file("posts")}});
        CHECK(states(project) == States{"uninitialised", "pending", "nothing"});
        project.must({"run"});
        CHECK(states(project) == same("current"));
        const std::string before = project.tree.read("migrations/20240101000000-users.js");
        project.tree.write("migrations/20240101000000-users.js", before + "// edited\n");
        CHECK(states(project) == States{"edited", "pending", "nothing"});  // and would run again
        project.tree.write("migrate-mongo-config.js", config("false"));
        CHECK(states(project) == same("current"));
        project.tree.write("migrations/20240102000000-late.js", file("late"));
        CHECK(states(project) == same("pending"));
        project.tree.remove("migrations/20240103000000-posts.js");
        CHECK(states(project) == States{"diverged", "pending", "nothing"});
        project.tree.remove("migrations/20240102000000-late.js");
        CHECK(states(project) == States{"diverged", "current", "nothing"});
    }
}

TEST_CASE("status of Knex, TypeORM and sequelize-cli makes nothing; --native is judged as a change") {
    for (const Kind& kind : every_kind()) {
        if (kind.engine != Engine::postgresql) continue;
        CAPTURE(kind);
        const std::string table = kind.is("knex")      ? "knex_migrations"
                                  : kind.is("typeorm") ? "migrations"
                                                       : "SequelizeMeta";
        static int n = 0;
        Shop shop(kind, on(PostgresServer::shared(), "status_prod_" + std::to_string(++n)));
        CHECK(says(shop.must({"status"}), "uninitialised"));
        CHECK_FALSE(has_table(shop.database, table));
        Ran refused = shop.migrate({"status", "--native", "--yes"});
        CHECK_MESSAGE(refused.status == 4, all_of(refused));
        CHECK_FALSE(has_table(shop.database, table));
        CHECK(says(shop.must({"log"}), "refused"));
    }
}
