// Several units in one repository: which are taken, in which order, and what happens to the others when one
// fails.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "run/process.hpp"
#include "tests/support/program.hpp"

using namespace migrate;
using test::json_of;
using test::migrate_in;
using test::Ran;
using test::Tree;
using Json = nlohmann::json;

namespace {

std::string up(const std::string& sql) {
    return "-- UP\n" + sql + "\n-- DOWN\nSELECT 1;\n";
}

/// Three services, each with a SQLite database of its own.
Tree::Files services(const std::string& toml) {
    return {{"migrate.toml", toml},
            {"a/migrations/20240101000000_a.sql", up("CREATE TABLE a (id INT);")},
            {"a/.env", "DATABASE_URL=sqlite:a.db\n"},
            {"b/migrations/20240101000000_b.sql", up("CREATE TABLE b (id INT);")},
            {"b/.env", "DATABASE_URL=sqlite:b.db\n"},
            {"c/migrations/20240101000000_c.sql", up("CREATE TABLE c (id INT);")},
            {"c/.env", "DATABASE_URL=sqlite:c.db\n"}};
}

const std::string kOrdered =
    "[[unit]]\nid = \"a\"\npath = \"a\"\ntool = \"sql\"\nafter = [\"b\"]\n"
    "[[unit]]\nid = \"b\"\npath = \"b\"\ntool = \"sql\"\nafter = [\"c\"]\n"
    "[[unit]]\nid = \"c\"\npath = \"c\"\ntool = \"sql\"\n";

/// "a: done, b: skipped, c: failed" in the order in which the document lists them.
std::string course(const Json& json) {
    std::string text;
    for (const auto& unit : json["units"]) {
        std::string what = unit.contains("error")                ? "failed"
                           : unit["state"] == "skipped"          ? "skipped"
                           : !unit.value("done", Json()).empty() ? "done"
                                                                 : "nothing";
        text += (text.empty() ? "" : ", ") + unit.value("alias", unit["id"].get<std::string>()) + ": " + what;
    }
    return text;
}

void git(const Tree& tree, std::vector<std::string> words) {
    ProcessSpec spec;
    spec.argv = {"git", "-c", "user.name=t", "-c", "user.email=t@example.test"};
    spec.argv.insert(spec.argv.end(), words.begin(), words.end());
    spec.cwd = tree.path();
    spec.env = {{"PATH", std::getenv("PATH")}, {"HOME", tree.path().string()}};
    ProcessResult done = run_process(spec);
    REQUIRE_MESSAGE(done.ok(), done.err.text());
}

}  // namespace

TEST_CASE("units run in the order of `after`, and back in the reverse one") {
    Tree repo(services(kOrdered));
    CHECK(course(json_of(migrate_in(repo, {"run", "--json", "-q"}))) == "c: done, b: done, a: done");
    CHECK(course(json_of(migrate_in(repo, {"rollback", "--yes", "--json", "-q"}))) ==
          "a: done, b: done, c: done");
}

TEST_CASE("without -u, --all or [[unit]] several units are listed and nothing runs") {
    Tree repo(services(""));
    Ran run = migrate_in(repo, {"run", "--json", "-q"});
    CHECK(run.status == 4);
    CHECK(run.out.find("--all") != std::string::npos);
    CHECK(json_of(migrate_in(repo, {"run", "--all", "--json", "-q"}))["summary"]["ok"] == 3);
    CHECK(migrate_in(repo, {"status"}).status == 0);  // looking asks for nothing
}

TEST_CASE("a verb for exactly one unit names them all when there are several") {
    Tree repo(services(kOrdered));
    Ran made = migrate_in(repo, {"generate", "more", "--json", "-q"});
    CHECK(made.status == 2);
    Json json = json_of(made);
    CHECK(json["errors"][0]["code"] == "unit.ambiguous");
    CHECK(migrate_in(repo, {"generate", "more", "-u", "a"}).status == 0);
}

