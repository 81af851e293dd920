#include "adapters/support/node_steps.hpp"
#include "base/sha256.hpp"
#include "tests/adapters/support/project.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

const std::string kInit = "20240101000000_init", kPosts = "20240102000000_posts",
                  kTags = "20240103000000_tags";
const std::string kAll = kInit + " " + kPosts + " " + kTags;

constexpr const char* kSchema6 =
    "datasource db {\n  provider = \"postgresql\"\n  url      = env(\"DATABASE_URL\")\n}\n";
constexpr const char* kSchema7 = "datasource db {\n  provider = \"postgresql\"\n}\n";
constexpr const char* kConfig7 =
    "import { defineConfig, env } from 'prisma/config';\n"
    "export default defineConfig({\n"
    "  schema: 'prisma/schema.prisma',\n"
    "  datasource: { url: env('DATABASE_URL') },\n"
    "});\n";

Tree::Files migrations() {
    return {{"prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n"},
            {"prisma/migrations/" + kInit + "/migration.sql", "CREATE TABLE users (id int);\n"},
            {"prisma/migrations/" + kInit + "/down.sql", "DROP TABLE users;\n"},
            {"prisma/migrations/" + kPosts + "/migration.sql", "CREATE TABLE posts (id int);\n"},
            {"prisma/migrations/" + kPosts + "/down.sql", "DROP TABLE posts;\n"},
            {"prisma/migrations/" + kTags + "/migration.sql", "ALTER TABLE posts DROP COLUMN tags;\n"}};
}

/// Three migrations, the last of them without a way back; nothing is applied.
Project project(std::string_view version = "6.19.3", bool with_migrations = true) {
    bool is_new = version.starts_with("7");
    Tree::Files files = with_migrations ? migrations() : Tree::Files{};
    files["prisma/schema.prisma"] = is_new ? kSchema7 : kSchema6;
    if (is_new) files["prisma.config.ts"] = kConfig7;
    files["package.json"] = R"({"prisma": {"seed": "tsx prisma/seed.ts"}})";
    Project made(Tool::prisma, files);
    made.version(version);
    made.unit.migrations = {{"prisma/migrations", {}}};
    made.request.now = "20250601120000";
    return made;
}

std::string error_of(const Result<std::vector<Step>>& steps) {
    return steps ? "none" : steps.error().code + ": " + steps.error().message;
}

AppliedRow failed(const std::string& id, const std::string& text) {
    AppliedRow row;
    row.id = id;
    row.state = AppliedRow::State::failed;
    row.detail = text;
    return row;
}

}  // namespace

TEST_CASE("prisma: the native command line of every verb, version by version") {
    struct Cell {
        Verb verb;
        const char* version;
        const char* expected;
    };
    const Cell cells[] = {
        {Verb::status, "5.22.0", "migrate status"},
        {Verb::status, "6.19.3", "migrate status"},
        {Verb::status, "7.10.1", "migrate status"},
        {Verb::run, "5.22.0", "migrate deploy"},
        {Verb::run, "6.19.3", "migrate deploy"},
        {Verb::run, "7.10.1", "migrate deploy"},
        {Verb::pull, "5.22.0", "db pull"},
        {Verb::pull, "7.10.1", "db pull"},
        {Verb::seed, "5.22.0", "db seed"},
        {Verb::seed, "6.19.3", "db seed"},
        {Verb::reset, "5.22.0", "migrate reset --force --skip-generate --skip-seed"},
        {Verb::reset, "6.19.3", "migrate reset --force --skip-generate --skip-seed"},
        {Verb::reset, "7.10.1", "migrate reset --force"},
        {Verb::push, "5.22.0", "db push --skip-generate"},
        {Verb::push, "6.19.3", "db push --skip-generate"},
        {Verb::push, "7.10.1", "db push"},
    };
    for (const Cell& cell : cells) {
        CAPTURE(cell.version);
        CHECK(project(cell.version).lines(cell.verb) == Words{cell.expected});
    }
    CHECK(project("7.10.1").lines(Verb::seed) == Words{"error: verb.unsupported"});
    Project seeded = project("7.10.1");
    seeded.tree->write("prisma.config.ts", "export default { migrations: { seed: 'tsx seed.ts' } }");
    CHECK(seeded.lines(Verb::seed) == Words{"db seed"});
}

