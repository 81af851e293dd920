#include "tests/adapters/sql_world.hpp"

using namespace migrate;
using test::SqlWorld;
using Ids = std::vector<std::string>;
using IdSet = std::set<std::string>;

namespace {

/// Two migrations with their ways back, in the words of a convention, and their ids.
struct Sample {
    const char* style;
    const char* first;
    const char* second;
    Ids ids;
};

void write(SqlWorld& world, const Sample& sample) {
    const std::string style = sample.style;
    auto text = [&](std::string_view up, std::string_view down) {
        const std::string u(up), d(down);
        if (style == "dbmate") return "-- migrate:up\n" + u + "\n-- migrate:down\n" + d + "\n";
        if (style == "goose") return "-- +goose Up\n" + u + "\n-- +goose Down\n" + d + "\n";
        if (style == "sql-migrate") return "-- +migrate Up\n" + u + "\n-- +migrate Down\n" + d + "\n";
        return "-- UP\n" + u + "\n-- DOWN\n" + d + "\n";
    };
    if (style == "golang-migrate") {
        world.file(std::string(sample.first) + ".up.sql", "CREATE TABLE a (x);");
        world.file(std::string(sample.first) + ".down.sql", "DROP TABLE a;");
        world.file(std::string(sample.second) + ".up.sql", "CREATE TABLE b (x);");
        world.file(std::string(sample.second) + ".down.sql", "DROP TABLE b;");
    } else {
        world.file(sample.first, text("CREATE TABLE a (x);", "DROP TABLE a;"));
        world.file(sample.second, text("CREATE TABLE b (x);", "DROP TABLE b;"));
    }
}

const std::vector<Sample> kSamples{
    {"up-down",
     "20240101000000_a.sql",
     "20240102000000_b.sql",
     {"20240101000000_a.sql", "20240102000000_b.sql"}},
    {"dbmate", "20240101000000_a.sql", "20240102000000_b.sql", {"20240101000000", "20240102000000"}},
    {"goose", "001_a.sql", "002_b.sql", {"1", "2"}},
    {"golang-migrate", "000001_a", "000002_b", {"1", "2"}},
    {"sql-migrate", "1_a.sql", "2_b.sql", {"1_a.sql", "2_b.sql"}},
};

Ids ids_of(const std::vector<MigrationFile>& files) {
    Ids ids;
    for (const auto& file : files) ids.push_back(file.id);
    return ids;
}

}  // namespace

TEST_CASE("raw SQL: every convention runs, reverts, redoes and resets, and each step does what it promised") {
    for (const Sample& sample : kSamples) {
        CAPTURE(sample.style);
        SqlWorld world(sample.style);
        write(world, sample);
        CHECK(world.history().state == State::uninitialised);
        CHECK(ids_of(world.history().pending) == sample.ids);

        world.run(Verb::run);
        CHECK(world.history().state == State::current);
        CHECK(world.applied() == IdSet{sample.ids[0], sample.ids[1]});
        CHECK(world.steps(Verb::run).empty());
        CHECK(world.history().edited_known);

        world.run(Verb::redo);
        CHECK(world.history().state == State::current);
        world.run(Verb::rollback);
        CHECK(world.applied() == IdSet{sample.ids[0]});
        CHECK(world.value("SELECT group_concat(name) FROM sqlite_schema WHERE name IN ('a', 'b')") == "a");

        world.request.to = sample.ids[0];
        CHECK(world.steps(Verb::rollback).empty());
        CHECK(world.steps(Verb::run).empty());
        world.request.to.reset();
        world.run(Verb::run);
        world.request.steps = 5;
        world.run(Verb::rollback);
        world.request.steps.reset();
        CHECK(world.applied().empty());
        world.run(Verb::run);
        for (const Step& step : world.steps(Verb::reset)) CHECK(step.risk == Risk::destroy);
        world.run(Verb::reset);
        CHECK(world.history().state == State::current);
    }
}

