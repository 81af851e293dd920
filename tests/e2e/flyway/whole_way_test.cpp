// Every version of Flyway that is installed, on every engine, goes the same whole way.
#include <doctest/doctest.h>

#include <cstdlib>

#include "adapters/flyway/flyway.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/tools.hpp"
#include "tests/support/whole_way.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

using Environment = std::map<std::string, std::string>;

constexpr Engine kEngines[] = {Engine::postgresql, Engine::mariadb, Engine::sqlite};

Connection empty_database(Engine engine, const Tree& tree) {
    if (engine == Engine::postgresql) return PostgresServer::shared().fresh_database();
    if (engine == Engine::mariadb) return MariaDbServer::shared().fresh_database();
    Connection file;
    file.engine = Engine::sqlite;
    file.database = tree.path("shop.db").string();
    return file;
}

/// `scripts` is the directory of V1__users.sql; `point` is told what the environment must lead to.
void goes(Tree& tree, Environment environment, Engine engine, const std::string& scripts,
          const std::function<void(Environment&, const Connection&)>& point, bool native_states = true) {
    CAPTURE(to_string(engine));
    auto write = [&](const std::string& name, const std::string& sql) {
        tree.write(scripts + "/" + name, sql + "\n");
    };
    write("V1__users.sql", "CREATE TABLE users (id INT PRIMARY KEY);");
    Way way{
        .tree = tree,
        .migrate =
            [&](std::vector<std::string> words) { return migrate_in(tree, std::move(words), environment); },
        .connection = empty_database(engine, tree),
        .point = [&](const Connection& to) { point(environment, to); }};
    way.point(way.connection);
    way.fill = [&](const std::string& file) {
        CHECK(file == scripts + "/V2__add_extra.sql");
        write("V2__add_extra.sql", "CREATE TABLE extra (id INT PRIMARY KEY);");
        write("U2__add_extra.sql", "DROP TABLE extra;");
    };
    way.seeds = false;
    way.edit = [&](bool edited) {
        write("V1__users.sql", edited ? "CREATE TABLE users (id INT PRIMARY KEY, name INT);"
                                      : "CREATE TABLE users (id INT PRIMARY KEY);");
    };
    way.edited_state = "edited";
    way.last = [&](bool mended) {
        write("V3__last.sql", mended ? "CREATE TABLE later (id INT);" : "SELECT * FROM nowhere;");
    };
    if (engine == Engine::mariadb) way.stays_failed = "V3__last.sql";
    way.native_states = native_states;
    go_the_whole_way(way);
}

void command_line_goes(const std::string& version) {
    for (const Engine engine : kEngines) {
        const bool file = engine == Engine::sqlite;
        Tree tree{{"flyway.conf", std::string("flyway.url=${SHOP_URL}\nflyway.locations=filesystem:sql\n") +
                                      (file ? "" : "flyway.user=${SHOP_USER}\n")}};
        const std::string path = test_tool("flyway/" + version).string() + ":" + std::getenv("PATH");
        goes(tree, {{"PATH", path}}, engine, "sql", [&](Environment& environment, const Connection& to) {
            environment["SHOP_URL"] = file ? "jdbc:sqlite:" + to.database : flyway::jdbc_url(to);
            if (file) return;
            environment["SHOP_USER"] = to.user;
            environment["FLYWAY_PASSWORD"] = to.password;
        });
    }
}

std::string dependency(const std::string& artifact, const std::string& version) {
    return "<dependency><groupId>" + artifact.substr(0, artifact.find(':')) + "</groupId><artifactId>" +
           artifact.substr(artifact.find(':') + 1) + "</artifactId><version>" + version +
           "</version></dependency>\n";
}

/// Maven starts for some seconds each time: the engine that its other tests leave out is enough. It has all
/// drivers, for one alone may resolve to other versions than those that are installed.
void maven_goes(const std::string& version) {
    const std::string scripts = "src/main/resources/db/migration";
    Tree tree{
        {"pom.xml",
         "<project>\n<modelVersion>4.0.0</modelVersion>\n<groupId>example</groupId>\n"
         "<artifactId>shop</artifactId>\n<version>1</version>\n<build><plugins><plugin>\n"
         "<groupId>org.flywaydb</groupId>\n<artifactId>flyway-maven-plugin</artifactId>\n<version>" +
             version +
             "</version>\n<configuration>\n<url>${env.SHOP_URL}</url>\n<user>${env.SHOP_USER}</user>\n"
             "<password>${env.SHOP_PASSWORD}</password>\n<locations><location>filesystem:" +
             scripts + "</location></locations>\n</configuration>\n<dependencies>\n" +
             dependency("org.flywaydb:flyway-database-postgresql", version) +
             dependency("org.flywaydb:flyway-mysql", version) +
             dependency("org.postgresql:postgresql", "42.7.3") +
             dependency("org.xerial:sqlite-jdbc", "3.45.3.0") +
             dependency("org.mariadb.jdbc:mariadb-java-client", "3.3.3") +
             "</dependencies>\n</plugin></plugins></build>\n</project>\n"},
        {".mvn/maven.config", "-o\n-Dmaven.repo.local=" + test_tool("maven/repository").string() + "\n"}};
    const std::string path = (test_tool("maven/maven") / "bin").string() + ":" + std::getenv("PATH");
    goes(
        tree, {{"PATH", path}}, Engine::mariadb, scripts,
        [](Environment& environment, const Connection& to) {
            environment["SHOP_URL"] = flyway::jdbc_url(to);
            environment["SHOP_USER"] = to.user;
            environment["SHOP_PASSWORD"] = to.password;
        },
        false);
}

}  // namespace

TEST_CASE("Flyway 9.22.3 goes the whole way on PostgreSQL, MariaDB and SQLite") {
    command_line_goes("9.22.3");
}
TEST_CASE("Flyway 10.22.0 goes the whole way on PostgreSQL, MariaDB and SQLite") {
    command_line_goes("10.22.0");
}
TEST_CASE("Flyway 11.8.2 goes the whole way on PostgreSQL, MariaDB and SQLite") {
    command_line_goes("11.8.2");
}
TEST_CASE("Flyway 11.20.3 by Maven goes the whole way on MariaDB") {
    maven_goes("11.20.3");
}
TEST_CASE("Flyway 12.11.0 by Maven goes the whole way on MariaDB") {
    maven_goes("12.11.0");
}
