#include "tests/adapters/support/project.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

constexpr const char* kConfig = R"(
const config = {
  mongodb: { url: process.env.MONGODB_URL || 'mongodb://localhost:27017', databaseName: 'shop' },
  migrationsDir: 'migrations',
  changelogCollectionName: 'changelog',
  lockTtl: 0,
  migrationFileExtension: '.js',
  useFileHash: false,
  moduleSystem: 'commonjs',
};
module.exports = config;
)";

constexpr const char* kMigration =
    "module.exports = { async up(db) { await db.collection('a').insertOne({}) }, async down(db) { await "
    "db.collection('a').drop() } };\n";

const std::string kA = "20240101000001-a.js", kB = "20240101000002-b.js", kC = "20240101000003-c.js";

/// A repository with the migrations a, b and c.
Project project(std::string_view version = "14.0.7", const std::string& config = kConfig,
                const std::string& name = "migrate-mongo-config.js") {
    Project made(Tool::migrate_mongo, {{name, config},
                                       {"migrations/" + kA, kMigration},
                                       {"migrations/" + kB, kMigration},
                                       {"migrations/" + kC, kMigration},
                                       {"migrations/sample-migration.js", kMigration}});
    made.unit.config = name;
    made.target.connection.engine = Engine::mongodb;
    made.rows.source = HistorySource::probe;
    made.version(version);
    return made;
}

TargetSource source_of(const std::string& config) {
    Project one = project("14.0.7", config);
    auto sources = one.adapter().targets(one.unit, one.tree->path(), "development");
    REQUIRE(sources);
    REQUIRE(sources->size() == 1);
    return sources->front();
}

const std::string kScript = "--input-type=module - migrate-mongo-config.js ";

}  // namespace

TEST_CASE("migrate-mongo run applies everything or nothing") {
    Project one = project().applied(kA);
    CHECK(one.lines(Verb::run) == Words{"up"});
    CHECK(one.plan(Verb::run)->front().expect.applied_added == Words{kB, kC});
    one.request.to = kB;
    CHECK(one.lines(Verb::run) == Words{"error: verb.unsupported"});
    one.request.to = kC;
    CHECK(one.lines(Verb::run) == Words{"up"});
    one.request.to.reset();
    one.request.steps = 2;
    CHECK(one.lines(Verb::run) == Words{"up"});
    one.request.steps = 1;
    CHECK(one.lines(Verb::run) == Words{"error: verb.unsupported"});
    CHECK(project().applied(kA + " " + kB + " " + kC).lines(Verb::run).empty());
    CHECK(project("11.0.0", kConfig, "config/mongo.cjs").lines(Verb::run) ==
          Words{"up --file config/mongo.cjs"});
}

TEST_CASE("migrate-mongo rollback: one down for each, by file name as the tool goes") {
    Project one = project().applied(kA + " " + kC + " " + kB);
    CHECK(one.lines(Verb::rollback) == Words{"down"});
    CHECK(one.plan(Verb::rollback)->front().expect.applied_removed == Words{kC});
    one.request.steps = 2;
    auto steps = one.plan(Verb::rollback);
    REQUIRE(steps);
    REQUIRE(steps->size() == 2);
    CHECK((*steps)[1].expect.applied_removed == Words{kB});
    one.request.steps.reset();
    one.request.to = kA;
    CHECK(one.plan(Verb::rollback)->size() == 2);
    CHECK(project().lines(Verb::rollback).empty());
}

TEST_CASE("migrate-mongo down is refused when the changelog and the folder differ") {
    Project missing = project().applied(kA + " " + kB + " 20990101000000-gone.js");
    for (Verb verb : {Verb::rollback, Verb::redo, Verb::reset})
        CHECK(missing.lines(verb) == Words{"error: migration.missing"});
    CHECK(missing.lines(Verb::run) == Words{"up"});

    CHECK(project().applied(kA + " " + kA).lines(Verb::rollback) == Words{"error: migration.duplicate"});

    Project unread = project();
    unread.rows.source = HistorySource::none;
    CHECK(unread.lines(Verb::rollback) == Words{"error: verb.unsupported"});
    CHECK(unread.lines(Verb::run) == Words{"up"});

    std::string hashes(kConfig);
    hashes.replace(hashes.find("useFileHash: false"), 18, "useFileHash: true ");
    Project edited = project("14.0.7", hashes).applied(kA + " " + kB);
    edited.rows.rows[0].checksum = edited.files()[0].checksum;
    edited.rows.rows[1].checksum = std::string(64, '0');
    CHECK(edited.lines(Verb::rollback) == Words{"error: migration.edited"});
}

