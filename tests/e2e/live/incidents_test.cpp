// Incidents that were public, replayed against a real database: where it stops, and what is read there.
// Those that pass through no migration tool stand in docs/safety.md as not stopped.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/support/program.hpp"
#include "tests/support/servers.hpp"

using namespace migrate;
using test::json_of;
using test::migrate_in;
using test::Ran;
using test::says;
using test::Tree;
using Env = std::map<std::string, std::string>;
namespace fs = std::filesystem;

namespace {

/// A Prisma project whose `prisma` notes that it was started and does what the tool would do when forced.
const Tree::Files kPrisma{
    {"package.json", R"({"name": "shop", "dependencies": {"prisma": "6.19.0"}, "scripts": {
        "db:reset": "prisma migrate reset --force", "db:force": "prisma db push --force-reset"}})"},
    {"node_modules/prisma/package.json", R"({"name": "prisma", "version": "6.19.0"})"},
    {"prisma/schema.prisma",
     "datasource db {\n  provider = \"postgresql\"\n  url = env(\"DATABASE_URL\")\n}\nmodel User {\n  id Int "
     "@id\n}\n"},
    {"prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n"},
    {"prisma/migrations/20240101000000_init/migration.sql", "CREATE TABLE \"User\" (id INT PRIMARY KEY);\n"},
};
const Tree::Files kSql{
    {"migrations/20240101000000_users.sql",
     "-- UP\nCREATE TABLE users (id INT PRIMARY KEY);\n-- DOWN\nDROP TABLE users;\n"},
    {"seeds/one.sql", "DELETE FROM customers;\n"},
};

/// Whoever runs these commands is an agent, as its environment says.
Env agent(Env env) {
    env["CLAUDECODE"] = "1";
    return env;
}

/// A production database with customers in it.
class Production {
  public:
    explicit Production(const std::string& name) : database_(server().admin()) {
        test::execute(database_, {"CREATE DATABASE " + name});
        database_.database = name;
        test::execute(database_, {"CREATE TABLE customers (id INT PRIMARY KEY)",
                                  "INSERT INTO customers SELECT generate_series(1, 500)"});
    }
    static test::PostgresServer& server() { return test::PostgresServer::shared(); }
    const Connection& connection() const { return database_; }
    std::string url() const { return server().url(database_); }
    bool untouched() const {
        auto rows = test::connect(database_)->query("SELECT count(*) FROM customers");
        return rows && rows->rows[0][0] == "500";
    }

  private:
    Connection database_;
};

void install_prisma(Tree& repo, const std::string& script) {
    repo.write("node_modules/.bin/prisma",
               "#!/bin/sh\necho \"$@\" >> " + repo.path("started").string() + "\n" + script);
    fs::permissions(repo.path("node_modules/.bin/prisma"), fs::perms::owner_all);
}

/// Refused, nothing was started, nothing lost; and the answer names something harmless to do instead.
void stopped(const Ran& ran, const Tree& repo, const Production& production, int status = 4) {
    CHECK_MESSAGE(ran.status == status, ran.out << ran.err);
    CHECK(production.untouched());
    CHECK_FALSE(repo.exists("started"));
    CHECK(says(ran.out + ran.err, "next:"));
    CHECK_FALSE(says(ran.out + ran.err, production.connection().password));
}

}  // namespace

TEST_CASE("a declared code freeze holds against an agent that goes on") {
    Production production("freeze_shop");
    Tree repo(kSql);
    const Env env = agent({{"DATABASE_URL", production.url()}});
    REQUIRE(migrate_in(repo, {"freeze", "code freeze until Monday"}, {{"DATABASE_URL", production.url()}})
                .status == 0);
    for (const auto& words : std::vector<std::vector<std::string>>{
             {"run", "--yes"}, {"seed", "--yes"}, {"reset", "--yes"}, {"deploy", "--yes"}}) {
        const Ran ran = migrate_in(repo, words, env);
        CAPTURE(words.front());
        CHECK_MESSAGE(ran.status != 0, ran.out);
        CHECK(production.untouched());
    }
    const Ran run = migrate_in(repo, {"run", "--yes"}, env);
    CHECK(says(run.out + run.err, "code freeze until Monday"));
    const Ran lifted = migrate_in(repo, {"unfreeze", "--confirm", "freeze_shop"}, env);
    CHECK(lifted.status == 4);
    CHECK(says(lifted.out + lifted.err, "policy.person_only"));
}

