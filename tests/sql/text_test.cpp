#include "sql/text.hpp"

using namespace migrate;
using namespace migrate::sql;
using namespace std::string_view_literals;

TEST_CASE("a byte order mark goes, every kind of line end becomes LF") {
    CHECK(*normalised("\xEF\xBB\xBFSELECT 1;\r\n\rSELECT 2;\n") == "SELECT 1;\n\nSELECT 2;\n");
    CHECK(*normalised("") == "");
}

TEST_CASE("UTF-16 and NUL bytes are errors with a place") {
    for (auto text : {"\xFF\xFES\0E\0"sv, "\xFE\xFF\0S"sv}) {
        auto result = normalised(text);
        REQUIRE_FALSE(result);
        CHECK(result.error().code == "migration.invalid");
        CHECK(result.error().message == "1:1: the file is UTF-16 or UTF-32, not UTF-8");
    }
    auto result = normalised("SELECT 1;\nSEL\0CT"sv);
    REQUIRE_FALSE(result);
    CHECK(result.error().message == "2:4: a NUL byte stands here");
}

TEST_CASE("the checksum does not see byte order marks, line ends or final newlines") {
    const std::string sum = checksum_of(*normalised("SELECT 1;\nSELECT 2;"));
    CHECK(checksum_of(*normalised("\xEF\xBB\xBFSELECT 1;\r\nSELECT 2;\r\n\r\n")) == sum);
    CHECK(checksum_of(*normalised("SELECT 1;\nSELECT 3;")) != sum);
    CHECK(sum.size() == 64);
}

TEST_CASE("a caret stands under the place, tabs and umlauts included") {
    CHECK(caret("a\n\tb\xC3\xA4 x\nc", 6) == "    \tb\xC3\xA4 x\n    \t  ^");
    CHECK(caret("abc", 3) == "    abc\n       ^");
    CHECK(caret("", 0) == "    \n    ^");
    const std::string cut = caret(std::string(1000, 'x') + "y" + std::string(1000, 'z'), 1000, "");
    CHECK(cut.size() < 320);
    CHECK(cut.find('y') == cut.size() - 202);
}
