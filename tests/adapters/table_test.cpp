#include "adapters/adapter.hpp"

using namespace migrate;
using Words = std::vector<std::string>;

namespace {

constexpr Row kRows[] = {
    {.how = How::native, .verb = Verb::run, .argv = "migrate:up [{file}] [--env {env}]", .risk = Risk::apply},
    {.how = How::native,
     .verb = Verb::rollback,
     .argv = "migrate:down {file}",
     .risk = Risk::revert,
     .versions = {{2, 0, 0}, {3, 0, 0}}},
    {.how = How::native,
     .verb = Verb::rollback,
     .argv = "revert {file}",
     .risk = Risk::revert,
     .versions = {{3, 0, 0}}},
    {.how = How::classify, .verb = Verb::reset, .argv = "migrate:down --all", .risk = Risk::destroy},
    {.how = How::classify, .argv = "{app} zero", .risk = Risk::destroy},
    {.how = How::classify, .argv = "downgrade {revision}", .risk = Risk::revert},
    {.how = How::classify, .argv = "downgrade {branch}@base", .risk = Risk::destroy},
    {.how = How::classify, .argv = "go {to}", .risk = Risk::apply},
    {.how = How::classify, .argv = "go {back}", .risk = Risk::revert},
    {.how = How::native, .verb = Verb::generate, .argv = "make --from-models {name}", .risk = Risk::apply},
    {.how = How::native, .verb = Verb::generate, .argv = "make {name}", .risk = Risk::files},
};
constexpr Flag kFlags[] = {{"", "--quiet"},   {"migrate:up", "--force", false, Risk::destroy},
                           {"", "-c", true},  {"", "-clean", false, Risk::destroy},
                           {"", "-clean=no"}, {"", "-set.*", false, Risk::revert}};

Adapter adapter() {
    Adapter made;
    made.rows = kRows;
    made.flags = kFlags;
    return made;
}

Classified of(const Words& args) {
    auto found = classify(adapter(), args, std::nullopt);
    REQUIRE(found);
    return *found;
}

}  // namespace

TEST_CASE("holes are filled, and a group without a value vanishes") {
    CHECK(fill("migrate:up [{file}] [--env {env}]", {{"env", "test"}}) ==
          Words{"migrate:up", "--env", "test"});
    CHECK(fill("migrate:up [{file}] [--env {env}]", {{"file", "a b"}}) == Words{"migrate:up", "a b"});
    CHECK(fill("load {files...}", {{"files", "a\nb c"}}) == Words{"load", "a", "b c"});
    CHECK(fill("-target={v}", {{"v", "3"}}) == Words{"-target=3"});
    CHECK_THROWS(fill("down {file}", {}));
}

TEST_CASE("the row of the installed version is used, and the newest for an unknown one") {
    CHECK(find_row(adapter(), Verb::rollback, "", Version{2, 5, 0})->argv == "migrate:down {file}");
    CHECK(find_row(adapter(), Verb::rollback, "", Version{3, 0, 0})->argv == "revert {file}");
    CHECK(find_row(adapter(), Verb::rollback, "", std::nullopt)->argv == "revert {file}");
    CHECK(find_row(adapter(), Verb::rollback, "", Version{1, 0, 0}) == nullptr);
}

TEST_CASE("a command line finds its row again, and flags raise its risk") {
    CHECK(of({"migrate:up"}).verb == Verb::run);
    CHECK(of({"-c", "migrate:down", "migrate:up", "x.js"}).risk == Risk::apply);
    CHECK(of({"migrate:up", "--force"}).risk == Risk::destroy);
    CHECK(of({"migrate:down", "x"}).risk == Risk::revert);
    CHECK(of({"migrate:down", "--all"}).risk == Risk::destroy);
    CHECK(of({"shop", "zero"}).risk == Risk::destroy);
    CHECK(of({"migrate:up", "a", "b", "--what"}).unknown == Words{"b", "--what"});
    CHECK_FALSE(classify(adapter(), Words{"studio"}, std::nullopt));
}

TEST_CASE("a hole with text around it takes only words that have this text") {
    CHECK(of({"downgrade", "abc"}).risk == Risk::revert);
    CHECK(of({"downgrade", "shop@base"}).risk == Risk::destroy);
    CHECK(of({"downgrade", "@base"}).risk == Risk::revert);
}

TEST_CASE("of two rows that fit equally well the more dangerous one counts") {
    CHECK(of({"go", "x"}).risk == Risk::revert);
}

TEST_CASE("a flag's value can make it harmless, and a flag can stand for a family") {
    CHECK(of({"migrate:up", "-clean=yes"}).risk == Risk::destroy);
    CHECK(of({"migrate:up", "-clean=no"}).risk == Risk::apply);
    CHECK(of({"migrate:up", "-set.a=b"}).risk == Risk::revert);
    CHECK(of({"migrate:up", "-set.a=b"}).unknown.empty());
}

TEST_CASE("a row that needs a flag which is not there fits less well than one that does not") {
    CHECK(of({"make", "x"}).risk == Risk::files);
    CHECK(of({"make", "--from-models", "x"}).risk == Risk::apply);
}
