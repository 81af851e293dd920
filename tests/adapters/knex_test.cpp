#include "tests/adapters/support/project.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

constexpr const char* kKnexfile = R"(
module.exports = {
  development: { client: 'pg', connection: process.env.DATABASE_URL },
  production: { client: 'pg', connection: process.env.PROD_URL },
};
)";

constexpr const char* kMigration =
    "exports.up = k => k.schema.createTable('t', t => t.increments());\n"
    "exports.down = k => k.schema.dropTable('t');\n";

const std::string kA = "20240101000001_a.js", kB = "20240101000002_b.js", kC = "20240101000003_c.js";
const std::string kBase = " --knexfile knexfile.js --env development";

/// A repository with the migrations a, b and c.
Project project(std::string_view version = "3.3.0", const std::string& knexfile = kKnexfile,
                const std::string& name = "knexfile.js") {
    Project made(Tool::knex, {{name, knexfile},
                              {"migrations/" + kA, kMigration},
                              {"migrations/" + kB, kMigration},
                              {"migrations/" + kC, kMigration},
                              {"migrations/README.md", ""}});
    made.unit.config = name;
    made.version(version);
    return made;
}

/// The source of a target that a knexfile's settings give for development.
TargetSource source_of(const std::string& settings, const std::string& before = "") {
    Project one = project("3.1.0", before + "module.exports = { development: " + settings + " };");
    auto sources = one.adapter().targets(one.unit, one.tree->path(), "development");
    REQUIRE(sources);
    REQUIRE(sources->size() == 1);
    return sources->front();
}

}  // namespace

TEST_CASE("knex run: everything pending, up to one, a number of them") {
    CHECK(project().lines(Verb::run) == Words{"migrate:latest" + kBase});
    CHECK(project("2.5.1").lines(Verb::run) == Words{"migrate:latest" + kBase});
    CHECK(project().applied(kA + " " + kB + " " + kC).lines(Verb::run).empty());

    Project to = project();
    to.request.to = kB;
    CHECK(to.lines(Verb::run) == Words{"migrate:to " + kB + kBase});
    CHECK(to.version("3.2.10").lines(Verb::run) ==
          Words{"migrate:up " + kA + kBase, "migrate:up " + kB + kBase});
    CHECK(to.applied(kA + " " + kB).lines(Verb::run).empty());
    to.request.to = "nothing.js";
    CHECK(to.lines(Verb::run) == Words{"error: migration.unknown"});

    Project steps = project();
    steps.request.steps = 1;
    CHECK(steps.applied(kA).lines(Verb::run) == Words{"migrate:to " + kB + kBase});
    steps.request.steps = 9;
    CHECK(steps.lines(Verb::run) == Words{"migrate:latest" + kBase});
}

TEST_CASE("knex run: the step says what the history must show afterwards, and what it runs with") {
    Project one = project().applied(kA + "#1");
    one.tree->write("migrations/" + kC,
                    "exports.up = k => k.schema.alterTable('t', t => {\n"
                    "  t.dropColumn('email');\n"
                    "});\nexports.down = async () => {};\n");
    auto steps = one.plan(Verb::run);
    REQUIRE(steps);
    REQUIRE(steps->size() == 1);
    const Step& step = steps->front();
    CHECK(step.expect.applied_added == Words{kB, kC});
    CHECK(step.migrations == Words{kB, kC});
    CHECK(step.risk == Risk::apply);
    CHECK(step.reversible == false);
    CHECK(step.destructive == Words{kC + ": t.dropColumn('email');"});
    CHECK(step.env.at("NODE_ENV").value == "development");
    CHECK(step.env.at("NO_COLOR").value == "1");
    CHECK_FALSE(step.env.contains("TS_NODE_TRANSPILE_ONLY"));
    CHECK(std::get<Native>(step.action).launch == Words{"node_modules/.bin/knex"});
    CHECK(project("3.1.0", kKnexfile, "knexfile.ts")
              .plan(Verb::run)
              ->front()
              .env.contains("TS_NODE_TRANSPILE_ONLY"));
}

