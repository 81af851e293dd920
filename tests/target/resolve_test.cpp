#include "target/resolve.hpp"

#include <doctest/doctest.h>

#include <memory>

#include "../support/tree.hpp"
#include "target/url.hpp"

using namespace migrate;
using test::Tree;

namespace {

Unit unit_at(std::string root, Tool tool = Tool::prisma) {
    Unit unit;
    unit.root = std::move(root);
    unit.tool = tool;
    unit.id = unit.root + ":" + std::string(to_string(tool));
    return unit;
}

TargetSource reads(std::vector<std::string> variables) {
    TargetSource source;
    source.kind = TargetSource::Kind::variables;
    source.variables = std::move(variables);
    source.file = "schema.prisma";
    source.line = 3;
    return source;
}

TargetSource literal(std::string text, std::string section = "") {
    TargetSource source;
    source.kind = TargetSource::Kind::literal;
    source.literal = std::move(text);
    source.file = "alembic.ini";
    source.line = 5;
    source.environment_section = std::move(section);
    return source;
}

struct Setting {
    const Tree& tree;
    ResolveInputs inputs;
    std::shared_ptr<Config> config = std::make_shared<Config>();

    explicit Setting(const Tree& files, std::string environment = "development", bool named = false)
        : tree(files) {
        inputs.root = files.path();
        inputs.environment = std::move(environment);
        inputs.named = named;
        if (auto text = files.read("migrate.toml"); !text.empty()) {
            *config = parse_config(text).value();
            inputs.config = config.get();
        }
    }
    Setting& with(std::string name, std::string value) {
        inputs.process.variables[std::move(name)] = std::move(value);
        return *this;
    }
    /// "place <- source (variable)", or "code: message".
    std::string resolve(const Unit& unit, const std::vector<TargetSource>& sources) const {
        auto targets = resolve_targets(unit, sources, inputs);
        if (!targets) return targets.error().code + ": " + targets.error().message;
        std::string text;
        for (const auto& target : *targets) {
            if (!text.empty()) text += " + ";
            std::string place = display(target.connection);
            if (auto at = place.find(tree.path().string()); at != std::string::npos)
                place.replace(at, tree.path().string().size(), "ROOT");
            text += place + " <- " + target.source;
            if (!target.variable.empty()) text += " (" + target.variable + ")";
        }
        return text;
    }
};

const std::string kHere = "postgresql://localhost:5432/here <- ";

}  // namespace

TEST_CASE("in development the process wins over .env.development, and that over what the tool reads") {
    Tree tree{{".env", "DATABASE_URL=postgres://localhost/plain"},
              {".env.development", "# c\nDATABASE_URL=postgres://localhost/named"}};
    Unit unit = unit_at(".");
    CHECK(Setting(tree)
              .with("DATABASE_URL", "postgres://localhost/here")
              .resolve(unit, {reads({"DATABASE_URL"})}) == kHere + "environment (DATABASE_URL)");
    CHECK(Setting(tree).resolve(unit, {reads({"DATABASE_URL"})}) ==
          "postgresql://localhost:5432/named <- .env.development:2 (DATABASE_URL)");
    Tree plain{{".env", "DATABASE_URL=postgres://localhost/plain"}};
    CHECK(Setting(plain).resolve(unit, {reads({"DATABASE_URL"})}) ==
          "postgresql://localhost:5432/plain <- .env:1 (DATABASE_URL)");
}

TEST_CASE("a plain .env is development's alone") {
    Tree tree{{".env", "DATABASE_URL=postgres://localhost/plain"}};
    CHECK(Setting(tree, "production", true).resolve(unit_at("."), {reads({"DATABASE_URL"})}) ==
          "environment.undefined: .:prisma: nothing says where \"production\" is: not in the environment, "
          "not in "
          ".env.production (there is no such file)");
}

TEST_CASE("the unit's own directory comes before the root, and the tool's own files first") {
    Tree tree{{".env", "DATABASE_URL=postgres://localhost/root"},
              {"apps/api/.env", "DATABASE_URL=postgres://localhost/unit"},
              {"apps/api/prisma/.env", "DATABASE_URL=postgres://localhost/tool"}};
    TargetSource source = reads({"DATABASE_URL"});
    CHECK(Setting(tree).resolve(unit_at("apps/api"), {source}) ==
          "postgresql://localhost:5432/unit <- apps/api/.env:1 (DATABASE_URL)");
    source.dotenv = {"apps/api/prisma/.env"};
    CHECK(Setting(tree).resolve(unit_at("apps/api"), {source}) ==
          "postgresql://localhost:5432/tool <- apps/api/prisma/.env:1 (DATABASE_URL)");
}

