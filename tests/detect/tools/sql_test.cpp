#include "tests/detect/scan.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

Unit one_file(const std::string& name, const std::string& content) {
    return only(scan_of({{"db/migrations/" + name, content}}));
}

}  // namespace

TEST_CASE("SQL: every convention is known by its marks") {
    CHECK(
        one_file("20240101120000_a.sql", "-- UP\nCREATE TABLE a (id int);\n-- DOWN\nDROP TABLE a;\n").style ==
        "up-down");
    CHECK(one_file("20240101120000_a.sql", "-- migrate:up\nCREATE TABLE a (id int);\n\n-- migrate:down\n")
              .style == "dbmate");
    CHECK(one_file("00001_a.sql", "\n-- +goose Up\nCREATE TABLE a (id int);\n-- +goose Down\n").style ==
          "goose");
    CHECK(one_file("00001_a.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\n").style == "goose");
    CHECK(one_file("1_a.sql", "\n\n-- +migrate Up\nCREATE TABLE a (id int);\n").style == "sql-migrate");
    CHECK(one_file("000001_a.up.sql", "CREATE TABLE a (id int);").style == "golang-migrate");
    Unit unit = one_file("1_a.sql", "-- +goose Up\n");
    CHECK(unit.id == ".:sql");
    CHECK(directories(unit) == Strings{"db/migrations"});
    CHECK(unit.launch.empty());
    CHECK(unit.confidence >= 60);
}

TEST_CASE("SQL: plain numbered files count in a directory that is named for them, from two on") {
    Unit unit =
        only(scan_of({{"migrations/0001_a.sql", "CREATE TABLE a (id int);"}, {"migrations/0002_b.sql", ""}}));
    CHECK(unit.style == "plain");
    CHECK(unit.confidence == 50);
    CHECK(unit.how_run == HowRun::cli);
    CHECK(scan_of({{"migrations/0001_a.sql", ""}}).units.empty());
    CHECK(scan_of({{"queries/0001_a.sql", ""}, {"queries/0002_b.sql", ""}}).units.empty());
}

TEST_CASE("SQL: words that look like marks are none") {
    Unit unit =
        only(scan_of({{"migrations/1_a.sql", "-- UP the hill\nSELECT 1;\n"}, {"migrations/2_b.sql", ""}}));
    CHECK(unit.style == "plain");
}

TEST_CASE("SQL: a full schema among the steps, sqlc, and files for going back forbid to run plain files") {
    auto vetoed = [](test::Tree::Files files) {
        files["migrations/1_a.sql"] = "";
        files["migrations/2_b.sql"] = "";
        return only(scan_of(files));
    };
    Unit schema = vetoed({{"migrations/schema.sql", ""}});
    CHECK(schema.how_run == HowRun::manual);
    CHECK(has_signal(schema, "vetoed.full-schema"));
    Unit sqlc = vetoed(
        {{"sqlc.yaml", "version: \"2\"\nsql:\n  - schema: \"migrations\"\n    queries: \"queries\"\n"}});
    CHECK(has_signal(sqlc, "vetoed.sqlc"));
    Unit down = vetoed({{"migrations/1_a-down.sql", ""}});
    CHECK(has_signal(down, "vetoed.back-files"));
    Unit container = vetoed({{"docker-compose.yml",
                              "services:\n  db:\n    image: postgres:16\n    volumes:\n      - "
                              "./migrations:/docker-entrypoint-initdb.d\n"}});
    CHECK(has_signal(container, "vetoed.container"));
    CHECK(container.engines == std::vector{Engine::postgresql});
    Unit project = vetoed({{"shop.sqlproj", ""}});
    CHECK(has_signal(project, "vetoed.sqlproj"));
    Unit worker = vetoed({{"wrangler.toml", ""}});
    CHECK(has_signal(worker, "vetoed.wrangler"));
    Unit rust = vetoed({{"Cargo.toml", ""}});
    CHECK(has_signal(rust, "vetoed.rust"));
    for (const Unit& unit : {sqlc, down, container, project, worker, rust})
        CHECK(unit.how_run == HowRun::manual);
}

