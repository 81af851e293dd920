#include "detect/paths.hpp"

#include "detect/detect.hpp"

using namespace migrate;
using namespace migrate::detection;

TEST_CASE("paths are joined, climbed and related without touching the disk") {
    CHECK(join(".", "a/b") == "a/b");
    CHECK(join("a/b", "../c/./d") == "a/c/d");
    CHECK(join("a", "..") == ".");
    CHECK(join("a", "../../x") == "../x");
    CHECK(parent_of("a/b/c") == "a/b");
    CHECK(parent_of("a") == ".");
    CHECK(relative_to("a/b", "a/c/d") == "../../b");
    CHECK(relative_to("a", "a") == ".");
    CHECK(relative_to("node_modules/.bin/prisma", "packages/db") == "../../node_modules/.bin/prisma");
    CHECK(is_within("a/b", "a"));
    CHECK(is_within("a/b", "."));
    CHECK_FALSE(is_within("ab", "a"));
}

TEST_CASE("test, example, fixture and template paths are hidden, whatever their case") {
    for (const char* path :
         {"tests/a", "a/__tests__/b", "Examples/x", "a/TestData/b", "packages/e2e", "docs", "test-app/x",
          "my-tests/x", "{{cookiecutter.slug}}/x", "cli/template/prisma", "a/demo"}) {
        CAPTURE(path);
        CHECK(is_hidden_path(path));
    }
    for (const char* path : {".", "sandbox/x", "src/main/resources", "lib/contest", "tools/seed",
                             "internal/latest", "testimonials", "documents"}) {
        CAPTURE(path);
        CHECK_FALSE(is_hidden_path(path));
    }
}

TEST_CASE("what lies under an example path is not hidden from somebody who stands in it") {
    CHECK_FALSE(is_hidden_path("examples/shop/prisma", "examples/shop"));
    CHECK_FALSE(is_hidden_path("examples/shop/prisma", "examples"));
    CHECK(is_hidden_path("examples/shop/prisma", "packages"));
    CHECK(is_hidden_path("examples/shop/tests/fixture", "examples/shop"));
}
