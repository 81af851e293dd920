// Consent that travels: a plan made in one place, approved by the signature of a key, applied in another.
#include <nlohmann/json.hpp>

#include "run/process.hpp"
#include "tests/support/program.hpp"
#include "tests/support/servers.hpp"

using namespace migrate;
using test::json_of;
using test::migrate_as_person;
using test::migrate_in;
using test::Ran;
using test::says;
using test::Tree;
using Env = std::map<std::string, std::string>;

namespace {

const Tree::Files kShop{
    {"migrations/20240101000000_users.sql",
     "-- UP\nCREATE TABLE users (id INT PRIMARY KEY);\n-- DOWN\nDROP TABLE users;\n"},
};

struct Pair {
    std::string secret, open;  ///< PEM
};

std::string output_of(std::vector<std::string> argv, const std::string& input = "") {
    ProcessSpec spec;
    spec.argv = std::move(argv);
    spec.cwd = "/tmp";
    spec.env = {{"PATH", "/usr/bin:/bin"}};
    spec.stdin_text = input;
    ProcessResult done = run_process(spec);
    REQUIRE(done.exit_code == 0);
    return done.out.text();
}

Pair make_pair() {
    Pair pair;
    pair.secret = output_of({"openssl", "genpkey", "-algorithm", "ed25519"});
    pair.open = output_of({"openssl", "pkey", "-pubout"}, pair.secret);
    return pair;
}

/// A production database with a table in it, a proven backup, and a key for approvals in its mark.
struct Production {
    Tree repo{kShop};
    Connection database;
    Env env;
    Pair key = make_pair();

    Production() {
        auto& server = test::PostgresServer::shared();
        database = server.fresh_database();
        env["DATABASE_URL"] = server.url(database);
        REQUIRE(migrate_in(repo, {"run"}, env).status == 0);
        repo.write("migrations/20240102000000_orders.sql",
                   "-- UP\nCREATE TABLE orders (id INT);\n-- DOWN\nDROP TABLE orders;\n");
        repo.write("key.pub", key.open);
        const Ran mark = migrate_as_person(repo, {"mark", "production", "--key", "key.pub"},
                                           database.database + "\n", env);
        REQUIRE_MESSAGE(mark.status == 0, mark.out);
        const Ran backup = migrate_in(repo, {"backup"}, env);
        REQUIRE_MESSAGE(backup.status == 0, backup.out << backup.err);
        env["APPROVAL_KEY"] = key.secret;
    }

    Ran plan() { return migrate_in(repo, {"plan", "run", "--out", "plan.json"}, env); }
    Ran apply() { return migrate_in(repo, {"apply", "plan.json", "--key-env", "APPROVAL_KEY"}, env); }
};

}  // namespace

TEST_CASE("a key that the database's mark lists approves a plan, once") {
    Production production;
    REQUIRE(production.plan().status == 0);
    const Ran without = migrate_in(production.repo, {"apply", "plan.json"}, production.env);
    CHECK(without.status == 4);
    const Ran applied = production.apply();
    REQUIRE_MESSAGE(applied.status == 0, applied.out << applied.err);
    CHECK_FALSE(says(applied.out + applied.err, "PRIVATE KEY"));
    const Ran again = production.apply();
    CHECK(again.status == 4);
    CHECK(says(again.out + again.err, "plan.stale"));
    // Even where everything is as it was when the plan was made, its signature is used up.
    test::execute(production.database,
                  {"DROP TABLE orders", "DELETE FROM _migrations WHERE filename LIKE '20240102%'"});
    const Ran used = production.apply();
    CHECK(used.status == 4);
    CHECK(says(used.out + used.err, "signature has been used"));
}

TEST_CASE("a plan that was edited, another key, and another environment approve nothing") {
    Production production;
    REQUIRE(production.plan().status == 0);
    production.env["APPROVAL_KEY"] = make_pair().secret;
    const Ran stranger = production.apply();
    CHECK(stranger.status == 4);
    CHECK(says(stranger.out + stranger.err, "nobody has listed"));
    CHECK_FALSE(says(stranger.out + stranger.err, "PRIVATE KEY"));

    production.env["APPROVAL_KEY"] = "not a key";
    CHECK(production.apply().status == 2);
    production.env.erase("APPROVAL_KEY");
    const Ran unset = production.apply();
    CHECK(unset.status == 2);
    CHECK(says(unset.out + unset.err, "APPROVAL_KEY is not set"));

    production.env["APPROVAL_KEY"] = production.key.secret;
    production.repo.write("migrations/20240102000000_orders.sql",
                          "-- UP\nCREATE TABLE orders (id INT, evil INT);\n-- DOWN\nDROP TABLE orders;\n");
    const Ran edited = production.apply();
    CHECK(edited.status == 4);
    CHECK(says(edited.out + edited.err, "plan.stale"));
}

TEST_CASE("a policy file below HOME, which any variable may name, lists no key") {
    Production production;
    const Pair other = make_pair();
    production.repo.write(
        ".home/.config/migrate/policy.toml",
        "[[approval_key]]\npublic = \"\"\"" + other.open + "\"\"\"\nenvironments = [\"development\"]\n");
    production.env["APPROVAL_KEY"] = other.secret;
    REQUIRE(production.plan().status == 0);
    const Ran refused = production.apply();
    CHECK(refused.status == 4);
    CHECK(says(refused, "nobody has listed"));
}

TEST_CASE("a key that nobody listed approves nothing on a database that is not protected either") {
    Tree repo(kShop);
    auto& server = test::PostgresServer::shared();
    const Connection database = server.fresh_database();
    Env env{{"DATABASE_URL", server.url(database)}, {"APPROVAL_KEY", make_pair().secret}};
    REQUIRE(migrate_in(repo, {"run"}, env).status == 0);
    REQUIRE(migrate_in(repo, {"mark", "staging"}, env).status == 0);
    const Ran plan = migrate_in(repo, {"plan", "rollback", "--out", "plan.json"}, env);
    REQUIRE_MESSAGE(plan.status == 0, plan.out << plan.err);
    REQUIRE(migrate_in(repo, {"apply", "plan.json"}, env).status == 4);
    const Ran ran = migrate_in(repo, {"apply", "plan.json", "--key-env", "APPROVAL_KEY"}, env);
    CHECK_MESSAGE(ran.status == 4, ran.out << ran.err);
    CHECK(says(ran, "nobody has listed"));
    auto users = test::connect(database)->table_exists("", "users");
    REQUIRE(users);
    CHECK(*users);
}
