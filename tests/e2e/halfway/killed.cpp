#include "tests/e2e/halfway/killed.hpp"

#include <doctest/doctest.h>
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <thread>

#include "tests/e2e/halfway/killed_parts.hpp"
#include "tests/support/child.hpp"
#include "tests/support/servers.hpp"

namespace migrate::test {

namespace {

using nlohmann::json;
using Words = std::vector<std::string>;

unsigned from_environment(const char* name, unsigned usual) {
    const char* text = std::getenv(name);
    return text ? static_cast<unsigned>(std::strtoul(text, nullptr, 10)) : usual;
}

void pause(int ms) {
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
}

bool on_postgresql(const Killed& killed) {
    return killed.connection.engine == Engine::postgresql;
}

std::string sleep_of(const Killed& killed, const std::string& seconds) {
    return on_postgresql(killed) ? "SELECT pg_sleep(" + seconds + ")" : "DO SLEEP(" + seconds + ")";
}

}  // namespace

void write_half(const Killed& killed, const std::string& seconds) {
    killed.write({"CREATE TABLE half_a (id int)", sleep_of(killed, seconds), "CREATE TABLE half_c (id int)"},
                 {"DROP TABLE half_c", sleep_of(killed, seconds), "DROP TABLE half_a"});
}

bool has_table_of(const Killed& killed, const std::string& table) {
    auto found = connect(killed.connection)->table_exists("", table);
    REQUIRE(found);
    return *found;
}

bool is_sleeping(const Killed& killed) {
    auto rows = connect(killed.connection)
                    ->query(on_postgresql(killed)
                                ? "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND state = "
                                  "'active' AND datname = current_database() AND pid <> pg_backend_pid()"
                                : "SELECT 1 FROM information_schema.processlist WHERE info LIKE '%SLEEP(%' "
                                  "AND id <> connection_id() "
                                  "AND db = DATABASE()");
    REQUIRE(rows);
    return !rows->rows.empty();
}

/// The tools that a process has started, without what watches over them.
std::vector<pid_t> tools_of(pid_t parent) {
    std::vector<pid_t> found;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        std::ifstream file(entry.path() / "stat");
        std::string line;
        if (!std::getline(file, line)) continue;
        const std::size_t open = line.find('('), close = line.rfind(')');
        std::istringstream rest(line.substr(close + 1));
        char state = 0;
        pid_t its_parent = 0;
        rest >> state >> its_parent;
        if (its_parent == parent && line.substr(open + 1, close - open - 1) != "migrate-watch")
            found.push_back(static_cast<pid_t>(std::atoi(line.c_str())));
    }
    return found;
}

bool lives(pid_t group) {
    return ::kill(-group, 0) == 0;
}

namespace {

Ran migrate(const Killed& killed, Words words) {
    return migrate_in(killed.tree, std::move(words), killed.environment);
}

json status_of(const Killed& killed) {
    const Ran ran = migrate(killed, {"status", "--json"});
    CHECK_MESSAGE(ran.status == 0, all_of(ran));
    return json_of(ran)["units"][0];
}

}  // namespace

bool is_recorded(const json& target, const std::string& id) {
    const auto& pending = target["pending"];
    const auto& failed = target["failed"];
    auto same = [&](const json& one) { return one["id"] == id; };
    return std::none_of(pending.begin(), pending.end(), same) &&
           std::none_of(failed.begin(), failed.end(), same);
}

/// What `resolve` would have typed, in its own order: what undoes, what only records, then `run`.
Words way_out(const json& unit) {
    for (const char* option : {"--undo", "--rolled-back", "--applied"})
        for (const auto& one : unit.value("next", json::array())) {
            const auto argv = one["argv"].get<Words>();
            if (std::find(argv.begin(), argv.end(), option) != argv.end())
                return {argv.begin() + 1, argv.end()};
        }
    return {};
}

namespace {

void kill_at_sleep(const Killed& killed, const Words& words, bool the_tool) {
    Child child(killed.tree, killed.environment, words);
    for (int i = 0; i < 600 && !is_sleeping(killed); ++i) pause(50);
    REQUIRE_MESSAGE(is_sleeping(killed), child.output());
    const auto tools = tools_of(child.pid());
    REQUIRE_FALSE(tools.empty());
    if (the_tool) {
        for (const pid_t tool : tools) ::kill(-tool, SIGKILL);
        const int status = child.wait();
        CHECK_MESSAGE(status == 1, child.output());
        return;
    }
    child.kill();
    (void)child.wait();
    for (int i = 0; i < 200 && std::any_of(tools.begin(), tools.end(), lives); ++i) pause(50);
    CHECK(std::none_of(tools.begin(), tools.end(), lives));
    const Ran log = migrate(killed, {"log"});
    CHECK_MESSAGE(says(log, "never ended"), all_of(log));
    const Ran doctor = migrate(killed, {"doctor"});
    CHECK_MESSAGE(doctor.status == 3, all_of(doctor));
    CHECK_MESSAGE(says(doctor, "never ended"), all_of(doctor));
    CHECK_MESSAGE(says(doctor, "next: migrate "), all_of(doctor));
}

}  // namespace

