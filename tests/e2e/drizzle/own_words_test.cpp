// What drizzle-kit itself does in the cases that our table only rates, so that the rating rests on the tool.
#include <doctest/doctest.h>

#include <filesystem>

#include "tests/e2e/drizzle/shop.hpp"
#include "tests/support/terminal.hpp"

using namespace migrate;
using test::DrizzleShop;
using test::Ran;
using test::says;
using Words = std::vector<std::string>;

namespace {

/// Names in the migrations directory, without the time in front of them.
Words migrations(const DrizzleShop& shop) {
    Words names;
    for (const auto& entry : std::filesystem::directory_iterator(shop.tree.path("drizzle"))) {
        const std::string name = entry.path().filename().string();
        names.push_back(name.substr(name.find('_') + 1));
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

TEST_CASE("drizzle 0.31 itself: push on SQLite drops the table that it makes anew") {
    DrizzleShop shop("0.31", Engine::sqlite);
    REQUIRE(shop.kit({"push", "--force"}).status == 0);
    const std::string schema = shop.tree.read("src/schema.ts");
    shop.tree.write("src/schema.ts", std::string(schema).replace(schema.find(".notNull()"), 10, ""));
    Ran push = shop.kit({"push", "--force", "--verbose"});
    CHECK_MESSAGE(push.status == 0, all_of(push));
    CHECK_MESSAGE(says(push, "DROP TABLE `users`"), all_of(push));
}

TEST_CASE("drizzle 0.31 itself: drop deletes a migration's file, and what it did stays") {
    DrizzleShop shop("0.31", Engine::sqlite);
    REQUIRE(shop({"generate", "init"}).status == 0);
    REQUIRE(shop({"run"}).status == 0);
    auto environment = shop.environment;
    environment["TERM"] = "xterm";
    Ran drop = test::program_at_terminal(shop.tree,
                                         {shop.tree.path("node_modules/.bin/drizzle-kit").string(), "drop"},
                                         environment, "0000_init", "\r");
    CHECK_MESSAGE(drop.status == 0, all_of(drop));
    CHECK_FALSE(shop.tree.exists("drizzle/0000_init.sql"));
    CHECK(shop.columns() == Words{"id", "email"});
    CHECK(shop.rows_of_history() == "1");
    // The row without a file is seen.
    CHECK(shop.document({"status"})["units"][0]["state"] == "diverged");
}

TEST_CASE("drizzle 1.0 itself: generate --fix-conflicts deletes the migrations of both branches") {
    DrizzleShop shop("1.0", Engine::postgresql);
    REQUIRE(shop({"generate", "init"}).status == 0);
    shop.schema("age: integer('age')");
    REQUIRE(shop({"generate", "mine"}).status == 0);
    std::filesystem::path mine;
    for (const auto& entry : std::filesystem::directory_iterator(shop.tree.path("drizzle")))
        if (entry.path().filename().string().ends_with("_mine")) mine = entry.path();
    std::filesystem::rename(mine, shop.tree.path("kept"));
    shop.schema("age: text('age')");
    REQUIRE(shop.kit({"generate", "--name", "theirs"}).status == 0);
    std::filesystem::rename(shop.tree.path("kept"), mine);

    // Ours goes without the flag, and nothing is lost.
    Ran ours = shop({"generate", "next"});
    CHECK_MESSAGE(ours.status == 1, all_of(ours));
    CHECK_MESSAGE(says(ours, "--fix-conflicts"), all_of(ours));
    CHECK(migrations(shop) == Words{"init", "mine", "theirs"});
    Ran fixed = shop.kit({"generate", "--name", "next", "--fix-conflicts"});
    CHECK_MESSAGE(fixed.status == 0, all_of(fixed));
    CHECK(migrations(shop) == Words{"init", "next"});
}
