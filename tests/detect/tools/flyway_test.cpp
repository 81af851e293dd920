#include "tests/detect/scan.hpp"

using namespace migrate;
using namespace migrate::test;

TEST_CASE("Flyway: a Spring module in a Maven build, migrated when the application starts") {
    Unit unit =
        only(scan_of({{"mvnw", ""},
                      {"pom.xml",
                       "<project><parent><artifactId>spring-boot-starter-parent</"
                       "artifactId>\n<version>3.2.1</version></parent></project>"},
                      {"service/pom.xml",
                       "<project><dependency><artifactId>flyway-core</artifactId></dependency></project>"},
                      {"service/src/main/resources/application.yml",
                       "spring:\n  datasource:\n    url: jdbc:postgresql://db/x\n  flyway:\n    locations: "
                       "classpath:db/migration\n"},
                      {"service/src/main/resources/db/migration/V1__init.sql", ""},
                      {"service/src/main/resources/db/migration/views/R__views.sql", ""}}));
    CHECK(unit.id == "service:flyway");
    CHECK(unit.root == "service");
    CHECK(unit.config == "service/src/main/resources/application.yml");
    CHECK(directories(unit) == Strings{"service/src/main/resources/db/migration"});
    CHECK(unit.how_run == HowRun::programmatic);
    CHECK(unit.runner == "mvnw");
    CHECK(unit.version_text == "managed by Spring Boot 3.2.1");
    CHECK_FALSE(unit.version.has_value());
    CHECK(unit.engines == std::vector{Engine::postgresql});
    CHECK(has_signal(unit, "flyway.location"));
    CHECK(has_signal(unit, "flyway.dependency"));
}

TEST_CASE("Flyway: the plugin of a build is run through the build") {
    Unit maven = only(scan_of({{"mvnw", ""},
                               {"pom.xml",
                                "<project><plugin><artifactId>flyway-maven-plugin</"
                                "artifactId><version>9.22.3</version></plugin></project>"},
                               {"src/main/resources/db/migration/V1__a.sql", ""}}));
    CHECK(maven.launch == Strings{"./mvnw", "-q", "-B"});
    CHECK(maven.style == "maven");
    CHECK(maven.how_run == HowRun::cli);
    CHECK(maven.version == Version{9, 22, 3});
    Unit gradle =
        only(scan_of({{"gradlew", ""},
                      {"settings.gradle", ""},
                      {"db/build.gradle", "plugins { id 'org.flywaydb.flyway' version '10.4.1' }\n"},
                      {"db/src/main/resources/db/migration/V1__a.sql", ""}}));
    CHECK(gradle.launch == Strings{"../gradlew", "-q", "--console=plain"});
    CHECK(gradle.style == "gradle");
    CHECK(gradle.root == "db");
    CHECK(gradle.version == Version{10, 4, 1});
}

TEST_CASE("Flyway: its own configuration means its own program") {
    Unit unit = only(scan_of({{"db/flyway.toml",
                               "[flyway]\nlocations = [\"filesystem:sql\"]\n[environments.default]\nurl = "
                               "\"jdbc:mysql://localhost/x\"\n"},
                              {"db/sql/V1__a.sql", ""},
                              {"db/sql/V2__b.sql", ""}}));
    CHECK(unit.id == "db:flyway");
    CHECK(unit.config == "db/flyway.toml");
    CHECK(unit.style == "cli");
    CHECK(unit.launch == Strings{"flyway"});
    CHECK(directories(unit) == Strings{"db/sql"});
    CHECK(unit.engines == std::vector{Engine::mysql});
    CHECK(unit.how_run == HowRun::cli);
}

TEST_CASE("Flyway: directories by vendor are variants of one unit") {
    Unit unit = only(scan_of({{"pom.xml", "<project/>"},
                              {"src/main/resources/application.properties",
                               "spring.flyway.locations=classpath:db/migration/{vendor}\n"},
                              {"src/main/resources/db/migration/H2/V1__a.sql", ""},
                              {"src/main/resources/db/migration/MYSQL/V1__a.sql", ""},
                              {"src/main/resources/db/migration/POSTGRESQL/V1__a.sql", ""}}));
    REQUIRE(unit.migrations.size() == 3);
    CHECK(unit.migrations[0].engine == Engine::h2);
    CHECK(unit.migrations[2].engine == Engine::postgresql);
    CHECK(unit.engines == std::vector{Engine::h2, Engine::mysql, Engine::postgresql});
    CHECK(unit.id == ".:flyway");
}

TEST_CASE("Flyway: one history a module, its location named in another one") {
    Scan scan = scan_of(
        {{"gradlew", ""},
         {"build.gradle", ""},
         {"cli/build.gradle", ""},
         {"cli/src/main/resources/application.yml",
          "flyway:\n  datasources:\n    postgres:\n      locations:\n        - "
          "classpath:migrations/postgres\n    h2:\n      locations:\n        - classpath:migrations/h2\n"},
         {"jdbc-h2/build.gradle", ""},
         {"jdbc-h2/src/main/resources/migrations/h2/V1__a.sql", ""},
         {"jdbc-postgres/build.gradle", ""},
         {"jdbc-postgres/src/main/resources/migrations/postgres/V1_1__a.sql", ""},
         {"jdbc-postgres/src/test/resources/application.yml",
          "flyway:\n  locations: classpath:migrations/postgres\n"}});
    REQUIRE(ids(scan.units) == Strings{"jdbc-h2:flyway#h2", "jdbc-postgres:flyway#postgres"});
    CHECK(scan.units[1].config == "cli/src/main/resources/application.yml");
    CHECK(scan.units[1].runner == "gradlew");
    CHECK(scan.units[1].engines == std::vector{Engine::postgresql});
}

TEST_CASE("Flyway: migrations in Java belong to the scripts of the same location") {
    Unit unit = only(scan_of({{"pom.xml", "<project>flyway</project>"},
                              {"src/main/java/shop/db/V2__Fill.java", ""},
                              {"src/main/resources/shop/db/V1__a.sql", ""}}));
    CHECK(unit.migrations.size() == 2);
    Unit code = only(scan_of(
        {{"pom.xml", "<project>flyway</project>"}, {"src/main/java/db/migration/V1__Init.java", ""}}));
    CHECK(directories(code) == Strings{"src/main/java/db/migration"});
}

TEST_CASE("Flyway: scripts among the tests are hidden") {
    Scan scan = scan_of({{"pom.xml", "<project/>"}, {"src/test/resources/db/migration/V1__a.sql", ""}});
    CHECK(scan.units.empty());
    CHECK(scan.hidden.size() == 1);
}

TEST_CASE("Flyway: the dependency alone is no unit") {
    Scan scan = scan_of({{"pom.xml", "<project><artifactId>flyway-core</artifactId></project>"},
                         {"src/main/java/A.java", ""}});
    CHECK(scan.units.empty());
    CHECK(scan.possible.empty());
}

TEST_CASE("Flyway: a configuration without a script yet is a unit that says where the first one goes") {
    Unit unit = only(
        scan_of({{"db/flyway.toml", "[flyway]\nlocations = [\"filesystem:steps\"]\n"}, {"db/steps/", ""}}));
    CHECK(unit.id == "db:flyway");
    CHECK(unit.config == "db/flyway.toml");
    CHECK(directories(unit) == Strings{"db/steps"});
    Scan container = scan_of({{"flyway.conf", "flyway.locations=filesystem:/flyway/sql\n"}});
    CHECK(problems(container).empty());
    CHECK(directories(only(container)) == Strings{"sql"});
}
