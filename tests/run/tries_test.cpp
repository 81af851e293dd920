#include "run/tries.hpp"

#include <doctest/doctest.h>

using namespace migrate;
using namespace std::chrono_literals;

TEST_CASE("a step is started again after about 1, 2 and 4 s, and no more") {
    Tries tries(60s);
    for (const auto about : {1000ms, 2000ms, 4000ms}) {
        const auto pause = tries.next();
        REQUIRE(pause);
        CHECK(*pause >= about * 8 / 10);
        CHECK(*pause <= about * 12 / 10);
    }
    CHECK_FALSE(tries.next());
    CHECK(tries.count() == 3);
}

TEST_CASE("a step is not started again later than one wants to wait") {
    CHECK_FALSE(Tries(0ms).next());
    Tries short_of_time(1500ms);
    CHECK(short_of_time.next());
    CHECK_FALSE(short_of_time.next());
    CHECK(short_of_time.count() == 1);
}

TEST_CASE("locks, deadlocks and full servers pass by themselves, and mistakes do not") {
    CHECK(passes_by_itself("sqlalchemy.exc.OperationalError: canceling statement due to lock timeout"));
    CHECK(passes_by_itself("ERROR 1213 (40001): Deadlock found when trying to get lock; try restarting"));
    CHECK(passes_by_itself("FATAL: sorry, too many clients already"));
    CHECK_FALSE(passes_by_itself("relation \"lock_timeout\" does not exist"));
    CHECK_FALSE(passes_by_itself("canceling statement due to statement timeout"));
}
