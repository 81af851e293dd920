// Flyway's Maven plugin by the real Maven, offline, through the real binary; Gradle as a recording gradlew.
#include <doctest/doctest.h>

#include <cstdlib>

#include "adapters/flyway/flyway.hpp"
#include "tests/support/program.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/tools.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

constexpr const char* kScripts = "src/main/resources/db/migration/";

std::string dependency(const std::string& artifact, const std::string& version) {
    return "<dependency><groupId>" + artifact.substr(0, artifact.find(':')) + "</groupId><artifactId>" +
           artifact.substr(artifact.find(':') + 1) + "</artifactId><version>" + version +
           "</version></dependency>\n";
}

/// A project as Maven's documentation shows it: the plugin, its drivers, the connection beside it.
std::string pom(const std::string& version, const std::string& connection) {
    return "<project>\n<modelVersion>4.0.0</modelVersion>\n<groupId>example</groupId>\n"
           "<artifactId>shop</artifactId>\n<version>1</version>\n<build><plugins><plugin>\n"
           "<groupId>org.flywaydb</groupId>\n<artifactId>flyway-maven-plugin</artifactId>\n<version>" +
           version + "</version>\n<configuration>\n" + connection +
           "<locations><location>filesystem:src/main/resources/db/migration</location></locations>\n"
           "</configuration>\n<dependencies>\n" +
           dependency("org.flywaydb:flyway-database-postgresql", version) +
           dependency("org.flywaydb:flyway-mysql", version) +
           dependency("org.postgresql:postgresql", "42.7.3") +
           dependency("org.mariadb.jdbc:mariadb-java-client", "3.3.3") +
           dependency("org.xerial:sqlite-jdbc", "3.45.3.0") +
           "</dependencies>\n</plugin></plugins></build>\n</project>\n";
}

/// On a server's database, whose address comes from the environment, or on shop.db of the project.
class MavenShop {
  public:
    MavenShop(const std::string& version, const Connection& connection) {
        const bool file = connection.engine == Engine::sqlite;
        tree.write("pom.xml",
                   pom(version, file ? "<url>jdbc:sqlite:shop.db</url>\n"
                                     : "<url>${env.SHOP_URL}</url>\n<user>${env.SHOP_USER}</user>\n"
                                       "<password>${env.SHOP_PASSWORD}</password>\n"));
        tree.write(kScripts + std::string("V1__users.sql"), "CREATE TABLE users (id INT PRIMARY KEY);\n");
        tree.write(kScripts + std::string("V2__posts.sql"), "CREATE TABLE posts (id INT PRIMARY KEY);\n");
        tree.write(".mvn/maven.config",
                   "-o\n-Dmaven.repo.local=" + test_tool("maven/repository").string() + "\n");
        environment["PATH"] =
            (test_tool("maven/maven") / "bin").string() + ":" + std::string(std::getenv("PATH"));
        if (file) return;
        environment["SHOP_URL"] = flyway::jdbc_url(connection);
        environment["SHOP_USER"] = connection.user;
        environment["SHOP_PASSWORD"] = connection.password;
    }

    Ran migrate(std::vector<std::string> arguments) const {
        return migrate_in(tree, std::move(arguments), environment);
    }

    Tree tree;
    std::map<std::string, std::string> environment;
};

bool has_table(const Connection& connection, std::string_view table) {
    auto found = connect(connection)->table_exists("", std::string(table));
    REQUIRE(found);
    return *found;
}

void whole_way(const std::string& version) {
    Connection connection = PostgresServer::shared().fresh_database();
    MavenShop shop(version, connection);
    Ran status = shop.migrate({"status"});
    CHECK_MESSAGE(status.status == 0, all_of(status));
    CHECK(says(status, "uninitialised"));
    Ran one = shop.migrate({"run", "--to", "1"});
    CHECK_MESSAGE(one.status == 0, all_of(one));
    CHECK(says(one, "applied  V1__users.sql"));
    CHECK_FALSE(has_table(connection, "posts"));

    shop.tree.write(kScripts + std::string("V3__bad.sql"),
                    "CREATE TABLE tags (id INT);\nSELECT * FROM nowhere;\n");
    Ran failed = shop.migrate({"run"});
    CHECK(failed.status == 1);
    CHECK(says(failed, "applied  V2__posts.sql"));
    CHECK_MESSAGE(says(failed, "V3__bad.sql:2"), all_of(failed));
    CHECK(has_table(connection, "posts"));
    CHECK_FALSE(has_table(connection, "tags"));  // PostgreSQL and SQLite take the whole script back
    shop.tree.write(kScripts + std::string("V3__bad.sql"), "CREATE TABLE tags (id INT);\n");
    Ran again = shop.migrate({"run"});
    CHECK_MESSAGE(again.status == 0, all_of(again));
    CHECK(says(shop.migrate({"status"}), "current"));
    CHECK(says(shop.migrate({"run"}), "nothing to do"));

    Ran none = shop.migrate({"rollback", "--yes", "-u", ".:flyway"});
    CHECK(none.status == 2);
    CHECK(says(none, "there is no U file"));
    shop.tree.write(kScripts + std::string("U3__bad.sql"), "DROP TABLE tags;\n");
    Ran back = shop.migrate({"rollback", "--yes"});
    CHECK_MESSAGE(back.status == 0, all_of(back));
    CHECK_FALSE(has_table(connection, "tags"));

    Ran same = shop.migrate({"diff", "--exit-code"});
    CHECK_MESSAGE(same.status == 0, all_of(same));
    shop.tree.write(kScripts + std::string("V1__users.sql"),
                    "CREATE TABLE users (id INT PRIMARY KEY, name INT);\n");
    Ran changed = shop.migrate({"diff", "--exit-code"});
    CHECK_MESSAGE(changed.status == 3, all_of(changed));
    Ran refused = shop.migrate({"run"});
    CHECK(refused.status == 2);
    CHECK(says(refused, "migration.edited"));
    Ran taken = shop.migrate({"resolve", "--edited", "V1__users.sql", "--yes"});
    CHECK_MESSAGE(taken.status == 0, all_of(taken));
    CHECK_FALSE(says(shop.migrate({"status"}), "edited"));
    for (const Ran& ran : {status, one, failed, again, none, back, same, changed, refused, taken})
        CHECK_FALSE(says(ran, connection.password));
}

}  // namespace

