// What the Prisma adapter reads: command lines, migrations, histories, configuration.
#include "base/sha256.hpp"
#include "tests/adapters/support/project.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

/// What a command line of Prisma is taken for.
std::string of(std::string_view line, std::string_view version = "") {
    return taken_for(Tool::prisma, line, version);
}

TargetSource source_of(const Tree::Files& files, std::string_view version, const std::string& root = ".") {
    Project one(Tool::prisma, files);
    one.version(version).unit.root = root;
    auto sources = one.adapter().targets(one.unit, one.tree->path(), "development");
    REQUIRE(sources);
    REQUIRE(sources->size() == 1);
    return sources->front();
}

std::string schema(const std::string& properties) {
    return "generator client {\n  provider = \"prisma-client-js\"\n}\n// url = \"no\"\ndatasource db {\n" +
           properties + "}\n\nmodel User {\n  id Int @id\n  url String\n}\n";
}

TargetSource of_schema(const std::string& properties, std::string_view version = "6.19.3") {
    return source_of({{"prisma/schema.prisma", schema(properties)}}, version);
}

TargetSource of_config(const std::string& config, std::string_view version = "7.10.1") {
    return source_of(
        {{"prisma/schema.prisma", schema("  provider = \"postgresql\"\n")}, {"prisma.config.ts", config}},
        version);
}

using Kind = TargetSource::Kind;

}  // namespace

TEST_CASE("prisma: what its command lines would do") {
    CHECK(of("migrate deploy") == "run apply");
    CHECK(of("migrate deploy --schema x.prisma") == "run apply retargets");
    CHECK(of("migrate status") == "status read");
    CHECK(of("migrate dev") == "- revert");
    CHECK(of("migrate dev --name x", "6.4.1") == "- revert");
    CHECK(of("migrate dev --name x", "6.5.0") == "- apply");
    CHECK(of("migrate dev --name x --skip-seed --skip-generate", "5.22.0") == "- revert");
    CHECK(of("migrate dev --url postgres://x", "7.10.1") == "- apply retargets");
    CHECK(of("migrate dev --create-only -n x", "5.22.0") == "generate revert");
    CHECK(of("migrate dev --create-only -n x", "7.0.0") == "generate apply");
    CHECK(of("migrate reset") == "reset destroy");
    CHECK(of("migrate reset --force") == "reset destroy");
    CHECK(of("migrate reset -f --skip-seed", "6.19.3") == "reset destroy");
    CHECK(of("migrate resolve --applied 1_x") == "resolve revert");
    CHECK(of("migrate resolve --rolled-back 1_x") == "resolve revert");
    CHECK(of("migrate diff --from-empty --to-schema-datamodel s --script", "6.19.3") == "diff read");
    CHECK(of("migrate diff --from-empty --to-schema s --script -o up.sql", "7.0.0") == "diff files");
    CHECK(of("migrate diff --from-url postgres://x --to-empty --exit-code", "5.22.0") ==
          "diff read retargets");
    CHECK(of("migrate diff --from-config-datasource --to-schema s", "7.0.0") == "diff read");
    CHECK(of("migrate diff --from-migrations m --to-schema-datamodel s --shadow-database-url postgres://x",
             "6.19.3") == "diff destroy retargets");
    CHECK(of("db push") == "push destroy");
    CHECK(of("db push --skip-generate", "5.22.0") == "push destroy");
    CHECK(of("db push --force-reset") == "push destroy");
    CHECK(of("db push --accept-data-loss") == "push destroy");
    CHECK(of("db pull") == "pull files");
    CHECK(of("db pull --force") == "pull files");
    CHECK(of("db pull --print") == "pull read");
    CHECK(of("introspect", "4.16.2") == "pull files");
    CHECK(of("db seed") == "seed revert");
    CHECK(of("db seed -- --environment dev") == "seed revert");
    CHECK(of("db execute --file down.sql") == "- destroy");
    CHECK(of("db execute --url postgres://x --stdin", "5.22.0") == "- destroy retargets");
    CHECK(of("db drop") == "- destroy");
    CHECK(of("studio --port 5555") == "- revert");
    CHECK(of("generate --watch") == "- files");
    CHECK(of("validate") == "- read");
    CHECK(of("format") == "- files");
    CHECK(of("format --check") == "- read");
    CHECK(of("init --datasource-provider sqlite") == "init files");
    CHECK(of("version --json") == "- read");
    CHECK(of("--version") == "- read");
    CHECK(of("-v") == "- read");
    CHECK(of("dev", "6.19.3") == "- files");
    CHECK(of("dev rm default", "7.10.1") == "- destroy unknown: default");
}

