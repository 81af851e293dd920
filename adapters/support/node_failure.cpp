#include "adapters/support/node_failure.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "adapters/support/node_files.hpp"

namespace migrate::node {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// What stands between two texts on one line; nullopt where they do not stand so.
std::optional<std::string> between(std::string_view text, std::string_view before, std::string_view after) {
    std::size_t from = text.find(before);
    if (from == std::string_view::npos) return std::nullopt;
    from += before.size();
    std::size_t line_end = std::min(text.find('\n', from), text.size());
    std::size_t to = after.empty() ? line_end : text.find(after, from);
    if (to == std::string_view::npos || to > line_end) return std::nullopt;
    return std::string(text.substr(from, to - from));
}

/// ":12" where a frame of the stack stands in that file, else "".
std::string line_in(std::string_view said, std::string_view file) {
    for (std::size_t at = said.find(file); at != std::string_view::npos; at = said.find(file, at + 1)) {
        std::size_t from = at + file.size();
        if (from >= said.size() || said[from] != ':') continue;
        std::size_t to = from + 1;
        while (to < said.size() && is_digit(said[to])) ++to;
        if (to > from + 1) return std::string(said.substr(from, to - from));
    }
    return "";
}

/// "/srv/shop/migrations/1-a.js:2:82" -> "1-a.js:2".
std::string file_and_line(std::string place) {
    std::size_t column = place.rfind(':');
    if (column == std::string::npos || place.find(':') == column) return "";
    place.erase(column);
    std::size_t slash = place.rfind('/');
    return slash == std::string::npos ? place : place.substr(slash + 1);
}

/// "no luck Error: no luck" -> "no luck": the message, and behind it the first line of its stack.
std::string said_once(const std::string& message) {
    for (std::size_t at = message.find(' '); at != std::string::npos; at = message.find(' ', at + 1))
        if (message.ends_with(": " + message.substr(0, at))) return message.substr(0, at);
    return message;
}

bool is_there_already(std::string_view message) {
    return message.find("already exists") != std::string_view::npos ||
           message.find("Duplicate column") != std::string_view::npos;
}

/// The migration that failed, with the place in it where that is known, and the database's own words.
Error failed(const Unit& unit, const std::string& file, const std::string& message, std::string_view said) {
    Error error{"tool.failed", file + line_in(said, file) + ": " + message, "", {}};
    if (is_there_already(message)) {
        error.hint =
            "What it makes is there already: made by hand, by a run that stopped half way, or before there "
            "were migrations.";
        error.next = {{By::you,
                       {"migrate", "plan", "resolve", "--applied", file, "-u", unit.id},
                       "the database has all of it",
                       "records it without running it"}};
    }
    return error;
}

Error locked(const Unit& unit, std::string message, std::vector<Next> next) {
    return {"target.busy", unit.id + ": " + std::move(message),
            "Another run is at work, or one was killed and left its lock behind. Nothing was changed.",
            std::move(next)};
}

/// "npm install pg" for the project's own package manager.
std::string install_line(const Unit& unit, const std::string& package) {
    std::string manager = unit.runner.empty() ? "npm" : unit.runner;
    return manager + (manager == "npm" ? " install " : " add ") + package;
}

Error no_driver(const Unit& unit, const std::string& package) {
    return {"tool.missing",
            unit.id + ": the database driver " + package + " is not installed",
            "Install it: " + install_line(unit, package),
            {}};
}

}  // namespace

