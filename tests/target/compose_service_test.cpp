#include "target/compose_service.hpp"

#include <doctest/doctest.h>

#include "tests/support/tree.hpp"

using namespace migrate;
using test::Tree;

namespace {

Connection at(const std::string& host, int port, Engine engine = Engine::postgresql) {
    Connection connection;
    connection.engine = engine;
    connection.host = host;
    connection.port = port;
    return connection;
}

std::string name_of(const ComposeService* service) {
    return service ? service->file + ":" + service->name : "";
}

}  // namespace

TEST_CASE("a database is found in the compose service that publishes its port") {
    Tree tree{{"compose.yaml",
               "services:\n"
               "  short: {image: postgres, ports: ['5433:5432']}\n"
               "  bound: {ports: ['127.0.0.1:5434:5432/tcp', '[::1]:5435:5432']}\n"
               "  range: {ports: ['6000-6002:6000-6002']}\n"
               "  long: {ports: [{target: 3306, published: '3307'}]}\n"
               "  variable: {ports: ['${DB_PORT:-5440}:5432', '${FROM_FILE}:1', '${FROM_PROCESS}:1']}\n"
               "  random: {ports: ['5432', 5432]}\n"
               "  none: {image: postgres}\n"
               "  broken: {ports: [[1, 2], 'x:y', '99999:1']}\n"},
              {".env", "FROM_FILE=5441\nFROM_PROCESS=1111\n"}};
    Environment process;
    process.variables["FROM_PROCESS"] = "5442";
    const auto services = compose_services_at(tree.path(), {"."}, process);
    CHECK(services.size() == 8);
    auto found = [&](int port) { return name_of(service_of(services, at("localhost", port))); };
    CHECK(found(5433) == "compose.yaml:short");
    CHECK(found(5434) == "compose.yaml:bound");
    CHECK(found(5435) == "compose.yaml:bound");
    CHECK(found(6001) == "compose.yaml:range");
    CHECK(found(3307) == "compose.yaml:long");
    CHECK(found(5440) == "compose.yaml:variable");
    CHECK(found(5441) == "compose.yaml:variable");
    CHECK(found(5442) == "compose.yaml:variable");
    CHECK(found(1111).empty());
    CHECK(found(0).empty());  // 5432, which nothing publishes
    CHECK(name_of(service_of(services, at("none", 5432))) == "compose.yaml:none");  // inside the network
    CHECK(name_of(service_of(services, at("db.example.com", 5433))).empty());
    Connection socket = at("", 5433);
    socket.socket = "/run/postgresql";
    CHECK(service_of(services, socket) == nullptr);
}

TEST_CASE("the compose files that count are those that Compose would read, the nearest first") {
    Tree tree{{"compose.yaml", "services: {db: {image: postgres}}\n"},
              {"compose.override.yaml", "services: {db: {ports: ['5433:5432']}}\n"},
              {"docker-compose.yml", "services: {old: {ports: ['5434:5432']}}\n"},
              {"docker-compose.prod.yml", "services: {real: {ports: ['5435:5432']}}\n"},
              {"apps/api/docker-compose.dev.yaml", "services: {near: {ports: ['5433:5432']}}\n"},
              {"apps/web/compose.yml", "not: [compose\n"}};
    auto services = compose_services_at(tree.path(), {"apps/api", "apps", "."}, {});
    auto near = service_of(services, at("127.0.0.1", 5433));
    REQUIRE(near);
    CHECK(near->name == "near");
    CHECK(near->directory == "apps/api");
    CHECK_FALSE(near->usual);  // must be named with -f
    services = compose_services_at(tree.path(), {"apps/web", "."}, {});
    auto merged = service_of(services, at("127.0.0.1", 5433));
    REQUIRE(merged);
    CHECK(merged->file == "compose.yaml");
    CHECK(merged->usual);
    CHECK(name_of(service_of(services, at("127.0.0.1", 5434))) == "docker-compose.yml:old");
    CHECK(service_of(services, at("127.0.0.1", 5435)) == nullptr);  // its file's name says production
}
