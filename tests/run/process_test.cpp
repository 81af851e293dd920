#include "run/process.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "run/interrupts.hpp"
#include "run/redact.hpp"
#include "tests/support/program.hpp"
#include "tests/support/tree.hpp"

using namespace migrate;
using namespace std::chrono_literals;
using End = ProcessResult::End;
using Clock = std::chrono::steady_clock;
using test::Tree;

namespace {

const std::filesystem::path kHelper =
    test::program_path().parent_path() / "tests" / "misbehave";

ProcessSpec misbehave(std::vector<std::string> args) {
    ProcessSpec spec;
    spec.argv = std::move(args);
    spec.argv.insert(spec.argv.begin(), kHelper.string());
    spec.cwd = "/";
    spec.grace = 300ms;
    return spec;
}

ProcessResult run(std::vector<std::string> args) {
    return run_process(misbehave(std::move(args)));
}

/// What came line by line: the text, then "|" for a line end, "..." for an open end, "^" for progress.
std::string lines_of(const ProcessSpec& spec, Stream wanted = Stream::out) {
    std::string all;
    run_process(spec, [&](const OutputLine& line) {
        if (line.stream != wanted) return;
        all += line.text;
        all += line.end == OutputLine::End::newline ? "|" : line.end == OutputLine::End::open ? "..." : "^";
    });
    return all;
}

/// A process that has ended and that nobody has waited for yet does not live.
bool lives(const std::string& pid) {
    std::ifstream stat("/proc/" + std::to_string(std::stoi(pid)) + "/stat");
    std::string text;
    std::getline(stat, text);
    std::size_t name_end = text.rfind(") ");
    return name_end != std::string::npos && text[name_end + 2] != 'Z';
}

bool soon_gone(const std::string& pid) {
    for (int i = 0; i < 100 && lives(pid); ++i) std::this_thread::sleep_for(20ms);
    return !lives(pid);
}

std::chrono::milliseconds since(Clock::time_point begin) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
}

}  // namespace

TEST_CASE("a program runs with exactly what it is given") {
    Tree tree;
    ProcessSpec spec = misbehave({"where"});
    spec.cwd = tree.path();
    CHECK(run_process(spec).out.text() == tree.path().string() + "\n");
    spec = misbehave({"environment"});
    CHECK(run_process(spec).out.text().empty());
    spec.env = {{"A", "1"}, {"B", "x y=z"}};
    CHECK(run_process(spec).out.text() == "A=1\nB=x y=z\n");
    CHECK(run({"say", "a 'b' $c *"}).out.text() == "a 'b' $c *\n");
}

TEST_CASE("who watches a program knows its number as long as it is the program's own") {
    struct Watch : ProcessWatch {
        int pid = 0, session = 0;
        bool was_there = false;
        void on_start(int number) override {
            pid = number;
            session = ::getsid(number);
        }
        void on_end() override { was_there = ::kill(pid, 0) == 0; }
    } watch;
    ProcessSpec spec;
    spec.argv = {"/bin/sh", "-c", "exit 3"};
    spec.cwd = "/";
    spec.watch = &watch;
    CHECK(run_process(spec).exit_code == 3);
    CHECK(watch.pid > 0);
    CHECK(watch.session == watch.pid);
    CHECK(watch.was_there);
}