TEST_CASE("knex rollback: one step for each migration, a batch is one command") {
    Project one = project().applied(kA + "#1 " + kB + "#2 " + kC + "#2");
    CHECK(one.lines(Verb::rollback) == Words{"migrate:down " + kC + kBase});
    one.request.steps = 2;
    CHECK(one.lines(Verb::rollback) == Words{"migrate:down " + kC + kBase, "migrate:down " + kB + kBase});
    one.request.steps.reset();
    one.request.to = kA;
    auto steps = one.plan(Verb::rollback);
    REQUIRE(steps);
    REQUIRE(steps->size() == 2);
    CHECK((*steps)[0].expect.applied_removed == Words{kC});
    CHECK((*steps)[1].expect.applied_removed == Words{kB});
    CHECK((*steps)[1].risk == Risk::revert);

    one.request.to.reset();
    one.request.batch = true;
    steps = one.plan(Verb::rollback);
    REQUIRE(steps);
    REQUIRE(steps->size() == 1);
    CHECK(joined(std::get<Native>(steps->front().action).args) == "migrate:rollback" + kBase);
    CHECK(steps->front().expect.applied_removed == Words{kC, kB});
    CHECK(project().lines(Verb::rollback).empty());
}

TEST_CASE("knex rollback: rows are reverted newest first, not by the names of their files") {
    CHECK(project().applied(kA + "#1 " + kC + "#1 " + kB + "#2").lines(Verb::rollback) ==
          Words{"migrate:down " + kB + kBase});
}

TEST_CASE("knex refuses, as the tool would, while files of applied migrations are missing") {
    Project one = project().applied(kA + " 20230101000000_gone.js");
    for (Verb verb : {Verb::run, Verb::rollback, Verb::redo, Verb::reset})
        CHECK(one.lines(verb) == Words{"error: migration.missing"});
    auto error = one.plan(Verb::run).error();
    CHECK(joined(error.next.at(0).argv) == "migrate plan resolve --forget 20230101000000_gone.js -u .:knex");

    Project lax = project("3.3.0",
                          "module.exports = { client: 'pg', connection: 'postgres:///x',\n"
                          "migrations: { disableMigrationsListValidation: true } }");
    CHECK(lax.applied(kA + " gone.js").lines(Verb::run) == Words{"migrate:latest --knexfile knexfile.js"});
}

TEST_CASE("knex redo, reset, seed, unlock, status") {
    Project one = project().applied(kA + " " + kB);
    CHECK(one.lines(Verb::redo) == Words{"migrate:down " + kB + kBase, "migrate:up " + kB + kBase});
    CHECK(one.lines(Verb::seed) == Words{"error: verb.unsupported"});
    one.tree->write("seeds/users.js", "");
    CHECK(one.lines(Verb::seed) == Words{"seed:run" + kBase});
    CHECK(one.lines(Verb::status) == Words{"migrate:list" + kBase});
    CHECK(one.plan(Verb::status)->front().risk == Risk::apply);
    CHECK(one.lines(Verb::history).empty());

    auto reset = one.plan(Verb::reset);
    REQUIRE(reset);
    CHECK(one.lines(Verb::reset) == Words{"migrate:rollback --all" + kBase, "migrate:latest" + kBase});
    CHECK((*reset)[0].expect.applied_removed == Words{kB, kA});
    CHECK((*reset)[1].expect.applied_added == Words{kA, kB, kC});
    CHECK((*reset)[1].risk == Risk::destroy);

    one.request.unlock = true;
    CHECK(one.lines(Verb::resolve) == Words{"migrate:unlock" + kBase});
    for (Verb verb : {Verb::diff, Verb::pull, Verb::push})
        CHECK(one.lines(verb) == Words{"error: verb.unsupported"});
}

TEST_CASE("knex baseline inserts rows as knex writes them, after knex made its tables") {
    Project one = project().applied(kA + "#1");
    auto steps = one.plan(Verb::baseline);
    REQUIRE(steps);
    REQUIRE(steps->size() == 2);
    CHECK(std::get<CopyHistory>((*steps)[0].action).table == "\"knex_migrations\"");
    const auto& change = std::get<ChangeHistory>((*steps)[1].action);
    CHECK(change.sql.at(0) ==
          "INSERT INTO \"knex_migrations\" (\"name\", \"batch\", \"migration_time\") VALUES "
          "('20240101000002_b.js', 2, CURRENT_TIMESTAMP)");
    CHECK((*steps)[1].expect.applied_added == Words{kB, kC});
    CHECK((*steps)[1].risk == Risk::revert);

    one.request.to = kB;
    CHECK(one.plan(Verb::baseline)->at(1).expect.applied_added == Words{kB});

    Project fresh = project();
    fresh.rows.table_exists = false;
    CHECK(fresh.lines(Verb::baseline) ==
          Words{"migrate:list" + kBase, "change-history +" + kA + " +" + kB + " +" + kC});

    Project lite = project("3.1.0",
                           "module.exports = { client: 'better-sqlite3', connection: './d.sqlite', "
                           "migrations: { tableName: 'm' } }");
    lite.target.connection.engine = Engine::sqlite;
    CHECK(std::get<ChangeHistory>(lite.plan(Verb::baseline)->at(1).action)
              .sql.at(0)
              .find("CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)") != std::string::npos);
}