TEST_CASE("prisma: no verb is absent from the table, for any version") {
    for (const char* version : {"4.16.2", "5.0.0", "5.22.0", "6.0.0", "6.4.1", "6.19.3", "7.0.0", "7.10.1"})
        for (Verb verb : all_verbs()) {
            CAPTURE(version);
            CAPTURE(to_string(verb));
            const Row* row = support(adapter_of(Tool::prisma), verb, parse_version(version));
            REQUIRE(row);
            if (row->how != How::native) CHECK_FALSE(row->note.empty());
        }
}

TEST_CASE(
    "prisma: every native step has the environment that keeps it quiet, and the URL that was resolved") {
    Project one = project("6.19.3");
    one.tree->write("prisma/schema.prisma",
                    "datasource db {\n provider = \"postgresql\"\n url = env(\"DATABASE_URL\")\n"
                    " directUrl = env(\"DIRECT_URL\")\n}\n");
    auto steps = one.plan(Verb::run);
    REQUIRE(steps);
    const auto& env = steps->front().env;
    CHECK(env.at("NO_COLOR").value == "1");
    CHECK(env.at("CHECKPOINT_DISABLE").value == "1");
    CHECK(env.at("PRISMA_HIDE_UPDATE_MESSAGE").value == "1");
    CHECK(env.at("DATABASE_URL").secret);
    CHECK(env.at("DIRECT_URL").value == one.target.connection.url);
    CHECK_FALSE(env.contains("PRISMA_USER_CONSENT_FOR_DANGEROUS_AI_ACTION"));
    CHECK(std::get<Native>(steps->front().action).launch == Words{"node_modules/.bin/prisma"});
}

TEST_CASE("prisma: a schema or configuration at another place is named, one at its own place is not") {
    Project elsewhere(Tool::prisma, {{"db/app.prisma", kSchema6}, {"prisma/schema.prisma", kSchema6}});
    elsewhere.version("6.19.3").unit.schema = "db/app.prisma";
    CHECK(elsewhere.lines(Verb::status) == Words{"migrate status --schema db/app.prisma"});

    Project named(Tool::prisma, {{"prisma.staging.ts", kConfig7}, {"prisma/schema.prisma", kSchema7}});
    named.version("7.10.1").unit.config = "prisma.staging.ts";
    CHECK(named.lines(Verb::status) == Words{"migrate status --config prisma.staging.ts"});

    Project packaged(Tool::prisma, {{"package.json", R"({"prisma":{"schema":"db/app.prisma"}})"},
                                    {"db/app.prisma", kSchema6}});
    packaged.version("5.22.0").unit.schema = "db/app.prisma";
    CHECK(packaged.lines(Verb::status) == Words{"migrate status"});
    packaged.version("7.0.0");
    CHECK(packaged.lines(Verb::status) == Words{"migrate status --schema db/app.prisma"});

    Project parts(Tool::prisma,
                  {{"db/main.prisma", kSchema6}, {"db/user.prisma", "model User {\n id Int @id\n}\n"}});
    parts.version("6.19.3").unit.schema = "db/main.prisma";
    CHECK(parts.lines(Verb::status) == Words{"migrate status --schema db"});

    Project deep(Tool::prisma, {{"apps/api/prisma/schema.prisma", kSchema6}});
    deep.version("6.19.3").unit.root = "apps/api";
    deep.unit.schema = "apps/api/prisma/schema.prisma";
    CHECK(deep.lines(Verb::status) == Words{"migrate status"});
    CHECK(deep.plan(Verb::status)->front().cwd == "apps/api");
}

