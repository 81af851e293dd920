#include "tests/adapters/support/project.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

constexpr const char* kDataSource =
    "import { DataSource } from 'typeorm';\n"
    "export default new DataSource({ type: 'postgres', url: process.env.DATABASE_URL,\n"
    "  migrations: ['src/migrations/*.ts'] });\n";

constexpr const char* kOrmconfig =
    R"({"type": "postgres", "host": "db.test", "username": "app", "password": "s3cret", "database": "shop"})";

const std::string kA = "A1700000000001", kB = "B1700000000002", kC = "C1700000000003";
const std::string kDs = " --dataSource src/data-source.ts";

std::string migration(const std::string& name, const std::string& more = "") {
    return "export class " + name + " implements MigrationInterface {\n  name = '" + name + "';\n" + more +
           "  public async up(q: QueryRunner): Promise<void> { await q.query(`CREATE TABLE t ()`); }\n"
           "  public async down(q: QueryRunner): Promise<void> { await q.query(`DROP TABLE t`); }\n}\n";
}

Tree::Files with_migrations(Tree::Files files) {
    files.insert({{"src/migrations/1700000000001-A.ts", migration(kA)},
                  {"src/migrations/1700000000002-B.ts", migration(kB)},
                  {"src/migrations/1700000000003-C.ts", migration(kC)}});
    return files;
}

/// 0.3 and later: a data source and the migrations A, B and C.
Project project(std::string_view version = "0.3.31", const std::string& source = kDataSource) {
    Project made(Tool::typeorm, with_migrations({{"src/data-source.ts", source}}));
    made.unit.config = "src/data-source.ts";
    made.target.variable = "DATABASE_URL";
    made.target.level = Level::local;
    made.version(version);
    return made;
}

/// 0.2: an ormconfig.
Project old_project(const std::string& text = kOrmconfig, const std::string& name = "ormconfig.json",
                    std::string_view version = "0.2.45") {
    Project made(Tool::typeorm, with_migrations({{name, text}}));
    made.unit.config = name;
    made.version(version);
    return made;
}

std::vector<TargetSource> sources_of(const Project& one) {
    auto sources = one.adapter().targets(one.unit, one.tree->path(), "development");
    REQUIRE(sources);
    REQUIRE_FALSE(sources->empty());
    return *sources;
}

TargetSource source_of(const std::string& options, const std::string& before = "") {
    return sources_of(project("0.3.31", before + "export const ds = new DataSource(" + options + ")"))
        .front();
}

}  // namespace

TEST_CASE("typeorm run applies everything or nothing") {
    Project one = project().applied(kA);
    CHECK(one.lines(Verb::run) == Words{"migration:run" + kDs});
    auto steps = one.plan(Verb::run);
    REQUIRE(steps);
    CHECK(steps->front().expect.applied_added == Words{kB, kC});
    CHECK(steps->front().risk == Risk::apply);
    CHECK(steps->front().env.at("TS_NODE_TRANSPILE_ONLY").value == "true");
    CHECK(steps->front().env.at("NODE_ENV").value == "development");
    one.request.to = kB;
    CHECK(one.lines(Verb::run) == Words{"error: verb.unsupported"});
    one.request.to = kC;
    CHECK(one.lines(Verb::run) == Words{"migration:run" + kDs});
    one.request.to.reset();
    one.request.steps = 1;
    CHECK(one.lines(Verb::run) == Words{"error: verb.unsupported"});
    CHECK(project().applied(kA + " " + kB + " " + kC).lines(Verb::run).empty());
    CHECK(project("1.1.1").lines(Verb::run) == Words{"migration:run" + kDs});
    CHECK(old_project().lines(Verb::run) == Words{"migration:run"});
}

TEST_CASE("typeorm run: a migration with a transaction of its own needs the mode each") {
    auto run = [](std::string_view version, const std::string& source) {
        Project one = project(version, source);
        one.tree->write("src/migrations/1700000000002-B.ts",
                        migration(kB, "  transaction = false as const;\n"));
        return joined(one.lines(Verb::run));
    };
    CHECK(run("0.3.31", kDataSource) == "migration:run" + kDs + " --transaction each");
    CHECK(run("0.3.10", kDataSource) == "migration:run" + kDs);
    CHECK(run("0.3.31", std::string(kDataSource) + "// migrationsTransactionMode: 'none'\n") ==
          "migration:run" + kDs);
}