TEST_CASE("prisma: what no version knows is unclassified or unknown") {
    CHECK(of("migrate", "7.10.1") == "unclassified");
    CHECK(of("migrate undo") == "unclassified");
    CHECK(of("migrate deploy --force") == "run apply unknown: --force");
    CHECK(of("migrate reset --skip-seed", "7.10.1") == "reset destroy unknown: --skip-seed");
    CHECK(of("migration plan", "8.0.0") == "unclassified");
    CHECK(of("contract emit", "8.0.0") == "unclassified");
}

TEST_CASE("prisma: migrations are the folders, in the order of their names") {
    Project one(Tool::prisma,
                {{"prisma/schema.prisma", schema("  provider = \"sqlite\"\n  url = env(\"U\")\n")},
                 {"prisma/migrations/migration_lock.toml", ""},
                 {"prisma/migrations/2_b/migration.sql", "SELECT 1;\r\n"},
                 {"prisma/migrations/2_b/down.sql", "SELECT 2;"},
                 {"prisma/migrations/1_a/migration.sql", "SELECT 0;\n"},
                 {"prisma/migrations/1_a/README.md", ""}});
    one.version("6.19.3");
    auto files = one.files();
    REQUIRE(files.size() == 2);
    CHECK(files[0].id == "1_a");
    CHECK(files[0].files == Words{"prisma/migrations/1_a/migration.sql"});
    CHECK(files[0].checksum == sha256_hex("SELECT 0;\n"));
    CHECK(files[0].reversible == false);
    CHECK(files[1].reversible == true);
    CHECK(files[1].down_file == "prisma/migrations/2_b/down.sql");

    Project elsewhere(Tool::prisma,
                      {{"prisma/schema.prisma", schema("")},
                       {"prisma.config.ts", "export default { migrations: { path: 'db/history' } }"},
                       {"db/history/1_a/migration.sql", ""}});
    elsewhere.version("7.0.0");
    CHECK(elsewhere.files().size() == 1);
}

TEST_CASE("prisma: the history is read from the schema of the connection") {
    Project one(Tool::prisma, Tree::Files{});
    auto query = one.adapter().history(one.unit, one.tree->path(), one.target);
    REQUIRE(query);
    CHECK(query->schema == "public");
    CHECK(query->table == "_prisma_migrations");
    CHECK(query->select.find("FROM \"public\".\"_prisma_migrations\" ORDER BY started_at") !=
          std::string::npos);
    one.target.connection.schema = "app";
    CHECK(one.adapter().history(one.unit, one.tree->path(), one.target)->select.find("\"app\".") !=
          std::string::npos);
    one.target.connection.engine = Engine::mysql;
    CHECK(one.adapter()
              .history(one.unit, one.tree->path(), one.target)
              ->select.find("FROM `_prisma_migrations`") != std::string::npos);
    one.target.connection.engine = Engine::mssql;
    CHECK_FALSE(one.adapter().history(one.unit, one.tree->path(), one.target));
}

