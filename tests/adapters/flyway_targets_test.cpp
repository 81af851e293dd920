#include "adapters/adapter.hpp"
#include "tests/adapters/cells.hpp"
#include "tests/support/tree.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

TargetSource only(const std::string& config, const std::string& content, const std::string& environment = "",
                  const std::string& style = "", const Tree::Files& more = {}) {
    Tree::Files files{{config, content}};
    for (const auto& [path, text] : more) files[path] = text;
    Tree tree(files);
    Unit unit;
    unit.tool = Tool::flyway;
    unit.id = ".:flyway";
    unit.style = style;
    unit.config = config;
    auto read = adapter_of(Tool::flyway).targets(unit, tree.path(), environment);
    REQUIRE_MESSAGE(read, read.error().message);
    REQUIRE(read->size() == 1);
    return read->front();
}

}  // namespace

TEST_CASE("flyway: flyway.toml and its environments") {
    const std::string toml =
        "[environments.default]\nurl = \"jdbc:sqlite:x.db\"\n"
        "[environments.production]\nurl = \"jdbc:postgresql://db.example.com/app\"\nuser = "
        "\"${env.DB_USER}\"\n"
        "password = \"${env.DB_PW}\"\nschemas = [\"shop\", \"other\"]\n";
    auto source = only("flyway.toml", toml);
    CHECK(source.kind == TargetSource::Kind::literal);
    CHECK(source.literal == "jdbc:sqlite:x.db");
    CHECK(source.line == 2);
    CHECK(source.environment_section.empty());
    source = only("flyway.toml", toml, "production");
    CHECK(source.literal == "jdbc:postgresql://db.example.com/app");
    CHECK(source.environment_section == "production");
    CHECK(source.field_variables.at("user") == Lines{"DB_USER"});
    CHECK(source.field_variables.at("password") == Lines{"DB_PW"});
    CHECK(source.fields.schema == "shop");
    CHECK(only("flyway.toml", toml, "staging").literal == "jdbc:sqlite:x.db");
    CHECK(only("flyway.toml", "[environments.default]\nurl = \"${env.APP_URL}\"\n").variables ==
          Lines{"APP_URL"});
    CHECK(only("flyway.toml", "[environments.default]\nurl = \"${vault.app-url}\"\n").kind ==
          TargetSource::Kind::needs_probe);
    source =
        only("flyway.toml", toml, "", "", {{"flyway.user.toml", "[environments.default]\nuser = \"me\"\n"}});
    CHECK(source.literal == "jdbc:sqlite:x.db");
    CHECK(source.fields.user == "me");
}

TEST_CASE("flyway: flyway.conf, and no configuration at all") {
    auto source =
        only("flyway.conf", "# x\nflyway.url=jdbc:mariadb://db/app\nflyway.user = app\nflyway.password=pw\n");
    CHECK(source.literal == "jdbc:mariadb://db/app");
    CHECK(source.line == 2);
    CHECK(source.fields.user == "app");
    CHECK(source.fields.password == "pw");
    source = only("flyway.conf", "flyway.locations=filesystem:sql\n");
    CHECK(source.kind == TargetSource::Kind::variables);
    CHECK(source.variables == Lines{"FLYWAY_URL"});
    CHECK(source.field_variables.at("password") == Lines{"FLYWAY_PASSWORD"});
}

TEST_CASE("flyway: a pom, with properties and without") {
    auto pom = [](const std::string& configuration, const std::string& properties = "") {
        return "<project>\n<!-- <artifactId>flyway-maven-plugin</artifactId> -->\n<properties>" + properties +
               "</properties>\n<build><plugins><plugin><artifactId>other</artifactId><configuration><url>no</"
               "url>"
               "</configuration></plugin>\n<plugin><groupId>org.flywaydb</groupId>"
               "<artifactId>flyway-maven-plugin</artifactId>\n<configuration>" +
               configuration + "</configuration></plugin></plugins></build></project>\n";
    };
    auto source =
        only("pom.xml", pom("<url>jdbc:postgresql://db/app?a=1&amp;b=2</url><user>app</user>"), "", "maven");
    CHECK(source.literal == "jdbc:postgresql://db/app?a=1&b=2");
    CHECK(source.fields.user == "app");
    CHECK(source.line == 6);
    source = only("pom.xml", pom("<url>jdbc:postgresql://${db.host}/app</url>", "<db.host>h</db.host>"), "",
                  "maven");
    CHECK(source.literal == "jdbc:postgresql://h/app");
    CHECK(only("pom.xml", pom("<url>${env.DB_URL}</url>"), "", "maven").variables == Lines{"DB_URL"});
    CHECK(only("pom.xml", pom("<url>${db.url}</url>"), "", "maven").kind == TargetSource::Kind::needs_probe);
    CHECK(only("pom.xml", pom("", "<flyway.url>jdbc:x</flyway.url>"), "", "maven").literal == "jdbc:x");
    CHECK(only("pom.xml", "<project/>", "", "maven").variables == Lines{"FLYWAY_URL"});
}