TEST_CASE("SQL: engines and versions as directories are one history, which only its program can order") {
    Unit unit = only(scan_of({{"go.mod", "module x\n"},
                              {"store/migration/sqlite/LATEST.sql", ""},
                              {"store/migration/sqlite/0.10/00__a.sql", ""},
                              {"store/migration/sqlite/0.2/00__a.sql", ""},
                              {"store/migration/mysql/0.2/00__a.sql", ""},
                              {"store/migration/postgres/0.2/00__a.sql", ""}}));
    CHECK(unit.root == "store");
    CHECK(unit.how_run == HowRun::programmatic);
    CHECK(directories(unit) ==
          Strings{"store/migration/mysql", "store/migration/postgres", "store/migration/sqlite"});
    CHECK(unit.migrations[2].engine == Engine::sqlite);
    CHECK(unit.runner == "go");
    CHECK(unit.config.empty());
}

TEST_CASE("SQL: dbconfig.yml of sql-migrate") {
    test::Tree::Files files{
        {"go.mod", "module x\n\nrequire (\n\tgithub.com/rubenv/sql-migrate v1.1.1\n)\n"},
        {"dbconfig.yml", "development:\n    dialect: postgres\n    dir: resources/steps\n    table: m\n"},
        {"resources/steps/1_a.sql", "\n-- +migrate Up\n"}};
    Unit unit = only(scan_of(files));
    CHECK(unit.id == ".:sql");
    CHECK(unit.style == "sql-migrate");
    CHECK(unit.config == "dbconfig.yml");
    CHECK(directories(unit) == Strings{"resources/steps"});
    CHECK(unit.engines == std::vector{Engine::postgresql});
    CHECK(unit.runner == "go");
    CHECK(unit.version == Version{1, 1, 1});

    files["dbconfig.yml"] = "development:\n  dialect: postgres\n dir: [\n";
    Scan broken = scan_of(files);
    CHECK(problems(broken).size() == 1);
    CHECK(broken.problems.front().code == "config.invalid");
    files["dbconfig.yml"] = "development:\n  dialect: postgres\n  dir: gone\n";
    CHECK(problems(scan_of(files)) == Strings{"dbconfig.yml:3 config.missing_directory"});
}

TEST_CASE("SQL: Supabase") {
    Unit unit = only(scan_of({{"package.json", R"({"scripts": {"db": "supabase migration up"}})"},
                              {"package-lock.json", "{}"},
                              {"supabase/config.toml", "[db]\nmajor_version = 15\n"},
                              {"supabase/seed.sql", ""},
                              {"supabase/migrations/20240101120000_a.sql", ""}}));
    CHECK(unit.id == ".:sql");
    CHECK(unit.style == "supabase");
    CHECK(unit.config == "supabase/config.toml");
    CHECK(unit.seeds == "supabase/seed.sql");
    CHECK(unit.runner == "npm");
    CHECK(unit.project_command == "npm run db");
}

TEST_CASE("SQL: goose with migrations in Go needs the project's own program") {
    Unit unit = only(scan_of(
        {{"go.mod", "module x\nrequire github.com/pressly/goose/v3 v3.27.1\n"},
         {"cmd/migrate/run.go", "package main\nimport \"github.com/pressly/goose/v3\"\n"},
         {"cmd/migrate/migrations/00001_a.sql", "-- +goose Up\n"},
         {"cmd/migrate/migrations/00002_b.go", "package migrations\n"},
         {"Taskfile.yml", "tasks:\n  up:\n    cmds:\n      - goose -dir cmd/migrate/migrations up\n"}}));
    CHECK(unit.root == ".");
    CHECK(unit.config == "cmd/migrate/run.go");
    CHECK(unit.how_run == HowRun::wrapper);
    CHECK(unit.version == Version{3, 27, 1});
    CHECK(unit.project_command == "task up");
}

