#include "tests/support/whole_way.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/support/servers.hpp"
#include "tests/support/states.hpp"

namespace migrate::test {

namespace {

using Words = std::vector<std::string>;

struct Walk {
    const Way& way;

    Ran ended_with(int status, const Words& words) const {
        Ran ran = way.migrate(words);
        std::string line;
        for (const auto& word : words) line += " " + word;
        CHECK_MESSAGE(ran.status == status, "migrate" << line << "\n" << all_of(ran));
        return ran;
    }
    Ran good(const Words& words) const { return ended_with(0, words); }

    bool there(const std::string& table) const {
        const bool file = way.connection.engine == Engine::sqlite;
        if (file && !std::filesystem::exists(way.connection.database)) return false;
        auto found = connect(way.connection)->table_exists("", table);
        REQUIRE(found);
        return *found;
    }

    /// What names the unit, so that what it cannot do is an error and no skip.
    std::string unit() const { return json_of(way.migrate({"status", "--json"}))["units"][0]["id"]; }

    void agree(const std::string& state) const {
        CHECK(states_of(way.migrate) == States{state, way.native_states ? state : "tool.failed", "nothing"});
    }

    void generate() const {
        if (way.want) way.want();
        const auto document = json_of(good({"generate", "add_extra", "--json"}));
        CHECK(document["changed"] == "files");
        const auto& files = document["units"][0]["files"];
        REQUIRE_MESSAGE(files.size() == 1, document.dump(1));
        if (way.fill) way.fill(files[0].get<std::string>());
        CHECK_FALSE(there(way.made));  // a scratch database, if any
    }

    void up_and_back() const {
        CHECK(says(good({"status"}), "uninitialised"));
        generate();
        const Ran sql = good({"plan", "run", "--sql"});
        const std::size_t first = sql.out.find(way.made), second = sql.out.find(way.extra);
        CHECK_MESSAGE(first < second, sql.out << sql.err);
        CHECK(second != std::string::npos);
        CHECK_FALSE(there(way.made));

        good({"run"});
        CHECK(there(way.made));
        CHECK(there(way.extra));
        agree("current");
        CHECK(says(good({"run"}), "nothing to do"));
        if (way.seeds) {
            good({"seed", "--yes"});
            auto rows = connect(way.connection)->query("SELECT count(*) FROM " + way.made);
            REQUIRE(rows);
            CHECK(rows->rows[0][0] == "1");
        } else {
            CHECK(says(ended_with(2, {"seed", "--yes", "-u", unit()}), "verb.unsupported"));
        }
        const Ran back = good({"plan", "rollback", "--sql"});
        CHECK_MESSAGE(says(back, "DROP TABLE"), all_of(back));
        good({"rollback", "--yes"});
        CHECK_FALSE(there(way.extra));
        CHECK(there(way.made));
        agree("pending");
        good({"run"});
        CHECK(there(way.extra));
        if (way.no_diff.empty()) {
            CHECK(says(good({"diff", "--exit-code"}), "no difference"));
        } else {
            const Ran diff = ended_with(2, {"diff", "-u", unit()});
            CHECK_MESSAGE(says(diff, way.no_diff), all_of(diff));
        }
        agree("current");
    }

    void an_edited_file() const {
        way.edit(true);
        const auto document = json_of(way.migrate({"status", "--json"}));
        CHECK(document["units"][0]["state"] == way.edited_state);
        CHECK(document["units"][0]["targets"][0].value("edited_known", true) ==
              (way.edited_state == "edited"));
        if (way.edited_state == "edited") CHECK(says(ended_with(2, {"run"}), "migration.edited"));
        way.edit(false);
    }

    void a_failing_migration() const {
        way.last(false);
        const Ran failed = ended_with(1, {"run"});
        CHECK_MESSAGE(says(failed, "nowhere"), all_of(failed));
        CHECK(says(failed, "left"));
        agree(way.stays_failed.empty() ? "pending" : "failed");
        CHECK(there(way.extra));
        way.last(true);
        if (!way.stays_failed.empty()) {
            CHECK(says(ended_with(2, {"run"}), "migration.failed"));
            good({"resolve", "--rolled-back", way.stays_failed, "--yes"});
        }
        good({"run"});
        agree("current");
    }

    void a_lock_left_behind() const {
        // None of these tools leaves one: theirs end with the session, and so does ours.
        CHECK(says(ended_with(2, {"resolve", "--unlock", "-u", unit()}), "verb.unsupported"));
    }

    void nobody_there() const {
        if (way.connection.engine == Engine::sqlite) return;
        Connection other = way.connection;
        other.port = 1;
        way.point(other);
        for (const char* verb : {"run", "status"}) CHECK(says(ended_with(1, {verb}), "target.unreachable"));
        other = way.connection;
        other.database += "_typo";
        way.point(other);
        CHECK(says(ended_with(2, {"run"}), "target.missing"));
        CHECK(says(good({"status"}), "uninitialised"));
    }

    void production() const {
        const bool file = way.connection.engine == Engine::sqlite;
        Connection other = way.connection;
        if (file)
            other.database = way.tree.path("shop_prod.db").string();
        else
            other.database += "_prod";
        if (!file) execute(way.connection, {"CREATE DATABASE " + other.database});
        way.point(other);
        CHECK(says(ended_with(4, {"run", "--yes"}), "policy."));
        if (file) {
            CHECK_FALSE(std::filesystem::exists(other.database));
            std::filesystem::copy_file(way.connection.database, other.database);
        }
        CHECK(says(ended_with(4, {"reset", "--yes"}), "policy.refused"));
        auto there = connect(other)->table_exists("", way.made);
        REQUIRE(there);
        CHECK(*there == file);
    }
};

}  // namespace

void go_the_whole_way(const Way& way) {
    const Walk walk{way};
    walk.up_and_back();
    walk.an_edited_file();
    walk.a_failing_migration();
    walk.a_lock_left_behind();
    walk.nobody_there();
    walk.production();
    way.point(way.connection);
}

}  // namespace migrate::test