TEST_CASE("migrate-mongo batch is a block, where there are blocks") {
    Project one = project().applied(kA + "#1 " + kB + "#2 " + kC + "#2");
    one.request.batch = true;
    CHECK(one.lines(Verb::rollback) == Words{"down --block"});
    CHECK(one.plan(Verb::rollback)->front().expect.applied_removed == Words{kC, kB});
    CHECK(one.version("11.0.0").lines(Verb::rollback) == Words{"error: verb.unsupported"});
    // Rows from before 12.1 have no block: the tool then reverts one.
    one.version("12.1.3").applied(kA + " " + kB);
    CHECK(one.plan(Verb::rollback)->front().expect.applied_removed == Words{kB});
    CHECK(one.applied("").lines(Verb::rollback).empty());  // the tool would crash
}

TEST_CASE("migrate-mongo redo and reset") {
    Project one = project().applied(kA + " " + kB);
    CHECK(one.lines(Verb::redo) == Words{"error: verb.unsupported"});  // up would also apply c
    one.applied(kA + " " + kB + " " + kC);
    CHECK(one.lines(Verb::redo) == Words{"down", "up"});
    CHECK(one.plan(Verb::redo)->at(1).expect.applied_added == Words{kC});
    auto reset = one.plan(Verb::reset);
    REQUIRE(reset);
    CHECK(one.lines(Verb::reset) == Words{"down", "down", "down", "up"});
    for (const auto& step : *reset) CHECK(step.risk == Risk::destroy);
    CHECK((*reset)[3].expect.applied_added == Words{kA, kB, kC});
    for (Verb verb : {Verb::diff, Verb::pull, Verb::push, Verb::seed})
        CHECK(one.lines(verb) == Words{"error: verb.unsupported"});
}

TEST_CASE("migrate-mongo status, baseline and resolve use the project's own driver") {
    Project one = project().applied(kA);
    auto status = one.plan(Verb::status);
    REQUIRE(status);
    CHECK(one.lines(Verb::status) == Words{kScript + "answer"});
    CHECK(status->front().risk == Risk::read);
    const auto& native = std::get<Native>(status->front().action);
    CHECK(native.launch == Words{"node"});
    CHECK(native.answers.find("import ") == 0);
    CHECK(status->front().env.at("NODE_ENV").value == "development");

    CHECK(one.lines(Verb::baseline) == Words{kScript + "insert-block " + kB + " " + kC});
    CHECK(one.plan(Verb::baseline)->front().expect.applied_added == Words{kB, kC});
    CHECK(one.plan(Verb::baseline)->front().risk == Risk::revert);
    CHECK(one.version("11.0.0").lines(Verb::baseline) == Words{kScript + "insert " + kB + " " + kC});

    auto resolved = [](auto set, std::string_view applied = kA, std::string_view version = "14.0.7") {
        Project two = project(version).applied(applied);
        set(two.request);
        return two.lines(Verb::resolve);
    };
    CHECK(resolved([](Request& r) { r.forget = "x.js"; }, "x.js") == Words{kScript + "delete x.js"});
    CHECK(resolved([](Request& r) { r.rolled_back = kA; }) == Words{kScript + "delete " + kA});
    CHECK(resolved([](Request& r) { r.applied = kB; }) == Words{kScript + "insert-block " + kB});
    CHECK(resolved([](Request& r) { r.unlock = true; }) == Words{kScript + "unlock"});
    CHECK(resolved([](Request& r) { r.unlock = true; }, kA, "11.0.0") == Words{"error: verb.unsupported"});
    CHECK(resolved(
              [](Request& r) {
                  r.renamed_from = "x.js";
                  r.renamed_to = kA;
              },
              "x.js") == Words{kScript + "rename x.js " + kA});
    CHECK(resolved([](Request&) {}).empty());

    one.unit.launch = {"node", "--import", "tsx", "--no-warnings",
                       "node_modules/migrate-mongo/bin/migrate-mongo.js"};
    CHECK(std::get<Native>(one.plan(Verb::status)->front().action).launch ==
          Words{"node", "--import", "tsx", "--no-warnings"});
    one.unit.launch = {"yarn", "migrate-mongo"};
    CHECK(std::get<Native>(one.plan(Verb::status)->front().action).launch == Words{"yarn", "node"});
}

