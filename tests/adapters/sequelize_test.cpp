#include "tests/adapters/support/project.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

constexpr const char* kConfig = R"({
  "development": { "dialect": "postgres", "host": "127.0.0.1", "username": "app", "password": "s3cret",
                   "database": "shop" },
  "production": { "use_env_variable": "PROD_URL", "dialect": "postgres" }
})";

constexpr const char* kMigration =
    "module.exports = { up: (q, S) => q.createTable('a', {}), down: q => q.dropTable('a') };\n";

const std::string kA = "20240101000001-a.js", kB = "20240101000002-b.js", kC = "20240101000003-c.js";
const std::string kEnv = " --env development";

/// A repository with the migrations a, b and c.
Project project(std::string_view version = "6.6.5", Tree::Files more = {}) {
    Tree::Files files{
        {"migrations/" + kA, kMigration}, {"migrations/" + kB, kMigration}, {"migrations/" + kC, kMigration}};
    if (!more.contains("config/config.js")) files["config/config.json"] = kConfig;
    files.merge(more);
    Project made(Tool::sequelize, files);
    made.unit.config = files.contains(".sequelizerc")       ? ".sequelizerc"
                       : files.contains("config/config.js") ? "config/config.js"
                                                            : "config/config.json";
    made.version(version);
    return made;
}

TargetSource source_of(Project one, const std::string& environment = "development") {
    auto sources = one.adapter().targets(one.unit, one.tree->path(), environment);
    REQUIRE(sources);
    REQUIRE(sources->size() == 1);
    return sources->front();
}

TargetSource source_of_js(const std::string& text, const std::string& environment = "development") {
    return source_of(project("6.6.5", {{"config/config.js", text}}), environment);
}

}  // namespace

TEST_CASE("sequelize run: everything pending, up to one, a number of them") {
    CHECK(project().lines(Verb::run) == Words{"db:migrate" + kEnv});
    CHECK(project("6.2.0").lines(Verb::run) == Words{"db:migrate" + kEnv});
    CHECK(project().applied(kA + " " + kB + " " + kC).lines(Verb::run).empty());
    Project one = project().applied(kA);
    one.request.to = kB;
    CHECK(one.lines(Verb::run) == Words{"db:migrate --to " + kB + kEnv});
    one.request.to = kB.substr(0, 10);  // the tool would take a prefix, or say that all is well
    CHECK(one.lines(Verb::run) == Words{"error: migration.unknown"});
    one.request.to.reset();
    one.request.steps = 1;
    CHECK(one.lines(Verb::run) == Words{"db:migrate --to " + kB + kEnv});
    CHECK(one.plan(Verb::run)->front().expect.applied_added == Words{kB});
}

TEST_CASE("sequelize rollback: one undo with a whole name for each, never undo:all, never an empty --to") {
    Project one = project().applied(kB + " " + kA + " " + kC);
    CHECK(one.lines(Verb::rollback) == Words{"db:migrate:undo --name " + kC + kEnv});
    one.request.steps = 3;
    auto steps = one.plan(Verb::rollback);
    REQUIRE(steps);
    REQUIRE(steps->size() == 3);
    CHECK((*steps)[0].expect.applied_removed == Words{kC});
    CHECK((*steps)[2].expect.applied_removed == Words{kA});
    for (const auto& line : one.lines(Verb::rollback)) CHECK(line.find("undo:all") == std::string::npos);
    one.request.steps.reset();
    one.request.to = kA;
    CHECK(one.lines(Verb::rollback) ==
          Words{"db:migrate:undo --name " + kC + kEnv, "db:migrate:undo --name " + kB + kEnv});
    one.request.to = "";
    CHECK(one.lines(Verb::rollback) == Words{"error: migration.unknown"});
    one.request.to.reset();
    one.request.batch = true;
    CHECK(one.lines(Verb::rollback) == Words{"error: verb.unsupported"});
}