TEST_CASE("prisma: every state that files and rows can be in") {
    Project one(Tool::prisma, {{"prisma/schema.prisma", schema("")},
                               {"prisma/migrations/1_a/migration.sql", "SELECT 1;\n"},
                               {"prisma/migrations/2_b/migration.sql", "SELECT 2;\n"}});
    one.version("6.19.3");
    auto row = [](const std::string& id, const std::string& text,
                  AppliedRow::State state = AppliedRow::State::applied) {
        AppliedRow made;
        made.id = id;
        made.checksum = sha256_hex(text);
        made.state = state;
        return made;
    };
    auto state = [&](std::vector<AppliedRow> rows) {
        one.rows.rows = std::move(rows);
        return one.history();
    };
    using State = migrate::State;
    using RowState = AppliedRow::State;
    CHECK(state({row("1_a", "SELECT 1;\n"), row("2_b", "SELECT 2;\n")}).state == State::current);
    CHECK(state({row("1_a", "SELECT 1;\n")}).state == State::pending);
    // Line ends alone are no edit, in either direction.
    CHECK(state({row("1_a", "SELECT 1;\r\n"), row("2_b", "SELECT 2;\n")}).edited.empty());
    History edited = state({row("1_a", "SELECT 1; -- more\n"), row("2_b", "SELECT 2;\n")});
    CHECK(edited.state == State::edited);
    CHECK(edited.edited == Words{"1_a"});
    CHECK(edited.edited_known);
    // A try that was rolled back does not count, whatever came after it.
    CHECK(state({row("1_a", "SELECT 1;\n"), row("2_b", "old", RowState::rolled_back)}).pending.size() == 1);
    CHECK(state({row("1_a", "SELECT 1;\n"), row("2_b", "old", RowState::rolled_back),
                 row("2_b", "SELECT 2;\n")})
              .state == State::current);
    History broken = state({row("1_a", "SELECT 1;\n"), row("2_b", "SELECT 2;\n", RowState::failed)});
    CHECK(broken.state == State::failed);
    CHECK(broken.failed.front().id == "2_b");
    CHECK(broken.pending.empty());
    CHECK(state({row("1_a", "SELECT 1;\n"), row("2_b", "SELECT 2;\n", RowState::running)}).state ==
          State::failed);
    History gone = state({row("0_x", "x"), row("1_a", "SELECT 1;\n"), row("2_b", "SELECT 2;\n")});
    CHECK(gone.state == State::diverged);
    CHECK(gone.missing == Words{"0_x"});
    CHECK(state({row("2_b", "SELECT 2;\n")}).out_of_order == Words{"1_a"});
    one.rows.table_exists = false;
    CHECK(state({}).state == State::uninitialised);
}

TEST_CASE("prisma 5 and 6: the schema says where the database is") {
    TargetSource url =
        of_schema("  provider = \"postgresql\" // the one\n  url      = env(\"DATABASE_URL\")\n");
    CHECK(url.kind == Kind::variables);
    CHECK(url.variables == Words{"DATABASE_URL"});
    CHECK(url.engine == Engine::postgresql);
    CHECK(url.file == "prisma/schema.prisma");
    CHECK(url.line == 7);
    CHECK(url.base_dir == "prisma");
    CHECK(url.dotenv == Words{".env"});

    CHECK(of_schema("  provider = \"mysql\"\n  url = env(\"A\")\n  directUrl = env(\"B\")\n").variables ==
          Words{"B"});
    TargetSource literal = of_schema("  provider = \"sqlite\"\n  url = \"file:./dev.db\"\n", "5.22.0");
    CHECK(literal.kind == Kind::literal);
    CHECK(literal.literal == "file:./dev.db");
    CHECK(literal.engine == Engine::sqlite);
    CHECK(of_schema("  provider = \"sqlserver\"\n  url = env(\"A\")\n").engine == Engine::mssql);
    CHECK(of_schema("  provider = \"sqlite\"\n").kind == Kind::missing);
    CHECK(source_of({{"package.json", "{}"}}, "6.19.3").kind == Kind::missing);
    // A unit whose version is unknown is what its files are written for.
    CHECK(of_schema("  url = env(\"A\")\n", "").variables == Words{"A"});
}

TEST_CASE("prisma 5 and 6 read .env beside package.json and beside the schema, 7 reads none") {
    Tree::Files files{{"package.json", "{}"},
                      {"apps/api/prisma/schema.prisma", schema("  url = env(\"A\")\n")},
                      {"apps/api/prisma/.env", ""},
                      {"apps/api/.env", ""}};
    CHECK(source_of(files, "5.22.0", "apps/api").dotenv == Words{".env", "apps/api/prisma/.env"});
    files["apps/api/package.json"] = "{}";
    CHECK(source_of(files, "6.19.3", "apps/api").dotenv == Words{"apps/api/.env", "apps/api/prisma/.env"});
    files["apps/api/prisma.config.ts"] = "export default { schema: 'prisma/schema.prisma' }";
    CHECK(source_of(files, "6.19.3", "apps/api").dotenv.empty());
    files["apps/api/prisma.config.ts"] = "import 'dotenv/config'\nexport default {}";
    CHECK(source_of(files, "6.19.3", "apps/api").dotenv == Words{"apps/api/.env"});
}