TEST_CASE("migrate-mongo generate and init") {
    Project one = project();
    one.request.name = "add index/users";
    CHECK(one.lines(Verb::generate) == Words{"create add_index_users"});
    CHECK(one.plan(Verb::generate)->front().expect.files == Words{"migrations/*-add_index_users.js"});

    Project old = project("12.1.3", "module.exports = { mongodb: { url: 'x' } }");
    old.request.name = "x";
    old.tree->remove("migrations/sample-migration.js");
    CHECK(old.lines(Verb::generate) == Words{"error: config.invalid"});
    CHECK(old.version("8.2.3").lines(Verb::generate) == Words{"create x"});

    for (bool module : {false, true}) {
        Project fresh(Tool::migrate_mongo, {{"package.json", module ? R"({"type":"module"})" : "{}"}});
        auto steps = fresh.plan(Verb::init);
        REQUIRE(steps);
        for (const auto& step : *steps) {
            const auto& file = std::get<WriteFile>(step.action);
            fresh.tree->write(file.path, file.content);
        }
        fresh.unit.config = "migrate-mongo-config.js";
        auto sources = fresh.adapter().targets(fresh.unit, fresh.tree->path(), "development");
        REQUIRE(sources);
        CHECK(sources->front().variables == Words{"MONGODB_URL"});
        fresh.request.name = "x";
        CHECK(fresh.lines(Verb::generate) == Words{"create x"});
    }
}

TEST_CASE("migrate-mongo files: the folder is relative to where the tool runs, the ending is configured") {
    Project one(Tool::migrate_mongo, {{"api/config/mongo.js",
                                       "module.exports = { mongodb: { url: 'x' }, migrationsDir: 'db', "
                                       "migrationFileExtension: '.ts' }"},
                                      {"api/db/" + kA, kMigration},
                                      {"api/db/20240101000002-b.ts", kMigration},
                                      {"api/db/sample-migration.ts", ""}});
    one.unit.root = "api";
    one.unit.config = "api/config/mongo.js";
    REQUIRE(one.files().size() == 2);
    CHECK(one.history().pending.size() == 1);
    CHECK(one.history().will_skip == Words{kA});
    CHECK(one.files()[1].files == Words{"api/db/20240101000002-b.ts"});
    CHECK(one.files()[1].checksum.empty());
}

TEST_CASE("migrate-mongo states, with hashes and without") {
    CHECK(project().applied(kA + " " + kB + " " + kC).history().state == State::current);
    CHECK(project().applied(kA).history().state == State::pending);
    CHECK(project().applied(kA + " x.js").history().state == State::diverged);
    CHECK(project().applied(kA + " " + kC).history().out_of_order == Words{kB});
    Project fresh = project();
    fresh.rows.table_exists = false;
    CHECK(fresh.history().state == State::uninitialised);
    CHECK_FALSE(project().history().edited_known);
    CHECK_FALSE(fresh.adapter().history(fresh.unit, fresh.tree->path(), fresh.target));

    std::string hashes(kConfig);
    hashes.replace(hashes.find("useFileHash: false"), 18, "useFileHash: true ");
    Project edited = project("14.0.7", hashes).applied(kA + " " + kB);
    edited.rows.rows[0].checksum = std::string(64, '0');
    edited.rows.rows[1].checksum = edited.files()[1].checksum;
    History history = edited.history();
    CHECK(history.edited == Words{kA});
    CHECK(history.state == State::edited);
    REQUIRE(history.pending.size() == 2);  // the tool runs an edited file again
    CHECK(history.pending[0].id == kA);
    CHECK(edited.plan(Verb::run)->front().expect.applied_added == Words{kC});
}

