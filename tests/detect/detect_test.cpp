#include "tests/detect/scan.hpp"

#include <sys/stat.h>

using namespace migrate;
using namespace migrate::test;

namespace {

const std::string kSchema = "datasource db {\n  provider = \"postgresql\"\n}\n";
const std::string kLock = "provider = \"postgresql\"\n";

/// A small Prisma project below a path.
Tree::Files prisma_at(const std::string& path) {
    return {{path + "prisma/schema.prisma", kSchema},
            {path + "prisma/migrations/migration_lock.toml", kLock}};
}

}  // namespace

TEST_CASE("a repository with nothing in it has no units, no problems and a suggestion") {
    Tree repo;
    Scan scan = detect(repo.path());
    CHECK(scan.units.empty());
    CHECK(scan.possible.empty());
    CHECK(scan.hidden.empty());
    CHECK(scan.others.empty());
    CHECK(scan.problems.empty());
    REQUIRE(suggest(scan).has_value());
    CHECK(suggest(scan)->argv == Strings{"migrate", "init", "sql"});
}

TEST_CASE("what lies under tests, examples and templates is hidden, unless the caller stands there") {
    Tree repo;
    for (const char* path : {"app/", "examples/shop/", "packages/x/tests/fixture/", "{{cookiecutter.name}}/"})
        for (const auto& [file, content] : prisma_at(path)) repo.write(file, content);
    Scan scan = detect(repo.path());
    CHECK(ids(scan.units) == Strings{"app:prisma"});
    CHECK(scan.hidden.size() == 3);
    Scan inside = detect(repo.path(), {.current = "examples/shop"});
    CHECK(ids(inside.units) == Strings{"app:prisma", "examples/shop:prisma"});
    CHECK(inside.hidden.size() == 2);
}

TEST_CASE("the path rule never counts the scan root's own path") {
    Tree repo;
    for (const auto& [file, content] : prisma_at("examples/tests/shop/")) repo.write(file, content);
    CHECK(ids(detect(repo.path("examples/tests/shop")).units) == Strings{".:prisma"});
}

TEST_CASE("several units in one root, of several tools and ecosystems, each with its own runner") {
    Scan scan = scan_of({{"package.json", R"({"devDependencies": {"prisma": "6"}})"},
                         {"bun.lock", "{}"},
                         {"uv.lock", ""},
                         {"pyproject.toml", "[project]\ndependencies = [\"alembic\"]\n"},
                         {"prisma/schema.prisma", kSchema},
                         {"prisma/migrations/migration_lock.toml", kLock},
                         {"alembic.ini", "[alembic]\nscript_location = alembic\n"},
                         {"alembic/env.py", ""},
                         {"alembic/script.py.mako", ""},
                         {"db/migrations/1_a.sql", "-- migrate:up\n"}});
    REQUIRE(ids(scan.units) == Strings{".:alembic", ".:prisma", ".:sql"});
    CHECK(scan.units[0].runner == "uv");
    CHECK(scan.units[1].runner == "bun");
}

TEST_CASE("an id does not depend on which other units exist") {
    Tree::Files files = prisma_at("a/");
    Strings alone = ids(scan_of(files).units);
    for (const auto& [file, content] : prisma_at("b/")) files[file] = content;
    files["a/migrations/1_a.sql"] = "-- +goose Up\n";
    Strings together = ids(scan_of(files).units);
    CHECK(alone == Strings{"a:prisma"});
    CHECK(together == Strings{"a:prisma", "a:sql", "b:prisma"});
}

TEST_CASE("two runs over one tree say the same") {
    Tree repo;
    for (int number = 0; number < 20; ++number)
        for (const auto& [file, content] : prisma_at("p" + std::to_string(number) + "/"))
            repo.write(file, content);
    Scan first = detect(repo.path()), second = detect(repo.path());
    CHECK(ids(first.units) == ids(second.units));
    CHECK(std::is_sorted(first.units.begin(), first.units.end(),
                         [](const Unit& a, const Unit& b) { return a.id < b.id; }));
    REQUIRE(first.units.size() == 20);
    CHECK(first.units[3].evidence.size() == second.units[3].evidence.size());
    CHECK(first.units[3].evidence[0].path == second.units[3].evidence[0].path);
}

TEST_CASE("broken manifests are problems with their place, and the unit is still found") {
    Tree::Files files = prisma_at("");
    files["package.json"] = "{\n  \"devDependencies\": {\"prisma\": \"6\"},\n  oops\n}\n";
    Scan scan = scan_of(files);
    CHECK(ids(scan.units) == Strings{".:prisma"});
    CHECK(problems(scan) == Strings{"package.json:3 config.invalid"});
}

TEST_CASE("a package.json of fifty megabytes is not read, and said so") {
    Tree repo(prisma_at(""));
    repo.write("package.json", "{\"a\": \"" + std::string(50u << 20, 'x') + "\"}");
    Scan scan = detect(repo.path());
    CHECK(ids(scan.units) == Strings{".:prisma"});
    CHECK(problems(scan) == Strings{"package.json:0 scan.unreadable"});
}