TEST_CASE("sequelize does not undo what it has no file of, but runs beside it") {
    Project one = project().applied(kA + " 20990101000000-gone.js");
    CHECK(one.lines(Verb::rollback) == Words{"error: migration.missing"});
    CHECK(one.lines(Verb::reset) == Words{"error: migration.missing"});
    CHECK(one.lines(Verb::run) == Words{"db:migrate" + kEnv});
}

TEST_CASE("sequelize redo takes no other file along") {
    Project one = project().applied(kA + " " + kC);
    CHECK(one.lines(Verb::redo) ==
          Words{"db:migrate:undo --name " + kC + kEnv, "db:migrate --name " + kC + kEnv});
    CHECK(one.version("6.4.1").lines(Verb::redo) == Words{"error: verb.unsupported"});
    CHECK(one.applied(kA + " " + kB).lines(Verb::redo) ==
          Words{"db:migrate:undo --name " + kB + kEnv, "db:migrate --to " + kB + kEnv});
}

TEST_CASE("sequelize seed, status, reset and what it cannot do") {
    Project one = project().applied(kA);
    CHECK(one.lines(Verb::seed) == Words{"error: verb.unsupported"});
    one.tree->write("seeders/users.js", "");
    CHECK(one.lines(Verb::seed) == Words{"db:seed:all" + kEnv});
    CHECK(one.lines(Verb::status) == Words{"db:migrate:status" + kEnv});
    auto reset = one.plan(Verb::reset);
    REQUIRE(reset);
    CHECK(one.lines(Verb::reset) == Words{"db:migrate:undo:all" + kEnv, "db:migrate" + kEnv});
    CHECK((*reset)[0].risk == Risk::destroy);
    CHECK((*reset)[1].expect.applied_added == Words{kA, kB, kC});
    for (Verb verb : {Verb::diff, Verb::pull, Verb::push})
        CHECK(one.lines(verb) == Words{"error: verb.unsupported"});
    one.request.unlock = true;
    CHECK(one.lines(Verb::resolve) == Words{"error: verb.unsupported"});
}

TEST_CASE("sequelize: folders and configuration in other places are named, unless .sequelizerc does so") {
    Project one =
        project("6.6.5", {{"db/migrate/" + kA, kMigration}, {"db/config.js", "module.exports = {}"}});
    one.unit.config = "db/config.js";
    one.unit.migrations = {{"db/migrate", std::nullopt}};
    one.tree->write("db/config.js", "module.exports = { development: { dialect: 'postgres', url: 'x' } }");
    CHECK(one.lines(Verb::run) ==
          Words{"db:migrate --env development --config db/config.js --migrations-path db/migrate"});

    Project rc = project("6.6.5", {{".sequelizerc",
                                    "const path = require('path');\nmodule.exports = {\n"
                                    "'config': path.resolve('server', 'database.js'),\n"
                                    "'migrations-path': path.resolve(__dirname, 'server/m'),\n"
                                    "'seeders-path': './server/s' };"},
                                   {"server/database.js",
                                    "module.exports = { production: { dialect: 'postgres', "
                                    "url: process.env.DATABASE_URL } }"},
                                   {"server/m/" + kB, kMigration}});
    rc.request.environment = "production";
    CHECK(rc.files().size() == 1);
    CHECK(rc.lines(Verb::run) == Words{"db:migrate --env production"});
    CHECK(rc.plan(Verb::run)->front().env.at("NODE_ENV").value == "production");
    auto source = source_of(rc, "production");
    CHECK(source.variables == Words{"DATABASE_URL"});
    CHECK(source.file == "server/database.js");
    rc.request.environment = "development";
    CHECK(rc.lines(Verb::run) == Words{"error: environment.undefined"});
}