TEST_CASE("raw SQL: a step says what it applies, what would be lost, and what it makes besides") {
    SqlWorld world;
    world.file(
        "1_a.sql",
        "-- UP\nCREATE TABLE a (x);\nDROP TABLE IF EXISTS old;\n-- DOWN\nDELETE FROM a;\nDROP TABLE a;\n");
    auto steps = world.steps(Verb::run);
    REQUIRE(steps.size() == 1);
    CHECK(steps[0].purpose == "apply 1_a.sql; makes the table _migrations");
    CHECK(steps[0].risk == Risk::apply);
    CHECK(steps[0].reversible == true);
    CHECK(steps[0].destructive == Ids{"m/1_a.sql:3: DROP TABLE IF EXISTS old"});
    CHECK(argv_of(steps[0]) == Ids{"apply-sql", "m/1_a.sql"});
    world.run(Verb::run);
    auto back = world.steps(Verb::rollback);
    CHECK(back[0].risk == Risk::revert);
    CHECK(back[0].destructive == Ids{"m/1_a.sql:5: DELETE FROM a", "m/1_a.sql:6: DROP TABLE a"});

    world.file("2_b.sql", "-- UP\nVACUUM;\n");
    CHECK(world.steps(Verb::run)[0].purpose ==
          "apply 2_b.sql; not in a transaction: VACUUM cannot run in a transaction");
}

TEST_CASE("raw SQL: a table of three columns is extended by the first run, and the plan says so") {
    SqlWorld world;
    world.file("1_a.sql", "-- UP\nCREATE TABLE a (x);\n-- DOWN\nDROP TABLE a;\n");
    world.file("2_b.sql", "-- UP\nCREATE TABLE b (x);\n-- DOWN\nDROP TABLE b;\n");
    world.execute("CREATE TABLE _migrations (id INTEGER PRIMARY KEY, filename TEXT UNIQUE, applied_at TEXT)");
    world.execute("INSERT INTO _migrations VALUES (1, '1_a.sql', '2024-01-02 03:04:05')");
    CHECK(world.history().state == State::pending);
    CHECK_FALSE(world.history().edited_known);
    CHECK(world.history().applied[0].at == "2024-01-02T03:04:05Z");
    CHECK(world.steps(Verb::run)[0].purpose ==
          "apply 2_b.sql; adds the columns checksum, state, statements_done, statement_started, down_sql, "
          "duration_ms to "
          "_migrations");
    world.run(Verb::run);
    CHECK(world.history().state == State::current);
    CHECK(world.history().edited_known);
    CHECK(world.history().edited.empty());
}

TEST_CASE("raw SQL: edited, missing, renamed and late files are seen") {
    SqlWorld world;
    for (const char* name : {"1_a", "3_c", "5_e"})
        world.file(std::string(name) + ".sql",
                   "-- UP\nSELECT '" + std::string(name) + "';\n-- DOWN\nSELECT 0;\n");
    world.run(Verb::run);

    world.file("1_a.sql", "-- UP\r\nSELECT '1_a';\r\n-- DOWN\r\nSELECT 0;");
    CHECK(world.history().state == State::current);  // line ends are no edit
    world.file("1_a.sql", "-- UP\nSELECT 'other';\n-- DOWN\nSELECT 0;\n");
    CHECK(world.history().edited == Ids{"1_a.sql"});
    CHECK(world.history().state == State::edited);

    std::filesystem::rename(world.tree.path("m/3_c.sql"), world.tree.path("m/4_renamed.sql"));
    History history = world.history();
    CHECK(history.missing == Ids{"3_c.sql"});
    CHECK(history.state == State::diverged);
    CHECK(history.renamed == std::vector<std::pair<std::string, std::string>>{{"3_c.sql", "4_renamed.sql"}});
    CHECK(history.out_of_order == Ids{"4_renamed.sql"});

    world.request.renamed_from = "3_c.sql";
    world.request.renamed_to = "4_renamed.sql";
    world.run(Verb::resolve);
    world.request = {};
    world.request.edited = "1_a.sql";
    world.run(Verb::resolve);
    CHECK(world.history().state == State::current);
    CHECK(world.applied() == IdSet{"1_a.sql", "4_renamed.sql", "5_e.sql"});
}

TEST_CASE("raw SQL: rollback uses the stored way back of a file that is gone, and never another migration") {
    for (const Sample& sample : kSamples) {
        CAPTURE(sample.style);
        SqlWorld world(sample.style);
        write(world, sample);
        world.run(Verb::run);
        for (const char* ending : {"", ".up.sql", ".down.sql"})
            std::filesystem::remove(world.tree.path() / "m" / (std::string(sample.second) + ending));
        CHECK(world.history().missing == Ids{sample.ids[1]});
        auto steps = world.steps(Verb::rollback);
        REQUIRE(steps.size() == 1);
        CHECK(steps[0].migrations == Ids{sample.ids[1]});
        CHECK(steps[0].purpose == "revert " + sample.ids[1] + " by the way back that was stored");
        world.run(Verb::rollback);
        CHECK(world.applied() == IdSet{sample.ids[0]});
    }
    SqlWorld world("dbmate");
    write(world, kSamples[1]);
    world.run(Verb::run);
    world.execute("DROP TABLE _migrate_ledger");
    std::filesystem::remove(world.tree.path("m/20240102000000_b.sql"));
    CHECK(
        world.error(Verb::rollback) ==
        "migration.missing: 20240102000000 is applied, but its file is gone and its way back was not stored");
    world.request.forget = "20240102000000";
    world.run(Verb::resolve);
    CHECK(world.applied() == IdSet{"20240101000000"});
}

