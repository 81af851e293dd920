#include "sql/migration_file.hpp"

#include "../support/tree.hpp"

using namespace migrate;
using namespace migrate::sql;
using Texts = std::vector<std::string>;

namespace {

constexpr auto kPg = Dialect::postgresql;
constexpr auto kMy = Dialect::mysql;

ParsedMigration parsed(std::string_view text, Convention convention, Dialect dialect = kPg,
                       Part part = Part::whole) {
    auto result = parse_migration(text, convention, dialect, "m/1_a.sql", part);
    REQUIRE_MESSAGE(result, result.error().message);
    return std::move(*result);
}

Texts texts(const std::vector<Statement>& statements) {
    Texts result;
    for (const auto& statement : statements) result.emplace_back(statement.text);
    return result;
}

std::string error(std::string_view text, Convention convention, Dialect dialect = kPg,
                  Part part = Part::whole) {
    auto result = parse_migration(text, convention, dialect, "m/1_a.sql", part);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == "migration.invalid");
    CHECK_FALSE(result.error().hint.empty());
    return result.error().message;
}

}  // namespace

TEST_CASE("every convention's marks cut a file into its two ways") {
    struct Case {
        Convention convention;
        const char* up;
        const char* down;
    };
    for (const Case& c :
         {Case{Convention::up_down, "-- UP", "-- DOWN"}, Case{Convention::up_down, "--up", "  -- @down:"},
          Case{Convention::up_down, "-- Up Migration", "-- Down Migration"},
          Case{Convention::dbmate, "-- migrate:up", "--migrate:down"},
          Case{Convention::goose, "-- +goose Up", "-- +goose Down"},
          Case{Convention::sql_migrate, "-- +migrate Up", "-- +migrate Down"}}) {
        CAPTURE(c.up);
        const auto up = std::string(c.up), down = std::string(c.down);
        auto file = parsed("\xEF\xBB\xBF\r\n-- a comment\r\n" + up + "\r\nSELECT 1;\r\nSELECT 2\r\n" + down +
                               "\r\nSELECT 3;\r\n",
                           c.convention);
        CHECK(texts(file.up) == Texts{"SELECT 1", "SELECT 2"});
        CHECK(texts(file.down) == Texts{"SELECT 3"});
        CHECK(file.down_text == down.substr(down.find('-')) + "\nSELECT 3;\n");
        CHECK(file.reversible());
        CHECK(file.up_transaction);
        CHECK(file.up[1].position.line == 5);
        auto stored = parsed(file.down_text, c.convention, kPg, Part::stored_down);
        CHECK(texts(stored.down) == Texts{"SELECT 3"});
        CHECK(stored.up.empty());
    }
}

TEST_CASE("marks inside strings, bodies, comments and COPY data are text") {
    auto file = parsed(
        "-- UP\nCREATE FUNCTION f() RETURNS text AS $$\n-- DOWN\n$$ LANGUAGE sql;\nSELECT '\n-- "
        "DOWN\n';\n/*\n-- DOWN\n*/\n"
        "COPY t FROM STDIN;\n-- DOWN\n\\.\nSELECT 2; -- DOWN\n-- DOWN the hill\n-- DOWN\nSELECT 3;",
        Convention::up_down);
    CHECK(file.up.size() == 4);
    CHECK(texts(file.down) == Texts{"SELECT 3"});
}

TEST_CASE("a way back is only there if it does something") {
    CHECK_FALSE(parsed("-- UP\nSELECT 1;\n", Convention::up_down).has_down);
    auto empty = parsed("-- UP\nSELECT 1;\n-- DOWN\n-- nothing to do\n", Convention::up_down);
    CHECK(empty.has_down);
    CHECK_FALSE(empty.reversible());
    CHECK(parsed("-- UP\nSELECT 1;\n-- DOWN\nSELECT 1;", Convention::up_down).reversible());
    CHECK_FALSE(
        parsed("-- UP\nSELECT 1;\n-- DOWN irreversible:true\nSELECT 1;", Convention::up_down).reversible());
    CHECK_FALSE(parsed("-- +goose Up\nSELECT 1;\n", Convention::goose).reversible());
    CHECK_FALSE(parsed("SELECT 1;", Convention::supabase).reversible());
}

TEST_CASE("a file may ask for no transaction, in its convention's words") {
    CHECK_FALSE(
        parsed("-- UP transaction:false\nSELECT 1;\n-- DOWN\nSELECT 1;", Convention::up_down).up_transaction);
    CHECK(parsed("-- UP transaction:false\nSELECT 1;\n-- DOWN\nSELECT 1;", Convention::up_down)
              .down_transaction);
    CHECK_FALSE(parsed("-- migrate:up transaction:false\nSELECT 1;\n-- migrate:down\n", Convention::dbmate)
                    .up_transaction);
    CHECK_FALSE(parsed("-- +migrate Up notransaction\nSELECT 1;\n", Convention::sql_migrate).up_transaction);
    CHECK_FALSE(parsed("-- migrate: transaction=false\nSELECT 1;\n", Convention::plain).up_transaction);
    auto goose = parsed("-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;",
                        Convention::goose);
    CHECK_FALSE(goose.up_transaction);
    CHECK_FALSE(goose.down_transaction);
    CHECK_FALSE(parsed(goose.down_text, Convention::goose, kPg, Part::stored_down).down_transaction);
}