TEST_CASE("typeorm reverts one at a time, and the highest id first, not the newest timestamp") {
    Project one = project().applied(kA + " " + kC + " " + kB);
    auto steps = one.plan(Verb::rollback);
    REQUIRE(steps);
    REQUIRE(steps->size() == 1);
    CHECK(steps->front().expect.applied_removed == Words{kB});
    one.request.steps = 3;
    CHECK(one.lines(Verb::rollback) ==
          Words{"migration:revert" + kDs, "migration:revert" + kDs, "migration:revert" + kDs});
    steps = one.plan(Verb::rollback);
    CHECK((*steps)[1].expect.applied_removed == Words{kC});
    CHECK((*steps)[2].expect.applied_removed == Words{kA});
    CHECK((*steps)[2].risk == Risk::revert);
    one.request.steps.reset();
    one.request.to = kA;
    CHECK(one.plan(Verb::rollback)->size() == 2);
    one.request.to.reset();
    one.request.batch = true;  // would be everything: no row has a batch
    CHECK(one.lines(Verb::rollback) == Words{"error: verb.unsupported"});
    CHECK(project().lines(Verb::rollback).empty());
    CHECK(old_project().applied(kA).lines(Verb::rollback) == Words{"migration:revert"});
}

TEST_CASE("typeorm does not revert a row without a class, nor begin with those before it") {
    Project one = project().applied(kA + " Gone1600000000000");
    CHECK(one.lines(Verb::rollback) == Words{"error: migration.missing"});
    CHECK(one.lines(Verb::redo) == Words{"error: migration.missing"});
    CHECK(one.lines(Verb::run) == Words{"migration:run" + kDs});
    one.applied("Gone1600000000000 " + kA);
    CHECK(one.lines(Verb::rollback) == Words{"migration:revert" + kDs});
    one.request.steps = 2;
    CHECK(one.lines(Verb::rollback) == Words{"error: migration.missing"});
}

TEST_CASE("typeorm redo, reset, push, diff, status") {
    Project one = project().applied(kA + " " + kB);
    CHECK(one.lines(Verb::redo) == Words{"error: verb.unsupported"});  // run would also apply C
    one.applied(kA + " " + kB + " " + kC);
    CHECK(one.lines(Verb::redo) == Words{"migration:revert" + kDs, "migration:run" + kDs});
    CHECK(one.plan(Verb::redo)->at(1).expect.applied_added == Words{kC});
    auto reset = one.plan(Verb::reset);
    REQUIRE(reset);
    CHECK(one.lines(Verb::reset) == Words{"schema:drop" + kDs, "migration:run" + kDs});
    CHECK((*reset)[0].expect.applied_removed == Words{kA, kB, kC});
    CHECK((*reset)[1].expect.applied_added == Words{kA, kB, kC});
    for (const auto& step : *reset) CHECK(step.risk == Risk::destroy);
    CHECK(one.lines(Verb::push) == Words{"schema:sync" + kDs});
    CHECK(one.plan(Verb::push)->front().risk == Risk::destroy);
    CHECK(one.lines(Verb::diff) == Words{"schema:log" + kDs});
    CHECK(one.plan(Verb::diff)->front().risk == Risk::read);
    CHECK(one.lines(Verb::status) == Words{"migration:show" + kDs});
    CHECK(one.plan(Verb::status)->front().risk == Risk::apply);
    CHECK(one.lines(Verb::seed) == Words{"error: verb.unsupported"});
    CHECK(one.lines(Verb::pull) == Words{"error: verb.unsupported"});
    Project old = old_project().applied(kA);
    CHECK(old.lines(Verb::push) == Words{"schema:sync"});
    CHECK(old.lines(Verb::diff) == Words{"schema:log"});
    CHECK(old.lines(Verb::status) == Words{"migration:show"});
    CHECK(old.lines(Verb::reset) == Words{"schema:drop", "migration:run"});
}