TEST_CASE("prisma run: everything pending or nothing; the step says what it must have done") {
    Project one = project();
    one.applied(kInit);
    auto steps = one.plan(Verb::run);
    REQUIRE(steps);
    const Step& step = steps->front();
    CHECK(step.risk == Risk::apply);
    CHECK(step.expect.applied_added == Words{kPosts, kTags});
    CHECK(step.migrations == Words{kPosts, kTags});
    CHECK(step.reversible == false);
    CHECK(step.destructive == Words{kTags + ": ALTER TABLE posts DROP COLUMN tags"});

    one.request.to = kTags;
    CHECK(one.lines(Verb::run) == Words{"migrate deploy"});
    one.request.to = kPosts;
    auto part = one.plan(Verb::run);
    REQUIRE_FALSE(part);
    CHECK(part.error().code == "verb.unsupported");
    CHECK(part.error().message.find("applies everything") != std::string::npos);
    CHECK(part.error().next.front().argv == Words{"migrate", "plan", "run", "-u", ".:prisma"});
    one.request.to.reset();
    one.request.steps = 2;
    CHECK(one.lines(Verb::run) == Words{"migrate deploy"});
    one.request.steps = 1;
    CHECK(one.lines(Verb::run) == Words{"error: verb.unsupported"});
    one.request.steps.reset();
    CHECK(one.applied(kAll).lines(Verb::run).empty());
}

TEST_CASE("prisma run: what stops `migrate deploy` is said before it is started") {
    Project one = project();
    one.applied(kInit);
    one.rows.rows.push_back(failed(kPosts, "relation \"posts\" exists"));
    auto steps = one.plan(Verb::run);
    REQUIRE_FALSE(steps);
    CHECK(steps.error().code == "migration.failed");
    CHECK(steps.error().hint == "relation \"posts\" exists");
    CHECK(steps.error().next.front().argv ==
          Words{"migrate", "resolve", "--rolled-back", kPosts, "-u", ".:prisma"});

    Project empty = project();
    empty.tree->write("prisma/migrations/20240104000000_lost/", "");
    CHECK(error_of(empty.plan(Verb::run)) ==
          "migration.invalid: prisma/migrations/20240104000000_lost holds no migration.sql (P3015)");
}

TEST_CASE("prisma generate: composed from diffs against a scratch database, with the way back") {
    struct Case {
        const char* version;
        const char* up;
        const char* down;
    };
    const Case cases[] = {
        {"5.22.0",
         "migrate diff --from-schema-datasource prisma/schema.prisma --to-schema-datamodel "
         "prisma/schema.prisma "
         "--script",
         "migrate diff --from-schema-datamodel prisma/schema.prisma --to-schema-datasource "
         "prisma/schema.prisma "
         "--script"},
        {"6.19.3",
         "migrate diff --from-schema-datasource prisma/schema.prisma --to-schema-datamodel "
         "prisma/schema.prisma "
         "--script",
         "migrate diff --from-schema-datamodel prisma/schema.prisma --to-schema-datasource "
         "prisma/schema.prisma "
         "--script"},
        {"7.10.1", "migrate diff --from-config-datasource --to-schema prisma/schema.prisma --script",
         "migrate diff --from-schema prisma/schema.prisma --to-config-datasource --script"},
    };
    for (const Case& one : cases) {
        CAPTURE(one.version);
        Project made = project(one.version);
        made.request.name = "addUserEmail";
        CHECK(made.lines(Verb::generate) ==
              Words{"create-scratch-database", "migrate deploy", one.up, one.down, "drop-scratch-database"});
        auto steps = made.plan(Verb::generate);
        REQUIRE(steps);
        const Step& up = steps->at(2);
        const auto& native = std::get<Native>(up.action);
        CHECK(native.capture_to == "prisma/migrations/20250601120000_add_user_email/migration.sql");
        CHECK(native.nothing_when == "-- This is an empty migration.");
        CHECK(up.expect.files == Words{native.capture_to});
        CHECK(std::get<Native>(steps->at(3).action).capture_to ==
              "prisma/migrations/20250601120000_add_user_email/down.sql");
        for (const Step& step : *steps) {
            CHECK(step.risk == Risk::files);
            CHECK(step.target == "scratch");
            if (step.native()) CHECK(step.env.at("DATABASE_URL").value == "{scratch_url}");
        }
    }
}