TEST_CASE("raw SQL: a row that its own tool wrote anew is not compared with the text that we ran") {
    for (const Sample& sample : {kSamples[2], kSamples[4]}) {
        CAPTURE(sample.style);
        SqlWorld world(sample.style);
        write(world, sample);
        world.run(Verb::run);
        const bool goose = sample.style == std::string("goose");
        if (goose) {
            world.execute("DELETE FROM goose_db_version WHERE version_id = 2");
            world.execute("INSERT INTO goose_db_version (version_id, is_applied) VALUES (2, 1)");
        } else {
            world.execute(
                "UPDATE gorp_migrations SET applied_at = '2030-01-01 00:00:00' WHERE id = '2_b.sql'");
        }
        for (const std::string& name : {sample.first, sample.second})
            world.file(name, world.tree.read("m/" + name) + "-- edited\n");
        CHECK(world.history().edited == Ids{sample.ids[0]});
        world.run(Verb::redo);
        world.file(sample.second, world.tree.read(std::string("m/") + sample.second) + "-- again\n");
        CHECK(world.history().edited == Ids{sample.ids[0], sample.ids[1]});
    }
}

TEST_CASE(
    "raw SQL: sql-migrate's last migration is the one with the highest number, not with the latest time") {
    SqlWorld world("sql-migrate");
    for (const char* n : {"9", "10"})
        world.file(std::string(n) + "-m.sql", std::string("-- +migrate Up\nCREATE TABLE m") + n +
                                                  " (x);\n-- +migrate Down\nDROP TABLE m" + n + ";\n");
    world.run(Verb::run);
    world.file("8-m.sql", "-- +migrate Up\nCREATE TABLE m8 (x);\n-- +migrate Down\nDROP TABLE m8;\n");
    world.run(Verb::run);
    for (const char* last : {"10-m.sql", "9-m.sql", "8-m.sql"}) {
        CHECK(world.steps(Verb::rollback).front().migrations == Ids{last});
        world.run(Verb::rollback);
    }
}

TEST_CASE("raw SQL: what has no way back is an error before anything runs") {
    SqlWorld world;
    world.file("1_a.sql", "-- UP\nSELECT 1;\n");
    world.file("2_b.sql", "-- UP\nSELECT 1;\n-- DOWN\nSELECT 1;\n");
    world.run(Verb::run);
    world.request.steps = 2;
    CHECK(world.error(Verb::rollback) == "migration.irreversible: 1_a.sql: m/1_a.sql has no way back");
    world.request = {};
    world.request.batch = true;
    CHECK(world.error(Verb::rollback) == "usage: .:sql keeps no batches");
    CHECK(world.applied().size() == 2);

    SqlWorld plain("plain");
    plain.file("1_a.sql", "SELECT 1;");
    plain.run(Verb::run);
    CHECK(plain.error(Verb::rollback) ==
          "verb.unsupported: .:sql cannot rollback: plain SQL files have no way back");
    SqlWorld pairs("golang-migrate");
    pairs.file("1_a.up.sql", "SELECT 1;");
    pairs.run(Verb::run);
    CHECK(pairs.error(Verb::rollback) ==
          "migration.irreversible: 1: there is no .down.sql beside m/1_a.up.sql");
}

TEST_CASE("raw SQL: a file that cannot run stops the plan, not the status") {
    SqlWorld world;
    world.file("1_a.sql", "-- UP\nSELECT 1;\n");
    world.file("2_b.sql", "-- UP\nSELECT 'open;\n");
    world.file("3_c.sql", std::string("\xFF\xFE-\0", 4));
    CHECK(world.history().pending.size() == 3);
    CHECK(world.error(Verb::run) ==
          "migration.invalid: m/2_b.sql:2:8: a quote (') that begins here is never closed");
    world.request.steps = 1;
    world.run(Verb::run);
    CHECK(world.applied() == IdSet{"1_a.sql"});
}

