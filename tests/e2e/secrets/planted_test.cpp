// A planted password never comes out: whatever the tools print of it, whatever is wrong with the files that
// hold it, whatever is asked of the program.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include "tests/e2e/guarantee/projects.hpp"
#include "tests/e2e/secrets/planted.hpp"

using namespace migrate;
using namespace migrate::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* kUser = "planted";

/// The administrator's role on PostgreSQL whose password it is.
void make_role() {
    static const bool made = [] {
        std::string literal;
        for (const char c : kNasty) literal.append(c == '\'' ? 2 : 1, c);
        execute(PostgresServer::shared().admin(),
                {"CREATE ROLE planted LOGIN SUPERUSER PASSWORD '" + literal + "'"});
        return true;
    }();
    (void)made;
}

std::string url_of(const std::string& database) {
    return "postgresql://" + std::string(kUser) + ":" + in_url(kNasty) +
           "@127.0.0.1:" + std::to_string(PostgresServer::shared().port()) + "/" + database;
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
}

/// The project of one tool, whose every program prints the password in all shapes, in pieces, on both
/// streams, notes what is in the process list, and fails.
struct Talkative : GuardedProject {
    explicit Talkative(const Knowledge& tool) : GuardedProject(tool, "planted") {
        make_role();
        environment["DATABASE_URL"] =
            known.tool == "migrate-mongo"
                ? "mongodb://" + std::string(kUser) + ":" + in_url(kNasty) + "@mongo.invalid:27017/shop"
                : url_of(database);
        for (const char* path : {"config/settings.py", "flyway.toml"})
            if (tree.exists(path)) {
                std::string text = tree.read(path);
                replace_all(text, std::string("\"") + std::string(kPlantedPassword) + "\"",
                            "\"" + in_quotes(kNasty) + "\"");
                replace_all(text, "\"app\"", std::string("\"") + kUser + "\"");
                tree.write(path, text);
            }
        std::string all;
        for (const auto& shape : shapes(kUser, environment["DATABASE_URL"])) all += shape + "\n";
        // In three pieces, cut in the midst of the password where it stands for the first and the fifth time.
        std::size_t cut = all.find(kCore) + 4, again = cut;
        for (int i = 0; i < 4; ++i) again = all.find(kCore, again) + 4;
        tree.write("said/1", all.substr(0, cut));
        tree.write("said/2", all.substr(cut, again - cut));
        tree.write("said/3", all.substr(again));
        const std::string said = tree.path("said").string();
        const std::string script = "#!/bin/sh\ncat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' >> " +
                                   said + "/list\nfor i in 1 2 3; do cat " + said + "/$i; cat " + said +
                                   "/$i >&2; sleep 0.01; done\nexit 1\n";
        for (const auto& entry : fs::recursive_directory_iterator(tree.path())) {
            const std::string parent = entry.path().parent_path().filename();
            if (entry.is_regular_file() && (parent == "bin" || parent == ".bin"))
                tree.write(entry.path().lexically_relative(tree.path()).generic_string(), script);
        }
    }
};

const std::vector<Words> kCommands{{"run", "--yes"},
                                   {"run", "--yes", "--json", "--log", "audit"},
                                   {"run", "--yes", "--events"},
                                   {"rollback", "--yes", "--json"},
                                   {"generate", "wider"},
                                   {"status", "--native", "--json"},
                                   {"plan", "run", "--json", "--out", "plan.json"},
                                   {"plan", "run", "--sql"},
                                   {"explain", "--target", "--json"},
                                   {"explain", "run"},
                                   {"doctor", "--json"},
                                   {"detect", "--json"},
                                   {"backup"},
                                   {"log"}};

}  // namespace

TEST_CASE("whatever a tool prints of the password, in whatever shape, nothing of it is seen or kept") {
    std::set<std::string_view> spoke;
    for (const Knowledge& known : knowledge()) {
        CAPTURE(known.tool);
        Talkative project(known);
        for (const auto& words : kCommands) {
            const Ran ran = migrate_in(project.tree, words, project.environment);
            CAPTURE(words.front());
            search_everywhere(project.tree, ran, {"audit", "plan.json", "said/list"});
            // What surrounds it is there, or this would prove nothing.
            if (says(ran, "password authentication failed: ***")) spoke.insert(known.tool);
        }
    }
    // The built-in tool prints nothing of others.
    CHECK(spoke.size() == knowledge().size() - 1);
}

