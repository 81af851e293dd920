// What Knex, TypeORM, sequelize-cli and migrate-mongo do by themselves: each line of their own that our
// tables, plans and refusals rest on. A new version that behaves otherwise fails here.
#include <filesystem>

#include "tests/e2e/node/mongo_server.hpp"
#include "tests/e2e/node/shops.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

using Words = std::vector<std::string>;

/// The tool itself, in a project.
struct Own {
    const NodeProject& project;
    std::string program;

    /// It ends with this status and prints these words on one of its streams.
    Ran operator()(Words arguments, int status, std::string_view words = "") const {
        std::string line = program;
        for (const auto& word : arguments) line += " " + word;
        arguments.insert(arguments.begin(), program);
        Ran ran = project.start(std::move(arguments));
        CHECK_MESSAGE(ran.status == status, line << ": " << all_of(ran));
        CHECK_MESSAGE(says(ran, words), line << " does not say \"" << words << "\": " << all_of(ran));
        return ran;
    }
};

std::size_t files_in(const NodeProject& project, const std::string& directory) {
    namespace fs = std::filesystem;
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(project.tree.path(directory)), {}));
}

/// Knex's own lock was left behind: it is named, and freed by the line that is named with it.
void is_locked_until_told(const Shop& shop, const Words& words) {
    Ran busy = shop.migrate(words);
    CHECK_MESSAGE(busy.status == 6, all_of(busy));
    CHECK_MESSAGE(says(busy, "migrate resolve --unlock -u .:knex"), all_of(busy));
    shop.must({"resolve", "--unlock", "--yes"});
}

}  // namespace