TEST_CASE("typeorm baseline and resolve write timestamp and name") {
    Project one = project().applied(kA);
    auto steps = one.plan(Verb::baseline);
    REQUIRE(steps);
    CHECK(one.lines(Verb::baseline) ==
          Words{"copy-history \"migrations\"", "change-history +" + kB + " +" + kC});
    CHECK(std::get<ChangeHistory>((*steps)[1].action).sql.at(0) ==
          "INSERT INTO \"migrations\" (\"timestamp\", \"name\") VALUES (1700000000002, 'B1700000000002')");
    one.request.to = kB;
    CHECK(one.plan(Verb::baseline)->at(1).expect.applied_added == Words{kB});
    Project fresh = project();
    fresh.rows.table_exists = false;
    CHECK(fresh.lines(Verb::baseline).front() == "migration:show" + kDs);

    auto resolved = [](auto set, std::string_view applied) {
        Project two = project().applied(applied);
        set(two.request);
        return joined(two.lines(Verb::resolve), "; ");
    };
    const std::string copy = "copy-history \"migrations\"; ";
    CHECK(resolved([](Request& r) { r.applied = kB; }, kA) == copy + "change-history +" + kB);
    CHECK(resolved([](Request& r) { r.rolled_back = kA; }, kA) == copy + "change-history -" + kA);
    CHECK(resolved([](Request& r) { r.forget = "X1600000000000"; }, "X1600000000000") ==
          copy + "change-history -X1600000000000");
    CHECK(resolved([](Request& r) { r.unlock = true; }, kA) == "error: verb.unsupported");
    CHECK(resolved([](Request& r) { r.resume = true; }, kA) == "migration:run" + kDs);
    Project renamed = project().applied("Old1700000000001");
    renamed.request.renamed_from = "Old1700000000001";
    renamed.request.renamed_to = kA;
    CHECK(std::get<ChangeHistory>(renamed.plan(Verb::resolve)->at(1).action).sql ==
          Words{"UPDATE \"migrations\" SET \"timestamp\" = 1700000000001, \"name\" = 'A1700000000001' WHERE "
                "\"name\" = 'Old1700000000001'"});
}

TEST_CASE("typeorm baseline of an engine without a client here: the tool marks everything, or nothing") {
    Project one = project();
    one.target.connection.engine = Engine::mssql;
    one.rows.source = HistorySource::none;
    CHECK(one.lines(Verb::baseline) == Words{"migration:run --fake" + kDs});
    CHECK(one.version("0.3.7").lines(Verb::baseline) == Words{"error: verb.unsupported"});
    one.version("0.3.31").request.to = kA;
    CHECK(one.lines(Verb::baseline) == Words{"error: verb.unsupported"});
    one.request.to.reset();
    CHECK(one.lines(Verb::rollback) == Words{"error: verb.unsupported"});
    CHECK_FALSE(one.plan(Verb::run)->front().expect.any());
}

TEST_CASE("typeorm generate compares with a scratch database where the data source can be turned to one") {
    Project one = project().applied(kA);
    one.request.name = "add users";
    CHECK(one.lines(Verb::generate) == Words{"create-scratch-database", "migration:run" + kDs,
                                             "migration:generate src/migrations/add_users" + kDs,
                                             "drop-scratch-database"});
    auto steps = one.plan(Verb::generate);
    for (const auto& step : *steps) {
        CHECK(step.target == "scratch");
        CHECK(step.risk == Risk::files);
    }
    CHECK((*steps)[1].env.at("DATABASE_URL").value == "{scratch_url}");
    CHECK((*steps)[2].env.at("DATABASE_URL").value == "{scratch_url}");
    CHECK_FALSE((*steps)[1].expect.any());
    CHECK((*steps)[2].expect.files == Words{"src/migrations/*-add_users.ts"});
    CHECK(std::get<Native>((*steps)[2].action).nothing_when == "No changes in database schema were found");
}