TEST_CASE("migrate-mongo targets: every form of the configuration") {
    auto one = source_of(kConfig);
    CHECK(one.kind == TargetSource::Kind::variables);
    CHECK(one.variables == Words{"MONGODB_URL"});
    CHECK(one.literal == "mongodb://localhost:27017");
    CHECK(one.fields.database == "shop");
    CHECK(one.engine == Engine::mongodb);
    CHECK(one.line == 3);

    one = source_of(
        "import 'dotenv/config';\nexport default { mongodb: { url: 'mongodb://h/d', databaseName: "
        "process.env.DB } }");
    CHECK(one.kind == TargetSource::Kind::literal);
    CHECK(one.field_variables.at("database") == Words{"DB"});
    CHECK(one.dotenv == Words{".env"});
    CHECK(source_of("module.exports = (async () => ({}))()").kind == TargetSource::Kind::needs_probe);
    CHECK(
        source_of("const c = require('./build/config'); module.exports = { mongodb: { url: c.url } }").why ==
        "a value imported from './build/config'");
    CHECK(source_of("const mongodb = load(); module.exports = { mongodb }").kind ==
          TargetSource::Kind::needs_probe);
    CHECK(source_of("module.exports = { migrationsDir: 'm' }").kind == TargetSource::Kind::missing);
    CHECK(source_of("module.exports = { ...require('./base') }").kind == TargetSource::Kind::needs_probe);
}

TEST_CASE("migrate-mongo 14 does not fit migrations that wait for a callback") {
    Project one = project();
    CHECK_FALSE(one.adapter().fits(one.unit, one.tree->path()));
    one.tree->write("migrations/" + kB,
                    "module.exports = { up(db, next) { next() }, down(db, next) { next() } }");
    CHECK(one.adapter().fits(one.unit, one.tree->path())->code == "tool.layout");
    CHECK_FALSE(one.version("12.1.3").adapter().fits(one.unit, one.tree->path()));
    one.unit.config = "gone.js";
    CHECK(one.adapter().fits(one.unit, one.tree->path())->code == "tool.layout");
    one.unit.config = "";
    CHECK(one.lines(Verb::run) == Words{"error: tool.layout"});
}

TEST_CASE("migrate-mongo: what the changelog's reader prints") {
    Project one = project();
    auto rows = one.adapter().read_status(
        one.unit,
        "loading\n{\"database\":\"shop\",\"collection\":\"changelog\",\"exists\":true,\"others\":3,"
        "\"locked\":0,"
        "\"rows\":[{\"fileName\":\"20240101000001-a.js\",\"appliedAt\":\"2026-11-21T11:31:33.341Z\","
        "\"migrationBlock\":\"1795260693328\"}]}\n");
    REQUIRE(rows);
    CHECK(rows->table == "shop.changelog");
    REQUIRE(rows->rows.size() == 1);
    CHECK(rows->rows[0].id == kA);
    CHECK(rows->rows[0].at == "2026-11-21T11:31:33.341Z");
    CHECK(rows->rows[0].batch == "1795260693328");
    CHECK_FALSE(rows->foreign_tables);
    rows = one.adapter().read_status(one.unit, R"({"database":"d","exists":false,"others":2,"rows":[]})");
    REQUIRE(rows);
    CHECK(rows->foreign_tables);
    CHECK_FALSE(rows->table_exists);
    CHECK(one.adapter().read_status(one.unit, "{\"rows\": 1}\n").error().code == "tool.failed");
}

TEST_CASE("migrate-mongo: what each command line is taken for") {
    auto is = [](std::string_view line, std::string_view version = "14.0.7") {
        return taken_for(Tool::migrate_mongo, line, version);
    };
    CHECK(is("init") == "init files");
    CHECK(is("init -m esm") == "init files");
    CHECK(is("init --module esm") == "init files");
    CHECK(is("create add_users") == "generate files");
    CHECK(is("create add_users -f other.js --migrations-dir m") == "generate files retargets");
    CHECK(is("up") == "run apply");
    CHECK(is("up -f prod.js") == "run apply retargets");
    CHECK(is("up --file prod.js", "11.0.0") == "run apply retargets");
    CHECK(is("up --migrations-dir other") == "run revert");
    CHECK(is("up --migrations-dir other", "12.1.3") == "run apply unknown: other --migrations-dir");
    CHECK(is("down") == "rollback revert");
    CHECK(is("down --block") == "rollback revert");
    CHECK(is("down -b", "12.1.3") == "rollback revert");
    CHECK(is("down --block", "11.0.0") == "rollback revert unknown: --block");
    CHECK(is("status") == "status read");
    CHECK(is("status --file x.js") == "status read retargets");
    CHECK(is("help up") == "- read");
    CHECK(is("--version") == "- read");
    CHECK(is("explode") == "unclassified");
}