TEST_CASE("sequelize baseline and resolve write the name, and the times where the table has them") {
    Project one = project().applied(kA);
    auto steps = one.plan(Verb::baseline);
    REQUIRE(steps);
    CHECK(one.lines(Verb::baseline) ==
          Words{"copy-history \"SequelizeMeta\"", "change-history +" + kB + " +" + kC});
    CHECK(std::get<ChangeHistory>((*steps)[1].action).sql.at(0) ==
          "INSERT INTO \"SequelizeMeta\" (\"name\") VALUES ('" + kB + "')");
    one.request.forget = kA;
    CHECK(one.lines(Verb::resolve) == Words{"error: usage"});

    Project fresh = project();
    fresh.rows.table_exists = false;
    CHECK(fresh.lines(Verb::baseline).front() == "db:migrate:status" + kEnv);

    Project timed =
        project("6.6.5", {{"config/config.js",
                           "module.exports = { dialect: 'mysql', database: 'd', migrationTimestamps: "
                           "true, migrationStorageTableName: 'm' }"}});
    timed.unit.config = "config/config.js";
    timed.target.connection.engine = Engine::mysql;
    timed.request.to = kA;
    timed.rows.columns = {"name", "createdAt", "updatedAt"};
    CHECK(std::get<ChangeHistory>(timed.plan(Verb::baseline)->at(1).action).sql ==
          Words{"INSERT INTO `m` (`name`, `createdAt`, `updatedAt`) VALUES ('" + kA +
                "', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)"});
    CHECK(timed.adapter().history(timed.unit, timed.tree->path(), timed.target)->select ==
          "SELECT m.name AS id, m.`createdAt` AS at FROM `m` m ORDER BY m.name");
}

TEST_CASE("sequelize generate: by the tool, or by us where it would write what cannot be loaded") {
    Project one = project();
    one.request.name = "add users";
    one.request.now = "20240201000000";
    CHECK(one.lines(Verb::generate) == Words{"migration:generate --name add_users"});
    CHECK(one.plan(Verb::generate)->front().expect.files == Words{"migrations/*-add_users.js"});
    one.tree->write("package.json", R"({"type": "module"})");
    CHECK(one.lines(Verb::generate) == Words{"write-file migrations/20240201000000-add_users.cjs"});
    one.tree->write("migrations/20240101000009-d.ts", kMigration);
    CHECK(one.lines(Verb::generate) == Words{"write-file migrations/20240201000000-add_users.ts"});
    one.request.name = "...";
    CHECK(one.lines(Verb::generate) == Words{"error: usage"});
}

TEST_CASE("sequelize init writes what its own reader understands") {
    Project one(Tool::sequelize, {{"package.json", "{}"}});
    auto steps = one.plan(Verb::init);
    REQUIRE(steps);
    for (const auto& step : *steps) {
        const auto& file = std::get<WriteFile>(step.action);
        one.tree->write(file.path, file.content);
    }
    auto source = source_of(one, "staging");
    CHECK(source.variables == Words{"DATABASE_URL"});
    CHECK(source.engine == Engine::postgresql);
    CHECK(one.lines(Verb::run).empty());
}

TEST_CASE("sequelize files: which endings count depends on the version") {
    auto ids = [](std::string_view version) {
        Project one(Tool::sequelize, {{"migrations/20240101000001-a.js", kMigration},
                                      {"migrations/20240101000002-b.cjs", kMigration},
                                      {"migrations/20240101000003-c.ts", kMigration},
                                      {"migrations/20240101000004-d.cts", kMigration},
                                      {"migrations/x.d.ts", ""}});
        one.version(version);
        std::string pending;
        for (const auto& file : one.history().pending)
            pending += file.id.substr(file.id.find_last_of("-") + 1) + " ";
        return pending + "| " + std::to_string(one.history().will_skip.size());
    };
    CHECK(ids("6.0.0") == "a.js b.cjs | 2");
    CHECK(ids("6.2.0") == "a.js b.cjs c.ts x.d.ts | 1");
    CHECK(ids("6.3.0") == "a.js b.cjs c.ts | 1");
    CHECK(ids("6.6.1") == "a.js b.cjs c.ts d.cts | 0");
    CHECK(ids("") == "a.js b.cjs c.ts d.cts | 0");
    Project esm(Tool::sequelize, {{"migrations/20240101000001-a.mjs", kMigration}});
    CHECK(esm.history().will_skip == Words{"20240101000001-a.mjs"});
}