TEST_CASE("knex itself: statuses, words, and what it passes over") {
    for (std::string tool : {"knex-2", "knex-3"}) {
        CAPTURE(tool);
        const bool three = tool == "knex-3";
        Shop shop({tool, Engine::sqlite});
        const Own knex{shop, "knex"};
        const std::string users = shop.id(1, "users"), posts = shop.id(3, "posts");
        knex({"migrate:list"}, 0, "Found 2 Pending Migration file/files.");
        CHECK(has_table(shop.database, "knex_migrations_lock"));  // asking has made its tables
        knex({"migrate:up", "20240101000000_users"}, 1, "not found");
        knex({"migrate:latest", "--disable-transactions"}, three ? 0 : 1,
             three ? "Batch 1" : "unknown option");
        knex({"migrate:latest", "extra", "words"}, 0,
             three ? "Already up to date" : "Batch 1 run: 2 migrations");
        knex({"migrate:latest"}, 0, "Already up to date");
        knex({"migrate:list"}, 0, "No Pending Migration files Found.");
        knex({"migrate:to", posts}, three ? 0 : 1);
        knex({"migrate:before", posts}, three ? 0 : 1);
        knex({"migrate:sideways"}, 1);
        knex({"migrate:latest", "--sideways"}, 1, "unknown option");

        // Down goes wherever it is told, rollback by batch.
        knex({"migrate:down", users}, 0, "Batch 1 rolled back");
        CHECK(has_table(shop.database, "posts"));
        CHECK_FALSE(has_table(shop.database, "users"));
        knex({"migrate:latest"}, 0, "Batch 2 run: 1 migrations");
        knex({"migrate:rollback"}, 0, "Batch 2 rolled back: 1 migrations");
        knex({"migrate:latest"}, 0);
        knex({"migrate:rollback", "--all"}, 0, "rolled back");
        CHECK_FALSE(has_table(shop.database, "posts"));
        knex({"migrate:rollback"}, 0, "Already at the base migration");
        knex({"migrate:latest"}, 0, "Batch 1 run: 2 migrations");

        knex({"seed:run"}, 0, "Ran 1 seed files");
        knex({"seed:make", "users"}, 0);  // over the one that was there
        CHECK(says(shop.tree.read("seeds/users.js"), "del()"));
        knex({"seed:run"}, 1);
        shop.tree.remove("seeds/users.js");
        knex({"seed:run"}, 0, "No seed files exist");

        knex({"migrate:make", "a/b"}, 1, "ENOENT");
        Ran later = knex({"migrate:make", "later", "--env", "nowhere"}, 0, "Created Migration: ");
        const std::string made = later.out.substr(later.out.rfind("migrations/"));
        shop.tree.remove(made.substr(0, made.find_last_not_of(" \n") + 1));
        knex({"migrate:make", "later", "-x", "mjs"}, 0, "Created Migration");
        knex({"migrate:list"}, 0,
             "No Pending Migration files Found.");  // what it has written it does not load

        // A file that is not there, an environment that is not there, a connection of another kind.
        knex({"migrate:list", "--knexfile", "missing.js"}, 0, "Found 2 Completed");
        knex({"migrate:list", "--env", "nowhere"}, 1, "client");
        // The connection is another one, the client stays: with most drivers that is a database in memory.
        knex({"migrate:list", "--connection", "postgresql://app@127.0.0.1:1/shop"}, 1,
             "Could not find `connection.filename`");
        const std::string knexfile = shop.tree.read("knexfile.js");
        shop.tree.write("knexfile.js",
                        "module.exports = { client: 'better-sqlite3', useNullAsDefault: true, "
                        "connection: { filename: './dev.sqlite3' } };\n");
        knex({"migrate:list", "--env", "nowhere"}, 0, "Found 2 Completed");
        shop.tree.write("knexfile.js", "module.exports = {\n");
        knex({"migrate:list"}, 1);
        shop.tree.write("knexfile.js", knexfile);

        execute(shop.database, {"INSERT INTO knex_migrations_lock (is_locked) VALUES (0)"});
        shop.makes(4, "more");
        knex({"migrate:latest"}, 1, "already locked");  // two rows, both free
        knex({"migrate:unlock"}, 0, "Succesfully unlocked");
        CHECK(count(shop.database, "knex_migrations_lock") == "1");
        execute(shop.database, {"UPDATE knex_migrations_lock SET is_locked = 1"});
        knex({"migrate:latest"}, 1, "MigrationLocked");
        knex({"migrate:unlock"}, 0);
        knex({"migrate:latest"}, 0, "Batch 2 run: 1 migrations");

        // Compiled to another ending it is another migration.
        shop.tree.write("migrations/20240104000000_more.cjs", shop.tree.read(shop.file(4, "more")));
        shop.tree.remove(shop.file(4, "more"));
        for (const char* verb : {"migrate:list", "migrate:latest", "migrate:rollback", "migrate:down"})
            knex({verb}, 1, "The migration directory is corrupt");
    }
}

TEST_CASE("knex: a run that is killed leaves its lock where the database has no transaction for it") {
    for (const Kind& kind : every_kind_of("knex")) {
        CAPTURE(kind);
        Shop shop(kind);
        shop.must({"run"});
        shop.does(4, "killed",
                  "await sql('CREATE TABLE half (id int)'); process.kill(process.pid, 'SIGKILL');");
        Ran killed = shop.migrate({"run"});
        CHECK_MESSAGE(killed.status == 1, all_of(killed));
        CHECK_MESSAGE(says(killed, "left     " + shop.id(4, "killed")), all_of(killed));
        shop.makes(4, "killed");
        if (kind.engine == Engine::mariadb) is_locked_until_told(shop, {"run"});
        shop.must({"run"});
        if (kind.engine != Engine::postgresql) continue;
        shop.tree.write(shop.file(5, "back"),
                        "exports.up = async () => {};\n"
                        "exports.down = async () => process.kill(process.pid, 'SIGKILL');\n");
        shop.must({"run"});
        CHECK(shop.migrate({"rollback", "--yes"}).status == 1);
        is_locked_until_told(shop, {"rollback", "--yes"});
    }
}

