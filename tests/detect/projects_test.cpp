// Who installs, in which version: the package managers of each ecosystem.
#include "detect/js_project.hpp"
#include "detect/jvm_project.hpp"
#include "detect/python_project.hpp"
#include "tests/support/tree.hpp"

using namespace migrate;
using namespace migrate::detection;
using Files = test::Tree;

namespace {

JsProject js(const Files& files, const std::string& dir) {
    Repo repo(Tree::walk(files.path()));
    Packages packages(repo);
    return js_project(repo, packages, repo.tree().find(dir));
}

PythonProject python(const Files& files, const std::string& dir) {
    Repo repo(Tree::walk(files.path()));
    return python_project(repo, repo.tree().find(dir));
}

}  // namespace

TEST_CASE("the lock file names the package manager") {
    CHECK(js({{"package.json", "{}"}, {"pnpm-lock.yaml", ""}}, ".").runner == "pnpm");
    CHECK(js({{"package.json", "{}"}, {"yarn.lock", ""}}, ".").runner == "yarn");
    CHECK(js({{"package.json", "{}"}, {"bun.lockb", ""}}, ".").runner == "bun");
    CHECK(js({{"package.json", "{}"}, {"npm-shrinkwrap.json", ""}}, ".").runner == "npm");
    CHECK(js({{"package.json", "{}"}}, ".").runner == "npm");
    CHECK(js({{"x.txt", ""}}, ".").runner.empty());
}

TEST_CASE("packageManager wins over lock files, without its checksum") {
    JsProject project = js({{"package.json", R"({"packageManager": "pnpm@9.1.0+sha512.abc"})"},
                            {"pnpm-lock.yaml", ""},
                            {"yarn.lock", ""},
                            {"deno.lock", ""},
                            {"bunfig.toml", ""}},
                           ".");
    CHECK(project.runner == "pnpm");
    CHECK(project.lock == "pnpm-lock.yaml");
    CHECK(project.ambiguity.empty());
}

TEST_CASE("two lock files: scripts decide, else it is called a guess") {
    CHECK(js({{"package.json", R"({"scripts": {"a": "yarn run b"}})"},
              {"package-lock.json", ""},
              {"yarn.lock", ""}},
             ".")
              .runner == "yarn");
    CHECK_FALSE(
        js({{"package.json", "{}"}, {"package-lock.json", ""}, {"yarn.lock", ""}}, ".").ambiguity.empty());
}

