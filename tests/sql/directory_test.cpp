#include "sql/directory.hpp"

#include "tests/support/tree.hpp"

using namespace migrate;
using namespace migrate::sql;
using Names = std::vector<std::string>;

namespace {

MigrationDirectory listed(const test::Tree& tree, Convention convention) {
    auto result = list_migrations(tree.path() / "m", convention);
    REQUIRE_MESSAGE(result, result.error().message);
    return *result;
}

Names ids(const MigrationDirectory& directory) {
    Names result;
    for (const auto& migration : directory.migrations) result.push_back(migration.id);
    return result;
}

std::string error(const test::Tree& tree, Convention convention) {
    auto result = list_migrations(tree.path() / "m", convention);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == "migration.invalid");
    return result.error().message;
}

Names next_after(const Names& files, Convention convention, std::string_view now = "20250101000000") {
    test::Tree tree{{"m/", ""}};
    for (const std::string& file : files) tree.write("m/" + file, "");
    return new_file_names(listed(tree, convention), convention, "add posts!", now);
}

}  // namespace

TEST_CASE("migrations are ordered by number, whatever its width, and then by name") {
    test::Tree tree{{"m/10_b.sql", ""},  {"m/9_a.sql", ""},    {"m/0010_a.sql", ""},
                    {"m/notes.sql", ""}, {"m/schema.sql", ""}, {"m/seed_dev.sql", ""},
                    {"m/.3_x.sql", ""},  {"m/4_x.sql~", ""},   {"m/99999999999999999999999_z.sql", ""},
                    {"m/README.md", ""}};
    auto directory = listed(tree, Convention::up_down);
    CHECK(ids(directory) == Names{"9_a.sql", "0010_a.sql", "10_b.sql", "99999999999999999999999_z.sql"});
    CHECK(directory.unmatched == Names{"notes.sql"});
    CHECK(directory.doubled == Names{"10_b.sql"});
    CHECK(directory.migrations[1].version == "10");
    CHECK(directory.migrations[1].title == "a");
}

TEST_CASE("ids are what each convention's table holds, in the order of its own tool") {
    test::Tree tree{{"m/9_a.sql", ""}, {"m/0010_b.sql", ""}};
    CHECK(ids(listed(tree, Convention::plain)) == Names{"9_a.sql", "0010_b.sql"});
    CHECK(ids(listed(tree, Convention::dbmate)) == Names{"0010", "9"});
    CHECK(ids(listed(tree, Convention::supabase)) == Names{"0010", "9"});
    CHECK(ids(listed(tree, Convention::goose)) == Names{"9", "10"});
    CHECK(ids(listed(tree, Convention::sql_migrate)) == Names{"9_a.sql", "0010_b.sql"});
    tree.write("m/extra.sql", "");
    CHECK(ids(listed(tree, Convention::sql_migrate)) == Names{"9_a.sql", "0010_b.sql", "extra.sql"});
    CHECK(ids(listed(test::Tree{}, Convention::plain)).empty());
}

TEST_CASE("golang-migrate's pairs are one migration; a way back alone is an error") {
    test::Tree tree{
        {"m/000001_init.up.sql", ""}, {"m/000001_init.down.sql", ""}, {"m/000002_more.up.sql", ""}};
    auto directory = listed(tree, Convention::golang_migrate);
    REQUIRE(directory.migrations.size() == 2);
    CHECK(directory.migrations[0].id == "1");
    CHECK(directory.migrations[0].file == "000001_init.up.sql");
    CHECK(directory.migrations[0].down_file == "000001_init.down.sql");
    CHECK(directory.migrations[0].title == "init");
    CHECK(directory.migrations[1].down_file.empty());
    tree.write("m/000003_x.down.sql", "");
    CHECK(error(tree, Convention::golang_migrate) == "m: 000003_x.down.sql has no .up.sql beside it");
}

TEST_CASE("two files of one version are an error where the table holds versions") {
    test::Tree tree{{"m/1_a.sql", ""}, {"m/01_b.sql", ""}};
    CHECK(error(tree, Convention::goose) == "m: 01_b.sql and 1_a.sql are both version 1");
    CHECK(listed(tree, Convention::plain).doubled == Names{"1_a.sql"});
    test::Tree pairs{{"m/1_a.up.sql", ""}, {"m/1_b.up.sql", ""}};
    CHECK(error(pairs, Convention::golang_migrate) == "m: 1_a.up.sql and 1_b.up.sql are both version 1");
}

TEST_CASE("halves of pairs among files of another convention are an error") {
    test::Tree tree{{"m/1_a.sql", ""}, {"m/2_b.up.sql", ""}, {"m/2_b.down.sql", ""}};
    CHECK(error(tree, Convention::up_down) ==
          "m: 2_b.down.sql is named as half of a pair, among files of migrate's own convention");
}

TEST_CASE("goose's Go files are migrations that need the project's own program") {
    test::Tree tree{{"m/001_a.sql", ""}, {"m/002_b.go", ""}, {"m/002_b_test.go", ""}, {"m/main.go", ""}};
    auto directory = listed(tree, Convention::goose);
    CHECK(ids(directory) == Names{"1", "2"});
    CHECK(directory.migrations[1].code);
}

TEST_CASE("a new migration is numbered as its folder is") {
    CHECK(next_after({}, Convention::up_down) == Names{"20250101000000_add_posts.sql"});
    CHECK(next_after({"20240101000000_a.sql"}, Convention::up_down) == Names{"20250101000000_add_posts.sql"});
    CHECK(next_after({"0009_a.sql"}, Convention::plain) == Names{"0010_add_posts.sql"});
    CHECK(next_after({"9-a.sql"}, Convention::plain) == Names{"10-add_posts.sql"});
    CHECK(next_after({"000001_a.up.sql"}, Convention::golang_migrate) ==
          Names{"000002_add_posts.up.sql", "000002_add_posts.down.sql"});
    CHECK(next_after({"20240101000000_a.sql"}, Convention::goose, "{now}") == Names{"{now}_add_posts.sql"});
    CHECK(next_after({"20260101000000_a.sql"}, Convention::dbmate) == Names{"20260101000001_add_posts.sql"});
}