TEST_CASE("StatementBegin and StatementEnd hold a stored routine together") {
    const std::string body = "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END";
    for (auto [convention, word] : {std::pair{Convention::goose, std::string("goose")},
                                    std::pair{Convention::sql_migrate, std::string("migrate")}}) {
        auto file = parsed("-- +" + word + " Up\n-- +" + word + " StatementBegin\n" + body + ";\n-- +" +
                               word + " StatementEnd\nSELECT 3;\n",
                           convention, kMy);
        CHECK(texts(file.up) == Texts{body, "SELECT 3"});
        // Several plain statements in one block stay several.
        auto plain = parsed("-- +" + word + " Up\n-- +" + word +
                                " StatementBegin\nSELECT 1; SELECT 2;\n-- +" + word + " StatementEnd\n",
                            convention, kMy);
        CHECK(plain.up.size() == 2);
    }
    // A body that only its marks keep together.
    CHECK(parsed("-- +goose Up\n-- +goose StatementBegin\nCREATE PROCEDURE p() SELECT 1; SELECT 2;\n-- "
                 "+goose StatementEnd\n",
                 Convention::goose, kMy)
              .up.size() == 1);
    CHECK(error("-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n-- +goose Down\n", Convention::goose) ==
          "m/1_a.sql:2:1: StatementBegin without StatementEnd");
    CHECK(error("-- +goose Up\n-- +goose StatementEnd\n", Convention::goose) ==
          "m/1_a.sql:2:1: StatementEnd without StatementBegin");
    CHECK(error("-- +goose StatementBegin\n-- +goose Up\n", Convention::goose) ==
          "m/1_a.sql:1:1: StatementBegin before the first mark");
}

TEST_CASE("several pairs in one file: dbmate reverts the last first") {
    const std::string pairs =
        "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT -1;\n-- migrate:up\nSELECT 2;\n-- "
        "migrate:down\nSELECT -2;\n";
    auto file = parsed(pairs, Convention::dbmate);
    CHECK(texts(file.up) == Texts{"SELECT 1", "SELECT 2"});
    CHECK(texts(file.down) == Texts{"SELECT -2", "SELECT -1"});
    CHECK(texts(parsed(file.down_text, Convention::dbmate, kPg, Part::stored_down).down) ==
          Texts{"SELECT -2", "SELECT -1"});
}

TEST_CASE("files without marks are the way forward, and pairs have a file for each way") {
    CHECK(texts(parsed("SELECT 1; SELECT 2", Convention::plain).up) == Texts{"SELECT 1", "SELECT 2"});
    CHECK(texts(parsed("SELECT 1;", Convention::golang_migrate).up) == Texts{"SELECT 1"});
    auto down = parsed("SELECT 1;", Convention::golang_migrate, kPg, Part::down_file);
    CHECK(texts(down.down) == Texts{"SELECT 1"});
    CHECK(down.down_text == "SELECT 1;");
    CHECK(parsed("", Convention::golang_migrate).up.empty());
}