TEST_CASE("knex resolve changes single rows, and only where that fits what is there") {
    auto resolved = [](auto set, std::string_view applied) {
        Project one = project().applied(applied);
        set(one.request);
        return one.lines(Verb::resolve);
    };
    const std::string copy = "copy-history \"knex_migrations\"";
    CHECK(resolved([](Request& r) { r.applied = kB; }, kA) == Words{copy, "change-history +" + kB});
    CHECK(resolved([](Request& r) { r.applied = kA; }, kA) == Words{"error: usage"});
    CHECK(resolved([](Request& r) { r.applied = "x.js"; }, kA) == Words{"error: migration.unknown"});
    CHECK(resolved([](Request& r) { r.rolled_back = kA; }, kA) == Words{copy, "change-history -" + kA});
    CHECK(resolved([](Request& r) { r.rolled_back = kB; }, kA) == Words{"error: migration.unknown"});
    CHECK(resolved([](Request& r) { r.forget = "x.js"; }, "x.js") == Words{copy, "change-history -x.js"});
    CHECK(resolved([](Request& r) { r.forget = kA; }, kA) == Words{"error: usage"});
    CHECK(resolved(
              [](Request& r) {
                  r.renamed_from = "a.ts";
                  r.renamed_to = kA;
              },
              "a.ts") == Words{copy, "change-history +" + kA + " -a.ts"});
    CHECK(resolved([](Request& r) { r.resume = true; }, kA + " " + kB) == Words{"migrate:latest" + kBase});
    CHECK(resolved([](Request& r) { r.edited = kA; }, kA).empty());
    CHECK(resolved([](Request&) {}, kA).empty());

    Project renamed = project().applied("its.ts");
    renamed.rows.rows.at(0).id = "it's.ts";
    renamed.request.renamed_from = "it's.ts";
    renamed.request.renamed_to = kA;
    CHECK(std::get<ChangeHistory>(renamed.plan(Verb::resolve)->at(1).action).sql ==
          Words{"UPDATE \"knex_migrations\" SET \"name\" = '" + kA + "' WHERE \"name\" = 'it''s.ts'"});
}

TEST_CASE("knex generate writes a file that knex will load again") {
    auto made = [](Project one) {
        one.request.name = "add users";
        auto steps = one.plan(Verb::generate);
        REQUIRE(steps);
        return joined(std::get<Native>(steps->front().action).args) + " > " +
               joined(steps->front().expect.files);
    };
    CHECK(made(project()) == "migrate:make add_users" + kBase + " > migrations/*_add_users.js");
    CHECK(
        made(project("3.1.0", kKnexfile, "knexfile.ts")) ==
        "migrate:make add_users -x js --knexfile knexfile.ts --env development > migrations/*_add_users.js");

    // .mjs is not among the endings that Knex loads, and its template for .js is CommonJS.
    Project esm(Tool::knex, {{"knexfile.mjs", "export default { client: 'pg' }"}});
    esm.unit.config = "knexfile.mjs";
    CHECK(made(std::move(esm)) ==
          "migrate:make add_users -x cjs --knexfile knexfile.mjs > migrations/*_add_users.cjs");
    Project module = project();
    module.tree->write("package.json", R"({"type": "module"})");
    CHECK(made(std::move(module)) ==
          "migrate:make add_users -x cjs" + kBase + " > migrations/*_add_users.cjs");

    Project lists = project("3.1.0",
                            "module.exports = { client: 'pg', migrations: "
                            "{ directory: ['./old', './migrations'], extension: 'ts' } }");
    CHECK(made(std::move(lists)) ==
          "migrate:make add_users --knexfile knexfile.js > migrations/*_add_users.ts");
}

