#include "target/dotenv.hpp"

#include <doctest/doctest.h>

#include "../support/tree.hpp"

using namespace migrate;

namespace {

constexpr DotenvStyle kPython{DotenvStyle::Dialect::python, DotenvStyle::Expansion::braces};
constexpr DotenvStyle kPrisma{DotenvStyle::Dialect::node, DotenvStyle::Expansion::all};

Dotenv read(std::string_view text, DotenvStyle style = {}, Environment environment = {}) {
    auto dotenv = parse_dotenv(text, ".env", environment, style);
    REQUIRE(dotenv.has_value());
    return *dotenv;
}

std::string value(std::string_view text, DotenvStyle style = {}, Environment environment = {}) {
    Dotenv dotenv = read(text, style, std::move(environment));
    const DotenvValue* found = dotenv.find("A");
    REQUIRE(found != nullptr);
    CHECK(found->problem == "");
    return found->value;
}

}  // namespace

TEST_CASE("values stand bare, in quotes, behind export") {
    CHECK(value("A=x") == "x");
    CHECK(value("A = x  ") == "x");
    CHECK(value("export A=x") == "x");
    CHECK(value("  A='x y'") == "x y");
    CHECK(value("A=\"x y\"  # note") == "x y");
    CHECK(value("A=`x \"y\"`") == "x \"y\"");
    CHECK(value("A=") == "");
    CHECK(value("A=''") == "");
    CHECK(value("A: x") == "x");
    CHECK(value("A=postgres://u:p=q@h/d?x=1&y=2") == "postgres://u:p=q@h/d?x=1&y=2");
}

TEST_CASE("a comment begins where the tool's own reader begins it") {
    CHECK(value("A=ab#cd") == "ab");
    CHECK(value("A=ab#cd", kPython) == "ab#cd");
    CHECK(value("A=ab #cd", kPython) == "ab");
    CHECK(value("A='ab#cd'") == "ab#cd");
    CHECK(value("# A=1\nA=2") == "2");
}

TEST_CASE("escapes mean what they mean in each ecosystem") {
    CHECK(value(R"(A="a\nb\\c")") == "a\nb\\\\c");
    CHECK(value(R"(A="a\nb\\c\"d")", kPython) == "a\nb\\c\"d");
    CHECK(value(R"(A='a\nb')") == R"(a\nb)");
    CHECK(value(R"(A='it\'s')", kPython) == "it's");
}

TEST_CASE("quoted values may span lines, and line numbers stay right") {
    Dotenv dotenv = read("K=\"-----BEGIN\nabc\n-----END\"\nA=1\n\n# c\nB=2\n");
    CHECK(dotenv.find("K")->value == "-----BEGIN\nabc\n-----END");
    CHECK(dotenv.find("K")->line == 1);
    CHECK(dotenv.find("A")->line == 4);
    CHECK(dotenv.find("B")->line == 7);
}

TEST_CASE("line ends of every kind and a byte order mark are accepted") {
    Dotenv dotenv = read(
        "\xEF\xBB\xBF"
        "A=1\r\nB=2\rC=3");
    CHECK(dotenv.find("A")->value == "1");
    CHECK(dotenv.find("B")->value == "2");
    CHECK(dotenv.find("C")->value == "3");
    CHECK(dotenv.find("C")->line == 3);
}

TEST_CASE("the last of two equal names counts, and what assigns nothing is passed over") {
    CHECK(value("A=1\nA=2") == "2");
    Dotenv dotenv = read("echo hello\nA=1\nset -e\n=x\nB");
    CHECK(dotenv.values.size() == 1);
}

TEST_CASE("variables come from the process first, then from the file, in any order") {
    CHECK(value("B=1\nA=${B}2") == "12");
    CHECK(value("A=${B}2\nB=1") == "12");
    Environment environment{{{"B", "9"}}};
    CHECK(value("B=1\nA=${B}2", {}, environment) == "92");
    CHECK(value("A=${NOPE}x") == "x");
    CHECK(value("A=${NOPE:-y}x") == "yx");
    CHECK(value("A=${NOPE:-${B}}\nB=z") == "z");
    CHECK(value("A=${B:+set}\nB=z") == "set");
    CHECK(value("A='${B}'\nB=z") == "${B}");
    CHECK(value("A=\\${B}\nB=z") == "${B}");
    CHECK(value("A=${A}:x") == ":x");
    CHECK(value("A=${A}:x", {}, Environment{{{"A", "old"}}}) == "old:x");
}

TEST_CASE("a dollar sign in a password survives where the reader expands braces only") {
    CHECK(value("B=1\nA=pa$B") == "pa$B");
    CHECK(value("B=1\nA=pa$B", kPrisma) == "pa1");
    CHECK(value("A=pa$", kPrisma) == "pa$");
}

TEST_CASE("variables that expand without limit are a problem of that value alone") {
    std::string text = "X0=" + std::string(100, 'x') + "\n";
    for (int i = 1; i < 40; ++i) {
        std::string before = "${X" + std::to_string(i - 1) + "}";
        text += "X" + std::to_string(i) + "=" + before + before + "\n";
    }
    text += "A=fine\n";
    Dotenv dotenv = read(text);
    CHECK(dotenv.find("X39")->problem == "its variables expand without limit");
    CHECK(dotenv.find("A")->value == "fine");
    CHECK(read("A=${B}\nB=${A}").find("A")->value == "");
}

TEST_CASE("an unclosed quote spoils its own line and no other") {
    Dotenv dotenv = read("B=1\nX=\"never\nA=2\n");
    CHECK(dotenv.find("X")->problem == "a quote begins here and is never closed");
    CHECK(dotenv.find("X")->line == 2);
    CHECK(dotenv.find("A")->value == "2");
    CHECK(read("A=\"x\" y").find("A")->problem == "text follows the closing quote");
}

TEST_CASE("files that are no text are errors with a line") {
    auto utf16 = parse_dotenv(std::string_view("\xFF\xFE\x41\x00", 4), ".env");
    REQUIRE_FALSE(utf16.has_value());
    CHECK(utf16.error().code == "config.invalid");
    auto nul = parse_dotenv(std::string_view("A=1\nB=\0", 7), "apps/api/.env");
    REQUIRE_FALSE(nul.has_value());
    CHECK(nul.error().message == "apps/api/.env:2: the file holds a NUL byte");
}

TEST_CASE("a missing file is none, an unreadable one an error") {
    test::Tree tree{{"directory/", ""}, {".env", "A=1\n"}};
    auto missing = read_dotenv(tree.path(".env.none"), ".env.none");
    REQUIRE(missing.has_value());
    CHECK_FALSE(missing->has_value());
    auto directory = read_dotenv(tree.path("directory"), "directory");
    REQUIRE_FALSE(directory.has_value());
    CHECK(directory.error().code == "config.invalid");
    auto present = read_dotenv(tree.path(".env"), ".env");
    REQUIRE(present.has_value());
    CHECK((*present)->find("A")->value == "1");
}