TEST_CASE("a program has no terminal, no descriptors and no signal settings of ours") {
    CHECK(run({"terminal"}).out.text() == "none\nown session\n");
    int leak = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC, as libraries do
    REQUIRE(leak >= 0);
    CHECK(run({"descriptors"}).out.text() == "0 1 2 \n");
    ProcessSpec spec = misbehave({"descriptors"});
    spec.probe = true;
    CHECK(run_process(spec).out.text() == "0 1 2 3 \n");
    ::close(leak);
    auto before = std::signal(SIGPIPE, SIG_IGN);
    CHECK(run({"signals"}).out.text() == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
    std::signal(SIGPIPE, before);
}

TEST_CASE("stdin is empty, or the text that the plan holds, however long") {
    CHECK(run({"cat"}).out.text() == "<>\n");
    ProcessSpec spec = misbehave({"cat"});
    spec.stdin_text = "y\nno\n";
    CHECK(run_process(spec).out.text() == "<y\nno\n>\n");
    spec.stdin_text = std::string(1 << 20, 'a');
    spec.collect = 2 << 20;
    CHECK(run_process(spec).collected.size() == (1 << 20) + 3);
    spec = misbehave({"hang"});  // never reads it
    spec.stdin_text = std::string(1 << 20, 'a');
    spec.timeout = 100ms;
    CHECK(run_process(spec).end == End::timed_out);
}

TEST_CASE("exit status, death by a signal, time and memory are reported") {
    ProcessResult quit = run({"quit", "3"});
    CHECK(quit.end == End::exited);
    CHECK(quit.exit_code == 3);
    CHECK_FALSE(quit.ok());
    ProcessResult died = run({"die", "9"});
    CHECK(died.end == End::signalled);
    CHECK(died.signal == SIGKILL);
    ProcessResult burnt = run({"burn"});
    CHECK(burnt.ok());
    CHECK(burnt.duration >= 300ms);
    CHECK(burnt.cpu >= 50ms);
    CHECK(burnt.max_rss_kib >= 60 * 1024);
}

TEST_CASE("a program that is not there is told from one that fails") {
    Tree tree{{"broken", "#!/no/such/interpreter -x\n"}, {"plain", "text"}, {"dir/", ""}};
    tree.executable("broken");
    auto start_error = [&](const std::string& name) {
        ProcessSpec spec;
        spec.argv = {name};
        spec.cwd = tree.path();
        spec.env = {{"PATH", tree.path().string()}};
        ProcessResult result = run_process(spec);
        CHECK(result.end == End::not_started);
        return result.start_error;
    };
    CHECK(start_error("no-such-tool").code == "tool.missing");
    CHECK(start_error("./no-such-tool").code == "tool.missing");
    CHECK(start_error("plain").code == "tool.missing");  // not executable
    CHECK(start_error("dir").code == "tool.missing");
    Error broken = start_error("broken");
    CHECK(broken.code == "tool.missing");
    CHECK(broken.message.find("/no/such/interpreter") != std::string::npos);
    ProcessSpec nowhere = misbehave({"where"});
    nowhere.cwd = tree.path("gone");
    CHECK(run_process(nowhere).start_error.code == "file.missing");
    CHECK(error_of(run({"quit", "127"}), "npx").code == "tool.missing");
}

TEST_CASE("a program is looked up in the PATH that it is given, and relative to its directory") {
    Tree tree{{"bin/tool", "#!/bin/sh\necho path\n"}, {"node_modules/.bin/tool", "#!/bin/sh\necho local\n"}};
    tree.executable("bin/tool");
    tree.executable("node_modules/.bin/tool");
    ProcessSpec spec;
    spec.cwd = tree.path();
    spec.argv = {"tool"};
    spec.env = {{"PATH", "/nonexistent:" + tree.path("bin").string()}};
    CHECK(run_process(spec).out.text() == "path\n");
    spec.argv = {"node_modules/.bin/tool"};
    CHECK(run_process(spec).out.text() == "local\n");
    spec.argv = {"tool"};
    spec.env = {{"PATH", "node_modules/.bin:bin"}};
    CHECK(run_process(spec).out.text() == "local\n");
    CHECK(find_program("tool", "bin", tree.path()) == tree.path("bin/tool"));
    CHECK_FALSE(find_program("tool", "", tree.path()));
    CHECK_FALSE(find_program("", "bin", tree.path()));
}

TEST_CASE("output comes line by line, and a half line when the program goes quiet") {
    CHECK(lines_of(misbehave({"half"})) == "no line end...");
    CHECK(lines_of(misbehave({"prompt"})) == "Your name: ...nobody|");
    CHECK(lines_of(misbehave({"bytes"})) == std::string("a\xEF\xBF\xBD\xEF\xBF\xBD(\0z|", 11));
    CHECK(lines_of(misbehave({"progress"})) == "10%^100%|done|");
    CHECK(run({"bytes"}).out.text() == "a\xEF\xBF\xBD\xEF\xBF\xBD(z\n");
    CHECK(lines_of(misbehave({"quit", "1"}), Stream::err) == "first line|the reason|");
}

TEST_CASE("a program that closes its output may go on") {
    ProcessResult result = run({"close-stdout"});
    CHECK(result.exit_code == 3);
    CHECK(result.out.text() == "before\n");
    CHECK(result.err.text() == "after\n");
    CHECK(result.duration >= 400ms);
}

TEST_CASE("both streams are read at once, and only the ends of long ones are kept") {
    ProcessResult result = run({"both"});
    CHECK(result.ok());
    CHECK(result.out.bytes == 1 << 20);
    CHECK(result.err.bytes == 1 << 20);
    CHECK(result.out.head == std::string(8192, 'o'));
    CHECK(result.err.tail == std::string(8192, 'e'));
    CHECK(result.out.cut());
    CHECK(result.out.text().find("[... 1032192 bytes left out ...]") != std::string::npos);
    CHECK_FALSE(run({"half"}).out.cut());
}

TEST_CASE("all output is kept in a private file, without the secrets") {
    Tree tree;
    Redactor redactor;
    redactor.add_secret("xxxxxxxxxx");
    ProcessSpec spec = misbehave({"flood", "100000"});
    spec.log_dir = tree.path("output");
    spec.log_name = "step-1";
    ProcessResult result = run_process(spec);
    CHECK(result.out.log == tree.path("output/step-1.stdout"));
    CHECK(result.err.log.empty());
    CHECK(tree.read("output/step-1.stdout").size() == 100'000);
    struct stat info {};
    REQUIRE(::stat(result.out.log.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    REQUIRE(::stat(spec.log_dir.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0700);
    CHECK(result.out.text().find(result.out.log.string()) != std::string::npos);

    spec.redactor = &redactor;
    spec.collect = 200'000;
    ProcessResult second = run_process(spec);
    CHECK(second.out.log == tree.path("output/step-1.stdout.2"));
    CHECK(tree.read("output/step-1.stdout.2").find("xxxxxxxxxx") == std::string::npos);
    CHECK(second.out.text().find("xxxxxxxxxx") == std::string::npos);
    CHECK(lines_of(spec).find("xxxxxxxxxx") == std::string::npos);
    CHECK(second.collected == tree.read("output/step-1.stdout"));  // to be parsed or saved, never shown
}

TEST_CASE("what a probe writes to descriptor 3 is handed back") {
    ProcessSpec spec = misbehave({"probe", R"({"url": "postgres://u:p@h/d"})"});
    spec.probe = true;
    ProcessResult result = run_process(spec);
    CHECK(result.probe == R"({"url": "postgres://u:p@h/d"})");
    CHECK(result.probe_all);
    CHECK(result.out.text().empty());
    spec.probe_limit = 5;
    result = run_process(spec);
    CHECK(result.probe == R"({"url)");
    CHECK_FALSE(result.probe_all);
    CHECK(run({"probe", "x"}).exit_code == 90);  // nobody listens there
}

TEST_CASE("when the time is over a program is ended, with everything that it started") {
    ProcessSpec hang = misbehave({"hang"});
    hang.timeout = 200ms;
    auto begin = Clock::now();
    ProcessResult result = run_process(hang);
    CHECK(result.end == End::timed_out);
    CHECK(result.signal == SIGTERM);
    CHECK(result.out.text() == "hanging\n");
    CHECK(since(begin) < 3s);
    CHECK(error_of(result, "prisma").code == "tool.timeout");

    ProcessSpec stubborn = misbehave({"stubborn"});
    stubborn.timeout = 200ms;
    result = run_process(stubborn);
    CHECK(result.end == End::timed_out);
    CHECK(result.signal == SIGKILL);
    CHECK(result.duration >= 500ms);

    ProcessSpec family = misbehave({"family"});
    family.timeout = 300ms;
    result = run_process(family);
    CHECK(result.end == End::timed_out);
    std::string pids = result.out.text();
    std::size_t cut = pids.find('\n');
    REQUIRE(cut != std::string::npos);
    CHECK(soon_gone(pids.substr(0, cut)));
    CHECK(soon_gone(pids.substr(cut + 1)));
}

TEST_CASE("a program that leaves a daemon behind is not waited for") {
    auto begin = Clock::now();
    ProcessResult result = run({"daemon"});
    CHECK(since(begin) < 3s);
    CHECK(result.ok());
    CHECK(result.held_open);
    std::string text = result.out.text();
    CHECK(text.find("started\n") != std::string::npos);
    std::string pid = text.substr(0, text.find('\n'));
    CHECK(lives(pid));  // it is none of our business
    ::kill(std::stoi(pid), SIGKILL);
    CHECK(run({"late-line"}).out.text() == "early\nlate\n");
}

TEST_CASE("an interrupt is passed on, and its answer is waited for") {
    for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
        ProcessResult result = run({"interrupt", std::to_string(signal)});
        CHECK(result.end == End::interrupted);
        CHECK(result.signal == signal);
        CHECK(result.exit_code == 7);
        CHECK(result.out.text() == "cleaning up\n");
        CHECK(exit_status(error_of(result, "knex").code) == 130);
    }
    ProcessResult deaf = run({"interrupt-in-vain", std::to_string(SIGINT)});
    CHECK(deaf.end == End::interrupted);
    CHECK(deaf.duration >= 600ms);  // SIGINT, SIGTERM, SIGKILL, a grace apart
    ProcessSpec hurry = misbehave({"interrupt-thrice"});
    hurry.grace = 60s;
    CHECK(run_process(hurry).end == End::interrupted);
}

TEST_CASE("after an interrupt nothing more is started, unless it cleans up") {
    Interrupts interrupts;
    CHECK(interrupts.count() == 0);
    ::kill(::getpid(), SIGINT);
    CHECK(interrupts.count() == 1);
    CHECK(interrupts.signal() == SIGINT);
    ProcessResult result = run({"say", "x"});
    CHECK(result.end == End::interrupted);
    CHECK(result.out.bytes == 0);
    ProcessSpec cleaning = misbehave({"say", "x"});
    cleaning.after_interrupt = true;
    CHECK(run_process(cleaning).ok());
    cleaning = misbehave({"interrupt", "15"});
    cleaning.after_interrupt = true;
    CHECK(run_process(cleaning).signal == SIGTERM);
}

TEST_CASE("several programs may run at a time") {
    std::vector<std::thread> threads;
    std::atomic<int> good = 0;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&, i] {
            for (int round = 0; round < 5; ++round) {
                std::string text = std::to_string(i * 100 + round);
                if (run({"say", text}).out.text() == text + "\n") ++good;
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(good == 40);
}

TEST_CASE("a callback that throws leaves no process behind") {
    std::string pid;
    ProcessSpec spec = misbehave({"family"});
    auto begin = Clock::now();
    CHECK_THROWS_AS(run_process(spec,
                                [&](const OutputLine& line) {
                                    pid = line.text;
                                    throw std::runtime_error("no");
                                }),
                    std::runtime_error);
    CHECK(since(begin) < 3s);
    CHECK(soon_gone(pid));
}

TEST_CASE("an error repeats the last lines of what the program said") {
    Error error = error_of(run({"quit", "2"}), "alembic");
    CHECK(error.code == "tool.failed");
    CHECK(error.message == "alembic ended with exit status 2");
    CHECK(error.hint == "first line\nthe reason");
    CHECK(error_of(run({"die", "11"}), "alembic").message == "alembic was killed by SIGSEGV");
}