TEST_CASE("a password in a broken configuration is not quoted with what is wrong") {
    const std::string secret(kNasty), quoted = in_quotes(kNasty), url = url_of("nowhere");
    const std::vector<Tree::Files> broken{
        {{"migrations/20240101000000_a.sql", "-- UP\nSELECT 1;\n-- DOWN\nSELECT 1;\n"},
         {".env", "DATABASE_URL=\"" + url + "\nOTHER='" + secret + "\n"}},
        {{"migrations/20240101000000_a.sql", "-- UP\nSELECT 1;\n-- DOWN\nSELECT 1;\n"},
         {".env", "DATABASE_URL=postgres://u:" + secret + "@h:port/x\n"}},
        {{"migrations/20240101000000_a.sql", "-- UP\nSELECT 1;\n-- DOWN\nSELECT 1;\n"},
         {"migrate.toml", "[[unit]]\npath = \".\"\ntool = \"sql\"\npassword = \"" + quoted + "\"\n"}},
        {{"migrations/20240101000000_a.sql", "-- UP\nSELECT 1;\n-- DOWN\nSELECT 1;\n"},
         {"migrate.toml", "[environments.development]\nurl = \"" + url + "\nhosts = 3\n"}},
        {{"migrations/20240101000000_a.sql", "-- UP\nSELECT 1;\n-- DOWN\nSELECT 1;\n"},
         {"dbconfig.yml", "development:\n  dialect: postgres\n  datasource: \"user=u password=" + quoted +
                              " host=[\n  dir: [migrations\n"}},
        {{"flyway.toml", "[environments.default]\nurl = \"jdbc:postgresql://h/d\"\npassword = \"" + quoted +
                             "\nuser = 3\n[flyway]\nlocations = [\"filesystem:sql\"\n"},
         {"sql/V1__a.sql", "SELECT 1;\n"}},
        {{"flyway.conf", "flyway.url=jdbc:postgresql://h:x/d?password=" + in_url(secret) +
                             "\nflyway.password=" + secret + "\\uZZ\nflyway.locations=filesystem:sql\n"},
         {"sql/V1__a.sql", "SELECT 1;\n"}},
        {{"alembic.ini", "[alembic]\nscript_location = migrations\nsqlalchemy.url = postgresql://u:" +
                             secret + "@h:%(port)s/d\n"},
         {"migrations/env.py", "from alembic import context\ncontext.run_migrations()\n"},
         {"migrations/versions/a_b.py", "revision = 'a'\ndown_revision = None\n"}},
        {{"package.json",
          R"({"dependencies": {"sequelize": "6.37.0"}, "devDependencies": {"sequelize-cli": "6.6.5"}})"},
         {"config/config.json",
          R"({"development": {"username": "u", "password": ")" + quoted + R"(", "host": )"},
         {"migrations/20240101000000-a.js", "module.exports = { up() {}, down() {} };\n"}},
        {{"package.json", R"({"dependencies": {"knex": "3.1.0", "pg": "8"}})"},
         {"knexfile.js",
          "module.exports = { client: 'pg', connection: { password: \"" + quoted + "\", host: `${x`, } };\n"},
         {"migrations/20240101000000_a.js", "exports.up = () => {};\nexports.down = () => {};\n"}},
        {{"package.json", R"({"dependencies": {"migrate-mongo": "12.1.3"}})"},
         {"migrate-mongo-config.js", "module.exports = { mongodb: { url: 'mongodb://u:" + in_url(secret) +
                                         "@h:x:y/d', databaseName: }, migrationsDir: 'migrations' };\n"},
         {"migrations/20240101000000-a.js", "module.exports = { up() {}, down() {} };\n"}},
        {{"manage.py", "import os\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"config.settings\")\n"},
         {"config/settings.py",
          "DATABASES = {\"default\": {\"ENGINE\": \"django.db.backends.postgresql\", "
          "\"PASSWORD\": \"" +
              quoted + "\", \"PORT\": 1 +\n"},
         {"shop/__init__.py", ""},
         {"shop/migrations/__init__.py", ""},
         {"shop/migrations/0001_initial.py", "from django.db import migrations\n"}},
    };
    for (const auto& files : broken) {
        const std::string shown = files.begin()->first + ", " + files.rbegin()->first;
        CAPTURE(shown);
        Tree tree(files);
        for (const auto& words : {Words{"status"},
                                  {"status", "--json"},
                                  {"doctor", "--json"},
                                  {"detect", "--json"},
                                  {"explain", "--target"},
                                  {"run", "--yes", "--json"},
                                  {}})
            search_everywhere(tree, migrate_in(tree, words, {{"PATH", "/nowhere"}}));
    }
}

TEST_CASE(
    "raw SQL: a password of the connection that stands in a migration too, or in a server's answer, is not "
    "shown") {
    make_role();
    const Connection shop = PostgresServer::shared().fresh_database();
    std::string literal;
    for (const char c : kNasty) literal.append(c == '\'' ? 2 : 1, c);
    Tree tree{{"migrations/20240101000000_a.sql",
               "-- UP\nCREATE TABLE a (id INT);\nSELECT '" + literal + "'::int;\n-- DOWN\nDROP TABLE a;\n"}};
    const std::map<std::string, std::string> environment{{"DATABASE_URL", url_of(shop.database)}};
    for (const auto& words : {Words{"plan", "run", "--sql"},
                              {"plan", "run", "--json"},
                              {"run"},
                              {"run", "--json"},
                              {"run", "--events"},
                              {"status", "--json"},
                              {"resolve", "--json"},
                              {"log"},
                              {"doctor"}}) {
        CAPTURE(words.front());
        search_everywhere(tree, migrate_in(tree, words, environment));
    }
    const Ran ran = migrate_in(tree, {"run"}, environment);
    CHECK_MESSAGE(says(ran, "***"), all_of(ran));
    std::map<std::string, std::string> wrong = environment;
    wrong["DATABASE_URL"].replace(wrong["DATABASE_URL"].find("%40"), 3, "");
    for (const auto& words : {Words{"status"}, {"run", "--json"}, {"doctor"}})
        search_everywhere(tree, migrate_in(tree, words, wrong));
}
