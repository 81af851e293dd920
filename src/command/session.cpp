#include "command/session.hpp"

#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "command/program.hpp"
#include "config/policy_file.hpp"
#include "detect/root.hpp"
#include "policy/caller.hpp"
#include "report/text.hpp"
#include "select/affected.hpp"
#include "select/declared.hpp"
#include "target/environment.hpp"

namespace migrate {

namespace fs = std::filesystem;

namespace {

Result<fs::path> root_of(const Invocation& invocation, const ParsedCommand& parsed) {
    auto given = parsed.value("root");
    if (!given) return find_root(invocation.cwd);
    std::error_code problem;
    fs::path root = fs::canonical(invocation.cwd / *given, problem);
    if (problem || !fs::is_directory(root))
        return fail("root.missing", "--root " + *given + " is no directory",
                    "It names the top of a repository.");
    return root;
}

/// The current directory as the selection sees it; "." where it lies outside the root.
std::string current_of(const fs::path& cwd, const fs::path& root) {
    std::error_code problem;
    std::string path = fs::canonical(cwd, problem).lexically_relative(root).generic_string();
    return path.empty() || path == ".." || path.starts_with("../") ? "." : path;
}

fs::path state_dir_of(const Environment& env, const Caller& caller) {
    auto xdg = env.get("XDG_STATE_HOME");
    if (xdg && xdg->starts_with('/')) return fs::path(*xdg) / "migrate";
    auto home = env.get("HOME");
    return fs::path(home && home->starts_with('/') ? *home : caller.home) / ".local/state/migrate";
}

}  // namespace

Result<Session> open_session(const Invocation& invocation, const ParsedCommand& parsed) {
    Session session;
    session.invocation = &invocation;
    session.parsed = &parsed;
    session.out.color = use_color(parsed.value("color"), invocation.env, invocation.stdout_tty);
    session.err.color = use_color(parsed.value("color"), invocation.env, invocation.stderr_tty);
    session.caller = caller_of(invocation, parsed.given("no-input"));
    session.state_dir = state_dir_of(invocation.env, session.caller);

    auto root = root_of(invocation, parsed);
    if (!root) return tl::unexpected(root.error());
    session.root = *root;
    session.current = current_of(invocation.cwd, session.root);

    auto config = read_config(session.root);
    if (!config) return tl::unexpected(config.error());
    session.config = std::move(*config);
    auto rules = read_policy(policy_paths(session.caller));
    if (!rules) return tl::unexpected(rules.error());
    session.policy = tightened(std::move(*rules), session.config.tighten);
    auto name =
        environment_name(parsed.value("env"), invocation.env, nullptr, session.config.default_environment);
    if (!name) return tl::unexpected(name.error());
    session.environment = *name;

    session.scan = detect(session.root, {session.current});
    if (auto error = apply_config(session.scan, session.config, session.root)) return tl::unexpected(*error);
    name_seeds_by_id(session.policy, session.scan.units);
    return session;
}

Result<Selection> selected(const Session& session) {
    SelectOptions options;
    options.patterns = session.parsed->values("unit");
    options.all = session.parsed->given("all");
    options.current = session.current;
    if (session.parsed->given("affected")) {
        auto files =
            files_changed_since(session.root, session.parsed->value("affected").value_or(""), session.env());
        if (!files) return tl::unexpected(files.error());
        options.affected_files = std::move(*files);
    }
    return select_units(session.scan.units, session.scan.possible, options);
}

int finish(const Session& session, CommandResult& result, const Detail& detail, const std::string& text,
           std::optional<int> status) {
    result.exit = status.value_or(worst_exit(result.exit, exit_of(result)));
    const bool json = session.json();
    if (json) fmt::print("{}", dump(envelope(result, detail)));
    if (json && session.quiet()) return result.exit;
    // With --json stdout holds the document alone; what people read goes to stderr.
    std::FILE* stream = json ? stderr : stdout;
    fmt::print(stream, "{}{}", text, summary_table(result, json ? session.err : session.out));
    for (const auto& error : result.errors) fmt::print(stderr, "{}", error_text(error, session.err));
    if (!session.quiet()) fmt::print(stderr, "{}", next_text(result.next, session.err));
    return result.exit;
}

int finish(const Session& session, const std::string& command, const Error& error) {
    return report_error(*session.invocation, command, error);
}

std::int64_t now_seconds() {
    return static_cast<std::int64_t>(std::time(nullptr));
}

namespace {
std::string formatted(std::int64_t seconds, const char* format) {
    std::time_t time = static_cast<std::time_t>(seconds);
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    char text[32];
    return {text, std::strftime(text, sizeof text, format, &parts)};
}
}  // namespace

std::string rfc3339(std::int64_t seconds) {
    return formatted(seconds, "%Y-%m-%dT%H:%M:%SZ");
}
std::string compact_time(std::int64_t seconds) {
    return formatted(seconds, "%Y%m%d%H%M%S");
}

}  // namespace migrate
