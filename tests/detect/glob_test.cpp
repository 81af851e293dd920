#include "detect/glob.hpp"

using namespace migrate;
using namespace migrate::detection;

TEST_CASE("globs of workspaces and ignore files match whole paths") {
    CHECK(glob_matches("packages/*", "packages/a"));
    CHECK_FALSE(glob_matches("packages/*", "packages/a/b"));
    CHECK(glob_matches("packages/**", "packages/a/b"));
    CHECK(glob_matches("**/dist", "dist"));
    CHECK(glob_matches("**/dist", "a/b/dist"));
    CHECK_FALSE(glob_matches("**/dist", "a/adist"));
    CHECK(glob_matches("apps/{web,api}", "apps/api"));
    CHECK(glob_matches("a?c", "abc"));
    CHECK_FALSE(glob_matches("a?c", "a/c"));
    CHECK(glob_matches("[a-c]x", "bx"));
    CHECK_FALSE(glob_matches("[!a-c]x", "bx"));
    CHECK(glob_matches("a/**/b", "a/b"));
    CHECK(glob_matches("a/**/b", "a/x/y/b"));
    CHECK(glob_matches("", ""));
    CHECK_FALSE(glob_matches("", "a"));
    CHECK(glob_matches("\\*", "*"));
}

TEST_CASE("a hostile pattern ends in time") {
    std::string pattern;
    for (int star = 0; star < 40; ++star) pattern += "*a";
    CHECK_FALSE(glob_matches(pattern, std::string(200, 'a') + "b"));
}

TEST_CASE("the last rule of an ignore file that matches decides") {
    IgnoreRules rules("# comment\n\ndist\n!keep/dist\n/only-here\nlogs/\n*.tmp\r\n");
    CHECK(rules.judge("dist", true) == 1);
    CHECK(rules.judge("a/dist", true) == 1);
    CHECK(rules.judge("keep/dist", true) == -1);
    CHECK(rules.judge("only-here", true) == 1);
    CHECK(rules.judge("a/only-here", true) == 0);
    CHECK(rules.judge("logs", true) == 1);
    CHECK(rules.judge("logs", false) == 0);
    CHECK(rules.judge("a/b.tmp", false) == 1);
    CHECK(rules.judge("src", true) == 0);
}
