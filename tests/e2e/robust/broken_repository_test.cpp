// Repositories that are broken, hostile or only strange: one clear answer each, nothing changed, no crash.
#include <sys/stat.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/support/program.hpp"

using namespace migrate;
using test::migrate_in;
using test::Ran;
using test::says;
using test::Tree;
using Json = nlohmann::json;

namespace {

const std::string kSchema =
    "datasource db {\n  provider = \"postgresql\"\n  url = env(\"DATABASE_URL\")\n}\n";

/// Path to content of everything below the tree.
Tree::Files content_of(const Tree& tree) {
    Tree::Files found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(tree.path()))
        if (!entry.is_symlink() && entry.is_regular_file() && entry.file_size() < 100000)
            found[entry.path().lexically_relative(tree.path()).generic_string()] =
                tree.read(entry.path().lexically_relative(tree.path()).generic_string());
    return found;
}

/// "code path" of each problem in `detect --json`.
std::vector<std::string> problems(const Tree& tree) {
    Tree::Files before = content_of(tree);
    Ran ran = migrate_in(tree, {"detect", "--json"});
    REQUIRE_MESSAGE(ran.status == 0, ran.out << ran.err);
    std::vector<std::string> found;
    const Json document = Json::parse(ran.out);
    for (const Json& problem : document["problems"])
        found.push_back(problem["code"].get<std::string>() + ' ' + problem["path"].get<std::string>());
    // The other two that look end without a signal and say the same; nothing is written by any.
    CHECK(migrate_in(tree, {}).status == 0);
    Ran doctor = migrate_in(tree, {"doctor", "--all", "--json", "-q"});
    if (!found.empty()) CHECK(doctor.status == 3);
    CHECK_NOTHROW((void)Json::parse(doctor.out));
    CHECK(content_of(tree) == before);
    return found;
}

using Problems = std::vector<std::string>;

}  // namespace

TEST_CASE("an empty repository has no units, and nothing is wrong with it") {
    Tree repo;
    CHECK(problems(repo) == Problems{});
    Ran alone = migrate_in(repo, {});
    CHECK(alone.out ==
          "No migration unit was found.\n"
          "  would fit: sql (plain SQL files need nothing else installed)\n"
          "  next: migrate init sql\n");
    CHECK(migrate_in(repo, {"doctor"}).status == 0);
    CHECK(migrate_in(repo, {"status"}).status == 2);
    CHECK(migrate_in(repo, {"run"}).status == 2);
}

TEST_CASE("a migrate.toml that cannot be read ends every command with exit 2 and its line") {
    Tree repo{{"migrate.toml", "[defaults]\nenv = \n"}, {"migrations/1_a.sql", "-- migrate:up\n"}};
    for (std::vector<std::string> verb :
         {std::vector<std::string>{}, {"detect"}, {"status"}, {"run"}, {"doctor"}, {"init", "sql"}}) {
        Ran ran = migrate_in(repo, verb);
        CHECK(ran.status == 2);
        CHECK(says(ran.err, "migrate.toml:2"));
        CHECK(says(ran.err, "config.invalid"));
    }
    CHECK(repo.read("migrate.toml") == "[defaults]\nenv = \n");
    repo.remove("migrate.toml");
    repo.write("migrate.toml/", "");
    CHECK(migrate_in(repo, {"detect"}).status == 2);
}

TEST_CASE("a package.json of 50 MB is not read, and the rest of the repository is") {
    Tree repo{{"prisma/schema.prisma", kSchema}, {"prisma/migrations/20240101000000_a/migration.sql", ""}};
    repo.write("package.json", "{\"name\": \"" + std::string(50'000'000, 'a') + "\"}");
    CHECK(problems(repo) == Problems{"scan.unreadable package.json"});
    CHECK(says(migrate_in(repo, {"detect", "--names"}).out, ".:prisma"));
}

TEST_CASE("a name with a line break in it is no unit and starts no line of output") {
    Tree repo{{"a\nb/migrations/1_a.sql", "-- +goose Up\n"},
              {"migrations/1_a.sql", "-- +goose Up\n"},
              {"migrations/2_\x1b[2Jb.sql", "-- +goose Up\n"}};
    CHECK(problems(repo) == Problems{"scan.unreadable .", "scan.unreadable migrations"});
    Ran ran = migrate_in(repo, {"detect"});
    CHECK(says(ran.out, "\"a\\x0ab\""));
    CHECK_FALSE(says(ran.out, "\nb/"));
    CHECK_FALSE(says(ran.out, "\x1b"));
    CHECK(migrate_in(repo, {"detect", "--names"}).out == ".:sql\n");
}

TEST_CASE("symbolic links are not followed, whether in a circle, to themselves, or to nowhere") {
    Tree repo{{"migrations/1_a.sql", "-- migrate:up\n"}, {"a/b/c/", ""}};
    repo.link("../../..", "a/b/up");
    repo.link("itself", "itself");
    repo.link("nowhere", "package.json");
    repo.link("a", "db");
    repo.link("../alembic.ini", "a/alembic.ini");
    CHECK(problems(repo) == Problems{});
    CHECK(migrate_in(repo, {"detect", "--names"}).out == ".:sql\n");
}