TEST_CASE("sequelize-cli itself: statuses, words, and what it passes over") {
    Shop shop({"sequelize-6", Engine::postgresql});
    const Own sequelize{shop, "sequelize"};
    const std::string meta = "\"SequelizeMeta\"", users = shop.id(1, "users"), posts = shop.id(3, "posts");
    constexpr const char* kNothing = "database schema was already up to date";
    sequelize({"db:migrate", "--to", "20240101000000-user.js"}, 0, kNothing);  // mistyped
    CHECK_FALSE(has_table(shop.database, "users"));
    sequelize({"db:migrate", "--to", users}, 0, "migrated");
    CHECK_FALSE(has_table(shop.database, "posts"));
    sequelize({"db:migrate:status"}, 0, "down " + posts);
    sequelize({"db:migrate", "--name", "nowhere.js"}, 1, "Unable to find migration: nowhere.js");
    sequelize({"db:migrate"}, 0, "migrated");
    sequelize({"db:migrate"}, 0, kNothing);

    sequelize({"db:migrate:undo"}, 0, "20240103000000-posts: reverted");
    sequelize({"db:migrate:undo", "--name", "20240101"}, 0, "20240101000000-users: reverted");  // a beginning
    sequelize({"db:migrate:undo"}, 0, "No executed migrations found.");
    sequelize({"db:migrate"}, 0);
    sequelize({"db:migrate:undo:all", "--to", ""}, 0);
    CHECK_FALSE(has_table(shop.database, "users"));  // an empty --to is everything
    sequelize({"db:migrate"}, 0);

    sequelize({"db:seed:all"}, 0);
    sequelize({"db:seed:all"}, 0);
    CHECK(count(shop.database, "users") == "4");
    sequelize({"db:seed:undo:all"}, 0);
    CHECK(count(shop.database, "users") == "0");

    // The whole configuration is passed over with --url, the history's name with it.
    const std::string config = shop.tree.read("config/config.json");
    shop.tree.write("config/config.json",
                    R"({ "development": { "use_env_variable": "DATABASE_URL", "dialect": "postgres",
  "migrationStorageTableName": "changes" } })");
    sequelize({"db:migrate:status"}, 0, "down " + users);
    sequelize({"db:migrate:status", "--url", shop.environment["DATABASE_URL"]}, 0, "up " + users);
    shop.tree.write("config/config.json", config);

    shop.tree.write("migrations/below/20240105000000-below.js", shop.tree.read(shop.file(1, "users")));
    CHECK_FALSE(says(sequelize({"db:migrate:status"}, 0), "below"));
    const std::string before = shop.tree.read(shop.file(3, "posts"));
    shop.tree.remove(shop.file(3, "posts"));
    sequelize({"db:migrate:status"}, 0, "up " + posts);  // a row without a file
    sequelize({"db:migrate:undo"}, 1, "Unable to find migration: " + posts);
    shop.tree.write(shop.file(3, "posts"), before);

    shop.tree.remove("migrations/below");
    // With postgresql:// the scheme is taken for the dialect, which these two then do not know.
    const std::string url = shop.environment["DATABASE_URL"];
    sequelize({"db:create"}, 1, "does not support db:create");
    shop.environment["DATABASE_URL"] = "postgres" + url.substr(url.find(':'));
    sequelize({"db:create"}, 1, "already exists");
    sequelize({"db:migrate:schema:timestamps:add"}, 0);
    CHECK(has_table(shop.database, "SequelizeMetaBackup"));
    CHECK(says(shop.must({"status"}), "current"));
    sequelize({"db:migrate", "--env", "nowhere"}, 1, "Dialect needs to be explicitly supplied");
    shop.environment.erase("DATABASE_URL");
    sequelize({"db:migrate"}, 1, "Error parsing url: undefined");
    shop.environment["DATABASE_URL"] = "postgres" + url.substr(url.find(':'));
    sequelize({"init", "--force"}, 0);
    CHECK(says(shop.tree.read("config/config.json"), "database_development"));
    CHECK(files_in(shop, "migrations") == 0);  // it has deleted them
    shop.tree.write("models/user.js", "");
    shop.tree.write("seeders/user.js", "");
    sequelize({"init:models", "--force"}, 0, "Deleting the models folder");
    sequelize({"init:seeders", "--force"}, 0, "Deleting the seeders folder");
    CHECK_FALSE(shop.tree.exists("models/user.js"));
    CHECK_FALSE(shop.tree.exists("seeders/user.js"));
    shop.tree.write("config/config.json", config);
    sequelize({"db:drop"}, 0, "dropped");  // no question
    sequelize({"db:drop"}, 0);
    shop.tree.remove("config/config.json");
    sequelize({"db:migrate"}, 1, "Have you run \"sequelize init\"?");
}