std::optional<Error> explained_undeclared(const FailedStep& step) {
    constexpr std::string_view kWords = " tried to access ";
    const std::size_t at = step.said.find(kWords);
    if (at == std::string_view::npos) return std::nullopt;
    const std::size_t begin = step.said.rfind('\n', at) + 1;  // npos + 1 is the beginning
    std::string who(step.said.substr(begin, at - begin));
    if (auto colon = who.rfind(": "); colon != std::string::npos) who.erase(0, colon + 2);
    auto what = between(step.said, kWords, ", but it isn't declared in ");
    if (!what) what = between(step.said, kWords, " (a peer dependency) but it isn't provided by ");
    if (!what || what->find(' ') != std::string::npos) return std::nullopt;
    if (who == "Your application")
        return Error{"tool.failed",
                     step.unit.id + ": " + *what + " is used and not among the package's dependencies",
                     "Yarn's Plug'n'Play gives a package only what it declares. Add it: yarn add " + *what,
                     {}};
    return Error{
        "tool.failed",
        step.unit.id + ": " + who + " uses " + *what + " and does not declare it",
        "Yarn's Plug'n'Play gives a package only what it declares. In .yarnrc.yml: packageExtensions: { \"" +
            who + "@*\": { peerDependencies: { " + *what + ": \"*\" } } }, and " + *what +
            " among the dependencies of the package itself.",
        {}};
}

std::optional<Error> explained_knex(const FailedStep& step) {
    const std::string_view said = step.said;
    if (said.find("Migration table is already locked") != std::string_view::npos)
        return locked(step.unit, "Knex's own migration lock is taken",
                      {{By::person,
                        {"migrate", "resolve", "--unlock", "-u", step.unit.id},
                        "no other knex is at work",
                        "frees the lock"}});
    if (auto driver = between(said, "Knex: run\n$ npm install ", " --save"))
        return no_driver(step.unit, *driver);
    auto file = between(said, "migration file \"", "\" failed");
    auto message = between(said, "migration failed with error: ", "");
    if (!file || !message) return std::nullopt;
    return failed(step.unit, *file, *message, said);
}

std::optional<Error> explained_sequelize(const FailedStep& step) {
    auto message = between(step.said, "ERROR: ", "");
    if (!message) return std::nullopt;
    if (auto driver = between(*message, "Please install ", " package manually"))
        return no_driver(step.unit, *driver);
    // The last that was begun and has no line that ends it.
    std::string begun;
    for (const auto& line : plain_lines(step.said)) {
        for (auto word : {": migrating", ": reverting"})
            if (auto name = between(line, "== ", word)) begun = *name;
        if (!begun.empty() && (line.starts_with("== " + begun + ": migrated") ||
                               line.starts_with("== " + begun + ": reverted")))
            begun.clear();
    }
    if (begun.empty()) return Error{"tool.failed", step.unit.id + ": sequelize-cli: " + *message, "", {}};
    for (const auto& id : step.step.migrations)
        if (id.starts_with(begun + ".")) begun = id;
    Error error = failed(step.unit, begun, *message, step.said);
    if (error.hint.empty())
        error.hint =
            "sequelize-cli uses no transaction: what the migration did before this stays, unrecorded.";
    return error;
}

std::optional<Error> explained_typeorm(const FailedStep& step) {
    auto name = between(step.said, "Migration \"", "\" failed, error: ");
    auto message = between(step.said, "\" failed, error: ", "");
    if (!name || !message) return std::nullopt;
    Error error = failed(step.unit, *name, *message, step.said);
    for (auto way : {".up (", ".down ("})
        if (auto place = between(step.said, *name + way, ")"))
            if (auto file = file_and_line(*place); !file.empty())
                error.message = file + ": " + *name + ": " + *message;
    return error;
}

std::optional<Error> explained_migrate_mongo(const FailedStep& step) {
    if (step.said.find("a lock is in place") != std::string_view::npos)
        return locked(step.unit, "migrate-mongo's own lock is in place",
                      {{By::person,
                        {"migrate", "resolve", "--unlock", "-u", step.unit.id},
                        "no other migrate-mongo is at work",
                        "frees the lock"}});
    for (std::string way : {"Could not migrate up ", "Could not migrate down "}) {
        auto file = between(step.said, way, ": ");
        if (!file) continue;
        auto message = between(step.said, way + *file + ": ", "");
        if (message) return failed(step.unit, *file, said_once(*message), step.said);
    }
    auto message = between(step.said, "ERROR: ", "");
    if (!message) return std::nullopt;
    return Error{"tool.failed", step.unit.id + ": migrate-mongo: " + *message, "", {}};
}

}  // namespace migrate::node
