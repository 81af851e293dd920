#include "base/sha256.hpp"
#include "tests/adapters/support/project.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

const std::string kInitSql =
    "CREATE TABLE \"users\" (\"id\" serial);\n--> statement-breakpoint\nCREATE INDEX \"i\" ON "
    "\"users\" (\"id\");";
const std::string kPostsSql = "CREATE TABLE \"posts\" (\"id\" serial);";
const std::string kDropSql = "ALTER TABLE \"posts\" DROP COLUMN \"tags\";";
const std::string kNewInit = "20240101000000_init", kNewPosts = "20240102000000_posts",
                  kNewDrop = "20240103000000_drop";

constexpr const char* kConfig =
    "import { defineConfig } from 'drizzle-kit';\n"
    "export default defineConfig({\n"
    "  dialect: 'postgresql',\n"
    "  schema: './src/schema.ts',\n"
    "  out: './drizzle',\n"
    "  dbCredentials: { url: process.env.DATABASE_URL! },\n"
    "});\n";

std::string journal(long long third = 3000) {
    return R"({"version":"7","dialect":"postgresql","entries":[)"
           R"({"idx":0,"version":"7","when":1000,"tag":"0000_init","breakpoints":true},)"
           R"({"idx":1,"version":"7","when":2000,"tag":"0001_posts","breakpoints":true},)"
           R"({"idx":2,"version":"7","when":)" +
           std::to_string(third) + R"(,"tag":"0002_drop","breakpoints":true}]})";
}

/// Three migrations in the layout of the version, the last of them without a way back; nothing is applied.
Project project(std::string_view version = "0.31.11") {
    Tree::Files files{{"drizzle.config.ts", kConfig}};
    if (version.starts_with("1")) {
        files["drizzle/" + kNewInit + "/migration.sql"] = kInitSql;
        files["drizzle/" + kNewInit + "/snapshot.json"] = "{}";
        files["drizzle/" + kNewPosts + "/migration.sql"] = kPostsSql;
        files["drizzle/" + kNewPosts + "/down.sql"] = "DROP TABLE posts;";
        files["drizzle/" + kNewDrop + "/migration.sql"] = kDropSql;
    } else {
        files["drizzle/meta/_journal.json"] = journal();
        files["drizzle/0000_init.sql"] = kInitSql;
        files["drizzle/0001_posts.sql"] = kPostsSql;
        files["drizzle/0001_posts.down.sql"] = "DROP TABLE posts;";
        files["drizzle/0002_drop.sql"] = kDropSql;
    }
    Project made(Tool::drizzle, files);
    made.version(version);
    return made;
}

AppliedRow row(const std::string& sql, const std::string& when, const std::string& name = "") {
    AppliedRow made;
    made.checksum = sha256_hex(sql);
    made.id = name.empty() ? made.checksum : name;
    made.key = when;
    return made;
}

/// The first `n` migrations of the journal layout are applied.
Project applied(int n, std::string_view version = "0.31.11") {
    Project made = project(version);
    std::vector<AppliedRow> rows{row(kInitSql, "1000"), row(kPostsSql, "2000"), row(kDropSql, "3000")};
    if (version.starts_with("1"))
        rows = {row(kInitSql, "1704067200000", kNewInit), row(kPostsSql, "1704153600000", kNewPosts),
                row(kDropSql, "1704240000000", kNewDrop)};
    made.rows.rows.assign(rows.begin(), rows.begin() + n);
    if (version.starts_with("1")) made.rows.columns = {"id", "hash", "created_at", "name", "applied_at"};
    return made;
}

const std::string kTable = "\"drizzle\".\"__drizzle_migrations\"";

}  // namespace