TEST_CASE("typeorm generate on the unit's own database: only where it is current and not protected") {
    Project one = project("0.3.31",
                          "export default new DataSource({ type: 'postgres', host: 'localhost', "
                          "database: 'shop' })")
                      .applied(kA + " " + kB + " " + kC);
    one.request.name = "x";
    CHECK(one.lines(Verb::generate) == Words{"migration:generate src/migrations/x" + kDs});
    one.target.level = Level::shared;
    CHECK(one.lines(Verb::generate) == Words{"error: verb.unsupported"});
    one.target.level = Level::local;
    one.applied(kA + " " + kB);
    CHECK(one.lines(Verb::generate) == Words{"error: verb.unsupported"});
    CHECK(one.plan(Verb::generate).error().next.front().argv == Words{"migrate", "run", "-u", one.unit.id});
    one.rows.source = HistorySource::none;
    CHECK(one.lines(Verb::generate) == Words{"error: verb.unsupported"});
    // TYPEORM_URL would take entities and migrations of a 0.2 connection with it.
    Project old = old_project().applied(kA);
    old.request.name = "x";
    CHECK(old.lines(Verb::generate) == Words{"error: verb.unsupported"});
    old.applied(kA + " " + kB + " " + kC);
    old.target.level = Level::local;
    CHECK(old.lines(Verb::generate) == Words{"migration:generate --name x --dir src/migrations"});
}

TEST_CASE("typeorm generate --empty: names that compile, endings and flags of the version") {
    auto made = [](Project one, const std::string& name) {
        one.request.name = name;
        one.request.empty = true;
        auto steps = one.plan(Verb::generate);
        REQUIRE(steps);
        return joined(std::get<Native>(steps->front().action).args) + " > " +
               joined(steps->front().expect.files);
    };
    CHECK(made(project(), "add users") ==
          "migration:create src/migrations/add_users > src/migrations/*-add_users.ts");
    CHECK(made(project(), "1abc") == "migration:create src/migrations/M1abc > src/migrations/*-M1abc.ts");
    CHECK(made(project("0.3.0"), "x") == "migration:create src/migrations/x > src/migrations/x.ts");
    CHECK(made(old_project(), "x") ==
          "migration:create --name x --dir src/migrations > src/migrations/*-x.ts");

    auto javascript = [](std::string_view version) {
        Project one(Tool::typeorm, {{"package.json", R"({"type":"module"})"},
                                    {"ds.js", "export default new DataSource({ type: 'postgres' })"},
                                    {"migrations/1.js", "export class A1700000000001 {}"}});
        one.unit.config = "ds.js";
        one.unit.migrations = {{"migrations", std::nullopt}};
        return one.version(version);
    };
    CHECK(made(javascript("0.3.31"), "x") ==
          "migration:create migrations/x --outputJs=true --esm=true > migrations/*-x.js");
    CHECK(made(javascript("0.3.22"), "x") ==
          "migration:create migrations/x --outputJs=true > migrations/*-x.js");
}

TEST_CASE("typeorm init writes a data source that its own reader understands") {
    for (std::string extra : {"tsconfig.json", "none.txt"}) {
        Project one(Tool::typeorm, {{"package.json", "{}"}, {extra, "{}"}});
        auto steps = one.plan(Verb::init);
        REQUIRE(steps);
        for (const auto& step : *steps) {
            const auto& file = std::get<WriteFile>(step.action);
            one.tree->write(file.path, file.content);
        }
        one.unit.config = std::get<WriteFile>(steps->front().action).path;
        CHECK(one.unit.config == (extra == "tsconfig.json" ? "src/data-source.ts" : "src/data-source.js"));
        auto source = sources_of(one).front();
        CHECK(source.variables == Words{"DATABASE_URL"});
        CHECK(source.engine == Engine::postgresql);
        CHECK(one.lines(Verb::run).empty());
    }
}

TEST_CASE("typeorm 0.2: other files and connections are named, and no variable replaces them unseen") {
    Project one = old_project(R"([{"name": "main", "type": "postgres", "database": "a"},
                                  {"name": "logs", "type": "mysql", "database": "b"}])",
                              "config/orm.json");
    auto sources = sources_of(one);
    REQUIRE(sources.size() == 2);
    CHECK(sources[0].name == "main");
    CHECK(sources[1].engine == Engine::mysql);
    one.target.name = "logs";
    CHECK(one.lines(Verb::run) == Words{"migration:run --connection logs --config config/orm.json"});
    auto env = one.plan(Verb::run)->front().env;
    CHECK(env.at("TYPEORM_URL").value.empty());
    CHECK(env.at("TYPEORM_CONNECTION").value.empty());
    one.target.name = "default";
    one.target.variable = "TYPEORM_URL";
    CHECK_FALSE(one.plan(Verb::run)->front().env.contains("TYPEORM_URL"));

    Request request;
    request.verb = Verb::run;
    Facts facts;
    facts.root = one.tree->path();
    facts.targets = {one.target, one.target};
    CHECK(one.adapter().plan(one.unit, request, facts).error().code == "unit.ambiguous");
}