TEST_CASE("knex never falls through to another environment or another knexfile") {
    Project one = project();
    one.request.environment = "qa";
    CHECK(one.lines(Verb::run) == Words{"error: environment.undefined"});
    auto sources = one.adapter().targets(one.unit, one.tree->path(), "qa");
    REQUIRE_FALSE(sources);
    CHECK(sources.error().code == "environment.undefined");
    CHECK(sources.error().hint == "It has development, production.");

    one.tree->remove("knexfile.js");
    CHECK(one.adapter().fits(one.unit, one.tree->path())->code == "tool.layout");
    CHECK(one.lines(Verb::run) == Words{"error: tool.layout"});
    one.unit.config = "";
    CHECK_FALSE(one.adapter().fits(one.unit, one.tree->path()));
    CHECK(one.lines(Verb::run) == Words{"error: tool.layout"});
}

TEST_CASE("knex: without a readable history only what the tool decides alone is planned, unproven") {
    Project one = project();
    one.rows.source = HistorySource::none;
    auto steps = one.plan(Verb::run);
    REQUIRE(steps);
    CHECK_FALSE(steps->front().expect.any());
    CHECK(one.lines(Verb::rollback) == Words{"error: verb.unsupported"});
    CHECK(one.lines(Verb::baseline) == Words{"error: verb.unsupported"});
    one.request.batch = true;
    CHECK(one.lines(Verb::rollback) == Words{"migrate:rollback" + kBase});
}

TEST_CASE("knex init writes a knexfile that its own reader understands") {
    for (bool module : {false, true}) {
        Project one(Tool::knex, {{"package.json", module ? R"({"type":"module"})" : "{}"}});
        auto steps = one.plan(Verb::init);
        REQUIRE(steps);
        const auto& file = std::get<WriteFile>(steps->front().action);
        CHECK(file.path == "knexfile.js");
        one.tree->write(file.path, file.content);
        one.unit.config = file.path;
        auto sources = one.adapter().targets(one.unit, one.tree->path(), "production");
        REQUIRE(sources);
        CHECK(sources->front().kind == TargetSource::Kind::variables);
        CHECK(sources->front().variables == Words{"DATABASE_URL"});
        CHECK(sources->front().environment_section == "production");
    }
}

TEST_CASE("knex files: several directories, endings that are loaded, and those that never will be") {
    Project one(Tool::knex, {{"db/knexfile.js",
                              "exports.development = { client: 'pg', migrations: { directory: "
                              "['./one', path.join(__dirname, 'two')] } }"},
                             {"db/one/20240101000003_c.js", kMigration},
                             {"db/one/20240101000001_a.ts", kMigration},
                             {"db/one/20240101000009_late.mjs", kMigration},
                             {"db/one/helper.mjs", ""},
                             {"db/two/20240101000002_b.cjs", "exports.up = () => {}"}});
    one.unit.config = "db/knexfile.js";
    auto files = one.files();
    REQUIRE(files.size() == 4);
    CHECK(files[0].id == "20240101000001_a.ts");
    CHECK(files[1].files == Words{"db/two/20240101000002_b.cjs"});
    CHECK(files[1].reversible == false);
    CHECK(files[2].id == "20240101000003_c.js");
    CHECK(one.history().will_skip == Words{"20240101000009_late.mjs"});
    CHECK(one.history().pending.size() == 3);

    one.tree->write("db/two/20240101000003_c.js", kMigration);
    CHECK(one.adapter().files(one.unit, one.tree->path()).error().code == "migration.duplicate");

    Project sorted(Tool::knex, {{"knexfile.js",
                                 "module.exports = { client: 'pg', migrations: { directory: "
                                 "['z', 'y'], sortDirsSeparately: true, loadExtensions: "
                                 "['.mjs'] } }"},
                                {"z/2_b.mjs", kMigration},
                                {"y/1_a.mjs", kMigration}});
    sorted.unit.config = "knexfile.js";
    REQUIRE(sorted.files().size() == 2);
    CHECK(sorted.files()[0].id == "2_b.mjs");
}

TEST_CASE("knex: where the knexfile computes its directories, those that detection found count") {
    Project one(Tool::knex, {{"knexfile.ts", "export default async () => build()"},
                             {"modules/a/migrations/20240101000001_a.ts", kMigration}});
    one.unit.config = "knexfile.ts";
    one.unit.migrations = {{"modules/a/migrations", std::nullopt}};
    CHECK(one.files().size() == 1);
    CHECK(one.lines(Verb::run) == Words{"migrate:latest --knexfile knexfile.ts --env development"});
}

