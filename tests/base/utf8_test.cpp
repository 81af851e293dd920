#include "base/utf8.hpp"

using namespace migrate;

TEST_CASE("bytes that are no UTF-8 become replacement characters, one for each broken sequence") {
    CHECK(valid_utf8("plain") == "plain");
    CHECK(valid_utf8("gr\xC3\xBC\xC3\x9F") == "gr\xC3\xBC\xC3\x9F");
    CHECK(valid_utf8("\xF0\x9F\x98\x80") == "\xF0\x9F\x98\x80");
    CHECK(valid_utf8("a\xFFz") == "a\xEF\xBF\xBDz");
    CHECK(valid_utf8("a\xC3") == "a\xEF\xBF\xBD");
    CHECK(valid_utf8("\xE2\x82z") == "\xEF\xBF\xBDz");
    CHECK(valid_utf8("\xC0\xAF") == "\xEF\xBF\xBD\xEF\xBF\xBD");                  // overlong
    CHECK(valid_utf8("\xED\xA0\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // surrogate
    CHECK(valid_utf8("\xF4\x90\x80\x80").size() == 12);                           // beyond U+10FFFF
}

TEST_CASE("an unfinished character at the end is told from a broken one") {
    CHECK(unfinished_utf8("") == 0);
    CHECK(unfinished_utf8("abc") == 0);
    CHECK(unfinished_utf8("a\xC3") == 1);
    CHECK(unfinished_utf8("a\xE2\x82") == 2);
    CHECK(unfinished_utf8("a\xF0\x9F\x98") == 3);
    CHECK(unfinished_utf8("a\xF0\x9F\x98\x80") == 0);
    CHECK(unfinished_utf8("a\x80\x80") == 0);
    CHECK(unfinished_utf8("a\xFF") == 0);
    CHECK(unfinished_utf8("a\xED\xA0") == 0);
}

TEST_CASE("plain text has no terminal sequences and no control characters") {
    CHECK(plain_text("\x1b[1;31mred\x1b[0m text\n") == "red text\n");
    CHECK(plain_text("\x1b]0;title\a\x1b]8;;http://x\x1b\\link") == "link");
    CHECK(plain_text("a\x1b[1Gb\tc\r\n") == "ab\tc\n");
    CHECK(plain_text(std::string_view("a\0b\x07\x7f", 5)) == "ab");
    CHECK(plain_text("\x1b(Bx\x1b") == "x");
    CHECK(plain_text("\x1b]not closed\nnext") == "\nnext");
    CHECK(plain_text("\x1b[") == "");
}

TEST_CASE("of a spinner only the last frame is left, and the lines before it") {
    CHECK(plain_text("one\n[/] at work...\x1b[2K\x1b[1G[-] at work...\x1b[2K\x1b[1G[x] done\n") ==
          "one\n[x] done\n");
    CHECK(terminal_text("\x1b[33m[/]\x1b[0m\x1b[2K\x1b[1Gdone", true) == "done\x1b[0m");
}

TEST_CASE("text for a terminal keeps its colours and nothing else that a terminal obeys") {
    CHECK(terminal_text("\x1b[1;31mred\x1b[0m\x1b[2J!", true) == "\x1b[1;31mred\x1b[0m!\x1b[0m");
    CHECK(terminal_text("\x1b[38:5:1mx", true) == "\x1b[38:5:1mx\x1b[0m");
    CHECK(terminal_text("\x1b[?1049hx\x1b[>4;2m", true) == "x");
    CHECK(terminal_text("plain", true) == "plain");
    CHECK(terminal_text("\x1b[31mred", false) == "red");
}

TEST_CASE("text is measured and cut in characters, not in bytes") {
    CHECK(columns("gr\xC3\xBC\xC3\x9F") == 4);
    CHECK(cut_to_columns("gr\xC3\xBC\xC3\x9F", 4) == "gr\xC3\xBC\xC3\x9F");
    CHECK(cut_to_columns("\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC", 4) == "\xC3\xBC...");
    CHECK(cut_to_columns("abc", 2) == "..");
}
