#include "live/long_transactions.hpp"

#include <doctest/doctest.h>

using namespace migrate;

TEST_CASE("a query is shown without its literals and comments") {
    CHECK(without_literals("SELECT * FROM users WHERE email = 'a@b.test' AND id = 42 -- secret",
                           Engine::postgresql) == "SELECT * FROM users WHERE email = ? AND id = ?");
    CHECK(without_literals("UPDATE t SET x=$tag$hidden$tag$, y=\"name\"", Engine::postgresql) ==
          "UPDATE t SET x=?, y=\"name\"");
    CHECK(without_literals("UPDATE t SET x = \"hidden\"", Engine::mariadb) == "UPDATE t SET x = ?");
    CHECK(without_literals("SELECT 'never closed", Engine::postgresql) == "SELECT ?");
    const std::string cut = without_literals("SELECT " + std::string(1000, 'a'), Engine::postgresql);
    CHECK(cut.size() == 204);
    CHECK(cut.ends_with(" ..."));
}