TEST_CASE("raw SQL: a half-done migration blocks, and can be resumed or settled either way") {
    for (const Sample& sample : kSamples) {
        CAPTURE(sample.style);
        for (int way = 0; way < 3; ++way) {
            CAPTURE(way);
            SqlWorld world(sample.style);
            write(world, sample);
            const std::string style = sample.style;
            const std::string body = "CREATE TABLE b (x);\nINSERT INTO later VALUES (1);\n";
            world.file(style == "golang-migrate" ? std::string(sample.second) + ".up.sql" : sample.second,
                       style == "golang-migrate" ? "-- migrate: transaction=false\n" + body
                       : style == "dbmate"
                           ? "-- migrate:up transaction:false\n" + body + "-- migrate:down\nDROP TABLE b;\n"
                       : style == "goose" ? "-- +goose NO TRANSACTION\n-- +goose Up\n" + body +
                                                "-- +goose Down\nDROP TABLE b;\n"
                       : style == "sql-migrate"
                           ? "-- +migrate Up notransaction\n" + body + "-- +migrate Down\nDROP TABLE b;\n"
                           : "-- UP transaction:false\n" + body + "-- DOWN\nDROP TABLE b;\n");
            auto steps = world.steps(Verb::run);
            REQUIRE(steps.size() == 2);
            REQUIRE_FALSE(world.execute_step(steps[0]));
            auto error = world.execute_step(steps[1]);
            REQUIRE(error);
            CHECK(error->code == "run.failed");
            History history = world.history();
            CHECK(history.state == State::failed);
            REQUIRE(history.failed.size() == 1);
            CHECK(history.failed[0].id == sample.ids[1]);
            CHECK(history.failed[0].detail == "1 statement done");
            CHECK(history.pending.empty());
            CHECK(world.applied() == IdSet{sample.ids[0]});
            CHECK(world.error(Verb::run) ==
                  "migration.dirty: " + sample.ids[1] + " was begun and is not through: 1 statement done");
            CHECK(world.error(Verb::rollback).starts_with("migration.dirty: "));

            if (way == 0) {
                world.execute("CREATE TABLE later (x)");
                world.request.resume = true;
                CHECK(world.steps(Verb::resolve)[0].purpose ==
                      "apply " + sample.ids[1] + " from statement 2 on");
                world.run(Verb::resolve);
                CHECK(world.value("SELECT count(*) FROM later") == "1");
                CHECK(world.history().state == State::current);
            } else if (way == 1) {
                world.request.applied = sample.ids[1];
                world.run(Verb::resolve);
                CHECK(world.history().state == State::current);
            } else {
                world.request.rolled_back = sample.ids[1];
                world.run(Verb::resolve);
                CHECK(world.history().state == State::pending);
                CHECK(ids_of(world.history().pending) == Ids{sample.ids[1]});
            }
        }
    }
}

TEST_CASE("raw SQL: a half-done way back is resumed, too") {
    for (const char* style : {"up-down", "dbmate", "golang-migrate"}) {
        CAPTURE(style);
        SqlWorld world(style);
        const bool pair = world.unit.style == "golang-migrate", dbmate = world.unit.style == "dbmate";
        const std::string down = "DROP TABLE b;\nINSERT INTO later VALUES (1);\n";
        if (pair) {
            world.file("1_a.up.sql", "SELECT 1;");
            world.file("2_b.up.sql", "CREATE TABLE b (x);");
            world.file("2_b.down.sql", "-- migrate: transaction=false\n" + down);
        } else {
            world.file("1_a.sql", dbmate ? "-- migrate:up\n-- migrate:down\n" : "-- UP\nSELECT 1;\n");
            world.file("2_b.sql",
                       dbmate
                           ? "-- migrate:up\nCREATE TABLE b (x);\n-- migrate:down transaction:false\n" + down
                           : "-- UP\nCREATE TABLE b (x);\n-- DOWN transaction:false\n" + down);
        }
        world.run(Verb::run);
        auto steps = world.steps(Verb::rollback);
        REQUIRE(world.execute_step(steps[0]));
        History history = world.history();
        REQUIRE(history.failed.size() == 1);
        CHECK(history.failed[0].detail == "reverting: 1 statement done");
        CHECK(history.applied.size() == 1);
        world.execute("CREATE TABLE later (x)");
        world.request.resume = true;
        world.run(Verb::resolve);
        CHECK(world.history().failed.empty());
        CHECK(world.applied().size() == 1);
        CHECK(world.history().pending.size() == 1);
    }
}