TEST_CASE("sequelize: a promise that never settles lets the tool end with 0, once its connections are idle") {
    Shop shop({"sequelize-6", Engine::postgresql});
    shop.must({"run"});
    shop.does(4, "never", "await new Promise(() => {});");
    CHECK(shop.start({"sequelize", "db:migrate"}).status == 0);
    Ran ran = shop.migrate({"run"});
    CHECK(ran.status == 1);
    CHECK_MESSAGE(says(ran, "run.unverified"), all_of(ran));
}

TEST_CASE("typeorm itself: statuses, words, and what it passes over") {
    for (std::string tool : {"typeorm-0.2", "typeorm-0.3", "typeorm-1"}) {
        CAPTURE(tool);
        const bool old = tool == "typeorm-0.2";
        Shop shop({tool, Engine::postgresql});
        const Own own{shop, "typeorm"};
        const std::string config = old ? "ormconfig.js" : "data-source.js";
        auto typeorm = [&](Words words, int status, std::string_view said = "") {
            if (!old) words.insert(words.end(), {"-d", config});
            return own(std::move(words), status, said);
        };
        typeorm({"migration:show"}, 0, "[ ] Users1704067200000");
        CHECK(has_table(shop.database, "migrations"));
        typeorm({"migration:revert"}, 0);
        typeorm({"migration:run"}, 0, "executed successfully");
        typeorm({"migration:run"}, 0, "No migrations are pending");
        typeorm({"migration:sideways"}, 1);
        typeorm({"migration:show", "--sideways"}, 1);

        // -f is a file in 0.2 and --fake since 0.3.8: the row goes, the table stays.
        if (!old) {
            typeorm({"migration:revert", "-f"}, 0);
            CHECK(has_table(shop.database, "posts"));
            CHECK(count(shop.database, "migrations") == "1");
            typeorm({"migration:run", "--fake"}, 0);
            CHECK(count(shop.database, "migrations") == "2");
            Ran missing = own({"schema:log", "-d", "missing.js"}, 1);
            CHECK_MESSAGE((missing.out + missing.err).size() < 400, all_of(missing));
            own({"migration:generate", "migrations/Nothing", "-d", config}, 1,
                "No changes in database schema");
            own({"migration:generate", "migrations/Nothing", "-d", config, "--check"}, 0);
        } else {
            own({"migration:show", "-f", "nowhere"}, 1, "No connection options were found");
            own({"migration:show", "-c", "nowhere"}, 1, "Cannot find connection nowhere");
            own({"migration:generate", "-n", "Nothing"}, 1, "No changes in database schema");
            own({"migration:generate", "-n", "Nothing", "--check"}, 0);
        }
        typeorm({"schema:log"}, 0);

        // A late file is applied, and is then the first to be reverted.
        shop.makes(2, "late");
        typeorm({"migration:run"}, 0, "Late1704153600000");
        typeorm({"migration:revert"}, 0, "Late1704153600000 has been reverted");
        shop.tree.remove(shop.file(2, "late"));
        shop.tree.remove(shop.file(3, "posts"));
        CHECK_FALSE(says(typeorm({"migration:show"}, 0), "Posts"));
        typeorm({"migration:revert"}, 1, "was found in the source code");
    }
}

