// What the Drizzle adapter reads: command lines, migrations in both layouts, histories, configuration.
#include "base/sha256.hpp"
#include "tests/adapters/support/project.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

std::string of(std::string_view line, std::string_view version = "") {
    return taken_for(Tool::drizzle, line, version);
}

TargetSource source_of(const std::string& config, const std::string& name = "drizzle.config.ts") {
    Project one(Tool::drizzle, {{name, config}});
    if (name != "drizzle.config.ts") one.unit.config = name;
    auto sources = one.adapter().targets(one.unit, one.tree->path(), "development");
    REQUIRE(sources);
    REQUIRE(sources->size() == 1);
    return sources->front();
}

TargetSource of_credentials(const std::string& credentials, const std::string& dialect = "postgresql") {
    return source_of("import { defineConfig } from 'drizzle-kit';\nexport default defineConfig({ dialect: '" +
                     dialect + "', dbCredentials: " + credentials + " });\n");
}

AppliedRow row(const std::string& sql, const std::string& when, const std::string& name = "") {
    AppliedRow made;
    made.checksum = sha256_hex(sql);
    made.id = name.empty() ? made.checksum : name;
    made.key = when;
    return made;
}

const Tree::Files kJournal{
    {"drizzle/meta/_journal.json",
     R"({"version":"7","dialect":"postgresql","entries":[{"idx":0,"when":1000,"tag":"0000_a"},{"idx":1,"when":2000,"tag":"0001_b"}]})"},
    {"drizzle/0000_a.sql", "SELECT 1;"},
    {"drizzle/0001_b.sql", "SELECT 2;"},
    {"drizzle/0001_b.down.sql", "SELECT 3;"},
    {"drizzle/0009_orphan.sql", "SELECT 9;"}};
const Tree::Files kFolders{{"drizzle/20240101000000_a/migration.sql", "SELECT 1;"},
                           {"drizzle/20240101000000_a/snapshot.json", "{}"},
                           {"drizzle/20240102030405_b/migration.sql", "SELECT 2;"},
                           {"drizzle/20240102030405_b/down.sql", "SELECT 3;"}};

using Kind = TargetSource::Kind;
using State = migrate::State;

}  // namespace

TEST_CASE("drizzle: what its command lines would do") {
    CHECK(of("migrate") == "run apply");
    CHECK(of("migrate --config drizzle.prod.config.ts") == "run apply retargets");
    CHECK(of("migrate --ignore-conflicts", "1.0.0") == "run apply");
    CHECK(of("generate") == "generate files");
    CHECK(of("generate --name x --custom", "0.31.11") == "generate files");
    CHECK(of("generate --fix-conflicts", "1.0.0") == "generate revert");
    CHECK(of("generate --explain", "1.0.0") == "diff read");
    CHECK(of("generate:pg", "0.20.18") == "generate files");
    CHECK(of("generate:mysql --custom", "0.20.18") == "generate files");
    CHECK(of("generate:sqlite --out x --schema y", "0.20.18") == "generate files");
    CHECK(of("generate:pg", "0.31.11") == "generate files");
    CHECK(of("push") == "push destroy");
    CHECK(of("push --force", "0.31.11") == "push destroy");
    CHECK(of("push --strict --verbose", "0.31.11") == "push destroy");
    CHECK(of("push --url postgres://x --dialect postgresql", "0.31.11") == "push destroy retargets");
    CHECK(of("push --explain", "1.0.0") == "diff read");
    CHECK(of("push --explain --force", "1.0.0") == "push destroy");
    CHECK(of("push", "1.0.0") == "push destroy");
    CHECK(of("push --output json", "1.0.0") == "push destroy");
    CHECK(of("generate", "1.0.0") == "generate files");
    CHECK(of("push --hints []", "1.0.0") == "push destroy");
    CHECK(of("push:pg") == "push destroy");
    CHECK(of("push:mysql", "0.31.11") == "push destroy");
    CHECK(of("push:sqlite --url file:x", "0.20.18") == "push destroy retargets");
    CHECK(of("pull", "0.31.11") == "pull files");
    CHECK(of("introspect", "0.31.11") == "pull files");
    CHECK(of("introspect:pg", "0.20.18") == "pull files");
    CHECK(of("pull --init", "1.0.0") == "baseline revert");
    CHECK(of("check", "0.31.11") == "- read");
    CHECK(of("check:pg", "0.20.18") == "- read");
    CHECK(of("check --output json", "1.0.0") == "- read");
    CHECK(of("up", "1.0.0") == "- files");
    CHECK(of("up:pg", "0.20.18") == "- files");
    CHECK(of("drop") == "- files");
    CHECK(of("export --sql", "0.30.6") == "- read");
    CHECK(of("push --host h --port 1 --user u", "0.31.11") == "push destroy retargets");
    CHECK(of("studio --port 4000") == "- revert");
    CHECK(of("--version") == "- read");
}