TEST_CASE("raw SQL: baseline records without running, up to the one that is named") {
    for (const Sample& sample : kSamples) {
        CAPTURE(sample.style);
        SqlWorld world(sample.style);
        write(world, sample);
        world.request.to = sample.first;
        world.run(Verb::baseline);
        CHECK(world.applied() == IdSet{sample.ids[0]});
        CHECK(world.value("SELECT count(*) FROM sqlite_schema WHERE name IN ('a', 'b')") == "0");
        world.request.to.reset();
        CHECK(std::holds_alternative<CopyHistory>(world.steps(Verb::baseline)[0].action));
        world.run(Verb::baseline);
        CHECK(world.history().state == State::current);
        CHECK(world.steps(Verb::baseline).empty());
    }
}

TEST_CASE("raw SQL: a migration may be named by id, file name, version or title") {
    SqlWorld world("goose");
    write(world, kSamples[2]);
    for (const char* name : {"1", "001_a.sql", "001_a", "001", "a"}) {
        world.request.to = name;
        auto steps = world.steps(Verb::run);
        REQUIRE(steps.size() == 1);
        CHECK(steps[0].migrations == Ids{"1"});
    }
    world.request.to = "nothing";
    CHECK(world.error(Verb::run) == "migration.unknown: no migration is called nothing");
}

TEST_CASE("raw SQL: new files follow the folder") {
    SqlWorld world;
    world.request.name = "add posts";
    world.request.now = "20250102030405";
    auto written = [&](Verb verb) {
        Ids paths;
        for (const Step& step : world.steps(verb)) paths.push_back(std::get<WriteFile>(step.action).path);
        return paths;
    };
    CHECK(written(Verb::generate) == Ids{"m/20250102030405_add_posts.sql"});
    world.request.now = "{now}";
    CHECK(written(Verb::generate) == Ids{"m/{now}_add_posts.sql"});
    world.file("0007_x.sql", "-- UP\nSELECT 1;\n");
    CHECK(written(Verb::generate) == Ids{"m/0008_add_posts.sql"});
    CHECK(world.error(Verb::init) == "usage: m holds migrations already");
    world.unit.style = "golang-migrate";
    std::filesystem::remove(world.tree.path("m/0007_x.sql"));
    world.file("000001_x.up.sql", "SELECT 1;");
    CHECK(written(Verb::generate) == Ids{"m/000002_add_posts.up.sql", "m/000002_add_posts.down.sql"});
}

TEST_CASE("raw SQL: init writes an example that runs and reverts as it stands") {
    SqlWorld world;
    world.request.now = "20250102030405";
    world.run(Verb::init);
    CHECK(world.tree.exists("m/20250102030405_example.sql"));
    world.run(Verb::run);
    CHECK(world.value("SELECT count(*) FROM example") == "0");
    world.run(Verb::rollback);
    CHECK(world.value("SELECT count(*) FROM sqlite_schema WHERE name = 'example'") == "0");
}

TEST_CASE("raw SQL: seeds are found and executed in order") {
    SqlWorld world;
    CHECK(world.error(Verb::seed) == "verb.unsupported: .:sql has no seeds");
    world.tree.write("seeds/2_more.sql", "INSERT INTO a VALUES (2);");
    world.tree.write("seeds/1_base.sql", "DELETE FROM a;\nINSERT INTO a VALUES (1);");
    world.execute("CREATE TABLE a (x)");
    auto steps = world.steps(Verb::seed);
    REQUIRE(steps.size() == 2);
    CHECK(steps[0].purpose == "execute seeds/1_base.sql");
    CHECK(steps[0].destructive == Ids{"seeds/1_base.sql:1: DELETE FROM a"});
    world.run(Verb::seed);
    CHECK(world.value("SELECT group_concat(x) FROM a") == "1,2");
}

TEST_CASE("raw SQL: what it cannot do is answered with the reason and a way on") {
    SqlWorld world;
    for (Verb verb : {Verb::diff, Verb::pull, Verb::push}) {
        auto planned = world.plan(verb);
        REQUIRE_FALSE(planned);
        CHECK(planned.error().code == "verb.unsupported");
        REQUIRE(planned.error().next.size() == 1);
        CHECK(planned.error().next[0].argv == Ids{"migrate", "status", "-u", ".:sql"});
    }
    world.unit.style = "goose";
    world.file("1_a.go", "package migrations");
    CHECK(world.error(Verb::run) ==
          "verb.unsupported: m/1_a.go is a migration in Go, which only the project's own program can run");
}