TEST_CASE("typeorm-ts-node-esm itself ends with 0 where its child was killed, and that is no success") {
    for (std::string tool : {"typeorm-0.3", "typeorm-1"}) {
        CAPTURE(tool);
        const Place place = on_postgresql();
        NodeProject shop(
            tool, place.url,
            {{"data-source.ts",
              "import { DataSource } from 'typeorm';\nexport default new DataSource({ type: "
              "'postgres', url: process.env.DATABASE_URL, migrations: ['migrations/*.js'] });\n"},
             {"tsconfig.json",
              R"({ "compilerOptions": { "module": "nodenext", "target": "es2022", "strict": false } })"},
             {"migrations/1704067200000-Killed.js",
              "export class Killed1704067200000 {\n  async up() { process.kill(process.pid, "
              "'SIGKILL'); }\n  async down() {}\n}\n"}});
        std::string manifest = shop.tree.read("package.json");
        shop.tree.write("package.json", manifest.insert(1, "\n  \"type\": \"module\","));
        shop.environment["TS_NODE_TRANSPILE_ONLY"] = "true";
        const Own esm{shop, "typeorm-ts-node-esm"};
        esm({"migration:run", "-d", "data-source.ts"}, 0);
        CHECK(count(place.connection, "migrations") == "0");
        Ran ran = shop.migrate({"run"});
        CHECK_MESSAGE(ran.status == 1, all_of(ran));
        CHECK_MESSAGE(says(ran, "left     Killed1704067200000"), all_of(ran));
    }
}

TEST_CASE("migrate-mongo itself: statuses, words, and what it passes over") {
    for (std::string version : {"11", "12", "14"}) {
        CAPTURE(version);
        auto file = [](const std::string& name) {
            return "module.exports = { async up(db) { await db.collection('" + name +
                   "').insertOne({ a: 1 }); }, async down(db) { await db.collection('" + name +
                   "').drop(); } };\n";
        };
        auto config = [](const std::string& url, const std::string& collection) {
            return "module.exports = { mongodb: { url: " + url +
                   ", options: { serverSelectionTimeoutMS: 1500 } }, migrationsDir: 'migrations', " +
                   collection + " migrationFileExtension: '.js', moduleSystem: 'commonjs' };\n";
        };
        const std::string usual = config("process.env.DATABASE_URL", "changelogCollectionName: 'changelog',");
        NodeProject shop("migrate-mongo-" + version, MongoServer::shared().fresh_database(),
                         {{"migrate-mongo-config.js", usual},
                          {"migrations/20240101000000-users.js", file("users")},
                          {"migrations/20240102000000-posts.js", file("posts")}});
        const Own mongo{shop, "migrate-mongo"};
        mongo({"down"}, 0);
        mongo({"down", "--block"}, 1, version == "11" ? "unknown option" : "migrationBlock");
        mongo({"status"}, 0, "PENDING");
        mongo({"up"}, 0, "MIGRATED UP: 20240101000000-users.js");
        CHECK(mongo({"up"}, 0).out.empty());
        mongo({"init"}, 1);
        shop.tree.write("migrate-mongo-config.js", config("undefined", ""));
        mongo({"status"}, 1, "No `url` defined in config file!");
        shop.tree.write("migrate-mongo-config.js", config("'mongodb://127.0.0.1:1/shop'", ""));
        mongo({"status"}, 1, "ECONNREFUSED");
        shop.tree.write("migrate-mongo-config.js", usual);
        shop.tree.remove("migrations");
        mongo({"status"}, 1, "migrations directory does not exist");
        shop.tree.remove("migrate-mongo-config.js");
        mongo({"status"}, 1, "migrate-mongo-config.js");
    }
}