TEST_CASE("typeorm targets: every form of a data source") {
    auto one = source_of("{ type: 'postgres', url: process.env.DATABASE_URL ?? 'postgres://h/d' }");
    CHECK(one.kind == TargetSource::Kind::variables);
    CHECK(one.variables == Words{"DATABASE_URL"});
    CHECK(one.literal == "postgres://h/d");
    CHECK(one.engine == Engine::postgresql);
    CHECK(one.file == "src/data-source.ts");

    one = source_of(
        "{ type: 'mysql', host: process.env.DB_HOST, port: Number(process.env.DB_PORT), username: "
        "'app', password: process.env.DB_PASS, database: 'shop', schema: 's' }",
        "import 'dotenv/config'\n");
    CHECK(one.kind == TargetSource::Kind::fields);
    CHECK(one.field_variables.at("host") == Words{"DB_HOST"});
    CHECK(one.field_variables.at("port") == Words{"DB_PORT"});
    CHECK(one.fields.user == "app");
    CHECK(one.fields.schema == "s");
    CHECK(one.dotenv == Words{".env"});

    one = source_of("{ type: 'better-sqlite3', database: 'dev.sqlite' }");
    CHECK(one.kind == TargetSource::Kind::literal);
    CHECK(one.literal == "dev.sqlite");
    CHECK(one.base_dir == ".");
    CHECK(source_of("{ type: 'sqlite', database: path.join(__dirname, 'dev.sqlite') }").base_dir == "src");
    CHECK(source_of("{ type: 'sqljs', location: 't.sqlite', autoSave: true }").literal == "t.sqlite");
    CHECK(source_of("{ type: 'postgres', replication: { master: { host: 'm', database: 'd' }, slaves: [] } }")
              .fields.host == "m");
    CHECK(
        source_of("options", "const options: DataSourceOptions = { type: 'postgres', url: process.env.U };\n")
            .variables == Words{"U"});
    CHECK(source_of("options", "import { options } from './options';\n").why ==
          "the options are a value imported from './options'");
    CHECK(source_of("{ type: 'postgres', host: secret('host') }").why == "host is a call of secret()");
    CHECK(source_of("{ type: 'postgres', ...load() }").kind == TargetSource::Kind::needs_probe);
    CHECK(sources_of(project("0.3.31", "export { ds as default } from './other'")).front().kind ==
          TargetSource::Kind::needs_probe);
}

TEST_CASE("typeorm targets: every form of 0.2's ormconfig") {
    auto one = sources_of(old_project()).front();
    CHECK(one.kind == TargetSource::Kind::variables);
    CHECK(one.variables == Words{"TYPEORM_URL"});  // replaces the file without a word
    CHECK(one.fields.host == "db.test");
    CHECK(one.fields.database == "shop");
    CHECK(one.dotenv == Words{".env"});

    one = sources_of(old_project("default:\n  type: mysql\n  url: mysql://h/d\n", "ormconfig.yml")).front();
    CHECK(one.engine == Engine::mysql);
    CHECK(one.literal == "mysql://h/d");
    CHECK(sources_of(old_project("a: [", "ormconfig.yaml")).front().kind == TargetSource::Kind::needs_probe);

    one = sources_of(old_project("TYPEORM_CONNECTION = mysql\nTYPEORM_HOST = h\n", "ormconfig.env")).front();
    CHECK(one.engine == Engine::mysql);
    CHECK(one.field_variables.at("host") == Words{"TYPEORM_HOST"});
    CHECK(one.dotenv == Words{"ormconfig.env"});

    one =
        sources_of(old_project("module.exports = { type: 'postgres', url: process.env.DB }", "ormconfig.js"))
            .front();
    CHECK(one.variables == Words{"TYPEORM_URL", "DB"});
    CHECK(sources_of(old_project("<orm/>", "ormconfig.xml")).front().why == "XML is not read");
}

