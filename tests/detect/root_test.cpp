#include "detect/root.hpp"

#include "tests/support/tree.hpp"

using namespace migrate;
using test::Tree;

TEST_CASE("the scan root is the nearest directory with a migrate.toml") {
    Tree repo{{".git/HEAD", ""}, {"services/migrate.toml", ""}, {"services/api/src/a.ts", ""}};
    CHECK(find_root(repo.path("services/api/src")) == repo.path("services"));
}

TEST_CASE("without a migrate.toml the scan root is the top of the version-controlled tree") {
    Tree repo{{".git", "gitdir: elsewhere\n"}, {"a/b/c.txt", ""}};
    CHECK(find_root(repo.path("a/b")) == repo.path());
    Tree mercurial{{".hg/", ""}, {"a/b/c.txt", ""}};
    CHECK(find_root(mercurial.path("a/b")) == mercurial.path());
}

TEST_CASE("a directory under no version control is its own scan root") {
    Tree plain{{"a/b/c.txt", ""}};
    CHECK(find_root(plain.path("a/b")) == plain.path("a/b"));
}