TEST_CASE("drizzle: the native command line of every verb, version by version") {
    struct Cell {
        Verb verb;
        const char* version;
        const char* expected;
    };
    const Cell cells[] = {
        {Verb::generate, "0.20.18", "generate:pg"},
        {Verb::generate, "0.21.0", "generate --name add_x"},
        {Verb::generate, "0.31.11", "generate --name add_x"},
        {Verb::generate, "1.0.0", "generate --name add_x --output json"},
        {Verb::run, "0.24.2", "migrate"},
        {Verb::run, "0.31.11", "migrate"},
        {Verb::run, "1.0.0", "migrate"},
        {Verb::pull, "0.20.18", "introspect:pg"},
        {Verb::pull, "0.31.11", "pull"},
        {Verb::pull, "1.0.0", "pull --output json"},
        {Verb::push, "0.20.18", "push:pg"},
        {Verb::push, "0.31.11", "push"},
        {Verb::push, "1.0.0", "push --output json"},
        {Verb::diff, "0.31.11", "error: verb.unsupported"},
        {Verb::reset, "0.20.18", "error: verb.unsupported"},
        {Verb::reset, "0.31.11", "error: verb.unsupported"},
        {Verb::reset, "1.0.0", "error: verb.unsupported"},
    };
    for (const Cell& cell : cells) {
        CAPTURE(cell.version);
        Project one = project(cell.version);
        one.request.name = "add x";
        CHECK(joined(one.lines(cell.verb), "; ") == cell.expected);
        one.request.empty = true;
        if (cell.verb == Verb::generate)
            CHECK(one.lines(cell.verb).front().find("--custom") != std::string::npos);
    }
    CHECK(joined(project("1.0.0").lines(Verb::diff), "; ") == "generate --explain; push --explain");
    CHECK(project().lines(Verb::status).empty());
    CHECK(project().lines(Verb::history).empty());
}

TEST_CASE("drizzle 0.20: one command for each dialect") {
    auto line = [](const std::string& driver, Verb verb) {
        Project one(Tool::drizzle, {{"drizzle.config.ts",
                                     "export default { driver: '" + driver + "', dbCredentials: {} }"}});
        one.version("0.20.18").request.name = "x";
        return joined(one.lines(verb), "; ");
    };
    CHECK(line("pg", Verb::generate) == "generate:pg");
    CHECK(line("mysql2", Verb::generate) == "generate:mysql");
    CHECK(line("better-sqlite", Verb::generate) == "generate:sqlite");
    CHECK(line("turso", Verb::push) == "push:sqlite");
    CHECK(line("mysql2", Verb::pull) == "introspect:mysql");
}

TEST_CASE("drizzle: no verb is absent from the table, for any version") {
    for (const char* version :
         {"0.19.0", "0.20.18", "0.21.0", "0.24.2", "0.30.6", "0.31.11", "1.0.0", "1.4.0"})
        for (Verb verb : all_verbs()) {
            CAPTURE(version);
            CAPTURE(to_string(verb));
            const Row* row = support(adapter_of(Tool::drizzle), verb, parse_version(version));
            REQUIRE(row);
            if (row->how != How::native) CHECK_FALSE(row->note.empty());
        }
}

TEST_CASE("drizzle: a configuration at another place is named") {
    Project one = project();
    one.tree->write("drizzle.prod.config.ts", kConfig);
    one.unit.config = "drizzle.prod.config.ts";
    CHECK(one.lines(Verb::run) == Words{"migrate --config drizzle.prod.config.ts"});
    one.unit.config = "drizzle.config.ts";
    CHECK(one.lines(Verb::run) == Words{"migrate"});
    CHECK(one.plan(Verb::run)->front().env.at("NO_COLOR").value == "1");
}

TEST_CASE("drizzle generate: the new file is the proof, and the words that mean nothing to do are known") {
    struct Case {
        const char* version;
        const char* file;
        const char* nothing;
    };
    const Case cases[] = {{"0.20.18", "drizzle/*.sql", "No schema changes, nothing to migrate"},
                          {"0.31.11", "drizzle/*_add_x.sql", "No schema changes, nothing to migrate"},
                          {"1.0.0", "drizzle/*_add_x/migration.sql", "\"no_changes\""}};
    for (const Case& one : cases) {
        Project made = project(one.version);
        made.request.name = "add x";
        auto steps = made.plan(Verb::generate);
        REQUIRE(steps);
        CHECK(steps->front().expect.files == Words{one.file});
        CHECK(steps->front().risk == Risk::files);
        CHECK(std::get<Native>(steps->front().action).nothing_when == one.nothing);
        CHECK(std::get<Native>(steps->front().action).failed_when.front() ==
              "Interactive prompts require a TTY");
    }
    Project hinted = project("1.0.0");
    hinted.request.name = "x";
    hinted.request.answers = {"[{\"type\":\"rename\"}]"};
    CHECK(hinted.lines(Verb::generate) ==
          Words{"generate --name x --output json --hints [{\"type\":\"rename\"}]"});
}