TEST_CASE("typeorm files: classes count, not the names of files") {
    Project one(Tool::typeorm, {{"ds.ts", kDataSource},
                                {"m/zzz.ts", migration(kA)},
                                {"m/zzz.js", migration(kA)},
                                {"m/aaa.ts", migration(kC) + migration(kB)},
                                {"m/types.d.ts", "declare class D1700000000009 {}"},
                                {"m/helper.ts", "export class Helper {}"}});
    one.unit.config = "ds.ts";
    one.unit.migrations = {{"m", std::nullopt}};
    auto files = one.files();
    REQUIRE(files.size() == 3);
    CHECK(files[0].id == kA);
    CHECK(files[0].key == "1700000000001");
    CHECK(files[0].files == Words{"m/zzz.ts"});
    CHECK(files[1].files == Words{"m/aaa.ts"});
    one.tree->write("m/copy.ts", migration(kB));
    CHECK(one.adapter().files(one.unit, one.tree->path()).error().code == "migration.duplicate");

    for (std::string globs : {"['db/m/*.ts']", "[__dirname + '/m/*{.ts,.js}']",
                              "[path.join(__dirname, 'm', '*.ts')]", "[`${__dirname}/m/**/*.ts`]"}) {
        CAPTURE(globs);
        Project two(Tool::typeorm,
                    {{"db/ds.ts", "export default new DataSource({ migrations: " + globs + " })"},
                     {"db/m/1.ts", migration(kA)}});
        two.unit.config = "db/ds.ts";
        CHECK(two.files().size() == 1);
    }
    Project engines(Tool::typeorm, {{"pg/1.ts", migration(kA)}, {"lite/1.ts", migration(kB)}});
    engines.unit.migrations = {{"pg", Engine::postgresql}, {"lite", Engine::sqlite}};
    engines.unit.engines = {Engine::sqlite};
    REQUIRE(engines.files().size() == 1);
    CHECK(engines.files()[0].id == kB);
}

TEST_CASE("typeorm history and states") {
    Project one = project("0.3.31",
                          "export default new DataSource({ type: 'postgres', schema: 'app', "
                          "migrationsTableName: 'done' })");
    auto query = one.adapter().history(one.unit, one.tree->path(), one.target);
    REQUIRE(query);
    CHECK(query->select ==
          "SELECT m.name AS id, m.\"timestamp\" AS \"key\" FROM \"app\".\"done\" m ORDER BY m.id");
    one.target.connection.engine = Engine::mongodb;
    CHECK_FALSE(one.adapter().history(one.unit, one.tree->path(), one.target));

    CHECK(project().applied(kA + " " + kB + " " + kC).history().state == State::current);
    CHECK(project().applied(kA).history().state == State::pending);
    CHECK(project().applied(kC).history().out_of_order == Words{kA, kB});
    CHECK(project().applied(kA + " X1600000000000").history().state == State::diverged);
    CHECK(project().applied(kC + " " + kA).history().applied.back().id == kA);
    Project fresh = project();
    fresh.rows.table_exists = false;
    CHECK(fresh.history().state == State::uninitialised);
    CHECK_FALSE(fresh.history().edited_known);
}

TEST_CASE("typeorm: the version and the layout must go together") {
    auto misfit = [](const Project& one) {
        auto error = one.adapter().fits(one.unit, one.tree->path());
        return error ? error->code : "";
    };
    CHECK(misfit(project()).empty());
    CHECK(misfit(project("0.2.45")) == "tool.layout");
    CHECK(misfit(old_project()).empty());
    CHECK(misfit(old_project(kOrmconfig, "ormconfig.json", "0.3.0")) == "tool.layout");
    CHECK(misfit(project("1.1.1", "export default new DataSource({ type: 'sqlite', database: 'x' })")) ==
          "tool.version");
    Project one = project();
    one.unit.config = "gone.ts";
    CHECK(misfit(one) == "tool.layout");
    one.unit.config = "";
    CHECK(misfit(one).empty());
    CHECK(one.lines(Verb::run) == Words{"error: tool.layout"});

    Project twice =
        project("0.3.31", "export const ds = new DataSource({ type: 'postgres' });\nexport default ds;");
    CHECK(twice.lines(Verb::run) == Words{"error: tool.layout"});
}