TEST_CASE("a name selects through migrate.toml: the unit's entry, then the common one") {
    Tree tree{{"migrate.toml", R"(
[environments.production]
url_env = "SHOP_URL"
[environments.staging]
dotenv = ["deploy/staging.env"]
[[unit]]
id = "api"
path = "apps/api"
environments.production.url_env = "API_URL"
)"},
              {"deploy/staging.env", "DATABASE_URL=postgres://localhost/staged"}};
    Unit api = unit_at("apps/api"), web = unit_at("apps/web");
    auto production = [&] {
        return Setting(tree, "production", true)
            .with("SHOP_URL", "postgres://h/shop")
            .with("API_URL", "postgres://h/api")
            .with("DATABASE_URL", "postgres://h/other");
    };
    CHECK(production().resolve(api, {reads({"DATABASE_URL"})}) ==
          "postgresql://h:5432/api <- environment (DATABASE_URL)");
    CHECK(production().resolve(web, {reads({"DATABASE_URL"})}) ==
          "postgresql://h:5432/shop <- environment (DATABASE_URL)");
    CHECK(Setting(tree, "staging", true).resolve(web, {reads({"DATABASE_URL"})}) ==
          "postgresql://localhost:5432/staged <- deploy/staging.env:1 (DATABASE_URL)");
    CHECK(Setting(tree, "production", true).resolve(api, {reads({"DATABASE_URL"})}) ==
          "target.unresolved: apps/api:prisma: API_URL is not set: not in the environment, not in "
          "apps/api/.env.production (there is no such file)");
}

TEST_CASE("url_env cannot reach a configuration that reads no variable") {
    Tree tree{{"migrate.toml", "[environments.production]\nurl_env = \"URL\"\n"}};
    CHECK(Setting(tree, "production", true)
              .with("URL", "postgres://h/d")
              .resolve(unit_at(".", Tool::alembic), {literal("sqlite:///x")}) ==
          "target.unresolved: .:alembic: migrate.toml:1 names URL, but alembic.ini:5 reads no variable");
    CHECK(Setting(tree, "production", true)
              .with("URL", "postgres://h/d")
              .resolve(unit_at(".", Tool::sql), {literal("")}) ==
          "postgresql://h:5432/d <- environment (URL)");
}

TEST_CASE("--url-env names the variable before everything else") {
    Tree tree;
    Setting setting(tree, "qa", true);
    setting.with("DATABASE_URL", "postgres://h/wrong").with("QA_URL", "postgres://h/qa");
    setting.inputs.url_env = "QA_URL";
    CHECK(setting.resolve(unit_at("."), {reads({"DATABASE_URL"})}) ==
          "postgresql://h:5432/qa <- environment (DATABASE_URL)");
}

TEST_CASE("the tool's own section of the name counts; a literal without one is development's") {
    Tree tree;
    Unit unit = unit_at(".", Tool::sequelize);
    CHECK(Setting(tree, "staging", true).resolve(unit, {literal("postgres://h/s", "staging")}) ==
          "postgresql://h:5432/s <- alembic.ini:5");
    CHECK(Setting(tree).resolve(unit, {literal("postgres://h/s")}) ==
          "postgresql://h:5432/s <- alembic.ini:5");
    CHECK(Setting(tree, "staging", true)
              .resolve(unit, {literal("postgres://h/s")})
              .starts_with("environment.undefined"));
    CHECK(Setting(tree, "staging", true)
              .resolve(unit, {literal("postgres://h/s", "production")})
              .starts_with("environment.undefined"));
}

TEST_CASE("a fallback literal is development's, the first variable that is set wins") {
    Tree tree;
    TargetSource source = reads({"DIRECT_URL", "DATABASE_URL"});
    source.literal = "postgres://localhost/fallback";
    Unit unit = unit_at(".");
    CHECK(Setting(tree).resolve(unit, {source}) == "postgresql://localhost:5432/fallback <- schema.prisma:3");
    CHECK(Setting(tree).with("DATABASE_URL", "postgres://localhost/here").resolve(unit, {source}) ==
          kHere + "environment (DATABASE_URL)");
    CHECK(Setting(tree, "qa", true).resolve(unit, {source}).starts_with("environment.undefined"));
}