TEST_CASE("prisma generate: the first migration needs no database, and brings the lock file") {
    Project one = project("6.19.3", false);
    one.request.name = "init";
    CHECK(one.lines(Verb::generate) ==
          Words{"migrate diff --from-empty --to-schema-datamodel prisma/schema.prisma --script",
                "migrate diff --from-schema-datamodel prisma/schema.prisma --to-empty --script",
                "write-file prisma/migrations/migration_lock.toml"});
    auto steps = one.plan(Verb::generate);
    CHECK(std::get<WriteFile>(steps->back().action).content.ends_with("provider = \"postgresql\"\n"));
    CHECK(project("7.10.1", false).lines(Verb::generate) == Words{"error: usage"});
    Project is_new = project("7.10.1", false);
    is_new.request.name = "init";
    CHECK(is_new.lines(Verb::generate).front() ==
          "migrate diff --from-empty --to-schema prisma/schema.prisma --script");
    CHECK_FALSE(one.adapter().needs(Unit{}, one.request).target);
}

TEST_CASE("prisma generate --empty: two files to be filled in") {
    Project one = project();
    one.request.name = "Backfill e-mails!";
    one.request.empty = true;
    CHECK(one.lines(Verb::generate) ==
          Words{"write-file prisma/migrations/20250601120000_backfill_e_mails/migration.sql",
                "write-file prisma/migrations/20250601120000_backfill_e_mails/down.sql"});
}

TEST_CASE("prisma generate: a URL that stands in the schema") {
    Project server = project();
    server.request.name = "x";
    server.tree->write(
        "prisma/schema.prisma",
        "datasource db {\n provider = \"postgresql\"\n url = \"postgresql://u:s3cret@h/d\"\n}\n");
    auto refused = server.plan(Verb::generate);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == "verb.unsupported");
    CHECK(refused.error().message.find("prisma/schema.prisma:3") != std::string::npos);
    CHECK(refused.error().message.find("s3cret") == std::string::npos);
    CHECK(refused.error().next.front().argv ==
          Words{"migrate", "generate", "x", "--empty", "-u", ".:prisma"});

    Project file = project();
    file.request.name = "x";
    file.tree->write("prisma/schema.prisma",
                     "datasource db {\n provider = \"sqlite\"\n url = \"file:./dev.db\"\n}\n");
    CHECK(file.lines(Verb::generate) ==
          Words{"create-scratch-database",
                "db execute --url {scratch_url} --file prisma/migrations/" + kInit + "/migration.sql",
                "db execute --url {scratch_url} --file prisma/migrations/" + kPosts + "/migration.sql",
                "db execute --url {scratch_url} --file prisma/migrations/" + kTags + "/migration.sql",
                "migrate diff --from-url {scratch_url} --to-schema-datamodel prisma/schema.prisma --script",
                "migrate diff --from-schema-datamodel prisma/schema.prisma --to-url {scratch_url} --script",
                "drop-scratch-database"});
    auto all_generate = file.plan(Verb::generate);
    for (const auto& step : *all_generate) CHECK(step.risk == Risk::files);
}

TEST_CASE("prisma rollback: down.sql and the row, newest first, after the history has been copied out") {
    Project one = project();
    one.applied(kInit + " " + kPosts);
    CHECK(one.lines(Verb::rollback) == Words{"copy-history \"public\".\"_prisma_migrations\"",
                                             "execute-sql prisma/migrations/" + kPosts + "/down.sql",
                                             "change-history -" + kPosts});
    auto steps = one.plan(Verb::rollback);
    REQUIRE(steps);
    CHECK(std::get<ChangeHistory>(steps->at(2).action).sql ==
          Words{"DELETE FROM \"public\".\"_prisma_migrations\" WHERE migration_name = '" + kPosts +
                "' AND rolled_back_at IS NULL"});
    CHECK(steps->at(2).expect.applied_removed == Words{kPosts});
    CHECK(steps->at(1).risk == Risk::revert);
    CHECK(steps->at(1).destructive == Words{"DROP TABLE posts"});

    one.request.steps = 2;
    CHECK(one.lines(Verb::rollback).size() == 5);
    CHECK(one.lines(Verb::rollback).at(3) == "execute-sql prisma/migrations/" + kInit + "/down.sql");
    one.request.steps.reset();
    one.request.to = kInit;
    CHECK(one.lines(Verb::rollback).size() == 3);
    one.request.to.reset();
    one.request.batch = true;
    CHECK(one.lines(Verb::rollback) == Words{"error: verb.unsupported"});
    CHECK(project().lines(Verb::rollback).empty());
}