TEST_CASE("SQL: pairs that another library reads are the program's; those of Rust have another history") {
    Unit go = only(scan_of({{"go.mod", "module x\n"},
                            {"store/migrations/000001_a.up.sql", ""},
                            {"store/migrations/000001_a.down.sql", ""}}));
    CHECK(go.how_run == HowRun::programmatic);
    Unit rust = only(scan_of({{"Cargo.toml", ""}, {"migrations/1_a.up.sql", ""}}));
    CHECK(rust.style == "sqlx");
    CHECK(rust.how_run == HowRun::manual);
}

TEST_CASE("SQL: several directories of one repository are several units with names") {
    Scan scan = scan_of({{"orders/migrations/1_a.up.sql", ""},
                         {"users/db/migrations/1_a.up.sql", ""},
                         {"db/clickhouse/migrations/1_a.sql", "-- +goose Up\n"}});
    CHECK(ids(scan.units) == Strings{"db/clickhouse:sql", "orders:sql", "users:sql"});
    // There is no client for that engine here.
    CHECK(scan.units.front().engines == std::vector{Engine::clickhouse});
    CHECK(scan.units.front().how_run == HowRun::manual);
}

TEST_CASE("SQL: directories of other tools are theirs") {
    Scan scan = scan_of({{"package.json", R"({"devDependencies": {"drizzle-kit": "0.31"}})"},
                         {"drizzle.config.ts",
                          "import 'drizzle-kit';\nexport default { dialect: 'sqlite', out: './migrations' }"},
                         {"migrations/0000_a.sql", ""},
                         {"migrations/0001_b.sql", ""},
                         {"migrations/meta/_journal.json",
                          R"({"dialect": "sqlite", "entries": [{"tag": "0000_a"}, {"tag": "0001_b"}]})"}});
    CHECK(ids(scan.units) == Strings{".:drizzle"});
}

TEST_CASE("SQL: what Liquibase and node-pg-migrate wrote is not run") {
    CHECK(scan_of({{"migrations/1_a.sql", "--liquibase formatted sql\n"},
                   {"migrations/2_b.sql", "--liquibase formatted sql\n"}})
              .units.empty());
    CHECK(scan_of({{"migrations/1_a.sql", "-- Up Migration\n"}, {"migrations/2_b.sql", "-- Up Migration\n"}})
              .units.empty());
}

TEST_CASE("SQL: files that a Go program compiles in, without the library, are the program's to apply") {
    Tree::Files files{{"go.mod", "module x\n"},
                      {"migrate/sql/1_a.sql", "-- +migrate Up\n"},
                      {"migrate/migrate.go", "package migrate\n\n//go:embed sql/*\nvar files embed.FS\n"}};
    CHECK(only(scan_of(files)).how_run == HowRun::programmatic);
    files["go.mod"] = "module x\nrequire github.com/rubenv/sql-migrate v1.5.0\n";
    CHECK(only(scan_of(files)).how_run == HowRun::cli);
    files["go.mod"] = "module x\n";
    files["migrate/migrate.go"] = "package migrate\n";
    CHECK(only(scan_of(files)).how_run == HowRun::cli);
}

TEST_CASE("SQL: of a script that serves two histories each gets its own line") {
    const std::string script =
        "migrate -source file://db/migrations/one -database \"$URL\" up\n"
        "migrate -source file://db/migrations/two -database \"$URL\" up\n";
    Scan scan = scan_of({{"up.sh", script},
                         {"db/migrations/one/1_a.up.sql", ""},
                         {"db/migrations/one/1_a.down.sql", ""},
                         {"db/migrations/two/1_a.up.sql", ""},
                         {"db/migrations/two/1_a.down.sql", ""}});
    REQUIRE(scan.units.size() == 2);
    CHECK(scan.units[0].project_command.find("migrations/one") != std::string::npos);
    CHECK(scan.units[1].project_command.find("migrations/two") != std::string::npos);
}
