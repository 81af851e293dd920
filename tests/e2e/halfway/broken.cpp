#include "tests/e2e/halfway/broken.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/support/servers.hpp"

namespace migrate::test {

namespace {

using nlohmann::json;
using Words = std::vector<std::string>;

const Words kBad{"CREATE TABLE half_a (id int)", "INSERT INTO nowhere VALUES (1)",
                 "CREATE TABLE half_c (id int)"};
const Words kGood{"CREATE TABLE half_a (id int)", "INSERT INTO half_a VALUES (1)",
                  "CREATE TABLE half_c (id int)"};

struct Case {
    const Broken& broken;

    Ran ended_with(int status, const Words& words) const {
        Ran ran = broken.migrate(words);
        std::string line;
        for (const auto& word : words) line += " " + word;
        CHECK_MESSAGE(ran.status == status, "migrate" << line << "\n" << all_of(ran));
        return ran;
    }
    json document(Words words) const {
        words.emplace_back("--json");
        return json_of(ended_with(0, words))["units"][0];
    }
    bool has(const std::string& table) const {
        auto found = connect(broken.connection)->table_exists("", table);
        REQUIRE(found);
        return *found;
    }
    /// What is typed next: the argv of the first one that holds the option, without `migrate`.
    static Words next(const json& unit, const std::string& option) {
        for (const auto& one : unit.value("next", json::array())) {
            const auto argv = one["argv"].get<Words>();
            if (std::find(argv.begin(), argv.end(), option) != argv.end())
                return {argv.begin() + 1, argv.end()};
        }
        return {};
    }

    void fails() const {
        if (!broken.ready) ended_with(0, {"run"});
        broken.write(kBad);
        const Ran run = ended_with(1, {"run"});
        CHECK_MESSAGE(says(run, "left     " + broken.id), all_of(run));
        CHECK(has("half_a") == broken.stays);
    }

    void status_is_true() const {
        const json target = document({"status"})["targets"][0];
        const bool told = broken.stays || broken.recorded;
        CHECK_MESSAGE(target["state"] == (told ? "failed" : "pending"), target.dump(1));
        CHECK_MESSAGE(target["failed"].size() == (broken.recorded ? 1 : 0), target.dump(1));
        const Ran status = ended_with(0, {"status"});
        CHECK_MESSAGE(says(status, "next: migrate resolve -u ") == told, all_of(status));
        const Ran doctor = ended_with(told ? 3 : 0, {"doctor"});
        CHECK_MESSAGE(says(doctor, broken.id) == told, all_of(doctor));
    }

    /// The command that `resolve` offers.
    Words resolve() const {
        const json unit = document({"resolve"});
        if (!broken.stays && !broken.recorded) {
            CHECK_MESSAGE(says(unit.value("text", ""), "there is nothing to resolve"), unit.dump(1));
            return {};
        }
        const json half = unit["targets"][0].value("half_done", json::array());
        REQUIRE_MESSAGE(half.size() == 1, unit.dump(1));
        CHECK(half[0]["id"] == broken.id);
        json states = json::array();
        for (const auto& one : half[0]["statements"]) states.push_back(one["state"]);
        CHECK_MESSAGE(states == json({broken.stays ? "there" : "absent", "absent", "absent"}), unit.dump(1));
        const Ran text = ended_with(0, {"resolve"});
        CHECK_MESSAGE(says(text, "half_c"), all_of(text));
        const Words undo = next(unit, "--undo"), rolled_back = next(unit, "--rolled-back");
        CHECK_MESSAGE(undo.empty() != broken.stays, all_of(text));
        return broken.stays ? undo : rolled_back;
    }

    void ends_well(const Words& command) const {
        if (!command.empty()) {
            // Not without a word of consent; then exactly as it was printed.
            if (broken.stays) {
                Words dry = command;
                dry.emplace_back("--dry-run");
                const Ran plan = broken.migrate(dry);
                CHECK_MESSAGE(says(plan, "take away what " + broken.id + " has made"), all_of(plan));
                CHECK(has("half_a"));
            }
            Words confirmed = command;
            confirmed.emplace_back("--yes");
            ended_with(0, confirmed);
        }
        CHECK_FALSE(has("half_a"));
        const json target = document({"status"})["targets"][0];
        CHECK_MESSAGE(target["state"] == "pending", target.dump(1));
        CHECK_FALSE(target.contains("half_done"));
        CHECK(target["failed"].empty());
        broken.write(kGood);
        ended_with(0, {"run"});
        CHECK(has("half_c"));
        CHECK(document({"status"})["state"] == "current");
        const Ran doctor = ended_with(0, {"doctor"});
        CHECK_MESSAGE(says(doctor, "nothing is wrong"), all_of(doctor));
    }
};

}  // namespace

void fails_in_its_middle(const Broken& broken) {
    const Case one{broken};
    one.fails();
    one.status_is_true();
    one.ends_well(one.resolve());
    CHECK(broken.migrate({"log", "--verify"}).status == 0);
}

void holds_rows_by_now(const Broken& broken) {
    const Case one{broken};
    one.fails();
    execute(broken.connection, {"INSERT INTO half_a VALUES (7)"});
    const Words undo = Case::next(one.document({"resolve"}), "--undo");
    REQUIRE_FALSE(undo.empty());
    Words confirmed = undo;
    confirmed.emplace_back("--yes");
    const Ran refused = one.ended_with(4, confirmed);
    CHECK_MESSAGE(says(refused, "destroy"), all_of(refused));
    CHECK(one.has("half_a"));
}

}  // namespace migrate::test