TEST_CASE("pipes and directories in the place of files do not stop the scan") {
    Tree repo{{"knexfile.js/", ""}, {".env/", ""}, {"migrations/1_a.sql", "-- migrate:up\n"}};
    for (const char* name : {"package.json", ".gitignore", "alembic.ini", "dbconfig.yml", "pyproject.toml"})
        REQUIRE(::mkfifo(repo.path(name).c_str(), 0644) == 0);
    CHECK(problems(repo) == Problems{});
    CHECK(migrate_in(repo, {"detect", "--names"}).out == ".:sql\n");
}

TEST_CASE("what the kernel lists and gives to nobody is said and passed over") {
    // Every process may list its own directories here, whoever it is; other processes' files are a moving
    // target even for root.
    Tree repo;
    Ran ran = migrate_in(repo, {"detect", "--json", "--root", "/proc/self/task"});
    CHECK(ran.status == 0);
    CHECK_NOTHROW((void)Json::parse(ran.out));
}

TEST_CASE("broken configuration is one finding with its line, in whatever notation") {
    const std::string sql = "-- +migrate Up\n";
    struct Broken {
        const char* what;
        Tree::Files files;
        const char* problem;
    };
    const Broken all[] = {
        {"JSON in package.json",
         {{"package.json", "{\"dependencies\": {\"knex\": \"3\",,}}"}, {"knexfile.js", ""}},
         "config.invalid package.json"},
        {"JSON in ormconfig.json",
         {{"package.json", R"({"dependencies": {"typeorm": "0.3.0"}})"}, {"ormconfig.json", "{ nope"}},
         "config.invalid ormconfig.json"},
        {"JSON in Drizzle's journal",
         {{"drizzle.config.ts",
           "import {defineConfig} from 'drizzle-kit'\nexport default defineConfig({dialect: 'sqlite'})"},
          {"drizzle/meta/_journal.json", "{\"dialect\": \"sqlite\", \"entries\": [\n<<<<<<<"}},
         "config.invalid drizzle/meta/_journal.json"},
        {"INI in alembic.ini",
         {{"alembic.ini", "[alembic]\nscript_location = alembic\nno setting\n[open\n"},
          {"alembic/env.py", ""},
          {"alembic/versions/a.py", "\ndown_revision = None\n"}},
         "config.invalid alembic.ini"},
        {"TOML in pyproject.toml",
         {{"pyproject.toml", "[tool.alembic]\nscript_location = \"x\n"}},
         "config.invalid pyproject.toml"},
        {"YAML in dbconfig.yml",
         {{"dbconfig.yml", "development:\n  dialect: sqlite3\n   dir: [m\n"}, {"m/1_a.sql", sql}},
         "config.invalid dbconfig.yml"},
        {"TOML in flyway.toml",
         {{"flyway.toml", "[flyway\nlocations = \"\n"}, {"sql/V1__a.sql", ""}},
         "config.invalid flyway.toml"},
        {"TOML in supabase/config.toml",
         {{"supabase/config.toml", "[db\n"}, {"supabase/migrations/20240101000000_a.sql", ""}},
         "config.invalid supabase/config.toml"},
    };
    for (const Broken& one : all) {
        Tree repo(one.files);
        CAPTURE(one.what);
        CHECK(problems(repo) == Problems{one.problem});
    }
}

TEST_CASE("an application.yml that is no YAML is one finding of doctor, and status ends with exit 2") {
    Tree repo{{"pom.xml", "<project><artifactId>flyway-core</artifactId></project>"},
              {"src/main/resources/application.yml",
               "spring:\n  flyway:\n   locations: [classpath:db/migration\n bad: : :\n"},
              {"src/main/resources/db/migration/V1__a.sql", "select 1;"}};
    Ran doctor = migrate_in(repo, {"doctor", "--json", "-q"});
    CHECK(doctor.status == 3);
    int found = 0;
    const Json document = Json::parse(doctor.out);
    for (const Json& error : document["errors"])
        found += says(error["code"].get<std::string>(), "config.invalid");
    CHECK(found == 1);
    CHECK(migrate_in(repo, {"status"}).status == 2);
}

TEST_CASE("a broken file that the unit reads too is said once") {
    Tree repo{{"dbconfig.yml", "development:\n  dialect: sqlite3\n   dir: [m\n"},
              {"m/1_a.sql", "-- +migrate Up\n"}};
    Ran doctor = migrate_in(repo, {"doctor", "--json", "-q"});
    CHECK(doctor.status == 3);
    CHECK(Json::parse(doctor.out)["errors"].size() == 1);
}