TEST_CASE("drizzle: what a version does not know is unclassified or unknown") {
    CHECK(of("migrate", "0.20.18") == "unclassified");
    CHECK(of("export", "0.24.2") == "unclassified");
    CHECK(of("seed --config x") == "unclassified");
    CHECK(of("push --explain", "0.31.11") == "push destroy unknown: --explain");
    CHECK(of("migrate --force", "0.31.11") == "run apply unknown: --force");
}

TEST_CASE("drizzle before 1.0: migrations are the entries of the journal") {
    Project one(Tool::drizzle, kJournal);
    auto files = one.version("0.31.11").files();
    REQUIRE(files.size() == 2);
    CHECK(files[0].id == "0000_a");
    CHECK(files[0].key == "1000");
    CHECK(files[0].files == Words{"drizzle/0000_a.sql"});
    CHECK(files[0].checksum == sha256_hex("SELECT 1;"));
    CHECK(files[0].reversible == false);
    CHECK(files[1].reversible == true);
    CHECK(files[1].down_file == "drizzle/0001_b.down.sql");

    one.tree->write("drizzle/meta/_journal.json", "<<<<<<< HEAD\n");
    auto broken = one.adapter().files(one.unit, one.tree->path());
    REQUIRE_FALSE(broken);
    CHECK(broken.error().code == "migration.invalid");
}

TEST_CASE("drizzle 1.0: migrations are folders, and their time is in the name") {
    Project one(Tool::drizzle, kFolders);
    auto files = one.version("1.0.0-rc.5").files();
    REQUIRE(files.size() == 2);
    CHECK(files[0].id == "20240101000000_a");
    CHECK(files[0].key == "1704067200000");
    CHECK(files[1].key == "1704164645000");
    CHECK(files[1].reversible == true);
    CHECK(files[1].down_file == "drizzle/20240102030405_b/down.sql");
}

TEST_CASE("drizzle: the directory is where the configuration says, seen from where the kit runs") {
    Project one(Tool::drizzle, {{"packages/db/config/drizzle.config.ts",
                                 "export default { out: './src/migrations', dialect: 'sqlite' }"},
                                {"packages/db/src/migrations/20240101000000_a/migration.sql", ""}});
    one.unit.root = "packages/db";
    one.unit.config = "packages/db/config/drizzle.config.ts";
    CHECK(one.version("1.0.0").files().size() == 1);
}