TEST_CASE("drizzle run: everything pending, and what it must have done") {
    Project one = applied(1);
    auto steps = one.plan(Verb::run);
    REQUIRE(steps);
    CHECK(steps->front().expect.applied_added == Words{"0001_posts", "0002_drop"});
    CHECK(steps->front().reversible == false);
    CHECK(steps->front().destructive == Words{"0002_drop: ALTER TABLE \"posts\" DROP COLUMN \"tags\""});
    CHECK(applied(3).lines(Verb::run).empty());

    one.request.to = "0002_drop";
    CHECK(one.lines(Verb::run) == Words{"migrate"});
    one.request.to = "0001_posts";
    CHECK(one.lines(Verb::run) == Words{"error: verb.unsupported"});

    CHECK(applied(1, "1.0.0").plan(Verb::run)->front().expect.applied_added == Words{kNewPosts, kNewDrop});

    one.request.to.reset();
    one.tree->remove("drizzle/0002_drop.sql");
    CHECK(one.lines(Verb::run) == Words{"error: migration.invalid"});
}

TEST_CASE("drizzle run before 1.0: what it would skip is neither expected nor passed over in silence") {
    Project one = applied(1);
    one.rows.rows.push_back(row("a migration of another branch", "2500"));
    History history = one.history();
    CHECK(history.will_skip == Words{"0001_posts"});
    CHECK(history.out_of_order.empty());
    CHECK(one.plan(Verb::run)->front().expect.applied_added == Words{"0002_drop"});

    one.rows.rows.push_back(row("and another", "9000"));
    auto steps = one.plan(Verb::run);
    REQUIRE_FALSE(steps);
    CHECK(steps.error().code == "migration.skipped");
    CHECK(steps.error().message.find("0001_posts and others") != std::string::npos);

    // 1.0 goes by names and applies late folders.
    Project late = project("1.0.0");
    late.rows.rows = {row(kDropSql, "1704240000000", kNewDrop)};
    CHECK(late.history().will_skip.empty());
    CHECK(late.history().out_of_order == Words{kNewInit, kNewPosts});
    CHECK(late.plan(Verb::run)->front().expect.applied_added == Words{kNewInit, kNewPosts});
}

TEST_CASE("drizzle 1.0 run: an older table is taken over only if every row means a migration") {
    Project one = project("1.0.0");
    one.rows.columns = {"id", "hash", "created_at"};
    one.rows.rows = {row(kInitSql, "1704067200123")};
    CHECK(one.lines(Verb::run) == Words{"migrate"});
    one.rows.rows.push_back(row("lost", "5"));
    CHECK(one.lines(Verb::run) == Words{"error: migration.missing"});
}

TEST_CASE("drizzle 0.20 run: each migration with its row, for the kit has no command") {
    Project one = project("0.20.18");
    one.rows.table_exists = false;
    auto steps = one.plan(Verb::run);
    REQUIRE(steps);
    REQUIRE(steps->size() == 3);
    const auto& first = std::get<ExecuteSql>(steps->front().action);
    CHECK(first.sql ==
          "CREATE SCHEMA IF NOT EXISTS \"drizzle\";\n"
          "CREATE TABLE IF NOT EXISTS " +
              kTable +
              " (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint);\n"
              "CREATE TABLE \"users\" (\"id\" serial);\n"
              "\nCREATE INDEX \"i\" ON \"users\" (\"id\");\n"
              "INSERT INTO " +
              kTable + " (hash, created_at) VALUES ('" + sha256_hex(kInitSql) + "', 1000);\n");
    CHECK(steps->front().risk == Risk::apply);
    CHECK(steps->front().expect.applied_added == Words{"0000_init"});
    one.request.steps = 1;
    CHECK(one.lines(Verb::run) == Words{"execute-sql drizzle/0000_init.sql with its row in the history"});
}