TEST_CASE("one unit that cannot go holds all back; one that fails on its way holds back what follows") {
    Tree repo(services(kOrdered));
    repo.write("b/.env", "DATABASE_URL=postgres://u:p@127.0.0.1:1/none\n");
    CHECK(course(json_of(migrate_in(repo, {"run", "--json", "-q"}))) == "c: skipped, b: failed, a: skipped");

    repo.write("b/.env", "DATABASE_URL=sqlite:b.db\n");
    repo.write("b/migrations/20240102000000_bad.sql", up("CREATE TABLE oops (;"));
    CHECK(course(json_of(migrate_in(repo, {"run", "--json", "-q"}))) == "c: done, b: failed, a: skipped");
    CHECK(course(json_of(migrate_in(repo, {"run", "--json", "-q", "--continue", "always"}))) ==
          "c: nothing, b: failed, a: done");
}

TEST_CASE("--continue=dependencies-successful goes on with what does not stand on the failed unit") {
    Tree repo(
        services("[[unit]]\nid = \"a\"\npath = \"a\"\ntool = \"sql\"\nafter = [\"b\"]\n"
                 "[[unit]]\nid = \"b\"\npath = \"b\"\ntool = \"sql\"\n[[unit]]\nid = \"c\"\npath = "
                 "\"c\"\ntool = \"sql\"\n"));
    repo.write("b/migrations/20240102000000_bad.sql", up("CREATE TABLE oops (;"));
    Ran run =
        migrate_in(repo, {"run", "--json", "-q", "--continue", "dependencies-successful", "--jobs", "3"});
    Json json = json_of(run);
    CHECK(run.status == 1);
    for (const auto& unit : json["units"]) {
        if (unit["alias"] == "a") CHECK(unit["state"] == "skipped");
        if (unit["alias"] == "b")
            CHECK(unit["error"]["message"].get<std::string>().find("bad.sql") != std::string::npos);
        if (unit["alias"] == "c") CHECK(unit["done"].size() == 1);
    }
}

TEST_CASE("--jobs 4 on units of one database runs them one after another, and each once") {
    Tree::Files files = services("");
    files["a/.env"] = files["b/.env"] = files["c/.env"] = "DATABASE_URL=sqlite:../one.db\n";
    Tree repo(files);
    Ran run = migrate_in(repo, {"run", "--all", "--jobs", "4", "--json", "-q"});
    CHECK_MESSAGE(run.status == 0, run.out << run.err);
    CHECK(json_of(migrate_in(repo, {"status", "--all", "--json", "-q"}))["ok"] == true);
}

TEST_CASE("--affected takes the units whose files changed since the merge base") {
    Tree repo(services(kOrdered));
    repo.write(".gitignore", "*.db\n.home\n");
    git(repo, {"init", "-q", "-b", "main"});
    git(repo, {"add", "-A"});
    git(repo, {"commit", "-qm", "base"});
    git(repo, {"checkout", "-qb", "feature"});
    Ran none = migrate_in(repo, {"run", "--affected=main", "--json", "-q"});
    CHECK(none.status == 0);
    CHECK(json_of(none)["units"].empty());
    repo.write("b/migrations/20240102000000_more.sql", up("CREATE TABLE more (id INT);"));
    CHECK(course(json_of(migrate_in(repo, {"status", "--affected=main", "--json", "-q"}))) == "b: nothing");
    git(repo, {"add", "-A"});
    git(repo, {"commit", "-qm", "more"});
    CHECK(course(json_of(migrate_in(repo, {"run", "--affected=main", "--json", "-q"}))) == "b: done");
    CHECK(migrate_in(repo, {"run", "--affected=nowhere", "--json", "-q"}).status == 2);
}