TEST_CASE("an unset variable is named together with where it was looked for") {
    Tree tree{{".env", "OTHER=1"}};
    CHECK(Setting(tree).resolve(unit_at("."), {reads({"POSTGRES_URL", "DATABASE_URL"})}) ==
          "target.unresolved: .:prisma: POSTGRES_URL or DATABASE_URL is not set: not in the environment, not "
          "in .env");
    Tree named{{".env.qa", "OTHER=1"}};
    CHECK(Setting(named, "qa", true).resolve(unit_at("."), {reads({"DATABASE_URL"})}) ==
          "target.unresolved: .:prisma: DATABASE_URL is not set: not in the environment, not in .env.qa");
}

TEST_CASE("a variable that is set to nothing is an error and not a reason to look further") {
    Tree tree{{".env", "DATABASE_URL=postgres://localhost/plain"}};
    CHECK(Setting(tree).with("DATABASE_URL", "").resolve(unit_at("."), {reads({"DATABASE_URL"})}) ==
          "target.unresolved: .:prisma: DATABASE_URL (environment): the value is empty");
}

TEST_CASE("an environment named by the caller must not mean two databases") {
    Tree tree{{".env.production", "DATABASE_URL=postgres://u:x@h/a"}};
    Unit unit = unit_at(".");
    auto resolve = [&](const char* url, bool named) {
        return Setting(tree, "production", named)
            .with("DATABASE_URL", url)
            .resolve(unit, {reads({"DATABASE_URL"})});
    };
    CHECK(resolve("postgres://h/b", true) ==
          "target.shadowed: .:prisma: DATABASE_URL is set in the environment and in .env.production:1, to "
          "different values");
    CHECK(resolve("postgres://u:other@h:5432/a", true) ==
          "postgresql://h:5432/a <- environment (DATABASE_URL)");
    CHECK(resolve("postgres://h/b", false) == "postgresql://h:5432/b <- environment (DATABASE_URL)");
}

TEST_CASE("what only a probe can tell is unknown, with the reason") {
    Tree tree;
    TargetSource source;
    source.kind = TargetSource::Kind::needs_probe;
    source.why = "env.py:12 calls get_url()";
    CHECK(Setting(tree).resolve(unit_at(".", Tool::alembic), {source}) ==
          "target.unknown: .:alembic: which database this is only its own configuration can tell: env.py:12 "
          "calls get_url()");
}

TEST_CASE("placeholders in a configuration are looked up like any variable") {
    Tree tree{{".env.qa", "DB_HOST=qa.example.com"}};
    Unit unit = unit_at(".", Tool::flyway);
    TargetSource source = literal("jdbc:postgresql://${DB_HOST:localhost}:${DB_PORT:5433}/shop");
    CHECK(Setting(tree).resolve(unit, {source}) == "postgresql://localhost:5433/shop <- alembic.ini:5");
    CHECK(Setting(tree, "qa", true).resolve(unit, {source}) ==
          "postgresql://qa.example.com:5433/shop <- .env.qa:1");
    CHECK(Setting(tree, "eu", true).resolve(unit, {source}).starts_with("environment.undefined"));
    CHECK(Setting(tree).resolve(unit, {literal("jdbc:mysql://${env.NOPE}/shop")}) ==
          "target.unresolved: .:flyway: NOPE is not set: not in the environment, not in .env "
          "(there is no such file)");
}

TEST_CASE("fields come from their variables or from what is written") {
    Tree tree{{".env", "DB_HOST=db\nDB_NAME=shop\nDB_PASS=hunter2"}, {".env.qa", "DB_HOST=qa\n"}};
    TargetSource source;
    source.kind = TargetSource::Kind::fields;
    source.file = "knexfile.js";
    source.line = 4;
    source.engine = Engine::mysql;
    source.fields.database = "fallback";
    source.fields.port = 3307;
    source.field_variables = {{"host", {"DB_HOST"}}, {"database", {"DB_NAME"}}, {"password", {"DB_PASS"}}};
    Unit unit = unit_at(".", Tool::knex);
    CHECK(Setting(tree).resolve(unit, {source}) == "mysql://db:3307/shop <- .env:2");
    CHECK(Setting(tree).with("DB_NAME", "own").resolve(unit, {source}) ==
          "mysql://db:3307/own <- environment");
    // A fallback is no database of another environment.
    CHECK(Setting(tree, "qa", true).resolve(unit, {source}) ==
          "target.unresolved: .:knex: DB_NAME is not set: not in the environment, not in .env.qa");
    Tree none;
    CHECK(Setting(none).resolve(unit, {source}) ==
          "target.unresolved: .:knex: DB_HOST is not set: not in the environment, not in .env "
          "(there is no such file)");
}