TEST_CASE("a configuration that names what is not there is a finding") {
    struct Stale {
        const char* what;
        Tree::Files files;
        const char* problem;
    };
    auto package = [](const std::string& name) {
        return Tree::Files::value_type("package.json", "{\"dependencies\": {\"" + name + "\": \"1\"}}");
    };
    const Stale all[] = {
        {"Knex",
         {package("knex"), {"knexfile.js", "module.exports = {migrations: {directory: './gone'}}"}},
         "config.missing_directory knexfile.js"},
        {"Sequelize",
         {package("sequelize-cli"), {".sequelizerc", "module.exports = {'migrations-path': 'gone'}"}},
         "config.missing_directory .sequelizerc"},
        {"migrate-mongo",
         {package("migrate-mongo"), {"migrate-mongo-config.js", "module.exports = {migrationsDir: 'gone'}"}},
         "config.missing_directory migrate-mongo-config.js"},
        {"TypeORM",
         {package("typeorm"),
          {"src/data-source.ts",
           "import {DataSource} from 'typeorm'\nexport default new DataSource({type: 'postgres',\n"
           "migrations: ['src/gone/*.ts']})"}},
         "config.missing_directory src/data-source.ts"},
        {"Prisma",
         {package("prisma"), {"prisma.config.ts", "export default {schema: 'gone/schema.prisma'}"}},
         "config.stale prisma.config.ts"},
        {"Drizzle",
         {package("drizzle-kit"),
          {"drizzle.config.ts",
           "import {defineConfig} from 'drizzle-kit'\nexport default defineConfig({dialect: 'sqlite', "
           "schema: './gone.ts'})"}},
         "config.stale drizzle.config.ts"},
        {"Alembic",
         {{"alembic.ini", "[alembic]\nscript_location = gone\n"}},
         "config.missing_directory alembic.ini"},
        {"Flyway",
         {{"flyway.conf", "flyway.url=jdbc:sqlite:x.db\nflyway.locations=filesystem:gone\n"}},
         "config.missing_directory flyway.conf"},
        {"sql-migrate",
         {{"dbconfig.yml", "development:\n  dialect: sqlite3\n  dir: gone\n"}},
         "config.missing_directory dbconfig.yml"},
        {"Django",
         {{"manage.py",
           "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', "
           "'gone.settings')\nexecute_from_command_line([])"}},
         "config.stale manage.py"},
    };
    for (const Stale& one : all) {
        Tree repo(one.files);
        CAPTURE(one.what);
        CHECK(problems(repo) == Problems{one.problem});
    }
}

TEST_CASE("what names a missing directory is never current: status and run end with exit 2 and its line") {
    struct Missing {
        const char* place;
        Tree::Files files;
    };
    const Missing all[] = {
        {"flyway.conf:2",
         {{"flyway.conf", "flyway.url=jdbc:sqlite:x.db\nflyway.locations=filesystem:gone\n"}}},
        {"knexfile.js:1",
         {{"package.json", R"({"dependencies": {"knex": "3.1.0", "sqlite3": "5.0.0"}})"},
          {"knexfile.js",
           "module.exports = {client: 'sqlite3', connection: {filename: 'x.db'}, "
           "migrations: {directory: './gone'}}\n"}}},
        {"migrate.toml:1",
         {{"migrate.toml", "[[unit]]\npath = \"db\"\ntool = \"sql\"\nmigrations = [\"db/gone\"]\n"},
          {"db/.env", "DATABASE_URL=sqlite:x.db\n"}}},
    };
    for (const Missing& one : all) {
        Tree repo(one.files);
        CAPTURE(one.place);
        for (const char* verb : {"status", "run"}) {
            Ran ran = migrate_in(repo, {verb});
            CHECK(ran.status == 2);
            CHECK_MESSAGE(says(ran.out + ran.err, one.place), ran.out << ran.err);
            CHECK(says(ran.out + ran.err, "gone, which is not there"));
        }
    }
}

TEST_CASE("the overview says what an unresolved unit lacks, and explain shows its command all the same") {
    Tree repo{{"package.json", R"({"devDependencies": {"prisma": "6.19.3"}})"},
              {"prisma/schema.prisma", kSchema},
              {"prisma/migrations/20240101000000_a/migration.sql", "SELECT 1;\n"}};
    Ran alone = migrate_in(repo, {});
    CHECK(alone.status == 0);
    CHECK(says(alone.out, "DATABASE_URL is not set"));
    Ran explained = migrate_in(repo, {"explain", "run"});
    CHECK(explained.status == 2);
    CHECK(says(explained.out, "prisma migrate deploy"));
}

TEST_CASE("nesting and repetition without end are read in a moment or refused") {
    auto repeated = [](std::string_view text, int times) {
        std::string all;
        for (int i = 0; i < times; ++i) all += text;
        return all;
    };
    Tree repo;
    repo.write("package.json", repeated("{\"knex\":", 200000));
    repo.write("knexfile.js", repeated("migrations: {directory: [", 20000));
    repo.write("dbconfig.yml", "dialect: " + repeated("[", 100000));
    repo.write("pyproject.toml", "[tool.alembic]\nscript_location = " + repeated("[", 100000));
    std::string sections = "[alembic]\nscript_location = alembic\n";
    for (int i = 0; i < 100000; ++i) sections += "[s" + std::to_string(i) + "]\na = b\n";
    repo.write("alembic.ini", sections);
    repo.write("src/data-source.ts", "DataSource typeorm " + repeated("migrations: `${", 20000));
    CHECK(migrate_in(repo, {"detect", "--json"}).status == 0);
}