TEST_CASE("what a file's convention does not allow is said with its place") {
    CHECK(error("SELECT 1;\n-- UP\nSELECT 2;", Convention::up_down) ==
          "m/1_a.sql:1:1: a statement before the first mark");
    CHECK(error("SELECT 1;", Convention::up_down) ==
          "m/1_a.sql:1:1: there is no mark that says where the way forward begins");
    CHECK(error("-- DOWN\nSELECT 1;\n-- UP\nSELECT 2;", Convention::up_down) ==
          "m/1_a.sql:1:1: the way back stands before the way forward");
    CHECK(error("-- UP\nSELECT 1;\n-- UP\nSELECT 2;", Convention::up_down) ==
          "m/1_a.sql:3:1: a second UP part");
    CHECK(error("-- UP\nSELECT 1;\n-- DOWN\n\n-- DOWN\n", Convention::up_down) ==
          "m/1_a.sql:5:1: a second DOWN part");
    CHECK(error("-- UP\n\n-- DOWN\nSELECT 1;", Convention::up_down) ==
          "m/1_a.sql:1:1: the way forward is empty");
    CHECK(error("-- nothing\n", Convention::plain) == "m/1_a.sql:1:1: the way forward is empty");
    CHECK(error("-- migrate:up\nSELECT 1;", Convention::dbmate) ==
          "m/1_a.sql:1:1: there is no -- migrate:down");
    CHECK(error("-- migrate:up\nSELECT 1;\n  -- migrate:down\nDROP TABLE t;", Convention::dbmate) ==
          "m/1_a.sql:3:3: a mark of dbmate must stand at the beginning of its line");
    CHECK(error("-- +goose Up\nSELECT 1;\n -- +goose Down\nDROP TABLE t;", Convention::goose) ==
          "m/1_a.sql:3:2: an annotation of goose must stand at the beginning of its line");
    CHECK(error("-- +goose ENVSUB ON\n-- +goose Up\nSELECT 1;", Convention::goose) ==
          "m/1_a.sql:1:1: variables are not put into statements here (ENVSUB)");
    CHECK(error("-- +goose Upp\nSELECT 1;", Convention::goose) ==
          "m/1_a.sql:1:1: an annotation that goose does not know");
    CHECK(error("-- +migrate Up\nSELECT 1;\n--+migrate Down\nSELECT 2;", Convention::sql_migrate) ==
          "m/1_a.sql:3:1: sql-migrate would not see this mark");
    CHECK(error("-- migrate: transactions=false\nSELECT 1;", Convention::plain) ==
          "m/1_a.sql:1:1: \"transactions=false\" is no option of a migration file");
    CHECK(error("-- UP\nSELECT 'a;\n", Convention::up_down) ==
          "m/1_a.sql:2:8: a quote (') that begins here is never closed");
    CHECK(error(std::string_view("SELECT\0 1", 9), Convention::plain) ==
          "m/1_a.sql:1:7: a NUL byte stands here");
}

TEST_CASE("marks of another convention are refused, so that a way back never runs as a way forward") {
    CHECK(error("-- +goose Up\nSELECT 1;\n-- +goose Down\nDROP TABLE t;", Convention::up_down) ==
          "m/1_a.sql:1:1: a mark of goose in a folder of migrate's own convention");
    CHECK(error("SELECT 1;\n-- DOWN\nDROP TABLE t;", Convention::plain) ==
          "m/1_a.sql:2:1: a mark of migrate's own convention in a folder of plain SQL files");
    CHECK(error("-- migrate:up\nSELECT 1;\n-- migrate:down\n", Convention::golang_migrate) ==
          "m/1_a.sql:1:1: a mark of dbmate in a folder of golang-migrate");
    CHECK(parsed("-- +goose Up\n-- up\nSELECT 1;", Convention::goose).up.size() == 1);
}

TEST_CASE("a large file that is read again is not taken apart again, unless anything about it is another") {
    std::string large = "-- UP\n";
    for (int i = 0; i < 20'000; ++i) large += "INSERT INTO t VALUES (" + std::to_string(i) + ");\n";
    auto own = [](const std::string& text, Dialect dialect = kPg, Part part = Part::whole) {
        auto result = parse_own(text, Convention::up_down, dialect, "m/1_a.sql", part);
        REQUIRE_MESSAGE(result, result.error().message);
        return *result;
    };
    const auto first = own(large);
    CHECK(first->up.size() == 20'000);
    CHECK(own(large) == first);
    CHECK(own(large, kMy) != first);
    CHECK(own(large) != first);  // the last one is kept
    const auto edited = own(large + "INSERT INTO t VALUES (-1);\n");
    CHECK(edited->up.size() == 20'001);
    CHECK(own(large)->up.size() == 20'000);
    // Small ones are not kept.
    CHECK(own("-- UP\nSELECT 1;\n") != own("-- UP\nSELECT 1;\n"));
}

TEST_CASE("a large file is compared with what was kept of it where it lies") {
    test::Tree tree;
    const auto from_file = [&](const std::string& text) {
        tree.write("1_a.sql", text);
        auto result = parse_file(tree.path("1_a.sql"), Convention::up_down, kPg, "m/1_a.sql");
        REQUIRE_MESSAGE(result, result.error().message);
        return *result;
    };
    std::string large = "-- UP\n";
    for (int i = 0; i < 20'000; ++i) large += "INSERT INTO t VALUES (" + std::to_string(i) + ");\n";
    const auto first = from_file(large);
    CHECK(first->up.size() == 20'000);
    CHECK(from_file(large) == first);
    // As long as before, and other at its end.
    std::string other = large;
    other[other.size() - 4] = '7';
    CHECK(from_file(other) != first);
    CHECK(from_file(other + "INSERT INTO t VALUES (-1);\n")->up.size() == 20'001);
    CHECK(from_file(large.substr(0, large.size() / 2) + "1);\n")->up.size() < 20'000);
    auto missing = parse_file(tree.path("none.sql"), Convention::up_down, kPg, "m/none.sql");
    REQUIRE_FALSE(missing.has_value());
    CHECK(missing.error().message == "m/none.sql: cannot be read");
}