TEST_CASE(
    "db push that warned is not forced, by no flag, script or variable, where .env points to production") {
    Production production("push_prod");
    Tree repo(kPrisma);
    install_prisma(repo, "exit 0\n");
    repo.write(".env", "DATABASE_URL=" + production.url() + "\n");
    stopped(migrate_in(repo, {"push", "--yes"}, agent({})), repo, production);
    stopped(migrate_in(repo, {"push", "--yes", "--confirm", "push_prod"}, agent({})), repo, production);
    CHECK(migrate_in(repo, {"push", "--yes", "--", "--force-reset"}, agent({})).status == 2);
    stopped(migrate_in(repo, {"reset", "--yes"}, agent({})), repo, production);
    // The consent variable of the tool itself is none of ours.
    stopped(
        migrate_in(repo, {"reset", "--yes"}, agent({{"PRISMA_USER_CONSENT_FOR_DANGEROUS_AI_ACTION", "yes"}})),
        repo, production);
    // The same thing dressed up as the project's own command.
    repo.write(
        "migrate.toml",
        "[[unit]]\npath = \".\"\ntool = \"prisma\"\ncommands.run = [\"npm\", \"run\", \"db:force\"]\n");
    stopped(migrate_in(repo, {"run", "--yes"}, agent({})), repo, production);
}

TEST_CASE("an agent that rewrites DATABASE_URL to look harmless still meets the database's own mark") {
    Production production("innocent_shop");
    Tree repo(kPrisma);
    install_prisma(repo, "exit 0\n");
    REQUIRE(migrate_in(repo, {"mark", "production"}, {{"DATABASE_URL", production.url()}}).status == 0);
    repo.write(".env", "DATABASE_URL=" + production.url() + "\n");
    stopped(migrate_in(repo, {"push", "--yes"}, agent({})), repo, production);
    repo.write(".env.test", "DATABASE_URL=" + production.url() + "\n");
    stopped(migrate_in(repo, {"push", "--yes", "--env", "test"}, agent({})), repo, production);
}

TEST_CASE("a question of the native tool is never answered") {
    Production production("asked_shop");
    Tree repo(kPrisma);
    // As `prisma db push` does: it asks, and drops everything on a yes.
    install_prisma(repo,
                   "printf 'All data will be lost. Do you want to continue? (y/N) '\nread answer || exit 1\n"
                   "echo dropped >> " +
                       repo.path("dropped").string() + "\n");
    repo.write(".env", "DATABASE_URL=" + production.url() + "\n");
    const Ran ran = migrate_in(repo, {"run", "--yes"}, agent({}));
    CHECK(ran.status != 0);
    CHECK(repo.exists("started"));
    CHECK_FALSE(repo.exists("dropped"));
    CHECK(production.untouched());
}

TEST_CASE("development data is data: an agent resets no local database either") {
    Production production("local_shop");
    Tree repo(kPrisma);
    install_prisma(repo, "exit 0\n");
    repo.write(".env", "DATABASE_URL=" + production.url() + "\n");
    CHECK(json_of(migrate_in(repo, {"plan", "run", "--json", "-q"}))["units"][0]["targets"][0]["level"] ==
          "local");
    stopped(migrate_in(repo, {"reset", "--yes"}, agent({})), repo, production);
    stopped(migrate_in(repo, {"push", "--yes"}, agent({})), repo, production);
    stopped(migrate_in(repo, {"reset", "--yes", "--confirm", "local_shop"}, agent({})), repo, production);
}