TEST_CASE("knex history: table, schema and engine as the knexfile says") {
    auto query = [](const std::string& migrations, Engine engine) {
        Project one = project("3.1.0", "module.exports = { client: 'pg', " + migrations + " }");
        one.target.connection.engine = engine;
        return one.adapter().history(one.unit, one.tree->path(), one.target);
    };
    CHECK(query("", Engine::sqlite)->select ==
          "SELECT m.name AS id, m.batch AS batch, m.migration_time AS at FROM \"knex_migrations\" m ORDER BY "
          "m.id");
    auto own = query("migrations: { tableName: 'history', schemaName: 'app' }", Engine::postgresql);
    CHECK(own->schema == "app");
    CHECK(own->table == "history");
    CHECK(own->select.find("FROM \"app\".\"history\" m") != std::string::npos);
    CHECK(query("searchPath: ['shop', 'public']", Engine::postgresql)->schema == "shop");
    CHECK(query("", Engine::mysql)->select.find("FROM `knex_migrations` m") != std::string::npos);
    CHECK_FALSE(query("", Engine::mssql));
}

TEST_CASE("knex states") {
    CHECK(project().applied(kA + " " + kB + " " + kC).history().state == State::current);
    CHECK(project().applied(kA).history().state == State::pending);
    CHECK(project().applied(kA + " " + kC).history().out_of_order == Words{kB});
    CHECK(project().applied(kA + " x.js").history().missing == Words{"x.js"});
    CHECK(project().applied(kA + " x.js").history().state == State::diverged);
    Project fresh = project();
    fresh.rows.table_exists = false;
    CHECK(fresh.history().state == State::uninitialised);
    fresh.rows.source = HistorySource::none;
    CHECK(fresh.history().state == State::unknown);
}

TEST_CASE("knex targets: every form of a knexfile") {
    auto one = source_of("{ client: 'pg', connection: process.env.DATABASE_URL || 'postgres://h/d' }");
    CHECK(one.kind == TargetSource::Kind::variables);
    CHECK(one.variables == Words{"DATABASE_URL"});
    CHECK(one.literal == "postgres://h/d");
    CHECK(one.engine == Engine::postgresql);
    CHECK(one.environment_section == "development");
    CHECK(one.file == "knexfile.js");
    CHECK(one.line == 1);

    one = source_of(
        "{ client: 'mysql2', connection: { host: process.env.DB_HOST || '127.0.0.1', port: 3307, "
        "user: 'app', password: process.env.DB_PASSWORD, database: 'shop' } }");
    CHECK(one.kind == TargetSource::Kind::fields);
    CHECK(one.fields.host == "127.0.0.1");
    CHECK(one.fields.port == 3307);
    CHECK(one.fields.database == "shop");
    CHECK(one.field_variables.at("host") == Words{"DB_HOST"});
    CHECK(one.field_variables.at("password") == Words{"DB_PASSWORD"});

    one = source_of("{ client: 'pg', connection: { database: 'shop' } }");
    CHECK(one.fields.host.empty());  // PGHOST counts first
    CHECK(source_of("{ client: 'mysql2', connection: { database: 'shop' } }").fields.host == "localhost");

    one = source_of("{ client: 'pg', connection: { connectionString: process.env.U, ssl: { a: 1 } } }");
    CHECK(one.kind == TargetSource::Kind::variables);
    CHECK(one.variables == Words{"U"});

    one = source_of("{ client: 'better-sqlite3', connection: { filename: './dev.sqlite3' } }");
    CHECK(one.kind == TargetSource::Kind::literal);
    CHECK(one.literal == "./dev.sqlite3");
    CHECK(one.engine == Engine::sqlite);
    CHECK(source_of("{ client: 'sqlite3', connection: ':memory:' }").literal == ":memory:");

    one = source_of("{ client: 'pg', connection: async () => ({ host: await h() }) }");
    CHECK(one.kind == TargetSource::Kind::needs_probe);
    CHECK(one.why == "the connection is a function");
    CHECK(source_of("{ client: 'pg', connection: { host: lookup() } }").why == "host is a call of lookup()");
    CHECK(source_of("{ client: 'pg' }").kind == TargetSource::Kind::missing);
    CHECK(source_of("{ client: 'pg', connection: process.env.U }", "require('dotenv').config();\n").dotenv ==
          Words{".env"});
    CHECK(source_of("settings", "const settings = require('./s');\n").kind ==
          TargetSource::Kind::needs_probe);
}