void is_understood(const Killed& killed) {
    wait_for_silence(killed.connection);
    const json unit = status_of(killed), target = unit["targets"][0];
    const bool a = has_table_of(killed, "half_a"), c = has_table_of(killed, "half_c");
    const bool recorded = is_recorded(target, killed.id);
    const bool whole = recorded ? a && c : !a && !c;
    const bool half = target.contains("half_done");
    CHECK_MESSAGE(half == (!whole || !target["failed"].empty()),
                  "half_a " << a << ", half_c " << c << ", " << target.dump(1));
    CHECK_MESSAGE((target["state"] == "failed") == half, target.dump(1));
    if (half) {
        const Ran resolve = migrate(killed, {"resolve", "--json"});
        CHECK_MESSAGE(resolve.status == 0, all_of(resolve));
        Words command = way_out(json_of(resolve)["units"][0]);
        REQUIRE_MESSAGE(!command.empty(), all_of(resolve));
        command.emplace_back("--yes");
        const Ran done = migrate(killed, command);
        CHECK_MESSAGE(done.status == 0, all_of(done));
        CHECK_FALSE(has_table_of(killed, "half_a"));
        CHECK(status_of(killed)["state"] == "pending");
    }
    if (!recorded || half) write_half(killed, "0");
    const Ran doctor = migrate(killed, {"doctor"});
    if (says(doctor, "lock is taken")) {
        // Knex's own, which its killed run has left.
        CHECK_MESSAGE(says(doctor, "migrate resolve --unlock"), all_of(doctor));
        const Ran unlock = migrate(killed, {"resolve", "--unlock", "--yes"});
        CHECK_MESSAGE(unlock.status == 0, all_of(unlock));
    }
    const Ran run = migrate(killed, {"run"});
    CHECK_MESSAGE(run.status == 0, all_of(run));
    CHECK(has_table_of(killed, "half_a"));
    CHECK(has_table_of(killed, "half_c"));
    CHECK(status_of(killed)["state"] == "current");
    CHECK(migrate(killed, {"log", "--verify"}).status == 0);
}

void is_killed_in_its_middle(const Killed& killed) {
    // Of another length than "0": Python takes a file that was written in the same second, and is as long,
    // for the one that it has compiled.
    constexpr const char* kLong = "5.0";
    write_half(killed, "0");
    REQUIRE(migrate(killed, {"run"}).status == 0);
    for (const bool the_tool : {false, true}) {
        CAPTURE(the_tool);
        execute(killed.connection, {"DROP TABLE half_a", "DROP TABLE half_c"});
        const Ran back = migrate(killed, {"resolve", "--rolled-back", killed.id, "--yes"});
        REQUIRE_MESSAGE(back.status == 0, all_of(back));
        write_half(killed, kLong);
        kill_at_sleep(killed, {"run"}, the_tool);
        is_understood(killed);
        if (!killed.rolls_back) continue;
        write_half(killed, kLong);
        kill_at_sleep(killed, {"rollback", "--yes"}, the_tool);
        is_understood(killed);
    }
}

void is_killed_anywhere(const Killed& killed, unsigned kills, int longest_ms) {
    kills = from_environment("MIGRATE_TEST_KILLS", kills);
    std::mt19937 random{from_environment("MIGRATE_TEST_SEED", 20240101)};
    write_half(killed, "0");
    REQUIRE(migrate(killed, {"run"}).status == 0);
    for (unsigned i = 0; i < kills; ++i) {
        execute(killed.connection, {"DROP TABLE half_a", "DROP TABLE half_c"});
        const Ran back = migrate(killed, {"resolve", "--rolled-back", killed.id, "--yes"});
        REQUIRE_MESSAGE(back.status == 0, all_of(back));
        write_half(killed, "0.2");
        const int after = std::uniform_int_distribution<int>(0, longest_ms)(random);
        CAPTURE(after);
        {
            Child child(killed.tree, killed.environment, {"run"});
            pause(after);
            const auto tools = tools_of(child.pid());
            child.kill();
            (void)child.wait();
            for (int k = 0; k < 200 && std::any_of(tools.begin(), tools.end(), lives); ++k) pause(50);
        }
        is_understood(killed);
    }
}

}  // namespace migrate::test
