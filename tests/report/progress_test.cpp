#include "report/progress.hpp"

#include <thread>

#include "report/events.hpp"

using namespace migrate;
using End = OutputLine::End;

namespace {

UnitPlan unit(const std::string& id, int steps = 2) {
    UnitPlan plan;
    plan.unit = id;
    plan.verb = Verb::run;
    for (int n = 1; n <= steps; ++n) {
        Step step;
        step.n = n;
        step.purpose = "apply " + std::to_string(n);
        step.action = Native{"prisma", {"npx", "prisma"}, {"migrate", "deploy"}, "", ""};
        step.env["DATABASE_URL"] = {"postgres://u:hunter2@h/d", true};
        plan.steps.push_back(step);
    }
    return plan;
}

StepOutcome done(int n, bool ok = true) {
    StepOutcome outcome;
    outcome.n = n;
    outcome.ok = ok;
    outcome.ms = 1234;
    if (!ok) outcome.native_exit = 3;
    return outcome;
}

/// What a style makes of one step with some output.
std::string shown(const ProgressStyle& style, const std::vector<OutputLine>& lines, bool ok = true) {
    std::string all;
    UnitPlan api = unit("api:prisma");
    {
        Progress progress(style, [&](std::string_view text) { all += text; });
        progress.on_step_start(api, api.steps[0]);
        for (const OutputLine& line : lines) progress.on_output(api, api.steps[0], line);
        progress.on_step_end(api, api.steps[0], done(1, ok));
        progress.on_summary({});
    }
    return all;
}

/// The lines before a built-in step is done.
std::string begun(Action action) {
    std::string all;
    UnitPlan api = unit("api:prisma", 1);
    api.steps[0].action = std::move(action);
    {
        Progress progress({}, [&](std::string_view text) { all += text; });
        progress.on_step_start(api, api.steps[0]);
    }
    return all;
}

Environment with(std::map<std::string, std::string, std::less<>> variables) {
    return Environment{std::move(variables)};
}

/// The text as a terminal shows it, which knows carriage returns and "erase the line" only.
std::string on_screen(std::string_view text) {
    std::string screen, line;
    while (!text.empty()) {
        if (text.starts_with("\r\x1b[2K")) {
            line.clear();
            text.remove_prefix(5);
            continue;
        }
        line += text.front();
        if (text.front() == '\n') {
            screen += line;
            line.clear();
        }
        text.remove_prefix(1);
    }
    return screen + line;
}

}  // namespace

TEST_CASE("plain progress is one line for the beginning, each line of output, and one for the end") {
    CHECK(shown({}, {{Stream::out, "Applying", End::newline}, {Stream::err, "half", End::open}}) ==
          "[1/2] apply 1\n$ npx prisma migrate deploy\nApplying\nhalf\n[1/2] apply 1: done, 1.2 s\n");
    CHECK(
        shown({}, {}, false) ==
        "[1/2] apply 1\n$ npx prisma migrate deploy\n[1/2] apply 1: failed with exit status 3 after 1.2 s\n");
}

TEST_CASE("nothing is said with -q") {
    ProgressStyle style;
    style.quiet = style.moving = true;
    CHECK(shown(style, {{Stream::out, "Applying", End::newline}}).empty());
}

TEST_CASE("half lines are joined, progress on one line is left out of logs, nothing moves the cursor") {
    std::string text = shown({}, {{Stream::out, "10%", End::overwritten},
                                  {Stream::out, "dots..", End::open},
                                  {Stream::err, "note", End::newline},
                                  {Stream::out, ".. done", End::newline},
                                  {Stream::out, "\x1b[2J\x1b[31mred\x1b[0m", End::newline}});
    CHECK(text.find("10%") == std::string::npos);
    CHECK(text.find("note\ndots.... done\nred\n") != std::string::npos);
    ProgressStyle style;
    style.color = true;
    text = shown(style, {{Stream::out, "\x1b[2J\x1b[31mred", End::newline}});
    CHECK(text.find("\n\x1b[31mred\x1b[0m\n") != std::string::npos);
}

TEST_CASE("with several units each line says whose it is") {
    ProgressStyle style;
    style.prefixed = true;
    CHECK(shown(style, {{Stream::out, "Applying", End::newline}}) ==
          "api:prisma | [1/2] apply 1\napi:prisma | $ npx prisma migrate deploy\napi:prisma | Applying\n"
          "api:prisma | [1/2] apply 1: done, 1.2 s\n");
}

TEST_CASE("on a terminal the last line moves, and the lines above it stay") {
    ProgressStyle style;
    style.moving = true;
    style.width = 40;
    std::string text = shown(style, {{Stream::out, "Applying a migration with a long name", End::newline},
                                     {Stream::out, "55%", End::overwritten}});
    CHECK(on_screen(text) ==
          "[1/2] apply 1\n$ npx prisma migrate deploy\nApplying a migration with a long name\n"
          "[1/2] apply 1: done, 1.2 s\n");
    CHECK(text.find("api:prisma [1/2] apply 1 0.0 s  55%") != std::string::npos);
    CHECK(text.find("api:prisma [1/2] apply 1 0.0 s  Appl...") != std::string::npos);
}