TEST_CASE("sequelize history and states") {
    Project one = project();
    auto query = one.adapter().history(one.unit, one.tree->path(), one.target);
    REQUIRE(query);
    CHECK(query->table == "SequelizeMeta");
    CHECK(query->select_without == "SELECT m.name AS id FROM \"SequelizeMeta\" m ORDER BY m.name");
    CHECK(query->column == "createdAt");
    CHECK(one.applied(kC + " " + kA).history().applied.front().id == kA);
    CHECK(one.history().ordered_by_file);
    CHECK(one.history().out_of_order == Words{kB});
    CHECK(one.history().state == State::pending);
    CHECK(one.applied(kA + " " + kB + " " + kC).history().state == State::current);
    CHECK(one.applied(kA + " x.js").history().state == State::diverged);

    auto with = [](const std::string& settings) {
        Project two = project(
            "6.6.5", {{"config/config.js", "module.exports = { dialect: 'postgres', " + settings + " }"}});
        return two.adapter().history(two.unit, two.tree->path(), two.target);
    };
    CHECK_FALSE(with("migrationStorage: 'json'"));
    CHECK_FALSE(with("migrationStorage: 'none'"));
    CHECK(with("migrationStorageTableSchema: 'app'")->select_without ==
          "SELECT m.name AS id FROM \"app\".\"SequelizeMeta\" m ORDER BY m.name");
}

TEST_CASE("sequelize targets: config.json is read without running anything") {
    auto one = source_of(project());
    CHECK(one.kind == TargetSource::Kind::fields);
    CHECK(one.fields.host == "127.0.0.1");
    CHECK(one.fields.user == "app");
    CHECK(one.fields.database == "shop");
    CHECK(one.engine == Engine::postgresql);
    CHECK(one.file == "config/config.json");
    CHECK(one.environment_section == "development");

    auto production = source_of(project(), "production");
    CHECK(production.kind == TargetSource::Kind::variables);
    CHECK(production.variables == Words{"PROD_URL"});

    Project unknown = project();
    auto missing = unknown.adapter().targets(unknown.unit, unknown.tree->path(), "qa");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().code == "environment.undefined");
    CHECK(missing.error().hint == "It has development, production.");
}

TEST_CASE("sequelize targets: every form of config.js") {
    auto one = source_of_js(
        "require('dotenv').config();\nmodule.exports = { development: { dialect: 'mysql',\n"
        "host: process.env.DB_HOST, port: process.env.DB_PORT || 3306,\n"
        "username: process.env.DB_USER, password: process.env.DB_PASS, database: 'd' } }");
    CHECK(one.kind == TargetSource::Kind::fields);
    CHECK(one.field_variables.at("host") == Words{"DB_HOST"});
    CHECK(one.field_variables.at("user") == Words{"DB_USER"});
    CHECK(one.fields.port == 3306);
    CHECK(one.dotenv == Words{".env"});
    CHECK(one.line == 2);

    one = source_of_js("module.exports = { dialect: 'sqlite', storage: './dev.sqlite' }");
    CHECK(one.kind == TargetSource::Kind::literal);
    CHECK(one.literal == "./dev.sqlite");
    CHECK(one.environment_section.empty());
    CHECK(source_of_js("module.exports = { dialect: 'sqlite', database: 'x' }").literal == ":memory:");
    CHECK(source_of_js("module.exports = { development: { url: process.env.A, dialect: 'postgres', "
                       "use_env_variable: 'B' } }")
              .variables == Words{"A"});
    CHECK(source_of_js("module.exports = async () => ({})").kind == TargetSource::Kind::needs_probe);
    CHECK(source_of_js("module.exports = { development: { dialect: 'postgres', host: secret('h') } }").why ==
          "host is a call of secret()");
    CHECK(source_of_js("const c = require('../env'); module.exports = { development: { ...c.db } }").kind ==
          TargetSource::Kind::needs_probe);

    Project url = project("6.6.5", {{".sequelizerc", "module.exports = { url: process.env.DB }"}});
    CHECK(source_of(url, "anything").variables == Words{"DB"});
    Project computed = project("6.6.5", {{".sequelizerc", "module.exports = { config: find() }"}});
    CHECK(source_of(computed).why == "config in .sequelizerc is a call of find()");
}

