#include "target/level.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "../support/tree.hpp"
#include "target/compose.hpp"
#include "target/host_facts.hpp"
#include "target/level_words.hpp"
#include "target/pattern.hpp"
#include "target/url.hpp"

using namespace migrate;

namespace {

LevelFacts facts() {
    LevelFacts facts;
    facts.root = "/srv/production/app";
    facts.temporary = "/tmp";
    return facts;
}

Target target_of(std::string_view url, std::string source = ".env:1") {
    Target target;
    target.connection = parse_url(url, {{}, "/srv/production/app"}).value();
    target.source = std::move(source);
    return target;
}

std::string codes(const LevelDecision& decision) {
    std::string text(to_string(decision.level));
    text += ":";
    for (const auto& piece : decision.evidence) text += " " + piece.code;
    return text;
}

std::string level(std::string_view url, const LevelFacts& known = facts(), std::string source = ".env:1") {
    return codes(decide_level(target_of(url, std::move(source)), known));
}

}  // namespace

TEST_CASE("words end at punctuation, camelCase and digits") {
    using Words = std::vector<std::string>;
    CHECK(words_of("my-prodDb_01") == Words{"my", "prod", "db", "01"});
    CHECK(words_of("PRODUCTIONDb2live") == Words{"production", "db", "2", "live"});
    CHECK(words_of("") == Words{});
    CHECK(says_production("shop_prod"));
    CHECK(says_production("prodDb"));
    CHECK(says_production("db1prod"));
    CHECK(says_production("config.settings.production"));
    CHECK(says_production("PRIMARY"));
    CHECK_FALSE(says_production("product"));
    CHECK_FALSE(says_production("products_dev"));
    CHECK_FALSE(says_production("olive"));
    CHECK_FALSE(says_production("reproduction"));
    CHECK(says_no_production("development"));
    CHECK(says_no_production("qa-eu"));
    CHECK_FALSE(says_no_production("eu"));
    CHECK_FALSE(says_no_production("test-prod"));
}

TEST_CASE("this machine is local") {
    CHECK(level("postgres://localhost/shop") == "local: host.loopback");
    CHECK(level("postgres://127.3.2.1/shop") == "local: host.loopback");
    CHECK(level("postgres://[::1]/shop") == "local: host.loopback");
    CHECK(level("postgres://db.localhost/shop") == "local: host.loopback");
    CHECK(level("postgres://db.test/shop") == "local: host.test");
    CHECK(level("postgres://host.docker.internal/shop") == "local: host.docker");
    CHECK(level("postgresql:///shop") == "local: socket.local");
    CHECK(level("postgresql:///shop?host=/run/postgresql") == "local: socket.local");
    CHECK(level("mysql://u@localhost/shop?socket=/run/mysqld.sock") == "local: socket.local");
}

TEST_CASE("everything else is shared, and says why") {
    CHECK(level("postgres://db.example.com/shop") == "shared: none");
    CHECK(level("postgres://10.0.0.7/shop") == "shared: none");
    CHECK(level("postgres://localhost.example.com/shop") == "shared: none");
    CHECK(level("postgres://127.1/shop") == "shared: none");
    CHECK(level("postgres://x.eu-west-1.rds.amazonaws.com/shop") == "shared: host.managed");
    CHECK(level("postgresql:///shop?host=/cloudsql/p:r:i") == "shared: socket.proxy");
    CHECK(level("sqlite:////data/shop.db") == "shared: none");
}

TEST_CASE("several hosts are local only where all of them are") {
    CHECK(level("postgres://localhost,127.0.0.1/shop") == "local: host.loopback host.loopback");
    CHECK(level("postgres://localhost,db.example.com/shop") == "shared: none");
    CHECK(level("postgres://localhost/shop?hostaddr=10.1.2.3") == "shared: none");
    CHECK(level("mysql://u@db.example.com/shop?socket=/run/mysqld.sock") == "shared: none");
}

TEST_CASE("a compose service of the repository is local") {
    LevelFacts known = facts();
    known.services = {"db", "cache.internal"};
    CHECK(level("postgres://db/shop", known) == "local: host.compose");
    CHECK(level("postgres://other/shop", known) == "shared: none");
    CHECK(level("postgres://cache.internal/shop", known) == "shared: none");
}

TEST_CASE("SQLite files are local below the root and the temporary directory") {
    CHECK(level("file:dev.db") == "local: file.root");
    CHECK(level("sqlite:////tmp/x/dev.db") == "local: file.temporary");
    CHECK(level("sqlite::memory:") == "local: memory");
    CHECK(level("file:../other/dev.db") == "shared: none");
}

