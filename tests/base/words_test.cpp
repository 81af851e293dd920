#include "base/duration.hpp"
#include "base/nearest.hpp"

using namespace migrate;
using std::chrono::milliseconds;

TEST_CASE("durations are read with their units, a bare number is seconds") {
    CHECK(parse_duration("90") == milliseconds(90'000));
    CHECK(parse_duration("0") == milliseconds(0));
    CHECK(parse_duration("500ms") == milliseconds(500));
    CHECK(parse_duration("5m") == milliseconds(300'000));
    CHECK(parse_duration("1h30m") == milliseconds(5'400'000));
    CHECK(parse_duration("2d") == milliseconds(172'800'000));
    for (const char* wrong : {"", "s", "-5", "5 m", "5x", "1h30", "99999999999999999999", "3651d", "1.5h"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_duration(wrong));
    }
}

TEST_CASE("the nearest word counts slips of the finger, swaps included") {
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("abc", "abc") == 0);
    CHECK(edit_distance("rnu", "run") == 1);
    CHECK(edit_distance("status", "stauts") == 1);
    CHECK(edit_distance("kitten", "sitting") == 3);
    const std::string_view words[] = {"run", "rollback", "redo", "reset", "resolve", "status"};
    CHECK(nearest("rnu", words) == "run");
    CHECK(nearest("rolback", words) == "rollback");
    CHECK(nearest("roll", words) == "rollback");
    CHECK(nearest("statsu", words) == "status");
    CHECK(nearest("xyzzy", words).empty());
    CHECK(nearest("", words).empty());
}
