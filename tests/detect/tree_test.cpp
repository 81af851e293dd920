#include "detect/tree.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/tree.hpp"

using namespace migrate;
using namespace migrate::detection;
using Files = test::Tree;

namespace {

std::vector<std::string> paths_of(const Tree& tree) {
    std::vector<std::string> paths;
    for (Tree::Dir dir = 0; dir < tree.directory_count(); ++dir)
        for (std::uint32_t at = 0; at < tree.files(dir).size(); ++at)
            paths.push_back(tree.path(Tree::Place{dir, at}));
    std::sort(paths.begin(), paths.end());
    return paths;
}

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("the walk sees every file, hidden ones too, and knows where each lies") {
    Files repo{
        {"a.txt", ""}, {".sequelizerc", ""}, {"x/y/z.sql", ""}, {"x/.env.example", ""}, {"empty/", ""}};
    Tree tree = Tree::walk(repo.path());
    CHECK(paths_of(tree) == Paths{".sequelizerc", "a.txt", "x/.env.example", "x/y/z.sql"});
    CHECK(tree.has_file("x/y/z.sql"));
    CHECK_FALSE(tree.has_file("x/y"));
    CHECK(tree.find("x/y") != Tree::none);
    CHECK(tree.find("empty") != Tree::none);
    CHECK(tree.find("nowhere/y") == Tree::none);
    CHECK(tree.path(tree.find("x/y")) == "x/y");
    CHECK(tree.path(tree.find(".")) == ".");
    CHECK(tree.within(tree.find("x/y"), tree.find("x")));
    CHECK_FALSE(tree.within(tree.find("x"), tree.find("x/y")));
    CHECK(tree.unreadable().empty());
}

TEST_CASE("dependencies, caches, version control and hidden directories are left out, .config is not") {
    Files repo{{"node_modules/knex/knexfile.js", ""},
               {".git/config", ""},
               {".venv/lib/a.py", ""},
               {"a/__pycache__/b.py", ""},
               {".next/x.js", ""},
               {".config/prisma.ts", ""},
               {".github/workflows/ci.yml", ""},
               {".yarn/cache/x.zip", ""},
               {"py/site-packages/a.py", ""},
               {"vendor/bundle/x.rb", ""},
               {"bower_components/x.js", ""},
               {"src/a.ts", ""}};
    CHECK(paths_of(Tree::walk(repo.path())) == Paths{".config/prisma.ts", "src/a.ts"});
}

TEST_CASE("a virtual environment and vendored modules are known by what lies in them, whatever their name") {
    Files repo{{"venv/pyvenv.cfg", ""}, {"venv/lib/x.py", ""},       {"my-env/pyvenv.cfg", ""},
               {"my-env/bin/x", ""},    {"vendor/modules.txt", ""},  {"vendor/github.com/x/a.go", ""},
               {"lib/venv/a.py", ""},   {"target/CACHEDIR.TAG", ""}, {"target/debug/x.sql", ""}};
    CHECK(paths_of(Tree::walk(repo.path())) == Paths{"lib/venv/a.py"});
}

TEST_CASE("build, dist, out, bin and their like are entered unless git ignores them or a build makes them") {
    Files repo{{".gitignore", "dist\n/packages/*/build/\n!keep/dist\nbin/*\n"},
               {"dist/a.js", ""},
               {"packages/a/build/a.js", ""},
               {"packages/a/bin/run.ts", ""},
               {"keep/dist/a.js", ""},
               {"out/a.sql", ""},
               {"java/pom.xml", ""},
               {"java/target/classes/V1__a.sql", ""},
               {"gradle/build.gradle", ""},
               {"gradle/build/a.sql", ""},
               {"rust/Cargo.toml", ""},
               {"rust/target/a.sql", ""}};
    CHECK(paths_of(Tree::walk(repo.path())) == Paths{".gitignore", "gradle/build.gradle", "java/pom.xml",
                                                     "keep/dist/a.js", "out/a.sql", "packages/a/bin/run.ts",
                                                     "rust/Cargo.toml"});
}

TEST_CASE("symbolic links are not followed, so that a loop of directories ends") {
    Files repo{{"a/b/c.txt", ""}};
    repo.link("..", "a/b/up");
    repo.link("/", "root");
    repo.link("a/b/c.txt", "linked.txt");
    CHECK(paths_of(Tree::walk(repo.path())) == Paths{"a/b/c.txt"});
}

TEST_CASE("the root itself may be a symbolic link") {
    Files repo{{"real/a.txt", ""}};
    repo.link("real", "alias");
    CHECK(paths_of(Tree::walk(repo.path("alias"))) == Paths{"a.txt"});
}

TEST_CASE("file names with quotes and bytes that are no UTF-8 are names like others") {
    Files repo;
    repo.write("it's \"quoted\".sql", "");
    repo.write("caf\xE9.sql", "");
    Tree tree = Tree::walk(repo.path());
    CHECK(paths_of(tree) == Paths{"caf\xE9.sql", "it's \"quoted\".sql"});
    CHECK(tree.unreadable().empty());
}

TEST_CASE("names with line breaks and escape sequences are left out and reported in a readable form") {
    Files repo{{"db/1_fine.sql", ""}, {"db/\x1b[2J.txt", ""}};
    repo.write("db/1_a\nb.sql", "");
    repo.write("a\rb/c.sql", "");
    Tree tree = Tree::walk(repo.path());
    // What nobody would open is nobody's danger.
    CHECK(paths_of(tree) == Paths{"db/\x1b[2J.txt", "db/1_fine.sql"});
    std::set<std::string> said;
    for (const Tree::Unreadable& one : tree.unreadable()) said.insert(one.path + ": " + one.why);
    CHECK(said == std::set<std::string>{
                      ".: holds a name with a control character: \"a\\x0db\" is not looked at",
                      "db: holds a name with a control character: \"1_a\\x0ab.sql\" is not looked at"});
}

TEST_CASE("a root that is a file, or is not there, gives an empty tree and says so") {
    Files repo{{"file", "x"}};
    Tree on_file = Tree::walk(repo.path("file"));
    CHECK(on_file.file_count() == 0);
    REQUIRE(on_file.unreadable().size() == 1);
    CHECK(on_file.unreadable().front().path == ".");
    Tree nowhere = Tree::walk(repo.path("nowhere"));
    CHECK(nowhere.file_count() == 0);
    CHECK(nowhere.unreadable().size() == 1);
}

TEST_CASE("a tree that is deeper than anybody means is cut off and reported") {
    Files repo;
    std::string path = "d";
    for (int depth = 0; depth < 220; ++depth) path += "/d";
    repo.write(path + "/deep.sql", "");
    Tree tree = Tree::walk(repo.path());
    CHECK(tree.file_count() == 0);
    REQUIRE(tree.unreadable().size() == 1);
    CHECK(tree.unreadable().front().why.find("deep") != std::string::npos);
}

TEST_CASE("a directory without the right to read it is reported, and the rest is still seen") {
    Files repo{{"closed/a.txt", ""}, {"open/b.txt", ""}};
    ::chmod(repo.path().c_str(), 0755);
    ::chmod(repo.path("closed").c_str(), 0);
    // Root may read everything, so a child without its rights looks.
    pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        constexpr uid_t kNobody = 65534;
        if (::geteuid() == 0 && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) ::_exit(9);
        Tree tree = Tree::walk(repo.path());
        bool rest = paths_of(tree) == Paths{"open/b.txt"};
        bool said = tree.unreadable().size() == 1 && tree.unreadable().front().path == "closed";
        ::_exit(rest && said ? 0 : 1);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("files are found by what their names say") {
    Files repo{{"b/knexfile.ts", ""}, {"a/knexfile.js", ""}, {"a/other.js", ""}};
    Tree tree = Tree::walk(repo.path());
    auto found = tree.of_kind(FileKind::knexfile);
    REQUIRE(found.size() == 2);
    CHECK(tree.path(found[0]) == "a/knexfile.js");
    CHECK(tree.path(found[1]) == "b/knexfile.ts");
    CHECK(tree.holds(tree.find("a"), FileKind::knexfile));
    CHECK_FALSE(tree.holds(tree.find("."), FileKind::knexfile));
}