TEST_CASE("the words of production decide, wherever they stand") {
    CHECK(level("postgres://db-prod.example.com/shop") == "production: word.host");
    CHECK(level("postgres://localhost/shop_production") == "production: word.database host.loopback");
    CHECK(level("postgres://live@localhost/shop") == "production: word.user host.loopback");
    CHECK(level("postgres://localhost/shop", facts(), "apps/api/.env.production:3") ==
          "production: word.dotenv host.loopback");
    LevelFacts known = facts();
    known.environment = {"prod-eu", "--env"};
    CHECK(level("postgres://localhost/shop", known) == "production: word.environment host.loopback");
    known = facts();
    known.settings_module = "shop.settings.production";
    CHECK(level("postgres://localhost/shop", known) == "production: word.settings host.loopback");
    CHECK(level("postgres://localhost/products") == "local: host.loopback");
}

TEST_CASE("of a file's path only what lies below the root counts") {
    CHECK(level("file:dev.db") == "local: file.root");
    CHECK(level("file:prod.db") == "production: word.file file.root");
    CHECK(level("file:live/dev.db") == "production: word.file file.root");
    CHECK(level("sqlite:////opt/production/dev.db") == "shared: none");
    CHECK(level("sqlite:////opt/x/prod.db") == "production: word.file");
}

TEST_CASE("hosts of production in migrate.toml make production") {
    LevelFacts known = facts();
    known.hosts = {{"production", "*.db.example.com", "migrate.toml:5"},
                   {"qa", "*.qa.example.com", "migrate.toml:8"}};
    CHECK(level("postgres://a.DB.example.com/shop", known) == "production: config.hosts");
    CHECK(level("postgres://a.qa.example.com/shop", known) == "shared: none");
}

TEST_CASE("a mark and the policy file decide below production, the most careful first") {
    LevelFacts known = facts();
    known.mark = Mark{Level::local, false, "marked development by alice"};
    CHECK(level("postgres://db.example.com/shop", known) == "local: mark");
    CHECK(level("postgres://db-prod.example.com/shop", known) == "production: word.host mark");
    known.policy = {{"*.example.com", "*", Level::staging, "/etc/migrate/policy.toml:3", ""}};
    CHECK(level("postgres://db.example.com/shop", known) == "staging: mark policy.level");
    known.mark = Mark{Level::production, false, "marked production by alice"};
    CHECK(level("postgres://db.example.com/shop", known) == "production: mark policy.level");
    known = facts();
    known.policy = {{"*", "shop", Level::staging, "p:1", ""}, {"*", "other", Level::scratch, "p:2", ""}};
    CHECK(level("postgres://db.example.com/shop", known) == "staging: policy.level");
}

TEST_CASE("the mark of another server counts only where it is the more careful") {
    LevelFacts known = facts();
    known.mark = Mark{Level::scratch, true, "marked scratch elsewhere"};
    CHECK(level("postgres://db.example.com/shop", known) == "shared: mark.foreign");
    known.mark = Mark{Level::staging, true, "marked staging elsewhere"};
    CHECK(level("postgres://localhost/shop", known) == "staging: mark.foreign host.loopback");
    known.mark = Mark{Level::production, true, "marked production elsewhere"};
    CHECK(level("postgres://localhost/shop", known) == "production: mark.foreign host.loopback");
}

TEST_CASE("a repository can raise a level and never lower it") {
    LevelFacts known = facts();
    known.repo = {{"*", "*", Level::staging, "migrate.toml:4", ""}};
    CHECK(level("postgres://localhost/shop", known) == "staging: config.level host.loopback");
    CHECK(level("postgres://db.example.com/shop", known) == "shared: config.level");
    known.repo = {{"*", "*", Level::production, "migrate.toml:4", ""}};
    CHECK(level("postgres://localhost/shop", known) == "production: config.level host.loopback");
}

TEST_CASE("signs that the server shows take back that it is local") {
    LevelFacts known = facts();
    known.signs = {{"server.managed", "the server", "the role rds_superuser exists"}};
    CHECK(level("postgres://localhost/shop", known) == "shared: server.managed");
    known.mark = Mark{Level::local, false, "marked development by alice"};
    CHECK(level("postgres://localhost/shop", known) == "local: mark server.managed");
}

TEST_CASE("a database without user tables is local for run and seed, but not against production") {
    LevelFacts known = facts();
    known.empty_for_verb = true;
    CHECK(level("postgres://db.example.com/shop", known) == "local: database.empty");
    CHECK(level("postgres://db-prod.example.com/shop", known) == "production: word.host database.empty");
}