TEST_CASE("fields of a SQLite database become a file") {
    Tree tree;
    TargetSource source;
    source.kind = TargetSource::Kind::fields;
    source.file = "config.json";
    source.engine = Engine::sqlite;
    source.fields.database = "data/dev.db";
    source.base_dir = "apps/api";
    CHECK(Setting(tree).resolve(unit_at("apps/api", Tool::knex), {source}) ==
          "sqlite:ROOT/apps/api/data/dev.db <- config.json");
}

TEST_CASE("a link that leads out of the repository is followed") {
    Tree outside{{"real.db", ""}}, tree{{"x/", ""}};
    std::filesystem::create_symlink(outside.path("real.db"), tree.path("dev.db"));
    TargetSource source = literal("sqlite:///dev.db");
    CHECK(Setting(tree).resolve(unit_at(".", Tool::alembic), {source}) ==
          "sqlite:" + std::filesystem::canonical(outside.path("real.db")).string() + " <- alembic.ini:5");
}

TEST_CASE("libpq's variables fill what the URL leaves out, for the tools that read them") {
    Tree tree;
    auto resolve = [&](Tool tool, const char* url) {
        return Setting(tree)
            .with("U", url)
            .with("PGHOST", "db.example.com")
            .with("PGPORT", "6000")
            .with("PGDATABASE", "pg")
            .resolve(unit_at(".", tool), {reads({"U"})});
    };
    CHECK(resolve(Tool::alembic, "postgresql:///shop") ==
          "postgresql://db.example.com:6000/shop <- environment (U)");
    CHECK(resolve(Tool::knex, "postgresql://h") == "postgresql://h:6000/pg <- environment (U)");
    CHECK(resolve(Tool::prisma, "postgresql://h/shop") == "postgresql://h:5432/shop <- environment (U)");
    CHECK(Setting(tree)
              .with("U", "postgresql:///shop")
              .with("PGSERVICE", "x")
              .resolve(unit_at(".", Tool::alembic), {reads({"U"})}) ==
          "target.unknown: .:alembic: a service file of libpq says where the database is");
    CHECK(Setting(tree).with("U", "postgres://alice@h").resolve(unit_at(".", Tool::knex), {reads({"U"})}) ==
          "postgresql://h:5432/alice <- environment (U)");
    CHECK(Setting(tree).with("U", "mysql://alice@h").resolve(unit_at(".", Tool::knex), {reads({"U"})}) ==
          "target.unresolved: .:knex: the connection names a server but no database");
}

TEST_CASE("a URL of another engine than the configuration declares is no target") {
    Tree tree;
    TargetSource source = reads({"U"});
    source.engine = Engine::sqlite;
    CHECK(Setting(tree).with("U", "postgres://u:hunter2@h/d").resolve(unit_at("."), {source}) ==
          "target.unresolved: .:prisma: U (environment) is a postgresql database, but schema.prisma:3 says "
          "sqlite");
}

TEST_CASE("a broken value is an error of the unit that needs it") {
    Tree tree{{".env", "A=1\nDATABASE_URL=\"postgres://u:hunter2@h/d\n"}};
    CHECK(Setting(tree).resolve(unit_at("."), {reads({"DATABASE_URL"})}) ==
          "config.invalid: .env:2: DATABASE_URL: a quote begins here and is never closed");
    CHECK(Setting(tree).resolve(unit_at("."), {reads({"A"})}) ==
          "target.unresolved: .:prisma: A (.env:1): the value is neither a database URL nor a connection "
          "string");
}