TEST_CASE("-u takes aliases, patterns, tools and exclusions") {
    Tree repo(services(kOrdered));
    auto taken = [&](std::vector<std::string> words) {
        words.insert(words.begin(), "status");
        words.insert(words.end(), {"--json", "-q"});
        return course(json_of(migrate_in(repo, words)));
    };
    CHECK(taken({"-u", "a"}) == "a: nothing");
    CHECK(taken({"-u", "tool=sql", "-u", "!b"}) == "c: nothing, a: nothing");
    CHECK(taken({"-u", "./c"}) == "c: nothing");
    CHECK(taken({"-u", "[ab]"}) == "b: nothing, a: nothing");
    CHECK(migrate_in(repo, {"status", "-u", "nobody"}).status == 2);
}

TEST_CASE("several units are planned and explained without --all, and not run") {
    Tree repo(services(""));
    repo.remove("migrate.toml");
    Ran plan = migrate_in(repo, {"plan", "run"});
    CHECK_MESSAGE(plan.status == 0, plan.out << plan.err);
    CHECK(migrate_in(repo, {"explain", "run"}).status == 0);
    CHECK(migrate_in(repo, {"run", "--dry-run"}).status == 0);
    Ran run = migrate_in(repo, {"run"});
    CHECK(run.status == 4);
    CHECK(run.err.find("policy.needs_all") != std::string::npos);
    CHECK(run.err.find("migrate run --all") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(repo.path("a/a.db")));
}

TEST_CASE("a plan in which one unit takes no part can be applied, and an answer typed as it is shown") {
    Tree::Files files = services(kOrdered);
    files["a/seeds/one.sql"] = "INSERT INTO a VALUES (1);\n";
    Tree repo(files);
    REQUIRE(migrate_in(repo, {"run"}).status == 0);
    const Json plan = json_of(migrate_in(repo, {"plan", "seed", "--json", "-q"}));
    CHECK(course(plan) == "c: skipped, b: skipped, a: nothing");  // only a has seeds
    const Ran applied = migrate_in(repo, {"apply", plan["plan_id"]});
    CHECK_MESSAGE(applied.status == 0, applied.out << applied.err);

    const Ran refused = migrate_in(repo, {"rollback", "--json", "-q"});
    CHECK(refused.status == 4);
    const Json answer = json_of(refused)["units"][0]["error"]["next"][0]["argv"];
    CHECK(answer == Json({"migrate", "rollback", "--yes", "--all"}));
    const Ran answered = migrate_in(repo, {answer.begin() + 1, answer.end()});
    CHECK_MESSAGE(answered.status == 0, answered.out << answered.err);
}

TEST_CASE("plan setup shows what setup would do, and makes nothing") {
    Tree repo(services(kOrdered));
    const Ran shown = migrate_in(repo, {"plan", "setup"});
    CHECK_MESSAGE(shown.status == 0, shown.out << shown.err);
    CHECK(shown.out == migrate_in(repo, {"setup", "--dry-run"}).out);
    CHECK(test::says(shown.out, "would make   sqlite"));
    CHECK_FALSE(repo.exists("a/a.db"));
    CHECK(migrate_in(repo, {"plan", "setup", "--sql"}).status == 2);
}

TEST_CASE("a run whose tool is missing leaves no empty database behind") {
    Tree repo(
        {{"alembic.ini", "[alembic]\nscript_location = migrations\nsqlalchemy.url = sqlite:///app.db\n"},
         {"migrations/env.py", "from alembic import context\n"},
         {"migrations/versions/1_a.py", "revision = '1'\ndown_revision = None\n"}});
    const Ran ran = migrate_in(repo, {"run"}, {{"PATH", "/nowhere"}});
    CHECK_MESSAGE(ran.status == 5, all_of(ran));
    CHECK_MESSAGE(says(ran, "tool.missing"), all_of(ran));
    CHECK_FALSE(std::filesystem::exists(repo.path("app.db")));
    CHECK_FALSE(std::filesystem::exists(repo.path("app.db.migrate-lock")));
}
