// `deploy` over two production databases: approval, backup, run, data checks.
#include <nlohmann/json.hpp>

#include "tests/support/program.hpp"
#include "tests/support/servers.hpp"

using namespace migrate;
using test::json_of;
using test::migrate_in;
using test::Ran;
using test::says;
using test::Tree;
using Json = nlohmann::json;

namespace {

const std::string kToml =
    "[[unit]]\nid = \"a\"\npath = \"a\"\ntool = \"sql\"\nenvironments.production.url_env = \"A_URL\"\n"
    "[[unit]]\nid = \"b\"\npath = \"b\"\ntool = \"sql\"\nafter = [\"a\"]\n"
    "environments.production.url_env = \"B_URL\"\n"
    "[[verify]]\nunit = \"a\"\nname = \"every user has an email\"\n"
    "sql = \"SELECT id FROM users WHERE email IS NULL\"\n";

const Tree::Files kShop{
    {"migrate.toml", kToml},
    {"a/migrations/20230101000000_kept.sql",
     "-- UP\nCREATE TABLE kept (id INT PRIMARY KEY);\n-- DOWN\nDROP TABLE kept;\n"},
    {"a/migrations/20240101000000_users.sql",
     "-- UP\nCREATE TABLE users (id INT PRIMARY KEY, email TEXT);\nINSERT INTO users VALUES (1, NULL);\n"
     "-- DOWN\nDROP TABLE users;\n"},
    {"b/migrations/20230101000000_kept.sql",
     "-- UP\nCREATE TABLE kept (id INT PRIMARY KEY);\n-- DOWN\nDROP TABLE kept;\n"},
    {"b/migrations/20240101000000_orders.sql",
     "-- UP\nCREATE TABLE orders (id INT PRIMARY KEY);\n-- DOWN\nDROP TABLE orders;\n"},
};

/// Two databases in use whose names say production, and the variables that lead to them.
std::map<std::string, std::string> production(test::Server& server) {
    static int number = 0;
    ++number;
    std::map<std::string, std::string> env;
    for (const char* name : {"a", "b"}) {
        Connection database = server.admin();
        database.database = std::string(name) + std::to_string(number) + "_prod";
        test::execute(server.admin(), {"CREATE DATABASE " + database.database});
        test::make_used(database, "20230101000000_kept.sql");
        env[std::string(name == std::string("a") ? "A" : "B") + "_URL"] = server.url(database);
    }
    return env;
}

/// A person reads the plan and types its id.
void approve(const Tree& tree, const std::string& id) {
    const Ran ran = test::migrate_as_person(tree, {"approve", id}, id + "\n");
    REQUIRE_MESSAGE(says(ran.out, "approved " + id), ran.out);
}

}  // namespace

TEST_CASE(
    "deploy asks for one approval, takes the backups that are owed, runs every unit and checks the data") {
    auto& server = test::PostgresServer::shared();
    const auto env = production(server);
    Tree repo(kShop);
    const std::vector<std::string> deploy{"deploy", "--env", "production"};

    const Ran first = migrate_in(repo, deploy, env);
    CHECK(first.status == 4);
    CHECK(says(first.out, "migrate deploy --env=production"));
    CHECK_FALSE(says(first.out, "there is no backup"));  // it will be taken; only the approval is missing
    const Json plan =
        json_of(migrate_in(repo, {"plan", "run", "--all", "--env", "production", "--json", "-q"}, env));
    const std::string id = plan["plan_id"];
    CHECK(says(first.out, "migrate approve " + id));
    CHECK(migrate_in(repo, {"backup", "list"}, env).out == "there are no backups\n");
    approve(repo, id);

    const Ran second = migrate_in(repo, deploy, env);
    CHECK(second.status == 1);
    CHECK(says(second.out, "applied  20240101000000_orders.sql"));
    CHECK(says(second.out, "every user has an email: 1 row says otherwise"));
    CHECK(json_of(migrate_in(repo, {"backup", "list", "--json", "-q"}, env))["backups"].size() == 2);

    repo.write("a/migrations/20240102000000_email.sql",
               "-- UP\nUPDATE users SET email = 'a@b.test' WHERE email IS NULL;\n-- DOWN\nSELECT 1;\n");
    const Ran third = migrate_in(repo, deploy, env);
    CHECK(third.status == 4);  // another plan, and the approval of the first one is used up
    const Json again =
        json_of(migrate_in(repo, {"plan", "run", "--all", "--env", "production", "--json", "-q"}, env));
    approve(repo, again["plan_id"]);
    const Ran fourth = migrate_in(repo, deploy, env);
    CHECK_MESSAGE(fourth.status == 0, fourth.out << fourth.err);
    CHECK(says(fourth.out, "verified  every user has an email"));
    CHECK(migrate_in(repo, deploy, env).status == 0);  // nothing is left to do
}

TEST_CASE("deploy starts nothing anywhere where one unit cannot go, and takes no backup either") {
    auto& server = test::PostgresServer::shared();
    auto env = production(server);
    env.erase("B_URL");
    Tree repo(kShop);
    const Ran ran = migrate_in(repo, {"deploy", "--env", "production"}, env);
    CHECK(ran.status == 2);
    CHECK(says(ran.out, "B_URL is not set"));
    CHECK(migrate_in(repo, {"backup", "list"}, env).out == "there are no backups\n");
    CHECK(says(migrate_in(repo, {"status", "-u", "a", "--env", "production"}, env).out, "pending"));
}

TEST_CASE("deploy to databases that are not protected needs no backup and no approval") {
    Tree repo(kShop);
    repo.write("migrate.toml", kToml.substr(0, kToml.find("[[verify]]")));
    repo.write("a/.env", "DATABASE_URL=sqlite:a.db\n");
    repo.write("b/.env", "DATABASE_URL=sqlite:b.db\n");
    const Ran ran = migrate_in(repo, {"deploy"});
    CHECK_MESSAGE(ran.status == 0, ran.out << ran.err);
    CHECK(migrate_in(repo, {"backup", "list"}).out == "there are no backups\n");
    CHECK(says(migrate_in(repo, {"status", "--all"}).out, "current"));
}
