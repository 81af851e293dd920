#include "run/conversation.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "run/redact.hpp"
#include "tests/support/tree.hpp"

using namespace migrate;
using namespace std::chrono_literals;
using End = ProcessResult::End;

namespace {

/// A shell that runs `script`; what it is asked comes on descriptor 3.
ProcessSpec shell(const std::string& script) {
    ProcessSpec spec;
    spec.argv = {"/bin/sh", "-c", script};
    spec.cwd = "/";
    spec.env = {{"PATH", "/usr/bin:/bin"}};
    return spec;
}

/// A process that has ended and that nobody has waited for yet does not live.
bool lives(const std::string& pid) {
    std::ifstream stat("/proc/" + std::to_string(std::stoi(pid)) + "/stat");
    std::string text;
    std::getline(stat, text);
    const std::size_t name_end = text.rfind(") ");
    return name_end != std::string::npos && text[name_end + 2] != 'Z';
}

bool soon_gone(const std::string& pid) {
    for (int i = 0; i < 200 && lives(pid); ++i) std::this_thread::sleep_for(10ms);
    return !lives(pid);
}

constexpr const char* kEcho = "while read -r line <&3; do echo \"$line $$\" >&3; done";

}  // namespace

TEST_CASE("one program answers every question, in its own order") {
    Conversation talk(shell(kEcho));
    auto first = talk.ask("one", 5s), second = talk.ask("two", 5s);
    REQUIRE(first);
    REQUIRE(second);
    CHECK(first->starts_with("one "));
    CHECK(*second == "two " + first->substr(4));
}

TEST_CASE("what a program that is asked prints is no answer") {
    Conversation talk(
        shell("echo noise; read -r line <&3; echo more >&2; echo answer >&3; read -r line <&3"));
    auto answer = talk.ask("one", 5s);
    REQUIRE(answer);
    CHECK(*answer == "answer");
}

TEST_CASE("a program that left between two questions is started once more") {
    Conversation talk(shell("read -r line <&3; echo \"$line $$\" >&3"));
    auto first = talk.ask("one", 5s);
    REQUIRE(first);
    auto second = talk.ask("two", 5s);
    REQUIRE(second);
    CHECK(second->starts_with("two "));
    CHECK(second->substr(4) != first->substr(4));
}

TEST_CASE("a program that ends without an answer says how, and what it printed without secrets") {
    Redactor redactor;
    redactor.add_secret("hunter-two");
    ProcessSpec spec = shell("echo 'cannot log in with hunter-two' >&2; exit 7");
    spec.redactor = &redactor;
    Conversation talk(spec);
    auto answer = talk.ask("one", 5s);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().end == End::exited);
    CHECK(answer.error().exit_code == 7);
    CHECK(answer.error().err.text().find("cannot log in with") != std::string::npos);
    CHECK(answer.error().err.text().find("hunter-two") == std::string::npos);
}

TEST_CASE("a program that never answers is ended when its time is over") {
    test::Tree tree;
    ProcessSpec spec = shell("echo $$ > pid; exec sleep 60");
    spec.cwd = tree.path();
    Conversation talk(spec);
    auto answer = talk.ask("one", 300ms);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().end == End::timed_out);
    CHECK(soon_gone(tree.read("pid")));
}

TEST_CASE("an interrupt ends the wait for an answer") {
    Conversation talk(shell("sleep 60"));
    std::thread person([] {
        std::this_thread::sleep_for(200ms);
        ::kill(::getpid(), SIGINT);
    });
    auto answer = talk.ask("one", 30s);
    person.join();
    REQUIRE_FALSE(answer);
    CHECK(answer.error().end == End::interrupted);
    CHECK(answer.error().signal == SIGINT);
}

TEST_CASE("a program that was asked is gone when nobody asks any more") {
    std::string pid;
    {
        Conversation talk(shell("read -r line <&3; echo $$ >&3; sleep 60"));
        auto answer = talk.ask("who", 5s);
        REQUIRE(answer);
        pid = *answer;
    }
    CHECK(soon_gone(pid));
}

TEST_CASE("a program that is asked ends by itself when its asker dies") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t asker = ::fork();
    if (asker == 0) {
        Conversation talk(shell(kEcho));
        const std::string pid = talk.ask("", 5s).value_or(" 0").substr(1) + "\n";
        [[maybe_unused]] auto put = ::write(ends[1], pid.data(), pid.size());
        ::kill(::getpid(), SIGKILL);
    }
    ::waitpid(asker, nullptr, 0);
    char text[32] = {};
    REQUIRE(::read(ends[0], text, sizeof text - 1) > 1);
    CHECK(soon_gone(text));
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_CASE("a program that is not there cannot be asked") {
    ProcessSpec spec = shell("");
    spec.argv = {"no-such-program"};
    Conversation talk(spec);
    auto answer = talk.ask("one", 5s);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().end == End::not_started);
    CHECK(answer.error().start_error.code == "tool.missing");
}