TEST_CASE("drizzle: the history is read from where the configuration keeps it") {
    auto query = [](std::string_view version, Engine engine,
                    const std::string& config = "export default {}") {
        Project one(Tool::drizzle, {{"drizzle.config.ts", config}});
        one.version(version).target.connection.engine = engine;
        auto found = one.adapter().history(one.unit, one.tree->path(), one.target);
        REQUIRE(found);
        return *found;
    };
    HistoryQuery old = query("0.31.11", Engine::postgresql);
    CHECK(old.schema == "drizzle");
    CHECK(old.select ==
          "SELECT hash AS id, hash AS checksum, created_at AS \"key\" FROM "
          "\"drizzle\".\"__drizzle_migrations\" ORDER BY "
          "created_at");
    CHECK(old.column.empty());
    HistoryQuery is_new = query("1.0.0", Engine::mysql);
    CHECK(is_new.select ==
          "SELECT COALESCE(name, hash) AS id, hash AS checksum, created_at AS `key`, applied_at AS `at` FROM "
          "`__drizzle_migrations` ORDER BY created_at, name");
    CHECK(is_new.column == "name");
    CHECK(is_new.select_without.find("applied_at") == std::string::npos);
    HistoryQuery named = query("0.31.11", Engine::postgresql,
                               "export default { migrations: { table: 'done', schema: 'public' } }");
    CHECK(named.schema == "public");
    CHECK(named.table == "done");
    CHECK(query("0.31.11", Engine::sqlite).schema.empty());
}

TEST_CASE("drizzle before 1.0: rows are matched by time, then by hash") {
    Project one(Tool::drizzle, kJournal);
    one.version("0.31.11");
    auto state = [&](std::vector<AppliedRow> rows) {
        one.rows.rows = std::move(rows);
        return one.history();
    };
    History current = state({row("SELECT 1;", "1000"), row("SELECT 2;", "2000")});
    CHECK(current.state == State::current);
    CHECK(current.applied.front().id == "0000_a");
    CHECK(current.edited_known);
    History pending = state({row("SELECT 1;", "1000")});
    CHECK(pending.state == State::pending);
    CHECK(pending.pending.front().id == "0001_b");
    CHECK(state({row("SELECT 1; -- edited", "1000"), row("SELECT 2;", "2000")}).edited == Words{"0000_a"});
    // The journal was rewritten: the hash still says which migration it was.
    History moved = state({row("SELECT 1;", "1000"), row("SELECT 2;", "1500")});
    CHECK(moved.pending.empty());
    CHECK(moved.edited == Words{"0001_b"});
    History gone =
        state({row("SELECT 1;", "1000"), row("SELECT 2;", "2000"), row("of another branch", "2500")});
    CHECK(gone.state == State::diverged);
    CHECK(gone.missing == Words{sha256_hex("of another branch")});
    CHECK(state({row("SELECT 1;", "1000"), row("of another branch", "2000.0")}).edited == Words{"0001_b"});
    CHECK(state({row("SELECT 2;", "2000")}).will_skip == Words{"0000_a"});
    one.rows.table_exists = false;
    CHECK(state({}).state == State::uninitialised);
    CHECK(state({}).will_skip.empty());
}

TEST_CASE("drizzle 1.0: rows are matched by name, and old rows by second and hash") {
    Project one(Tool::drizzle, kFolders);
    one.version("1.0.0-rc.5");
    one.rows.rows = {row("SELECT 1;", "1704067200000", "20240101000000_a")};
    CHECK(one.history().pending.front().id == "20240102030405_b");
    one.rows.rows = {row("SELECT 1;", "1704067200000", "20240101000000_a"),
                     row("edited", "1", "20240102030405_b")};
    CHECK(one.history().edited == Words{"20240102030405_b"});
    // Rows of before 1.0, with the milliseconds of the journal.
    one.rows.rows = {row("SELECT 1;", "1704067200123"), row("SELECT 2;", "1704164645999")};
    CHECK(one.history().state == State::current);
    CHECK(one.history().applied.back().id == "20240102030405_b");
    one.rows.rows = {row("gone", "5", "20230101000000_gone")};
    CHECK(one.history().missing == Words{"20230101000000_gone"});
}