TEST_CASE("on a terminal time goes by while a tool is silent") {
    ProgressStyle style;
    style.moving = true;
    std::string all;
    std::mutex mutex;
    UnitPlan api = unit("api:prisma");
    Progress progress(style, [&](std::string_view text) {
        std::lock_guard lock(mutex);
        all += text;
    });
    progress.on_step_start(api, api.steps[0]);
    for (int i = 0; i < 100; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        std::lock_guard lock(mutex);
        if (all.find("apply 1 0.3 s") != std::string::npos ||
            all.find("apply 1 0.4 s") != std::string::npos ||
            all.find("apply 1 0.5 s") != std::string::npos || all.find("apply 1 1.") != std::string::npos)
            return;
    }
    FAIL("the line never moved");
}

TEST_CASE("CI systems get each step's output as a group that they can fold") {
    ProgressStyle style;
    style.groups = ProgressStyle::Groups::github;
    CHECK(shown(style, {{Stream::out, "Applying", End::newline}}) ==
          "::group::api:prisma [1/2] apply 1\n$ npx prisma migrate deploy\nApplying\ndone, 1.2 "
          "s\n::endgroup::\n");
    style.groups = ProgressStyle::Groups::gitlab;
    std::string text = shown(style, {{Stream::out, "Applying", End::newline}});
    CHECK(text.starts_with("\x1b[0Ksection_start:"));
    CHECK(text.find(":migrate_1\r\x1b[0Kapi:prisma [1/2] apply 1\n") != std::string::npos);
    CHECK(text.ends_with(":migrate_1\r\x1b[0K\n"));
}

TEST_CASE("groups of units that run at a time do not mix") {
    ProgressStyle style;
    style.groups = ProgressStyle::Groups::github;
    style.prefixed = true;
    std::string all;
    UnitPlan a = unit("a", 1), b = unit("b", 1), c = unit("c", 1);
    Progress progress(style, [&](std::string_view text) { all += text; });
    progress.on_step_start(a, a.steps[0]);
    progress.on_step_start(b, b.steps[0]);
    progress.on_step_start(c, c.steps[0]);
    progress.on_output(b, b.steps[0], {Stream::out, "from b", End::newline});
    progress.on_output(a, a.steps[0], {Stream::out, "from a", End::newline});
    progress.on_step_end(b, b.steps[0], done(1));
    progress.on_step_end(a, a.steps[0], done(1));
    progress.on_output(c, c.steps[0], {Stream::out, "from c", End::newline});
    progress.on_step_end(c, c.steps[0], done(1));
    std::string expected;
    for (const char* id : {"a", "b", "c"}) {
        std::string p = std::string(id) + " | ";
        expected += "::group::" + std::string(id) + " [1/1] apply 1\n" + p + "$ npx prisma migrate deploy\n" +
                    p + "from " + id + "\n" + p + "done, 1.2 s\n::endgroup::\n";
    }
    CHECK(all == expected);
}

TEST_CASE("the style follows terminal, CI and options") {
    CHECK(progress_style(with({{"TERM", "xterm"}}), true, false, false, 1).moving);
    CHECK_FALSE(progress_style(with({{"TERM", "dumb"}}), true, false, false, 1).moving);
    CHECK_FALSE(progress_style(with({{"TERM", "xterm"}}), false, false, false, 1).moving);
    CHECK_FALSE(progress_style(with({{"TERM", "xterm"}, {"CI", "true"}}), true, false, false, 1).moving);
    CHECK(progress_style(with({{"GITHUB_ACTIONS", "true"}}), false, false, false, 1).groups ==
          ProgressStyle::Groups::github);
    CHECK(progress_style(with({{"GITLAB_CI", "true"}}), false, false, false, 1).groups ==
          ProgressStyle::Groups::gitlab);
    CHECK(progress_style({}, false, false, false, 2).prefixed);
    CHECK_FALSE(progress_style({}, false, false, false, 1).prefixed);
}

TEST_CASE("what is built in does not look like a command that could be typed") {
    CHECK(begun(Native{"prisma", {"npx", "prisma"}, {"migrate", "deploy"}, "", ""}).find("$ npx prisma") !=
          std::string::npos);
    CHECK(begun(WriteFile{"a.sql", "", false}).find("\nwrite-file a.sql\n") != std::string::npos);
    const std::string scratch = begun(CreateScratch{});
    CHECK(scratch.find("apply 1") != std::string::npos);
    CHECK(scratch.find("create-scratch") == std::string::npos);
}