TEST_CASE("files that are something else than their names say do no harm") {
    Tree repo(prisma_at(""));
    repo.write("package.json/nested.txt", "");
    repo.write("alembic.ini/x", "");
    ::mkfifo(repo.path("knexfile.js").c_str(), 0600);
    repo.link("/dev/zero", "drizzle.config.ts");
    repo.write("pyproject.toml", std::string(1000, '\0'));
    repo.write("manage.py", std::string("\xFF\xFE\x00x", 4));
    CHECK(ids(detect(repo.path()).units) == Strings{".:prisma"});
}

TEST_CASE("below a name with a line break nothing is looked for, and that is said") {
    Tree repo;
    for (const auto& [file, content] : prisma_at("a\nb/")) repo.write(file, content);
    Scan scan = detect(repo.path());
    CHECK(scan.units.empty());
    CHECK(problems(scan) == Strings{".:0 scan.unreadable"});
}

TEST_CASE("a directory that cannot be read is a problem, what lies beside it is found") {
    Tree repo(prisma_at(""));
    std::string deep = "d";
    for (int depth = 0; depth < 220; ++depth) deep += "/d";
    repo.write(deep + "/x.sql", "");
    Scan scan = detect(repo.path());
    CHECK(ids(scan.units) == Strings{".:prisma"});
    REQUIRE(scan.problems.size() == 1);
    CHECK(scan.problems.front().code == "scan.unreadable");
}

TEST_CASE("a declared unit that nobody detected is completed as far as the repository says") {
    Tree repo{{"package.json", R"({"packageManager": "pnpm@9.1.0+sha512.abc", "workspaces": ["*"]})"},
              {"pnpm-lock.yaml", ""},
              {"api/package.json", R"({"dependencies": {"knex": "2.5.1", "pg": "8"}})"}};
    Unit unit = bare_unit(repo.path(), Tool::knex, "api");
    CHECK(unit.id == "api:knex");
    CHECK(unit.runner == "pnpm");
    CHECK(unit.version == Version{2, 5, 1});
    CHECK(unit.engines == std::vector{Engine::postgresql});
    CHECK(unit.launch == Strings{"node_modules/.bin/knex"});
    Unit nowhere = bare_unit(repo.path(), Tool::alembic, "not/there");
    CHECK(nowhere.id == "not/there:alembic");
    CHECK(nowhere.launch == Strings{"python3", "-m", "alembic"});
}

TEST_CASE("evidence is strongest first, and a hundred directories do not make a hundred lines") {
    Tree::Files files{{"package.json", R"({"dependencies": {"knex": "3"}})"},
                      {"knexfile.js", "module.exports = { migrations: { migrationSource: x } }"}};
    for (int number = 0; number < 30; ++number)
        files["m" + std::to_string(number) + "/migrations/20240101120000_a.js"] = "exports.up = (knex) => {}";
    Unit unit = only(scan_of(files));
    CHECK(unit.migrations.size() == 30);
    CHECK(unit.evidence.size() <= 6);
    CHECK(std::is_sorted(unit.evidence.begin(), unit.evidence.end(),
                         [](const Evidence& a, const Evidence& b) { return a.weight > b.weight; }));
    CHECK(unit.confidence == 100);
}

TEST_CASE("a migrations directory that git ignores is marked") {
    Tree::Files files = prisma_at("generated/");
    files[".gitignore"] = "/generated/\n";
    CHECK(has_signal(only(scan_of(files)), "git-ignored"));
    files[".gitignore"] = "/other/\n";
    CHECK_FALSE(has_signal(only(scan_of(files)), "git-ignored"));
}

TEST_CASE("seeds are what a seed script runs, or what lies where seeds usually lie") {
    Unit drizzle = only(scan_of(
        {{"package.json",
          R"({"devDependencies": {"drizzle-kit": "0.31"}, "scripts": {"db:seed": "dotenv -- tsx ./scripts/fill.ts"}})"},
         {"scripts/fill.ts", ""},
         {"drizzle.config.ts",
          "import { defineConfig } from 'drizzle-kit';\nexport default defineConfig({ dialect: 'sqlite' "
          "})"}}));
    CHECK(drizzle.seeds == "scripts/fill.ts");
    Unit sql = only(scan_of({{"db/migrations/1_a.sql", "-- migrate:up\n"}, {"db/seeds/a.sql", ""}}));
    CHECK(sql.seeds == "db/seeds");
    Unit alembic = only(scan_of({{"alembic.ini", "[alembic]\nscript_location = m\n"},
                                 {"m/env.py", ""},
                                 {"m/script.py.mako", ""},
                                 {"app/initial_data.py", ""}}));
    CHECK(alembic.seeds == "app/initial_data.py");
}

TEST_CASE("what is wrong with a sample is nobody's problem, unless one stands in it") {
    Tree repo{{"samples/a/package.json", R"({"dependencies": {"migrate-mongo": "11"}})"},
              {"samples/a/migrate-mongo-config.js", "module.exports = {migrationsDir: 'gone'}"}};
    CHECK(problems(detect(repo.path())).empty());
    CHECK(problems(detect(repo.path(), {"samples/a"})) ==
          Strings{"samples/a/migrate-mongo-config.js:1 config.missing_directory"});
}
