#include <doctest/doctest.h>

#include "report/text.hpp"

using namespace migrate;

namespace {

CommandResult ran(std::vector<DoneMigration> done, int steps) {
    CommandResult result;
    UnitResult& unit = result.units.emplace_back();
    unit.unit.id = ".:knex";
    unit.changed = Changed::database;
    unit.done = std::move(done);
    unit.steps.resize(static_cast<std::size_t>(steps));
    return result;
}

bool says(const CommandResult& result, std::string_view words) {
    return outcome_text(result, {}).find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("the time of a step that applied several migrations is said once, and that it is theirs together") {
    const CommandResult one_step = ran({{"a", "up", 500}, {"b", "up", 500}}, 1);
    CHECK(says(one_step, "applied  a\n"));
    CHECK(says(one_step, "applied  b  500 ms together\n"));
    const CommandResult two_steps = ran({{"a", "up", 3}, {"b", "up", 3}}, 2);
    CHECK(says(two_steps, "applied  a  3 ms\n"));
    CHECK(says(two_steps, "applied  b  3 ms\n"));
    const CommandResult redone = ran({{"b", "down", 3}, {"b", "up", 3}}, 1);
    CHECK(says(redone, "reverted b  3 ms\n"));
    CHECK(says(redone, "applied  b  3 ms\n"));
}

TEST_CASE("a unit that takes no part says what to do instead where it is the only one") {
    CommandResult result = ran({}, 0);
    result.units[0].skipped = "knex cannot";
    result.units[0].next = {{By::you, {"migrate", "status"}, "", ""}};
    CHECK(says(result, "migrate status"));
    result.units.push_back(result.units[0]);
    CHECK_FALSE(says(result, "migrate status"));
}
