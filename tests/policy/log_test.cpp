#include "policy/log.hpp"

#include <thread>

#include "tests/support/tree.hpp"

using namespace migrate;

namespace {
LogEntry entry(std::string outcome) {
    return {"2026-01-02T03:04:05Z", "ada",   "person", "run",   "api:sql",
            "sqlite dev.db",        "local", "p_1",    outcome, ""};
}
}  // namespace

TEST_CASE("the log's chain holds as it grows") {
    test::Tree dir;
    auto file = dir.path("state/log.jsonl");
    CHECK(verify_log(file).lines == 0);
    for (int i = 0; i < 5; ++i) REQUIRE(append_log(file, {entry("done"), entry("refused")}));
    LogCheck check = verify_log(file);
    CHECK(check.lines == 10);
    CHECK(check.broken_line == 0);
    CHECK(read_log(file, 3).size() == 3);
}

TEST_CASE("a changed, removed or added line breaks the chain and is named") {
    test::Tree dir;
    auto file = dir.path("log.jsonl");
    REQUIRE(append_log(file, {entry("done"), entry("refused"), entry("failed")}));
    const std::string whole = dir.read("log.jsonl");

    std::string edited = whole;
    edited.replace(edited.find("refused"), 7, "done   ");
    dir.write("log.jsonl", edited);
    CHECK(verify_log(file).broken_line == 3);

    std::size_t first = whole.find('\n') + 1;
    dir.write("log.jsonl", whole.substr(first));
    CHECK(verify_log(file).broken_line == 1);

    dir.write("log.jsonl", whole + "{\"previous\":\"\"}\n");
    CHECK(verify_log(file).broken_line == 4);
}

TEST_CASE("a line that a crash cut is kept, named, and the chain goes on") {
    test::Tree dir;
    auto file = dir.path("log.jsonl");
    REQUIRE(append_log(file, {entry("done"), entry("done")}));
    std::string text = dir.read("log.jsonl");
    dir.write("log.jsonl", text + "{\"at\":\"2026-01");
    CHECK(verify_log(file).broken_line == 0);
    REQUIRE(append_log(file, {entry("done")}));
    LogCheck check = verify_log(file);
    CHECK(check.broken_line == 0);
    CHECK(check.torn == 1);
    CHECK(check.lines == 5);
}

TEST_CASE("a last line that lacks nothing but its line end is a link like any other") {
    test::Tree dir;
    auto file = dir.path("log.jsonl");
    REQUIRE(append_log(file, {entry("done"), entry("refused")}));
    std::string text = dir.read("log.jsonl");
    dir.write("log.jsonl", text.substr(0, text.size() - 1));
    REQUIRE(append_log(file, {entry("done")}));
    LogCheck check = verify_log(file);
    CHECK(check.lines == 3);
    CHECK(check.torn == 0);
    CHECK(check.broken_line == 0);
}

TEST_CASE("several processes append to one chain") {
    test::Tree dir;
    auto file = dir.path("log.jsonl");
    std::vector<std::thread> writers;
    for (int i = 0; i < 8; ++i)
        writers.emplace_back([&] {
            for (int k = 0; k < 10; ++k) (void)append_log(file, {entry("done")});
        });
    for (auto& writer : writers) writer.join();
    LogCheck check = verify_log(file);
    CHECK(check.lines == 80);
    CHECK(check.broken_line == 0);
}

TEST_CASE("what stopped is found behind what ended well, and only for its own unit and target") {
    test::Tree dir;
    auto file = dir.path("log.jsonl");
    const auto log = [&](std::string outcome, std::string command = "run",
                         std::string target = "sqlite dev.db") {
        LogEntry one = entry(std::move(outcome));
        one.command = std::move(command);
        one.target = std::move(target);
        REQUIRE(append_log(file, {one}));
    };
    const auto outcome = [&] {
        const auto found = stopped(file, "api:sql", "sqlite dev.db");
        return found ? found->command + " " + found->outcome : "";
    };
    CHECK(outcome().empty());
    log("failed");
    log("started", "resolve");
    log("done", "resolve");
    CHECK(outcome().empty());
    log("started", "rollback");
    log("done", "run", "sqlite other.db");
    log("done", "backup");
    CHECK(outcome() == "rollback never ended");
    log("failed", "resolve");
    CHECK(outcome() == "rollback failed");
    log("done", "resolve");
    CHECK(outcome().empty());
    log("failed", "resolve");
    CHECK(outcome().empty());

    // A name that JSON writes otherwise.
    log("failed", "run", "sqlite \"a\\b\".db");
    CHECK(stopped(file, "api:sql", "sqlite \"a\\b\".db").has_value());
    CHECK(outcome().empty());
}