TEST_CASE("drizzle rollback: the down file and the row, newest first") {
    Project one = applied(2);
    CHECK(one.lines(Verb::rollback) == Words{"copy-history " + kTable,
                                             "execute-sql drizzle/0001_posts.down.sql",
                                             "change-history -0001_posts"});
    CHECK(std::get<ChangeHistory>(one.plan(Verb::rollback)->back().action).sql ==
          Words{"DELETE FROM " + kTable + " WHERE hash = '" + sha256_hex(kPostsSql) +
                "' AND created_at = 2000"});
    Project folders = applied(2, "1.0.0");
    CHECK(folders.lines(Verb::rollback) == Words{"copy-history " + kTable,
                                                 "execute-sql drizzle/" + kNewPosts + "/down.sql",
                                                 "change-history -" + kNewPosts});
    CHECK(folders.plan(Verb::rollback)->back().expect.applied_removed == Words{kNewPosts});

    auto none = applied(3).plan(Verb::rollback);
    REQUIRE_FALSE(none);
    CHECK(none.error().message == "Drizzle has no rollback, and 0002_drop of .:drizzle has no down file");
    CHECK(none.error().hint.find("drizzle/0002_drop.down.sql") != std::string::npos);
    one.request.batch = true;
    CHECK(one.lines(Verb::rollback) == Words{"error: verb.unsupported"});
    CHECK(applied(0).lines(Verb::rollback).empty());
}

TEST_CASE("drizzle redo: only where nothing else is pending") {
    CHECK(applied(2).lines(Verb::redo) == Words{"error: verb.unsupported"});
    Project one = applied(3);
    one.tree->write("drizzle/0002_drop.down.sql", "ALTER TABLE posts ADD tags text;");
    CHECK(one.lines(Verb::redo) == Words{"copy-history " + kTable, "execute-sql drizzle/0002_drop.down.sql",
                                         "change-history -0002_drop", "migrate"});
    CHECK(one.plan(Verb::redo)->back().expect.applied_added == Words{"0002_drop"});
}

TEST_CASE("drizzle baseline: the rows as the migrator writes them, and the table where it is missing") {
    auto sql = [](Project& one) {
        auto steps = one.plan(Verb::baseline);
        REQUIRE(steps);
        CHECK(steps->back().risk == Risk::revert);
        return std::get<ChangeHistory>(steps->back().action).sql;
    };
    const std::string init = sha256_hex(kInitSql);
    Project old = project();
    old.rows.table_exists = false;
    old.request.to = "0000_init";
    CHECK(old.lines(Verb::baseline) == Words{"change-history +0000_init"});
    CHECK(sql(old) == Words{"CREATE SCHEMA IF NOT EXISTS \"drizzle\"",
                            "CREATE TABLE IF NOT EXISTS " + kTable +
                                " (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint)",
                            "INSERT INTO " + kTable + " (hash, created_at) VALUES ('" + init + "', 1000)"});
    old.request.to.reset();
    CHECK(sql(old).size() == 5);
    old.rows.table_exists = true;
    CHECK(old.lines(Verb::baseline).front() == "copy-history " + kTable);
    CHECK(sql(old).size() == 3);

    old.rows.table_exists = false;
    old.request.to = "0000_init";
    old.target.connection.engine = Engine::sqlite;
    CHECK(sql(old).at(0) ==
          "CREATE TABLE IF NOT EXISTS \"__drizzle_migrations\" (id SERIAL PRIMARY KEY, hash text NOT NULL, "
          "created_at "
          "numeric)");
    old.target.connection.engine = Engine::mysql;
    CHECK(sql(old).at(1) ==
          "INSERT INTO `__drizzle_migrations` (hash, created_at) VALUES ('" + init + "', 1000)");

    Project is_new = project("1.0.0");
    is_new.rows.table_exists = false;
    is_new.request.to = kNewInit;
    CHECK(sql(is_new).at(1) ==
          "CREATE TABLE IF NOT EXISTS " + kTable +
              " (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint, name text, "
              "applied_at timestamp with time zone DEFAULT now())");
    CHECK(sql(is_new).at(2) == "INSERT INTO " + kTable + " (hash, created_at, name) VALUES ('" + init +
                                   "', 1704067200000, '" + kNewInit + "')");
    is_new.target.connection.engine = Engine::sqlite;
    CHECK(sql(is_new).at(1).ends_with("'" + kNewInit + "', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))"));
    // 1.0 on a table that an older version made: its own first `migrate` adds the columns.
    is_new.rows.table_exists = true;
    is_new.rows.columns = {"id", "hash", "created_at"};
    CHECK(sql(is_new).at(0).find("(hash, created_at) VALUES") != std::string::npos);
}

