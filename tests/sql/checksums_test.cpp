#include "sql/checksums.hpp"

#include <doctest/doctest.h>

#include "../support/tree.hpp"
#include "base/sha256.hpp"
#include "sql/text.hpp"

using namespace migrate;
using sql::checksums_of;

TEST_CASE("checksums are those of the normalised text, in the order of the names") {
    const test::Tree directory{{"a.sql", "SELECT 1;\r\nSELECT 2;\r\n\r\n"},
                               {"b.sql", "\xEF\xBB\xBFSELECT 1;\nSELECT 2;"},
                               {"c.sql", std::string("SELECT\0 1;", 10)},
                               {"empty.sql", ""},
                               {"folder.sql/", ""}};
    const std::string two = sha256_hex("SELECT 1;\nSELECT 2;");
    CHECK(checksums_of(directory.path(), {"b.sql", "a.sql", "empty.sql", "folder.sql", "none.sql"}) ==
          std::vector<std::string>{two, two, sha256_hex(""), "", ""});
    CHECK(checksums_of(directory.path(), {"c.sql"}) ==
          std::vector<std::string>{sha256_hex(std::string_view("SELECT\0 1;", 10))});
    CHECK(checksums_of(directory.path("nowhere"), {"a.sql"}) == std::vector<std::string>{""});
}

TEST_CASE("checksums of many files, short after long, are each file's own") {
    const test::Tree directory;
    std::vector<std::string> names, expected;
    for (int i = 0; i < 2500; ++i) {
        const std::string text =
            std::string(static_cast<std::size_t>(i * 37 % 20'000), 'x') + std::to_string(i);
        names.push_back(std::to_string(i) + ".sql");
        expected.push_back(sha256_hex(text));
        std::ofstream(directory.path(names.back()), std::ios::binary) << text;
    }
    CHECK(checksums_of(directory.path(), names) == expected);
}
