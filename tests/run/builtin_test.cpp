#include "run/builtin.hpp"

#include <doctest/doctest.h>

#include "tests/support/tree.hpp"

using namespace migrate;
using migrate::test::Tree;

TEST_CASE("new files are found by path, by one star, and in every directory of the project") {
    Tree tree{{"blog/migrations/0002_x.py", ""},        {"apps/news/migrations/0001_x.py", ""},
              {"apps/news/migrations/0001_y.py", ""},   {"blog/0003_x.py", ""},
              {".venv/lib/a/migrations/0001_x.py", ""}, {"env/pyvenv.cfg", ""},
              {"env/lib/migrations/0001_x.py", ""},     {"node_modules/a/migrations/0001_x.py", ""}};
    CHECK(new_files(tree.path(), "**/migrations/*_x.py", {}) ==
          std::vector<std::string>{"apps/news/migrations/0001_x.py", "blog/migrations/0002_x.py"});
    CHECK(new_files(tree.path(), "apps/**/migrations/*_x.py", {}) ==
          std::vector<std::string>{"apps/news/migrations/0001_x.py"});
    CHECK(new_files(tree.path(), "blog/*_x.py", {}) == std::vector<std::string>{"blog/0003_x.py"});
    CHECK(new_files(tree.path(), "blog/0003_x.py", {tree.path("blog/0003_x.py")}).empty());
}