TEST_CASE("flyway: a Gradle script") {
    auto gradle = [](const std::string& block) {
        return only(
            "build.gradle",
            "plugins { id 'org.flywaydb.flyway' }\n// flyway { url = 'no' }\nflyway {\n" + block + "}\n", "",
            "gradle");
    };
    CHECK(gradle("    url = 'jdbc:postgresql://db/app'\n    user = 'app'\n").literal ==
          "jdbc:postgresql://db/app");
    CHECK(gradle("    url 'jdbc:x'\n").literal == "jdbc:x");
    auto source = gradle(
        "    url = System.getenv('DB_URL') ?: 'jdbc:sqlite:x.db'\n    password = System.getenv(\"PW\")\n");
    CHECK(source.variables == Lines{"DB_URL"});
    CHECK(source.literal == "jdbc:sqlite:x.db");
    CHECK(source.field_variables.at("password") == Lines{"PW"});
    CHECK(gradle("    url = project.dbUrl\n").kind == TargetSource::Kind::needs_probe);
    CHECK(gradle("    url = \"jdbc:postgresql://${host}/app\"\n").kind == TargetSource::Kind::needs_probe);
}

TEST_CASE("flyway: Spring's configuration, profiles and placeholders") {
    const std::string yaml =
        "spring:\n  datasource:\n    url: ${DB_URL:jdbc:postgresql://localhost/app}\n    username: "
        "${DB_USER:app}\n"
        "    password: ${DB_PW}\n  flyway:\n    default-schema: shop\n---\n"
        "spring:\n  config:\n    activate:\n      on-profile: production\n  datasource:\n    url: "
        "jdbc:postgresql://prod/app\n";
    auto source = only("src/main/resources/application.yml", yaml);
    CHECK(source.variables == Lines{"DB_URL"});
    CHECK(source.literal == "jdbc:postgresql://localhost/app");
    CHECK(source.field_variables.at("user") == Lines{"DB_USER"});
    CHECK(source.fields.user == "app");
    CHECK(source.field_variables.at("password") == Lines{"DB_PW"});
    CHECK(source.fields.schema == "shop");
    CHECK(source.line == 3);
    source = only("src/main/resources/application.yml", yaml, "production");
    CHECK(source.literal == "jdbc:postgresql://prod/app");
    CHECK(source.environment_section == "production");
    source = only("application.properties",
                  "spring.datasource.url=jdbc:mysql://a/b\nspring.flyway.url=jdbc:mysql://c/"
                  "d\nspring.flyway.user=root\n"
                  "spring.datasource.password=not-this\n");
    CHECK(source.literal == "jdbc:mysql://c/d");
    CHECK(source.fields.user == "root");
    CHECK(source.fields.password.empty());
    source = only("application.properties", "spring.datasource.url=jdbc:h2:mem:x\n", "staging", "",
                  {{"application-staging.properties", "spring.datasource.url=jdbc:postgresql://s/x\n"}});
    CHECK(source.literal == "jdbc:postgresql://s/x");
    CHECK(source.environment_section == "staging");
    CHECK(source.file == "application-staging.properties");
    CHECK(only("application.yml", "datasources:\n  default:\n    url: jdbc:mysql://m/x\n").literal ==
          "jdbc:mysql://m/x");
    CHECK(only("application.properties", "quarkus.datasource.jdbc.url=jdbc:postgresql://q/x\n").literal ==
          "jdbc:postgresql://q/x");
}

TEST_CASE("flyway: a broken file and a version that cannot read it") {
    Tree tree{{"flyway.toml", "[flyway\n"}, {"application.yml", "a: [1\n"}};
    Unit unit;
    unit.tool = Tool::flyway;
    for (const char* config : {"flyway.toml", "application.yml"}) {
        unit.config = config;
        auto read = adapter_of(Tool::flyway).targets(unit, tree.path(), "");
        REQUIRE_FALSE(read);
        CHECK(read.error().code == "config.invalid");
    }
    unit.config = "flyway.toml";
    unit.version = Version{9, 0, 0};
    CHECK(adapter_of(Tool::flyway).fits(unit, tree.path())->code == "tool.layout");
    unit.version = Version{10, 0, 0};
    CHECK_FALSE(adapter_of(Tool::flyway).fits(unit, tree.path()));
}

TEST_CASE("flyway: where only the application migrates, its own configuration says where the database is") {
    Tree tree{{"pom.xml", "<project/>"},
              {"src/main/resources/application.properties",
               "spring.datasource.url=jdbc:postgresql://localhost:5433/search\n"
               "spring.datasource.username=app\n"}};
    Unit unit;
    unit.tool = Tool::flyway;
    unit.id = ".:flyway";
    unit.how_run = HowRun::programmatic;
    auto read = adapter_of(Tool::flyway).targets(unit, tree.path(), "development");
    REQUIRE(read);
    CHECK(read->at(0).literal == "jdbc:postgresql://localhost:5433/search");
    CHECK(read->at(0).fields.user == "app");
    CHECK(read->at(0).file == "src/main/resources/application.properties");
}