TEST_CASE("a unit with several databases resolves each") {
    Tree tree;
    TargetSource second = reads({"B"});
    second.name = "replica";
    CHECK(Setting(tree)
              .with("A", "postgres://h/a")
              .with("B", "postgres://h/b")
              .resolve(unit_at(".", Tool::django), {reads({"A"}), second}) ==
          "postgresql://h:5432/a <- environment (A) + postgresql://h:5432/b <- environment (B)");
    CHECK(Setting(tree).resolve(unit_at("."), {}).starts_with("target.unresolved"));
}

TEST_CASE("a shell variable that overrides different files of two units is seen") {
    Tree tree{{"a/.env", "DATABASE_URL=postgres://localhost/a"},
              {"b/.env", "DATABASE_URL=postgres://localhost/b"},
              {"c/.env", "DATABASE_URL=postgres://u:other@localhost:5432/a"}};
    Unit a = unit_at("a"), b = unit_at("b"), c = unit_at("c");
    UnitSources ua{&a, {reads({"DATABASE_URL"})}}, ub{&b, {reads({"DATABASE_URL"})}},
        uc{&c, {reads({"DATABASE_URL"})}};
    Setting quiet(tree), shell(tree);
    shell.with("DATABASE_URL", "postgres://localhost/x");
    CHECK_FALSE(conflict_between(std::vector{ua, ub}, quiet.inputs).has_value());
    auto error = conflict_between(std::vector{ua, ub}, shell.inputs);
    REQUIRE(error.has_value());
    CHECK(error->code == "target.shadowed");
    CHECK(error->message ==
          "DATABASE_URL is set in the environment and overrides different values: a/.env:1 (a:prisma) and "
          "b/.env:1 (b:prisma)");
    CHECK_FALSE(conflict_between(std::vector{ua, uc}, shell.inputs).has_value());
    CHECK_FALSE(conflict_between(std::vector{ua}, shell.inputs).has_value());
}

TEST_CASE("one url_env for units of different databases is an error") {
    Tree tree{{"migrate.toml", "[environments.production]\nurl_env = \"PROD_URL\"\n"},
              {"a/.env", "DATABASE_URL=postgres://localhost/a"},
              {"b/.env", "DATABASE_URL=postgres://localhost/b"},
              {"c/.env", "DATABASE_URL=postgres://localhost/a"}};
    Unit a = unit_at("a"), b = unit_at("b"), c = unit_at("c"), d = unit_at("d");
    auto both = [](const Unit& x, const Unit& y) {
        return std::vector<UnitSources>{{&x, {reads({"DATABASE_URL"})}}, {&y, {reads({"DATABASE_URL"})}}};
    };
    Setting setting(tree, "production", true);
    setting.with("PROD_URL", "postgres://h/shop");
    auto error = conflict_between(both(a, b), setting.inputs);
    REQUIRE(error.has_value());
    CHECK(error->code == "config.invalid");
    CHECK(error->message.find("migrate.toml:1: one url_env, PROD_URL,") == 0);
    CHECK_FALSE(conflict_between(both(a, c), setting.inputs).has_value());
    CHECK_FALSE(conflict_between(both(a, d), setting.inputs).has_value());
    auto other = both(a, d);
    other[1].sources = {reads({"BILLING_URL"})};
    CHECK(conflict_between(other, setting.inputs).has_value());
}

TEST_CASE("a child gets the environment's files, and never over what the process sets") {
    Tree tree{{".env", "DATABASE_URL=postgres://localhost/plain\nOTHER=1"},
              {".env.qa", "DATABASE_URL=postgres://qa/d\nDB_HOST=qa\nKEEP=file"}};
    Unit unit = unit_at(".", Tool::knex);
    auto qa = child_environment(unit, {reads({"DATABASE_URL"})},
                                Setting(tree, "qa", true).with("KEEP", "shell").inputs);
    REQUIRE(qa.has_value());
    CHECK(qa->size() == 2);
    CHECK(qa->at("DB_HOST").value == "qa");
    CHECK(qa->at("DB_HOST").secret);
    auto development = child_environment(unit, {reads({"DATABASE_URL"})}, Setting(tree).inputs);
    REQUIRE(development.has_value());
    CHECK(development->size() == 1);
    CHECK(development->at("DATABASE_URL").value == "postgres://localhost/plain");
    TargetSource own = reads({"DATABASE_URL"});
    own.dotenv = {".env"};
    CHECK(child_environment(unit, {own}, Setting(tree).inputs)->empty());
}
