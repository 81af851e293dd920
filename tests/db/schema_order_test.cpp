#include <doctest/doctest.h>

#include "db/client_library.hpp"
#include "db/schema_parts.hpp"

using namespace migrate;
using namespace migrate::db;

namespace {

std::string order_of(std::vector<SchemaPart> parts, const std::vector<SchemaNeed>& needs) {
    std::string names;
    for (const auto& part : in_order(std::move(parts), needs)) names += part.name;
    return names;
}

SchemaPart part(const char* name, int group = 0) {
    SchemaPart result;
    result.id = result.name = name;
    result.group = group;
    return result;
}

}  // namespace

TEST_CASE("parts of a schema stand by kind and name, behind what they need") {
    CHECK(order_of({part("b"), part("c", 1), part("a")}, {}) == "abc");
    CHECK(order_of({part("a"), part("b"), part("c")}, {{"a", "c"}}) == "bca");
    CHECK(order_of({part("a"), part("b"), part("c")}, {{"a", "nobody"}, {"b", "b"}}) == "abc");
}

TEST_CASE("parts of a schema that need each other keep their order by name") {
    CHECK(order_of({part("c"), part("b"), part("a")}, {{"a", "b"}, {"b", "a"}, {"c", "a"}}) == "abc");
}

TEST_CASE("a semicolon is not swallowed by a remark in the last line") {
    CHECK(terminated("SELECT 1") == "SELECT 1;\n");
    CHECK(terminated("SELECT 1 -- one") == "SELECT 1 -- one\n;\n");
}

TEST_CASE("a client library that is missing is named with its package") {
    auto library = ClientLibrary::load("libnobody-has-this.so.9", "libnobody9");
    REQUIRE_FALSE(library);
    CHECK(library.error().code == "tool.missing");
    CHECK(library.error().message.find("libnobody-has-this.so.9") != std::string::npos);
    CHECK(library.error().hint.find("apt-get install libnobody9") != std::string::npos);
}