TEST_CASE("drizzle: the configuration says where the database is") {
    TargetSource url = of_credentials("{ url: process.env.DATABASE_URL! }");
    CHECK(url.kind == Kind::variables);
    CHECK(url.variables == Words{"DATABASE_URL"});
    CHECK(url.engine == Engine::postgresql);
    CHECK(url.file == "drizzle.config.ts");
    CHECK(url.line == 2);
    CHECK(url.dotenv == Words{".env"});
    TargetSource fallback = of_credentials("{ url: process.env.A ?? 'file:./dev.db' }", "sqlite");
    CHECK(fallback.literal == "file:./dev.db");
    CHECK(fallback.engine == Engine::sqlite);
    CHECK(of_credentials("{ url: env.TURSO_URL, authToken: env.TURSO_TOKEN }", "turso").engine ==
          Engine::libsql);
    CHECK(of_credentials("{ url: './dev.db' }", "sqlite").kind == Kind::literal);

    TargetSource fields = of_credentials(
        "{ host: process.env.H || 'localhost', port: 5432, user: 'u', password: process.env.P, database: "
        "'shop' }");
    CHECK(fields.kind == Kind::fields);
    CHECK(fields.fields.host == "localhost");
    CHECK(fields.fields.port == 5432);
    CHECK(fields.fields.database == "shop");
    CHECK(fields.field_variables.at("password") == Words{"P"});

    CHECK(source_of("{\"dialect\": \"mysql\", \"dbCredentials\": {\"url\": \"mysql://u@h/d\"}}",
                    "drizzle.config.json")
              .literal == "mysql://u@h/d");
    CHECK(source_of("export default { driver: 'pg', dbCredentials: { connectionString: process.env.DB } }")
              .variables == Words{"DB"});
    CHECK(source_of("export default { driver: 'mysql2', dbCredentials: { uri: process.env.DB } }").engine ==
          Engine::mysql);
    CHECK(source_of("import { config } from 'dotenv'\nconfig({ path: '.env.local' })\n"
                    "export default { dialect: 'sqlite', dbCredentials: { url: process.env.U } }")
              .dotenv == Words{".env", ".env.local"});
}

TEST_CASE("drizzle: what cannot be read, or cannot be reached, says why") {
    CHECK(of_credentials("{ url: getUrl() }").kind == Kind::needs_probe);
    CHECK(of_credentials("{ url: getUrl() }").why == "the URL is a call of getUrl()");
    CHECK(source_of("export default isProd ? a : b").kind == Kind::needs_probe);
    CHECK(source_of("import base from './base'\nexport default { ...base }").why ==
          "the configuration takes members from elsewhere");
    CHECK(source_of("export default { dialect: 'sqlite', schema: 'x' }").why ==
          "the configuration has no dbCredentials");
    TargetSource d1 =
        source_of("export default { dialect: 'sqlite', driver: 'd1-http', dbCredentials: { token: 't' } }");
    CHECK(d1.kind == Kind::missing);
    CHECK(d1.why.find("wrangler") != std::string::npos);
    CHECK(source_of("", "somewhere.json").kind == Kind::needs_probe);
}

TEST_CASE("drizzle: version and layout must fit, for a kit of the other kind destroys or does nothing") {
    auto refused = [](std::string_view version, const Tree::Files& files) {
        Project one(Tool::drizzle, files);
        one.version(version);
        auto error = one.adapter().fits(one.unit, one.tree->path());
        return error ? error->code : "";
    };
    CHECK(refused("0.31.11", kJournal).empty());
    CHECK(refused("1.0.0-rc.5", kFolders).empty());
    CHECK(refused("0.31.11", kFolders) == "tool.layout");
    CHECK(refused("1.0.0-rc.5", kJournal) == "tool.layout");
    CHECK(refused("0.31.11", {}).empty());
    CHECK(refused("1.0.0", {}).empty());
    CHECK(refused("latest", kJournal).empty());
    CHECK(refused("2.0.0", {}) == "tool.version");
}

TEST_CASE("drizzle: a unit of unknown version is what its directory is laid out for") {
    Project old(Tool::drizzle, kJournal);
    CHECK(old.lines(Verb::run) == Words{"migrate"});
    old.request.name = "x";
    CHECK(old.lines(Verb::generate) == Words{"generate --name x"});
    Project is_new(Tool::drizzle, kFolders);
    is_new.request.name = "x";
    CHECK(is_new.lines(Verb::generate) == Words{"generate --name x --output json"});
}