TEST_CASE("the lock file of a workspace is its members' own, and nobody else's") {
    Files files{{"package.json", R"({"workspaces": ["packages/*"]})"},
                {"yarn.lock", ""},
                {"packages/db/package.json", "{}"},
                {"tools/x/package.json", "{}"},
                {"tools/x/package-lock.json", ""},
                {"other/package.json", "{}"}};
    CHECK(js(files, "packages/db").runner == "yarn");
    CHECK(js(files, "packages/db").directory == ".");
    CHECK(js(files, "tools/x").runner == "npm");
    // Outside the globs and without a lock of its own: the nearest one is the best guess.
    CHECK(js(files, "other").runner == "yarn");
    Files pnpm{{"pnpm-workspace.yaml", "packages:\n  - 'apps/**'\n"},
               {"pnpm-lock.yaml", ""},
               {"package.json", "{}"},
               {"apps/a/b/package.json", "{}"}};
    CHECK(js(pnpm, "apps/a/b").lock == "pnpm-lock.yaml");
}

TEST_CASE("Yarn without node_modules is known") {
    CHECK(
        js({{"package.json", "{}"}, {"yarn.lock", ""}, {".yarnrc.yml", "yarnPath: x\n"}}, ".").plug_and_play);
    CHECK_FALSE(
        js({{"package.json", "{}"}, {"yarn.lock", ""}, {".yarnrc.yml", "nodeLinker: node-modules\n"}}, ".")
            .plug_and_play);
    CHECK_FALSE(js({{"package.json", "{}"}, {"yarn.lock", ""}}, ".").plug_and_play);
}

TEST_CASE("what is installed counts before what is locked") {
    Files files{
        {"package.json", R"({"dependencies": {"knex": "^2.0.0"}})"},
        {"package-lock.json", "{\"packages\": {\"node_modules/knex\": {\n \"version\": \"2.4.0\"}}}"}};
    auto version = [&] {
        Repo repo(Tree::walk(files.path()));
        Packages packages(repo);
        return js_version(repo, packages, js_project(repo, packages, 0), 0, "knex");
    };
    CHECK(version().text == "2.4.0");
    files.write("node_modules/knex/package.json", R"({"name": "knex", "version": "2.5.1"})");
    CHECK(version().text == "2.5.1");
    CHECK(version().source == "node_modules/knex/package.json");
    Scan scan = detect(files.path());
    CHECK(scan.problems.empty());  // nobody uses it
    files.write("knexfile.js", "module.exports = {}");
    scan = detect(files.path());
    REQUIRE(scan.problems.size() == 1);
    CHECK(scan.problems.front().code == "version.mismatch");
    files.remove("knexfile.js");
    files.remove("node_modules");
    files.remove("package-lock.json");
    CHECK(version().text == "^2.0.0");
    CHECK(version().source == "package.json");
}

TEST_CASE("a binary is where it is installed, else where its manager would put it") {
    auto launch = [](const Files& files) {
        Repo repo(Tree::walk(files.path()));
        Packages packages(repo);
        Tree::Dir dir = repo.tree().find("packages/db");
        return js_binary(repo, packages, js_project(repo, packages, dir), dir, "prisma", "prisma");
    };
    using Argv = std::vector<std::string>;
    Files npm{{"package.json", R"({"workspaces": ["packages/*"]})"},
              {"package-lock.json", ""},
              {"packages/db/package.json", R"({"dependencies": {"prisma": "6"}})"}};
    CHECK(launch(npm) == Argv{"../../node_modules/.bin/prisma"});
    npm.write("packages/db/node_modules/.bin/prisma", "");
    CHECK(launch(npm) == Argv{"node_modules/.bin/prisma"});
    Files pnpm{{"pnpm-workspace.yaml", "packages:\n  - packages/*\n"},
               {"pnpm-lock.yaml", ""},
               {"packages/db/package.json", R"({"dependencies": {"prisma": "6"}})"}};
    CHECK(launch(pnpm) == Argv{"node_modules/.bin/prisma"});
    Files berry{{"package.json", R"({"workspaces": ["packages/*"]})"},
                {"yarn.lock", ""},
                {".yarnrc.yml", ""},
                {"packages/db/package.json", R"({"dependencies": {"prisma": "6"}})"}};
    CHECK(launch(berry) == Argv{"yarn", "run", "-B", "prisma"});
}

TEST_CASE("Python's lock files and requirements name the manager, JavaScript's do not") {
    CHECK(
        python({{"uv.lock", ""}, {"pyproject.toml", ""}, {"backend/pyproject.toml", ""}}, "backend").runner ==
        "uv");
    CHECK(python({{"poetry.lock", ""}, {"yarn.lock", ""}}, ".").runner == "poetry");
    CHECK(python({{"pdm.lock", ""}}, ".").runner == "pdm");
    CHECK(python({{"Pipfile", ""}}, ".").runner == "pipenv");
    CHECK(python({{"pyproject.toml", "[tool.poetry]\nname = \"x\"\n"}}, ".").runner == "poetry");
    CHECK(python({{"pyproject.toml", "[project]\n"}}, ".").runner == "pip");
    CHECK(python({{"requirements/base.txt", ""}}, ".").runner == "pip");
    CHECK(python({{"package-lock.json", ""}}, ".").runner.empty());
    // Its own requirements end the search: what lies above is another project's.
    CHECK(python({{"uv.lock", ""}, {"tool/requirements.txt", ""}}, "tool").runner == "pip");
}

TEST_CASE("a version of Python's is read from whatever says it") {
    auto version = [](const Files& files) {
        Repo repo(Tree::walk(files.path()));
        return python_version(repo, python_project(repo, 0), 0, "alembic").text;
    };
    CHECK(version({{"poetry.lock", "[[package]]\nname = \"alembic\"\nversion = \"1.13.3\"\n"}}) == "1.13.3");
    CHECK(version({{"Pipfile.lock",
                    "{\"default\": {\"alembic\": {\"hashes\": [], \"version\": \"==1.8.1\"}}}"}}) == "1.8.1");
    CHECK(version({{"requirements.txt", "-r more.txt\n"},
                   {"more.txt", "Alembic[tz] >=1.9 ; python_version > '3'\n"}}) == ">=1.9");
    CHECK(version({{"pyproject.toml", "[project]\ndependencies = [\n  \"alembic>=1.12,<2\",\n]\n"}}) ==
          ">=1.12");
    CHECK(version({{"pyproject.toml", "[tool.poetry.dependencies]\nalembic = \"^1.11\"\n"}}) == "^1.11");
    CHECK(version({{"pyproject.toml",
                    "[tool.poetry.dependencies]\nalembic = {version = \"^1.10\", extras = [\"tz\"]}\n"}}) ==
          "^1.10");
    CHECK(version({{"requirements.txt", "alembic-utils==0.8\n"}}).empty());
    CHECK(version({{"requirements.txt", "-r requirements.txt\n"}}).empty());
}

TEST_CASE("Flyway's version is a number, or who manages it") {
    auto version = [](const Files& files) {
        Repo repo(Tree::walk(files.path()));
        return flyway_version(repo, 0).text;
    };
    CHECK(version({{"build.gradle", "implementation 'org.flywaydb:flyway-core:9.1.2'\n"}}) == "9.1.2");
    CHECK(version({{"build.gradle.kts", "id(\"org.flywaydb.flyway\") version \"10.1.0\"\n"}}) == "10.1.0");
    CHECK(version({{"build.gradle", ""},
                   {"gradle/libs.versions.toml", "[versions]\nflyway = \"10.8.1\"\n"}}) == "10.8.1");
    CHECK(version({{"build.gradle", ""}, {"gradle.properties", "flywayVersion=8.5.0\n"}}) == "8.5.0");
    CHECK(version({{"pom.xml", "<properties><flyway.version>7.1.1</flyway.version></properties>"}}) ==
          "7.1.1");
    CHECK(version({{"pom.xml", "<artifactId>flyway-core</artifactId>\n<version>${v}</version>"}}).empty());
    CHECK(version({{"build.gradle",
                    "id 'org.springframework.boot' version '3.5.1'\nimplementation "
                    "'org.flywaydb:flyway-core'\n"}}) == "managed by Spring Boot 3.5.1");
    CHECK(version({{"gradle.properties", "micronautVersion=4.7.2\n"}}) == "managed by Micronaut 4.7.2");
}
