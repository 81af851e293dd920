// `deploy` killed at each of its steps.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/sha256.hpp"
#include "tests/e2e/halfway/killed.hpp"
#include "tests/e2e/halfway/killed_parts.hpp"
#include "tests/support/child.hpp"
#include "tests/support/servers.hpp"

namespace migrate::test {

namespace {

using nlohmann::json;
using Words = std::vector<std::string>;
namespace fs = std::filesystem;

struct Step {
    const char* name;
    const char* wait;     ///< the file that makes it wait there
    const char* command;  ///< whose line of the log is left open
};
constexpr const char* kSleeps = "";
constexpr const char* kVerifies = "verify";
constexpr Step kSteps[] = {
    {"before the dump", "wait-dump-before", "backup"},   {"behind the dump", "wait-dump-behind", "backup"},
    {"before the tool's work", "wait-before", "deploy"}, {"in the tool's work", kSleeps, "deploy"},
    {"behind the tool's work", "wait-behind", "deploy"}, {"while the data are checked", kVerifies, "deploy"}};

class Deployment {
  public:
    Deployment(const Killed& killed, const std::string& forget) : killed_(killed), forget_(forget) {
        const bool postgresql = killed.connection.engine == Engine::postgresql;
        const std::string dump = postgresql ? "pg_dump" : "mariadb-dump";
        const std::string real =
            postgresql ? (PostgresServer::shared().programs() / dump).string() : "/usr/bin/" + dump;
        auto wait = [&](const std::string& name) {
            const std::string path = killed.tree.path(name).string();
            return "[ -e '" + path + "' ] && { touch '" + killed.tree.path("waits").string() +
                   "'; sleep 20; }\n";
        };
        killed.tree.write("bin/" + dump, "#!/bin/sh\ncase \"$*\" in *--version*) exec " + real +
                                             " \"$@\";; esac\n" + wait("wait-dump-before") + real +
                                             " \"$@\" || exit 1\n" + wait("wait-dump-behind") + "exit 0\n");
        fs::permissions(killed.tree.path("bin/" + dump), fs::perms::owner_all);
        environment_ = killed.environment;
        const std::string path =
            environment_.contains("PATH") ? environment_["PATH"] : std::string(std::getenv("PATH"));
        environment_["PATH"] = killed.tree.path("bin").string() + ":" + path;
        // Checked behind every deployment; a row in it makes the check wait.
        execute(killed.connection, {"CREATE TABLE gate (id int)"});
        const std::string pause = postgresql ? "pg_sleep(5)" : "SLEEP(5)";
        killed.tree.write("migrate.toml", "[[verify]]\nunit = \"" + unit() +
                                              "\"\nname = \"gate\"\nsql = \"SELECT " + pause +
                                              " FROM gate\"\n");
    }

    void is_killed_at(const Step& step) {
        INFO(std::string(step.name));
        start_anew(step);
        approve();
        kill(step);
        checks_after(step);
        goes_on();
    }

  private:
    Ran migrate(Words words) const { return migrate_in(killed_.tree, std::move(words), environment_); }
    Ran as_person(Words words, const std::string& typed) const {
        return migrate_as_person(killed_.tree, std::move(words), typed, environment_);
    }
    std::string unit() const {
        return json_of(migrate_in(killed_.tree, {"detect", "--json"}, environment_))["units"][0]["id"];
    }
    json target() const { return json_of(migrate({"status", "--json"}))["units"][0]["targets"][0]; }

    void start_anew(const Step& step) {
        execute(killed_.connection, {"DROP TABLE half_a", "DROP TABLE half_c", forget_});
        if (std::string_view(step.command) == "backup") fs::remove_all(state() / "backups");
        write_half(killed_, step.wait == kSleeps ? "5" : "0");
    }

    void approve() const {
        const std::string id = json_of(migrate({"plan", "run", "--all", "--json", "-q"}))["plan_id"];
        const Ran ran = as_person({"approve", id}, id + "\n");
        REQUIRE_MESSAGE(ran.status == 0, all_of(ran));
    }

    bool is_there(const Step& step) const {
        if (step.wait == kSleeps || step.wait == kVerifies) return is_sleeping(killed_);
        return killed_.tree.exists("waits");
    }