TEST_CASE("typeorm: what migration:show prints, version by version") {
    Project one = project();
    for (std::string output : {" [X] A1700000000001\n [ ] B1700000000002\nquery: SELECT 1\n",
                               "[X] A1700000000001\n[ ] B1700000000002\n",
                               "\x1b[4m[X] 1 A1700000000001\x1b[0m\n[ ] B1700000000002\n"}) {
        auto rows = one.adapter().read_status(one.unit, output);
        REQUIRE(rows);
        REQUIRE(rows->rows.size() == 1);
        CHECK(rows->rows[0].id == kA);
        CHECK(rows->rows[0].key == "1700000000001");
    }
    // With logger: 'file' nothing is printed at all, which must not pass for "nothing is applied".
    CHECK(one.adapter().read_status(one.unit, "").error().code == "tool.failed");
}

TEST_CASE("typeorm: what each command line is taken for, old and new") {
    auto is = [](std::string_view line, std::string_view version = "0.3.31") {
        return taken_for(Tool::typeorm, line, version);
    };
    CHECK(is("migration:run -d ds.ts") == "run apply retargets");
    CHECK(is("migration:run --dataSource ds.ts --transaction each") == "run apply retargets");
    CHECK(is("migration:run -d ds.ts -t none") == "run apply retargets");
    CHECK(is("migration:run -d ds.ts --fake") == "baseline revert retargets");
    CHECK(is("migration:run -d ds.ts -f") == "baseline revert retargets");
    CHECK(is("migration:run -f ormconfig2 -c logs", "0.2.45") == "run apply retargets");
    CHECK(is("migration:run --fake -d ds.ts", "0.3.7") == "run apply retargets unknown: --fake");
    CHECK(is("migration:revert -d ds.ts") == "rollback revert retargets");
    CHECK(is("migration:revert -d ds.ts --fake") == "resolve revert retargets");
    CHECK(is("migration:revert -f other", "0.2.45") == "rollback revert retargets");
    CHECK(is("migration:show -d ds.ts") == "status apply retargets");
    CHECK(is("migration:show", "0.2.45") == "status apply");
    CHECK(is("migration:generate src/m/X -d ds.ts -p -o --esm") == "generate files retargets");
    CHECK(is("migration:generate -n X -d src/m --pretty", "0.2.45") == "generate files");
    CHECK(is("migration:generate src/m/X -d ds.ts --dr") == "diff read retargets");
    CHECK(is("migration:generate src/m/X -d ds.ts --dryrun") == "diff read retargets");
    CHECK(is("migration:generate src/m/X -d ds.ts --check") == "diff read retargets");
    CHECK(is("migration:generate src/m/X -d ds.ts --ch") == "diff read retargets");
    CHECK(is("migration:generate -n X --check", "0.2.32") == "diff read");
    CHECK(is("migration:generate -n X --check", "0.2.31") == "generate files unknown: --check");
    CHECK(is("migration:create src/m/X -o -t 1700000000000") == "generate files");
    CHECK(is("migration:create -n X -d src/m", "0.2.45") == "generate files");
    for (auto [line, taken] : {std::pair{"migrations:create -n X", "generate files"},
                               {"migrations:generate -n X", "generate files"},
                               {"migrations:run", "run apply"},
                               {"migrations:revert", "rollback revert"}})
        CHECK(is(line, "0.2.45") == taken);
    CHECK(is("migrations:run") == "unclassified");
    CHECK(is("schema:log -d ds.ts") == "diff read retargets");
    CHECK(is("schema:sync -d ds.ts") == "push destroy retargets");
    CHECK(is("schema:drop -d ds.ts") == "reset destroy retargets");
    CHECK(is("schema:sync", "0.2.45") == "push destroy");
    CHECK(is("schema:drop -c logs", "0.2.45") == "reset destroy retargets");
    CHECK(is("query SELECT -d ds.ts") == "- destroy retargets");
    CHECK(is("cache:clear -d ds.ts") == "- revert retargets");
    CHECK(is("entity:create src/e/User") == "- files");
    CHECK(is("entity:create -n User -d src/e", "0.2.45") == "- files");
    CHECK(is("subscriber:create src/s/X") == "- files");
    CHECK(is("init --name x --database postgres --express --docker --pm npm --ms esm") == "init files");
    CHECK(is("version") == "- read");
    CHECK(is("--version") == "- read");
    CHECK(is("-h") == "- read");
    CHECK(is("schema:explode") == "unclassified");
}
