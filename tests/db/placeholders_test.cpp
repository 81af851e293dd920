#include "db/placeholders.hpp"

#include <doctest/doctest.h>

using migrate::db::byte_offset;
using migrate::db::number_placeholders;

TEST_CASE("placeholders: each question mark gets the next number") {
    CHECK(number_placeholders("SELECT ?, ? + ?").sql == "SELECT $1, $2 + $3");
    CHECK(number_placeholders("").sql == "");
    CHECK(number_placeholders("?").sql == "$1");
}

TEST_CASE("placeholders: in strings, names, dollar quotes and comments they stand for themselves") {
    for (const char* sql :
         {"'?'", "'it''s ?'", "\"a?\"", "\"a\"\"?\"", "E'\\'?'", "e'\\\\'", "$$?$$", "$tag$ ? $$ ? $tag$",
          "-- ?\n", "-- ?", "/* ? */", "/* /* ? */ ? */", "'open ?", "$$ open ?", "/* open ?", "'\\'"}) {
        CAPTURE(sql);
        CHECK(number_placeholders(sql).sql == sql);
        CHECK(number_placeholders(std::string("?") + sql).sql == std::string("$1") + sql);
    }
    // A backslash is nothing special in an ordinary string, nor is a dollar inside a name or before a digit.
    CHECK(number_placeholders("'\\' ?").sql == "'\\' $1");
    CHECK(number_placeholders("a$b$ ? c$b$").sql == "a$b$ $1 c$b$");
    CHECK(number_placeholders("$1 ? $1").sql == "$1 $1 $1");
    CHECK(number_placeholders("rate'?' ?").sql == "rate'?' $1");
}

TEST_CASE("placeholders: an offset in the result leads back to the statement as written") {
    std::string sql = "x";
    for (int i = 0; i < 12; ++i) sql += ",?";
    sql += ",here";
    const auto numbered = number_placeholders(sql);
    CHECK(numbered.original(numbered.sql.find("here")) == sql.find("here"));
    CHECK(numbered.original(0) == 0);
    for (std::size_t n = 0; n < 12; ++n) CHECK(numbered.original(numbered.at[n]) == 2 + 2 * n);
}

TEST_CASE("byte_offset: characters are counted as the server counts them") {
    const std::string text = "a\u00e9\u6f22\U0001F600z";
    CHECK(byte_offset(text, 1) == 0);
    CHECK(byte_offset(text, 2) == 1);
    CHECK(byte_offset(text, 3) == 3);
    CHECK(byte_offset(text, 4) == 6);
    CHECK(byte_offset(text, 5) == 10);
    CHECK(byte_offset(text, 6) == 11);
    CHECK_FALSE(byte_offset(text, 7).has_value());
}