TEST_CASE("prisma rollback: without a way back nothing is planned, and the restore is named") {
    Project one = project();
    one.applied(kAll);
    one.request.steps = 2;
    auto steps = one.plan(Verb::rollback);
    REQUIRE_FALSE(steps);
    CHECK(steps.error().code == "migration.irreversible");
    CHECK(steps.error().message == "Prisma has no rollback, and " + kTags + " of .:prisma has no down file");
    CHECK(steps.error().hint.find("prisma/migrations/" + kTags + "/down.sql") != std::string::npos);
    CHECK(steps.error().next.back().argv == Words{"migrate", "restore", "-u", ".:prisma"});

    // A down file that only holds comments is none.
    one.tree->write("prisma/migrations/" + kTags + "/down.sql", "-- to be written\n");
    CHECK(one.lines(Verb::rollback) == Words{"error: migration.irreversible"});
    // What the ledger kept serves where the folder is gone.
    one.tree->remove("prisma/migrations/" + kTags);
    one.rows.rows.back().down_sql = "ALTER TABLE posts ADD tags text;";
    one.request.steps = 1;
    auto kept = one.plan(Verb::rollback);
    REQUIRE(kept);
    CHECK(std::get<ExecuteSql>(kept->at(1).action).sql == "ALTER TABLE posts ADD tags text;");
}

TEST_CASE("prisma redo: back and forth, and only where nothing else would be applied") {
    Project one = project();
    one.tree->remove("prisma/migrations/" + kTags);
    one.applied(kInit + " " + kPosts);
    auto lines = one.lines(Verb::redo);
    REQUIRE(lines.size() == 4);
    CHECK(lines.back() == "migrate deploy");
    CHECK(one.plan(Verb::redo)->back().expect.applied_added == Words{kPosts});
    one.applied(kInit);
    CHECK(error_of(one.plan(Verb::redo)) ==
          "verb.unsupported: `migrate deploy` would apply 1 migration more that is pending");
}

TEST_CASE("prisma baseline: one `migrate resolve --applied` each") {
    Project one = project();
    one.rows.table_exists = false;
    CHECK(one.lines(Verb::baseline) == Words{"migrate resolve --applied " + kInit,
                                             "migrate resolve --applied " + kPosts,
                                             "migrate resolve --applied " + kTags});
    one.request.to = kPosts;
    CHECK(one.lines(Verb::baseline).size() == 2);
    auto steps = one.plan(Verb::baseline);
    CHECK(steps->front().expect.applied_added == Words{kInit});
    CHECK(steps->front().risk == Risk::revert);
    one.rows.table_exists = true;
    CHECK(one.lines(Verb::baseline).front() == "copy-history \"public\".\"_prisma_migrations\"");
}

TEST_CASE("prisma resolve: its own command where it has one, one row otherwise") {
    Project one = project();
    one.applied(kInit);
    one.rows.rows.push_back(failed(kPosts, "boom"));
    const std::string copy = "copy-history \"public\".\"_prisma_migrations\"";
    CHECK_FALSE(one.plan(Verb::resolve).has_value());  // which way out it is only a person can say
    auto with = [&](auto set) {
        Project asked = one;
        set(asked.request);
        return asked.lines(Verb::resolve);
    };
    CHECK(with([](Request& r) { r.applied = kPosts; }) == Words{copy, "migrate resolve --applied " + kPosts});
    CHECK(with([](Request& r) { r.rolled_back = kPosts; }) ==
          Words{copy, "migrate resolve --rolled-back " + kPosts});
    CHECK(with([](Request& r) { r.applied = kInit; }) == Words{"error: usage"});
    CHECK(with([](Request& r) { r.applied = "x"; }) == Words{"error: migration.unknown"});
    CHECK(with([](Request& r) { r.rolled_back = kInit; }) == Words{"error: usage"});
    CHECK(with([](Request& r) { r.rolled_back = "x"; }) == Words{"error: migration.unknown"});
    CHECK(with([](Request& r) { r.resume = true; }) == Words{"error: verb.unsupported"});
    CHECK(with([](Request& r) { r.unlock = true; }) == Words{"error: verb.unsupported"});
    CHECK(with([](Request& r) { r.edited = kInit; }) == Words{copy, "change-history"});
    CHECK(with([](Request& r) { r.renamed_from = kInit, r.renamed_to = kTags; }) ==
          Words{copy, "change-history +" + kTags + " -" + kInit});
    CHECK(with([](Request& r) { r.forget = kInit; }) == Words{"error: usage"});

    one.tree->remove("prisma/migrations/" + kInit);
    one.request.forget = kInit;
    auto forgotten = one.plan(Verb::resolve);
    REQUIRE(forgotten);
    CHECK(std::get<ChangeHistory>(forgotten->back().action).sql ==
          Words{"DELETE FROM \"public\".\"_prisma_migrations\" WHERE migration_name = '" + kInit + "'"});
    CHECK(forgotten->back().expect.applied_removed == Words{kInit});
}