TEST_CASE("a dump that fails stops what it was to protect") {
    Production production("dump_prod");
    Tree repo(kSql);
    test::make_used(production.connection(), "20230101000000_kept.sql");
    repo.write("migrations/20230101000000_kept.sql",
               "-- UP\nCREATE TABLE kept (id INT);\n-- DOWN\nDROP TABLE kept;\n");
    Env env{{"DATABASE_URL", production.url()}};
    repo.write("bin/pg_dump",
               "#!/bin/sh\nif [ \"$1\" = --version ]; then exec /usr/bin/pg_dump --version; fi\n"
               "echo 'pg_dump: error: no space left on device' >&2\nexit 1\n");
    fs::permissions(repo.path("bin/pg_dump"), fs::perms::owner_all);
    env["PATH"] = repo.path("bin").string() + ":/usr/bin:/bin";
    const Ran backup = migrate_in(repo, {"backup"}, env);
    CHECK(backup.status == 1);
    CHECK(says(backup.out + backup.err, "no space left"));
    const Ran run = migrate_in(repo, {"run"}, env);
    CHECK(run.status == 4);
    CHECK(says(run.out, "there is no backup of it"));
    const std::string id = json_of(migrate_in(repo, {"plan", "run", "--json", "-q"}, env))["plan_id"];
    const Ran approved = test::migrate_as_person(repo, {"approve", id}, id + "\n", env);
    REQUIRE_MESSAGE(approved.status == 0, approved.out);
    const Ran deploy = migrate_in(repo, {"deploy"}, env);
    CHECK_MESSAGE(deploy.status == 1, deploy.out);
    CHECK(says(deploy.out, "no space left"));
    auto users = test::connect(production.connection())->table_exists("", "users");
    REQUIRE(users);
    CHECK_FALSE(*users);
    CHECK(production.untouched());
}

TEST_CASE("a URL that was passed by hand is no proof of isolation") {
    Production production("isolated_prod");
    Tree repo(kSql);
    const Ran ran = migrate_in(repo, {"run", "--yes", "--url-env", "SCRATCH_URL", "--env", "development"},
                               agent({{"SCRATCH_URL", production.url()}}));
    CHECK(ran.status == 4);
    CHECK(says(ran.out + ran.err, "isolated_prod"));
    CHECK(production.untouched());
    CHECK(migrate_in(repo, {"run", "--url=" + production.url()}, agent({})).status == 2);
}

TEST_CASE("a test set-up that drops what DATABASE_URL names is stopped by the mark") {
    Production production("suite");
    Tree repo(kSql);
    const Env env{{"DATABASE_URL", production.url()}, {"NODE_ENV", "test"}, {"CI", "true"}};
    REQUIRE(migrate_in(repo, {"mark", "production"}, env).status == 0);
    for (const auto& words : std::vector<std::vector<std::string>>{
             {"reset", "--yes"}, {"seed", "--yes"}, {"run", "--yes"}, {"mark", "scratch"}}) {
        const Ran ran = migrate_in(repo, words, env);
        CAPTURE(words.front());
        CHECK_MESSAGE((ran.status == 4 || ran.status == 2), ran.out << ran.err);
        CHECK(production.untouched());
    }
}

TEST_CASE("a repository cannot vouch for itself") {
    Production production("trusted_prod");
    Tree repo(kPrisma);
    install_prisma(repo, "exit 0\n");
    repo.write(".env", "DATABASE_URL=" + production.url() + "\n");
    // A policy is read from the home directory of the passwd entry, never from the repository or HOME.
    repo.write(".home/.config/migrate/policy.toml",
               "[[target]]\ndatabase = \"trusted_prod\"\nlevel = \"scratch\"\n");
    repo.write(".config/migrate/policy.toml",
               "[[target]]\ndatabase = \"trusted_prod\"\nlevel = \"scratch\"\n");
    stopped(migrate_in(repo, {"reset", "--yes"}, agent({})), repo, production);
    repo.write("migrate.toml", "[environments.development]\nlevel = \"scratch\"\n");
    const Ran declared = migrate_in(repo, {"reset", "--yes"}, agent({}));
    CHECK(declared.status != 0);
    CHECK(production.untouched());
    CHECK_FALSE(repo.exists("started"));
    for (const char* text :
         {"yes = true\n", "[policy]\nlevel = \"scratch\"\n", "[trust]\npaths = [\"/\"]\n"}) {
        repo.write("migrate.toml", text);
        CHECK(migrate_in(repo, {"reset", "--yes"}, agent({})).status == 2);
    }
}
