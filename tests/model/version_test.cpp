#include "model/version.hpp"

using namespace migrate;

TEST_CASE("a version is read from what manifests and lock files say") {
    CHECK(parse_version("6.19.3") == Version{6, 19, 3});
    CHECK(parse_version("^5.2") == Version{5, 2, 0});
    CHECK(parse_version(">=4.2,<5") == Version{4, 2, 0});
    CHECK(parse_version("v7") == Version{7, 0, 0});
    CHECK(parse_version("1.0.0-rc.5") == Version{1, 0, 0});
    CHECK_FALSE(parse_version("latest").has_value());
    CHECK_FALSE(parse_version("").has_value());
}