TEST_CASE("drizzle resolve: one row, or the reason why not") {
    auto with = [](auto set, Project one = applied(2)) {
        set(one.request);
        return one.lines(Verb::resolve);
    };
    const std::string copy = "copy-history " + kTable;
    CHECK(with([](Request&) {}).empty());
    CHECK(with([](Request& r) { r.applied = "0002_drop"; }) == Words{copy, "change-history +0002_drop"});
    CHECK(with([](Request& r) { r.applied = "0001_posts"; }) == Words{"error: usage"});
    CHECK(with([](Request& r) { r.rolled_back = "0001_posts"; }) == Words{"error: verb.unsupported"});
    CHECK(with([](Request& r) { r.resume = true; }) == Words{"error: verb.unsupported"});
    CHECK(with([](Request& r) { r.unlock = true; }) == Words{"error: verb.unsupported"});
    CHECK(with([](Request& r) { r.edited = "nothing"; }) == Words{"error: migration.unknown"});
    CHECK(with([](Request& r) { r.edited = "0001_posts"; }) == Words{copy, "change-history"});

    Project edited = applied(2);
    edited.tree->write("drizzle/0001_posts.sql", "-- changed\n");
    edited.request.edited = "0001_posts";
    CHECK(std::get<ChangeHistory>(edited.plan(Verb::resolve)->back().action).sql ==
          Words{"UPDATE " + kTable + " SET hash = '" + sha256_hex("-- changed\n") +
                "', created_at = 2000 WHERE hash = '" + sha256_hex(kPostsSql) + "' AND created_at = 2000"});

    Project gone = applied(2);
    gone.rows.rows.push_back(row("lost", "2500"));
    gone.request.forget = sha256_hex("lost");
    CHECK(gone.lines(Verb::resolve) == Words{copy, "change-history -" + sha256_hex("lost")});
}

TEST_CASE("drizzle seed: the project's own script, started by its package manager") {
    Project one = project();
    CHECK(one.lines(Verb::seed) == Words{"error: verb.unsupported"});
    one.tree->write("package.json", R"({"scripts": {"dev": "next", "db:seed": "tsx seed.ts"}})");
    auto steps = one.plan(Verb::seed);
    REQUIRE(steps);
    CHECK(joined(argv_of(steps->front())) == "npm run db:seed");
    CHECK(steps->front().risk == Risk::revert);
    one.unit.runner = "pnpm";
    CHECK(joined(argv_of(one.plan(Verb::seed)->front())) == "pnpm run db:seed");
}

TEST_CASE("drizzle init: a project that this program can read") {
    Project one(Tool::drizzle, Tree::Files{});
    one.unit.engines = {Engine::sqlite};
    CHECK(one.lines(Verb::init) == Words{"write-file drizzle.config.ts", "write-file src/db/schema.ts"});
    auto steps = one.plan(Verb::init);
    for (const auto& step : *steps) {
        const auto& file = std::get<WriteFile>(step.action);
        one.tree->write(file.path, file.content);
    }
    auto sources = one.adapter().targets(one.unit, one.tree->path(), "development");
    CHECK(sources->front().variables == Words{"DATABASE_URL"});
    CHECK(sources->front().engine == Engine::sqlite);
}