TEST_CASE("prisma 6 and 7: the configuration says where the database is") {
    TargetSource url = of_config(
        "import 'dotenv/config';\nimport { defineConfig, env } from 'prisma/config';\n"
        "export default defineConfig({\n  schema: 'prisma/schema.prisma',\n  datasource: {\n"
        "    url: env('DATABASE_URL'),\n  },\n});\n");
    CHECK(url.variables == Words{"DATABASE_URL"});
    CHECK(url.file == "prisma.config.ts");
    CHECK(url.line == 6);
    CHECK(url.engine == Engine::postgresql);
    CHECK(url.base_dir == ".");
    CHECK(url.dotenv == Words{".env"});

    CHECK(of_config("export default { datasource: { url: process.env.DB! } }").variables == Words{"DB"});
    TargetSource fallback =
        of_config("export default { datasource: { url: process.env.A ?? process.env.B ?? 'file:x' } }");
    CHECK(fallback.variables == Words{"A", "B"});
    CHECK(fallback.literal == "file:x");
    CHECK(of_config("module.exports = { datasource: { url: 'file:./dev.db' } }").kind == Kind::literal);
    CHECK(of_config("export default { datasource: { url: `postgres://${process.env.H}/d` } }").literal ==
          "postgres://${H}/d");
    CHECK(of_config("export default { datasource: { url: getUrl() } }").why ==
          "the URL is a call of getUrl()");
    CHECK(of_config("import c from './c'\nexport default c").kind == Kind::needs_probe);
    CHECK(of_config("export default { adapter: async () => x }", "6.19.3").kind == Kind::needs_probe);
    CHECK(of_config("export default {}").kind == Kind::missing);
    CHECK(of_config("export default {}").why == "Prisma 7 wants datasource.url in prisma.config.ts");

    // In 6 the configuration wins over the schema, and its directUrl over its url.
    Tree::Files both{
        {"prisma/schema.prisma", schema("  url = env(\"A\")\n  directUrl = env(\"B\")\n")},
        {"prisma.config.ts", "export default { engine: 'classic', datasource: { url: env('C') } }"}};
    CHECK(source_of(both, "6.19.3").variables == Words{"C"});
    CHECK(source_of(both, "5.22.0").variables == Words{"B"});
    both["prisma.config.ts"] = "export default { datasource: { url: env('C'), directUrl: env('D') } }";
    CHECK(source_of(both, "6.19.3").variables == Words{"D"});
    both["prisma.config.ts"] = "export default { schema: 'prisma/schema.prisma' }";
    CHECK(source_of(both, "6.19.3").variables == Words{"B"});

    // 7.10 prefers prisma7.config, which can stand beside a Prisma 8.
    Tree::Files two{{"prisma/schema.prisma", schema("")},
                    {"prisma.config.ts", "export default { datasource: { url: env('EIGHT') } }"},
                    {"prisma7.config.ts", "export default { datasource: { url: env('SEVEN') } }"}};
    CHECK(source_of(two, "7.10.1").variables == Words{"SEVEN"});
    CHECK(source_of(two, "7.4.0").variables == Words{"EIGHT"});
}

TEST_CASE("prisma: a schema in several files has its datasource in one of them") {
    Tree::Files files{
        {"prisma/schema/user.prisma", "model User {\n  id Int @id\n}\n"},
        {"prisma/schema/main.prisma", "datasource db {\n  provider = \"mysql\"\n  url = env(\"A\")\n}\n"}};
    TargetSource source = source_of(files, "6.19.3");
    CHECK(source.variables == Words{"A"});
    CHECK(source.file == "prisma/schema/main.prisma");
    CHECK(source.engine == Engine::mysql);
}

TEST_CASE("prisma: versions and layouts that do not fit are refused with a reason") {
    auto refused = [](std::string_view version, const Tree::Files& files = {}) {
        Project one(Tool::prisma, files);
        one.version(version);
        auto error = one.adapter().fits(one.unit, one.tree->path());
        return error ? error->code + ": " + error->message : "";
    };
    CHECK(refused("8.0.0-rc.19") ==
          "tool.version: .:prisma: Prisma 8.0.0-rc.19 has other commands than Prisma 4 to 7");
    CHECK(refused("3.15.2") == "tool.version: .:prisma: Prisma 3.15.2 is too old");
    for (const char* version : {"4.16.2", "5.22.0", "6.19.3", "7.10.1", "latest"})
        CHECK(refused(version).empty());
    Tree::Files old{{"prisma/schema.prisma", schema("  provider = \"mysql\"\n  url = env(\"A\")\n")}};
    CHECK(refused("6.19.3", old).empty());
    CHECK(refused("7.0.0", old) ==
          "tool.layout: prisma/schema.prisma:7: Prisma 7 refuses a schema that names its database (P1012)");
}