TEST_CASE("knex targets: a flat file has no environments, a computed one needs the probe") {
    auto of = [](const std::string& text) {
        Project one = project("3.1.0", text);
        auto sources = one.adapter().targets(one.unit, one.tree->path(), "production");
        REQUIRE(sources);
        return sources->front();
    };
    auto flat = of("module.exports = { client: 'pg', connection: 'postgres://h/d' }");
    CHECK(flat.kind == TargetSource::Kind::literal);
    CHECK(flat.environment_section.empty());
    CHECK(of("module.exports = async () => ({})").kind == TargetSource::Kind::needs_probe);
    CHECK(of("module.exports = { ...require('./base') }").kind == TargetSource::Kind::needs_probe);
    CHECK(of("export const production = { client: 'pg', connection: 'postgres://h/p' }").literal ==
          "postgres://h/p");
}

TEST_CASE("knex: what migrate:list prints") {
    Project one = project();
    auto rows = one.adapter().read_status(one.unit,
                                          "Using environment: \x1b[35mpg\x1b[39m\n"
                                          "Found 2 Completed Migration file/files.\n"
                                          "20240101000001_a.js \n20240101000002_b.js \n"
                                          "Found 1 Pending Migration file/files.\n20240101000003_c.js \n");
    REQUIRE(rows);
    REQUIRE(rows->rows.size() == 2);
    CHECK(rows->rows[1].id == kB);
    rows = one.adapter().read_status(
        one.unit, "No Completed Migration files Found. \nNo Pending Migration files Found. \n");
    REQUIRE(rows);
    CHECK(rows->rows.empty());
    CHECK(one.adapter().read_status(one.unit, "hello\n").error().code == "tool.failed");
}

TEST_CASE("knex: what each command line is taken for") {
    auto is = [](std::string_view line, std::string_view version = "3.3.0") {
        return taken_for(Tool::knex, line, version);
    };
    CHECK(is("migrate:make add_users -x ts --stub s.js") == "generate files");
    CHECK(is("migrate:latest --verbose --debug") == "run apply");
    CHECK(is("migrate:latest --env production") == "run apply retargets");
    CHECK(is("--knexfile k.js migrate:latest") == "run apply retargets");
    CHECK(is("migrate:latest --connection postgres://h/d --client pg") == "run apply retargets");
    CHECK(is("migrate:latest --disable-transactions") == "run revert");
    CHECK(is("migrate:latest --disable-transactions", "3.1.0") ==
          "run apply unknown: --disable-transactions");
    CHECK(is("migrate:latest extra") == "run apply unknown: extra");
    CHECK(is("migrate:up") == "run apply");
    CHECK(is("migrate:up " + kA) == "run apply");
    CHECK(is("migrate:to " + kA) == "run apply");
    CHECK(is("migrate:to " + kA, "3.2.0") == "unclassified");
    CHECK(is("migrate:before " + kA) == "run apply");
    CHECK(is("migrate:down") == "rollback revert");
    CHECK(is("migrate:down " + kA) == "rollback revert");
    CHECK(is("migrate:rollback") == "rollback revert");
    CHECK(is("migrate:rollback --all") == "reset destroy");
    CHECK(is("migrate:rollback --verbose --all --knexfile k.js") == "reset destroy retargets");
    CHECK(is("migrate:list") == "status apply");
    CHECK(is("migrate:status") == "status apply");
    CHECK(is("migrate:currentVersion") == "status apply");
    CHECK(is("migrate:unlock") == "resolve revert");
    CHECK(is("seed:run") == "seed revert");
    CHECK(is("seed:run --specific=users.js") == "seed revert");
    CHECK(is("seed:run --specific users.js --verbose") == "seed revert");
    CHECK(is("seed:make users --timestamp-filename-prefix") == "- revert");
    CHECK(is("init -x ts") == "init files");
    CHECK(is("migrate:latest --migrations-directory other") == "run revert");
    CHECK(is("migrate:latest --migrations-table-name other") == "run revert");
    CHECK(is("--version") == "- read");
    CHECK(is("help migrate:up") == "- read");
    CHECK(is("migrate:explode") == "unclassified");
}