TEST_CASE("Flyway 11.20.3 by Maven goes up, fails, goes back, compares and repairs on PostgreSQL") {
    whole_way("11.20.3");
}
TEST_CASE("Flyway 12.11.0 by Maven goes up, fails, goes back, compares and repairs on PostgreSQL") {
    whole_way("12.11.0");
}
TEST_CASE("Flyway by Maven on SQLite, in both versions") {
    for (const char* version : {"11.20.3", "12.11.0"}) {
        Connection file;
        file.engine = Engine::sqlite;
        MavenShop shop(version, file);
        file.database = shop.tree.path("shop.db").string();
        Ran run = shop.migrate({"run"});
        CHECK_MESSAGE(run.status == 0, all_of(run));
        CHECK(says(run, "applied  V2__posts.sql"));
        CHECK(has_table(file, "posts"));
        CHECK(says(shop.migrate({"status"}), "current"));
    }
}
TEST_CASE("Flyway by Maven adopts a database, and is refused on production") {
    Connection connection = PostgresServer::shared().fresh_database();
    execute(connection, {"CREATE TABLE users (id INT PRIMARY KEY)"});
    MavenShop shop("11.20.3", connection);
    Ran baseline = shop.migrate({"baseline", "--to", "1", "--yes"});
    CHECK_MESSAGE(baseline.status == 0, all_of(baseline));
    Ran run = shop.migrate({"run"});
    CHECK_MESSAGE(run.status == 0, all_of(run));
    CHECK_FALSE(says(run, "applied  V1__users.sql"));
    CHECK(has_table(connection, "posts"));

    execute(PostgresServer::shared().admin(), {"CREATE DATABASE maven_prod"});
    Connection production = connection;
    production.database = "maven_prod";
    MavenShop live("11.20.3", production);
    CHECK(live.migrate({"run", "--yes"}).status == 4);
    CHECK(live.migrate({"reset", "--yes"}).status == 4);
    CHECK_FALSE(has_table(production, "flyway_schema_history"));
}

TEST_CASE("Flyway by Gradle: what a recording gradlew is called with, and that it alone is not believed") {
    Connection connection = PostgresServer::shared().fresh_database();
    Tree tree{
        {"build.gradle",
         "plugins {\n    id 'org.flywaydb.flyway' version '11.8.2'\n}\nflyway {\n    url = '" +
             flyway::jdbc_url(connection) + "'\n    user = '" + connection.user + "'\n    password = '" +
             connection.password + "'\n    locations = ['filesystem:sql']\n}\n"},
        {"gradlew", "#!/bin/sh\necho \"$*\" >> gradlew.calls\n"},
        {"sql/V1__users.sql", "CREATE TABLE users (id INT PRIMARY KEY);\n"},
        {"sql/V2__posts.sql", "CREATE TABLE posts (id INT PRIMARY KEY);\n"}};
    tree.executable("gradlew");
    Ran status = migrate_in(tree, {"status"});
    CHECK_MESSAGE(status.status == 0, all_of(status));
    CHECK(says(status, "uninitialised"));
    Ran run = migrate_in(tree, {"run", "--to", "1"});
    CHECK(run.status == 1);  // it ended with 0, and the history says that nothing was applied
    CHECK(says(run, "run.unverified"));
    migrate_in(tree, {"diff"});
    migrate_in(tree, {"baseline", "--to", "1", "--yes"});
    std::string calls = tree.read("gradlew.calls");
    CHECK_MESSAGE(calls.find("--console=plain flywayMigrate -Pflyway.target=1\n") != std::string::npos,
                  calls);
    CHECK_MESSAGE(calls.find("flywayValidate -Pflyway.ignoreMigrationPatterns=*:pending,*:future\n") !=
                      std::string::npos,
                  calls);
    CHECK_MESSAGE(calls.find("flywayBaseline -Pflyway.baselineVersion=1 -Pflyway.baselineDescription=") !=
                      std::string::npos,
                  calls);
    CHECK(calls.find(connection.password) == std::string::npos);
    CHECK_FALSE(says(run, connection.password));
}