TEST_CASE("prisma resolve --edited takes the checksum of the file as it is") {
    Project one = project();
    one.applied(kInit);
    one.request.edited = kInit;
    auto steps = one.plan(Verb::resolve);
    REQUIRE(steps);
    CHECK(std::get<ChangeHistory>(steps->back().action).sql.front() ==
          "UPDATE \"public\".\"_prisma_migrations\" SET checksum = '" +
              sha256_hex("CREATE TABLE users (id int);\n") + "' WHERE migration_name = '" + kInit + "'");
}

TEST_CASE("prisma diff: the database, and on unprotected servers the migrations, against the models") {
    const std::string compare =
        "migrate diff --from-schema-datasource prisma/schema.prisma --to-schema-datamodel "
        "prisma/schema.prisma";
    Project one = project();
    one.target.level = Level::local;
    CHECK(one.lines(Verb::diff) ==
          Words{compare, "create-scratch-database", "migrate deploy", compare, "drop-scratch-database"});
    auto all_diff = one.plan(Verb::diff);
    for (const auto& step : *all_diff) CHECK(step.risk == Risk::read);
    one.target.level = Level::production;
    CHECK(one.lines(Verb::diff) == Words{compare});
    CHECK(project("7.10.1", false).lines(Verb::diff) ==
          Words{"migrate diff --from-config-datasource --to-schema prisma/schema.prisma"});
}

TEST_CASE("prisma init: a schema, and for 7 a configuration") {
    Project old(Tool::prisma, Tree::Files{});
    old.version("6.19.3").unit.engines = {Engine::sqlite};
    CHECK(old.lines(Verb::init) == Words{"write-file prisma/schema.prisma"});
    std::string schema = std::get<WriteFile>(old.plan(Verb::init)->front().action).content;
    CHECK(schema.find("provider = \"sqlite\"\n  url      = env(\"DATABASE_URL\")") != std::string::npos);

    Project is_new(Tool::prisma, Tree::Files{});
    is_new.unit.root = "apps/api";
    CHECK(is_new.lines(Verb::init) ==
          Words{"write-file apps/api/prisma/schema.prisma", "write-file apps/api/prisma.config.ts"});
    // What was written is a project that this program can read.
    auto all_init = is_new.plan(Verb::init);
    for (const auto& step : *all_init) {
        const auto& file = std::get<WriteFile>(step.action);
        is_new.tree->write(file.path, file.content);
    }
    auto sources = is_new.adapter().targets(is_new.unit, is_new.tree->path(), "development");
    CHECK(sources->front().variables == Words{"DATABASE_URL"});
    CHECK(sources->front().engine == Engine::postgresql);
    CHECK(sources->front().dotenv == Words{"apps/api/.env"});
    CHECK_FALSE(is_new.adapter().fits(is_new.unit, is_new.tree->path()));
}

TEST_CASE("prisma: MongoDB has no migrations, only push") {
    Project one = project();
    one.tree->write("prisma/schema.prisma",
                    "datasource db {\n provider = \"mongodb\"\n url = env(\"DATABASE_URL\")\n}\n");
    for (Verb verb : {Verb::run, Verb::generate, Verb::rollback, Verb::baseline, Verb::status})
        CHECK(one.lines(verb) == Words{"error: verb.unsupported"});
    CHECK(one.lines(Verb::push) == Words{"db push --skip-generate"});
}