TEST_CASE("sequelize: what fits, and what status prints") {
    Project one = project("7.0.0");
    CHECK(one.adapter().fits(one.unit, one.tree->path())->code == "tool.version");
    CHECK_FALSE(one.version("6.0.0").adapter().fits(one.unit, one.tree->path()));
    one.unit.config = "gone.js";
    CHECK(one.adapter().fits(one.unit, one.tree->path())->code == "tool.layout");
    Project none(Tool::sequelize, {{"migrations/" + kA, kMigration}});
    CHECK(none.lines(Verb::run) == Words{"error: tool.layout"});

    auto rows =
        one.adapter().read_status(one.unit,
                                  "\x1b[36mSequelize CLI\x1b[39m [Node: 20, CLI: 6.6.5, ORM: 6.37]\n\n"
                                  "Loaded configuration file \"config/config.json\".\n"
                                  "Using environment \"development\".\nup 20240101000001-a.js\n"
                                  "down 20240101000002-b.js\n");
    REQUIRE(rows);
    REQUIRE(rows->rows.size() == 1);
    CHECK(rows->rows[0].id == kA);
    CHECK(one.adapter().read_status(one.unit, "what?").error().code == "tool.failed");
}

TEST_CASE("sequelize: what each command line is taken for") {
    auto is = [](std::string_view line, std::string_view version = "6.6.5") {
        return taken_for(Tool::sequelize, line, version);
    };
    CHECK(is("db:migrate") == "run apply");
    CHECK(is("db:migrate --env production") == "run apply retargets");
    CHECK(is("db:migrate --url postgres://h/d") == "run apply retargets");
    CHECK(is("db:migrate --to x.js --from y.js") == "run apply");
    CHECK(is("db:migrate --name x.js") == "run apply");
    CHECK(is("db:migrate --migrations-path other --debug") == "run apply");
    CHECK(is("db:migrate --config c.js --options-path o") == "run apply retargets");
    CHECK(is("db:migrate:undo") == "rollback revert");
    CHECK(is("db:migrate:undo --name x.js") == "rollback revert");
    CHECK(is("db:migrate:undo:all") == "reset destroy");
    CHECK(is("db:migrate:undo:all --to x.js") == "reset destroy");
    CHECK(is("db:migrate:undo:all --to ''") == "reset destroy");
    CHECK(is("db:migrate:undo:all --to") == "reset destroy");
    CHECK(is("db:migrate:status") == "status apply");
    CHECK(is("db:migrate:schema:timestamps:add") == "- revert");
    CHECK(is("db:seed:all --seeders-path s") == "seed revert");
    CHECK(is("db:seed --seed a.js") == "seed revert");
    CHECK(is("db:seed:undo --seed a.js") == "- revert");
    CHECK(is("db:seed:undo:all") == "- destroy");
    CHECK(is("db:create --charset utf8 --collate c --encoding e --ctype c --template t") == "- apply");
    CHECK(is("db:drop") == "- destroy");
    CHECK(is("migration:generate --name x --underscored") == "generate files");
    CHECK(is("migration:create --name x") == "generate files");
    CHECK(is("model:generate --name U --attributes a:string --models-path m") == "- files");
    CHECK(is("model:create --name U --attributes a:string --force") == "- revert");
    CHECK(is("seed:generate --name x") == "- files");
    CHECK(is("seed:create --name x") == "- files");
    for (auto line : {"init", "init:config", "init:migrations", "init:models", "init:seeders"})
        CHECK(is(line) == "init files");
    for (auto line : {"init --force", "init:migrations --force", "init:models --force", "init:seeders --force"})
        CHECK(is(line) == "init destroy");  // the folder, with all that is in it
    CHECK(is("init:config --force") == "init revert");
    CHECK(is("--version") == "- read");
    CHECK(is("--help") == "- read");
    CHECK(is("db:explode") == "unclassified");
    CHECK(is("db:migrate --frobnicate") == "run apply unknown: --frobnicate");
}