TEST_CASE("what this program made is scratch") {
    LevelFacts known = facts();
    known.made_by_us = true;
    CHECK(level("postgres://localhost/_migrate_x", known) == "scratch: scratch.own host.loopback");
}

TEST_CASE("a name given by flag that the evidence contradicts is refused with both pieces") {
    LevelFacts known = facts();
    known.environment = {"development", "--env"};
    auto error = contradiction(target_of("postgres://db-prod.example.com/shop", ".env:7"), known);
    REQUIRE(error.has_value());
    CHECK(error->code == "policy.refused");
    CHECK(error->message == "--env says \"development\", but the host is db-prod.example.com (.env:7)");
    CHECK_FALSE(contradiction(target_of("postgres://localhost/shop"), known).has_value());
    known.environment = {"development", "default"};
    CHECK_FALSE(contradiction(target_of("postgres://db-prod.example.com/shop"), known).has_value());
    known.environment = {"eu", "--env"};
    CHECK_FALSE(contradiction(target_of("postgres://db-prod.example.com/shop"), known).has_value());
    known.environment = {"production", "--env"};
    CHECK_FALSE(contradiction(target_of("postgres://localhost/shop"), known).has_value());
}

TEST_CASE("a host of another environment contradicts the name too") {
    LevelFacts known = facts();
    known.environment = {"eu", "MIGRATE_ENV"};
    known.hosts = {{"us", "*.us.example.com", "migrate.toml:5"}};
    auto error = contradiction(target_of("postgres://db.us.example.com/shop"), known);
    REQUIRE(error.has_value());
    CHECK(error->message ==
          "MIGRATE_ENV says \"eu\", but the host matches *.us.example.com of us (migrate.toml:5)");
    known.hosts.push_back({"eu", "*.example.com", "migrate.toml:8"});
    CHECK_FALSE(contradiction(target_of("postgres://db.us.example.com/shop"), known).has_value());
}

TEST_CASE("managed hosts are named by their service") {
    CHECK(managed_service("x.cluster-abc.eu-west-1.rds.amazonaws.com") == "Amazon Aurora");
    CHECK(managed_service("x.abc.eu-west-1.rds.amazonaws.com") == "Amazon RDS");
    CHECK(managed_service("ep-cool-1-pooler.eu-central-1.aws.neon.tech") == "Neon");
    CHECK(managed_service("aws-0-eu-central-1.pooler.supabase.com.") == "Supabase");
    CHECK(managed_service("shop.postgres.database.azure.com") == "Azure Database for PostgreSQL");
    CHECK(managed_service("notneon.tech") == "");
    CHECK(managed_service("neon.tech.example.com") == "");
}

TEST_CASE("loopback addresses are recognised in every spelling of an address, and nothing else is") {
    for (const char* host : {"localhost", "LOCALHOST.", "127.0.0.1", "127.255.1.2", "::1", "0:0:0:0:0:0:0:1",
                             "::ffff:127.0.0.1", "0.0.0.0", "a.b.localhost"})
        CHECK_MESSAGE(is_loopback_host(host), host);
    for (const char* host : {"", "127.0.0.1.example.com", "128.0.0.1", "::2", "10.0.0.1", "mylocalhost",
                             "localhost1", "2130706433", "::ffff:10.0.0.1"})
        CHECK_MESSAGE(!is_loopback_host(host), host);
}

TEST_CASE("patterns match whole names, with stars for anything") {
    CHECK(matches_pattern("*.db.example.com", "A.db.example.com"));
    CHECK_FALSE(matches_pattern("*.db.example.com", "db.example.com"));
    CHECK(matches_pattern("*", ""));
    CHECK(matches_pattern("a*b*c", "aXbXbc"));
    CHECK_FALSE(matches_pattern("a*b", "aXbc"));
    CHECK_FALSE(matches_pattern("", "x"));
}

TEST_CASE("compose services are read from every compose file of a directory") {
    CHECK(compose_services("services:\n  db:\n    image: postgres\n  api: {}\n") ==
          std::vector<std::string>{"api", "db"});
    CHECK(compose_services("services: [a]").empty());
    CHECK(compose_services("{ not yaml").empty());
    CHECK(compose_services("").empty());
    test::Tree tree{{"docker-compose.yml", "services: {db: {}}"},
                    {"infra/compose.dev.yaml", "services: {cache: {}}"},
                    {"infra/other.yaml", "services: {no: {}}"}};
    CHECK(compose_services_in(tree.path(), {".", "infra", "none"}) ==
          std::vector<std::string>{"cache", "db"});
}