    void kill(const Step& step) {
        if (step.wait == kVerifies)
            execute(killed_.connection, {"INSERT INTO gate VALUES (1)"});
        else if (step.wait != kSleeps)
            killed_.tree.write(step.wait, "");
        {
            Child child(killed_.tree, environment_, {"deploy"});
            for (int i = 0; i < 1200 && !is_there(step); ++i)
                std::this_thread::sleep_for(std::chrono::milliseconds(50));
            REQUIRE_MESSAGE(is_there(step), child.output());
            const auto tools = tools_of(child.pid());
            child.kill();
            (void)child.wait();
            for (int i = 0; i < 200 && std::any_of(tools.begin(), tools.end(), lives); ++i)
                std::this_thread::sleep_for(std::chrono::milliseconds(50));
            CHECK(std::none_of(tools.begin(), tools.end(), lives));
        }
        execute(killed_.connection, {"DELETE FROM gate"});
        for (const char* name : {"waits", step.wait})
            if (*name != '\0') fs::remove(killed_.tree.path(name));
        wait_for_silence(killed_.connection);
    }

    fs::path state() const { return killed_.tree.path(".home/.local/state/migrate"); }

    /// Whatever is listed is whole; the names of what is not.
    std::size_t unfinished_dumps() const {
        const json listed = json_of(migrate({"backup", "list", "--json", "-q"}));
        for (const auto& backup : listed["backups"])
            CHECK(sha256_of_file(backup["file"].get<std::string>()).value_or("") == backup["sha256"]);
        std::size_t found = 0;
        std::error_code none;
        for (const auto& entry : fs::recursive_directory_iterator(state() / "backups", none))
            if (entry.path().string().find(".partial-") != std::string::npos) ++found;
        return found;
    }

    void checks_after(const Step& step) {
        const json now = target();
        const bool a = has_table_of(killed_, "half_a"), c = has_table_of(killed_, "half_c");
        const bool recorded = is_recorded(now, killed_.id), half = now.contains("half_done");
        CHECK_MESSAGE(half == ((recorded ? !(a && c) : a || c) || !now["failed"].empty()), now.dump(1));
        CHECK_MESSAGE((now["state"] == "failed") == half, now.dump(1));
        if (std::string_view(step.command) == "backup") {
            CHECK(migrate({"backup", "list"}).out == "there are no backups\n");
            CHECK_FALSE(a);
        }
        if (half) {
            // Found before a person is asked to approve what would fail.
            const Ran next = migrate({"deploy"});
            CHECK_MESSAGE(next.status == 2, all_of(next));
            CHECK_MESSAGE(says(next, "statements"), all_of(next));
            CHECK_MESSAGE(says(next, "next: migrate resolve -u "), all_of(next));
        }
        unfinished_dumps();
        const Ran log = migrate({"log"});
        CHECK_MESSAGE(says(log, "never ended"), all_of(log));
        const Ran doctor = migrate({"doctor"});
        CHECK_MESSAGE(says(doctor, std::string(step.command) + " was started at"), all_of(doctor));
        CHECK_MESSAGE(doctor.status == 3, all_of(doctor));
    }

    /// What the program itself says is typed, until everything is applied and checked.
    void goes_on() {
        write_half(killed_, "0");
        std::string said;
        for (int i = 0; i < 6; ++i) {
            const Ran deploy = migrate({"deploy"});
            said += all_of(deploy);
            if (deploy.status == 0) break;
            if (says(deploy, "migrate approve p_"))
                approve();
            else
                type_what_is_said(said);
        }
        CHECK_MESSAGE(target()["state"] == "current", said);
        CHECK(has_table_of(killed_, "half_a"));
        CHECK(has_table_of(killed_, "half_c"));
        CHECK(unfinished_dumps() == 0);
        const Ran doctor = migrate({"doctor"});
        CHECK_MESSAGE(doctor.status == 0, said << all_of(doctor));
        CHECK(migrate({"log", "--verify"}).status == 0);
    }

    /// A person does what `resolve` and `doctor` name, and answers with the name of the database.
    void type_what_is_said(std::string& said) {
        const Ran resolve = migrate({"resolve", "--json", "-q"});
        Words words = way_out(json_of(resolve)["units"][0]);
        if (words.empty() && says(migrate({"doctor"}), "resolve --unlock")) words = {"resolve", "--unlock"};
        REQUIRE_MESSAGE(!words.empty(), said << all_of(resolve));
        const Ran done = as_person(words, killed_.connection.database + "\n");
        said += all_of(done);
        CHECK_MESSAGE(done.status == 0, said);
    }

    const Killed& killed_;
    std::string forget_;
    std::map<std::string, std::string> environment_;
};

}  // namespace

void deploy_is_killed_at_each_step(const Killed& killed, const std::string& forget) {
    write_half(killed, "0");
    REQUIRE(migrate_in(killed.tree, {"run"}, killed.environment).status == 0);
    Deployment deployment(killed, forget);
    const Ran marked = migrate_in(killed.tree, {"mark", "production"}, killed.environment);
    REQUIRE_MESSAGE(marked.status == 0, all_of(marked));
    for (const auto& step : kSteps) deployment.is_killed_at(step);
}

}  // namespace migrate::test
