// What is known about the tools, fact by fact (tests/facts/*.toml): each has a test that shows that we heed
// it, or the reason why it cannot matter here.
#include <doctest/doctest.h>
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "tests/support/program.hpp"

using namespace migrate;
namespace fs = std::filesystem;

namespace {

/// The string literals from `at` on, joined as the compiler does; "" where something else stands there.
std::string literal(const std::string& source, std::size_t at) {
    std::string text;
    for (;;) {
        at = source.find_first_not_of(" \t\r\n", at);
        if (at == std::string::npos || source[at] != '"') return text;
        for (++at; at < source.size() && source[at] != '"'; ++at) {
            if (source[at] == '\\') ++at;
            text += source[at];
        }
        ++at;
    }
}

/// The names of all test cases in the tests' sources.
std::set<std::string> test_names() {
    std::set<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(test::source_directory() / "tests")) {
        if (entry.path().extension() != ".cpp") continue;
        auto source = read_file(entry.path());
        REQUIRE(source);
        constexpr std::string_view kBegin = "\nTEST_CASE(";
        for (std::size_t at = source->find(kBegin); at != std::string::npos;
             at = source->find(kBegin, at + 1))
            names.insert(literal(*source, at + kBegin.size()));
    }
    return names;
}

/// One string or a list of them; empty where there is neither.
std::vector<std::string> texts(const toml::node* node) {
    std::vector<std::string> found;
    if (!node) return found;
    if (auto one = node->value<std::string>()) found.push_back(*one);
    if (const auto* list = node->as_array())
        for (const auto& each : *list) found.push_back(each.value_or(std::string()));
    return found;
}

void check_fact(const toml::table& fact, const std::set<std::string>& tests) {
    static const std::set<std::string_view> kKeys{"n", "fact", "test", "reason"};
    for (const auto& entry : fact) {
        const std::string key(entry.first.str());
        CHECK_MESSAGE(kKeys.contains(key), "unknown key " << key);
    }
    CHECK(fact["fact"].value_or(std::string()).size() > 3);
    const auto named = texts(fact.get("test"));
    const std::string reason = fact["reason"].value_or(std::string());
    CHECK_MESSAGE(named.empty() != reason.empty(), "a fact has a test or a reason, not both");
    CHECK_MESSAGE(reason.find('\n') == std::string::npos, "a reason is one line");
    for (const auto& name : named) CHECK_MESSAGE(tests.contains(name), "no test is called: " << name);
}

void check_section(const std::string& name, const toml::table& section, const std::set<std::string>& tests) {
    CAPTURE(name);
    CHECK(section["title"].is_string());
    const auto* facts = section["fact"].as_array();
    REQUIRE(facts);
    const auto rows = section["rows"].value_or(std::int64_t{0});
    CHECK_MESSAGE(static_cast<std::int64_t>(facts->size()) == rows, "the section says that it has " << rows);
    std::int64_t n = 0;
    for (const auto& each : *facts) {
        const auto* fact = each.as_table();
        REQUIRE(fact);
        ++n;
        CAPTURE(n);
        CHECK_MESSAGE((*fact)["n"].value_or(std::int64_t{0}) == n, "a gap in the numbers");
        check_fact(*fact, tests);
    }
}

}  // namespace

TEST_CASE("every known fact about the tools has a test, or a reason why it cannot matter") {
    const auto tests = test_names();
    CHECK(tests.size() > 1000);
    std::set<std::string> files;
    for (const auto& entry : fs::directory_iterator(test::source_directory() / "tests/facts")) {
        if (entry.path().extension() != ".toml") continue;
        const std::string file = entry.path().stem().string();
        CAPTURE(file);
        files.insert(file);
        auto text = read_file(entry.path());
        REQUIRE(text);
        auto read = toml::parse(*text);
        for (const auto& section : read) {
            REQUIRE(section.second.is_table());
            check_section(std::string(section.first.str()), *section.second.as_table(), tests);
        }
    }
    for (const auto* tool : {"prisma", "drizzle", "knex", "typeorm", "sequelize", "migrate-mongo", "node",
                             "alembic", "django", "flyway", "sql", "shaping"})
        CHECK_MESSAGE(files.contains(tool), "no facts about " << tool);
}
