// `mark`, `freeze` and `unfreeze`: what people write into a database about the database itself.
#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "base/files.hpp"
#include "command/ask.hpp"
#include "command/flow.hpp"
#include "command/options.hpp"
#include "command/program.hpp"
#include "command/table.hpp"
#include "live/marker.hpp"
#include "policy/signature.hpp"
#include "report/text.hpp"
#include "target/level.hpp"
#include "target/url.hpp"

namespace migrate {

namespace {

constexpr std::array kMarkShared{&kUnitOptions, &kEnvironmentOptions, &kConsentOptions};
constexpr std::array kFreezeShared{&kUnitOptions, &kEnvironmentOptions};
constexpr Positional kLevel[] = {{.name = "LEVEL",
                                  .kind = ValueKind::choice,
                                  .required = true,
                                  .choices = "production|staging|development|scratch",
                                  .help = "what the database is"}};
constexpr Positional kReason[] = {
    {.name = "REASON", .required = true, .help = "why, for those who will be stopped by it"}};
constexpr Option kMarkOptions[] = {
    {.name = "key",
     .kind = ValueKind::file,
     .value = "FILE",
     .help = "also note this Ed25519 public key: who holds its private half may approve plans here"},
};
constexpr Example kMarkExamples[] = {
    {"migrate mark production -u ledger --env production", "from now on every machine knows what it is"},
    {"migrate mark scratch -u ledger", "an empty database of a pipeline: free for 24 hours"},
};
constexpr Example kFreezeExamples[] = {
    {"migrate freeze \"release week\" -u ledger", "nothing changes it until `migrate unfreeze`"},
};
constexpr Example kUnfreezeExamples[] = {
    {"migrate unfreeze -u ledger", "asks a person, and lets changes through again"},
};

constexpr std::int64_t kScratchSeconds = 24 * 3600;

/// The database of one target, and what is known of it.
struct Marked {
    GatheredUnit* unit = nullptr;
    TargetStatus* status = nullptr;
    const LiveFacts* live = nullptr;

    const Target& target() const { return status->target; }
};

/// Every migrated database of the units chosen, each once.
Result<std::vector<Marked>> databases_of(std::vector<GatheredUnit>& units) {
    std::vector<Marked> found;
    for (auto& one : units) {
        if (one.result.error) return tl::unexpected(*one.result.error);
        for (auto& status : one.result.targets) {
            if (!status.target.migrated) continue;
            const bool known = std::any_of(found.begin(), found.end(), [&](const Marked& other) {
                return display(other.target().connection) == display(status.target.connection);
            });
            if (!known) found.push_back({&one, &status, &one.live[status.target.name]});
        }
    }
    return found;
}

Result<std::unique_ptr<db::Database>> open_for_writing(const Target& target) {
    return db::open(target.connection, {.read_only = false});
}

/// What the level would be without the database's own mark.
Level without_mark(const Marked& marked) {
    LevelFacts facts = marked.unit->level_facts[marked.target().name];
    facts.signs = marked.live->signs;
    return decide_level(marked.target(), facts).level;
}

enum class Need { nothing, person, never };

/// Towards more care anybody may mark; towards less a person, and never against evidence of production.
Need needed_for(Level wanted, const Marked& marked, bool with_key) {
    const Level others = without_mark(marked);
    if (wanted < others && others == Level::production) return Need::never;
    if (with_key) return Need::person;
    if (wanted >= marked.target().level) return Need::nothing;
    const bool free_scratch = wanted == Level::scratch && marked.live->empty() && !marked.live->mark;
    return free_scratch ? Need::nothing : Need::person;
}

/// The person types the database's name, or has given it with --confirm.
std::optional<Error> ask_person(const Session& session, const Marked& marked, const std::string& command,
                                const std::string& what) {
    const std::string name = confirm_name(marked.target().connection);
    const std::string would = fmt::format("{} would {} {}, which is {}", command, what,
                                          target_text(marked.target()), to_string(marked.target().level));
    if (!session.caller.person)
        return Error{"policy.person_only",
                     would + "; that is a person's to decide",
                     "Nothing was changed.",
                     {{By::person, {"migrate", command, "-u", marked.unit->selected.unit.id}, "", ""}}};
    const auto given = session.parsed->values("confirm");
    if (std::find(given.begin(), given.end(), name) != given.end()) return std::nullopt;
    if (ask(would + ". Type the name of the database (" + session.err.bold(name) + ") to go on:") == name)
        return std::nullopt;
    return Error{"policy.needs_confirmation", would + "; that was not confirmed", "Nothing was changed.", {}};
}

std::string random_id() {
    std::array<unsigned char, 16> bytes{};
    std::string id;
    if (RAND_bytes(bytes.data(), bytes.size()) != 1) return id;
    for (const unsigned char byte : bytes) id += fmt::format("{:02x}", byte);
    return id;
}

/// Where our table stands among the tool's own, before its first migration.
std::string warning_for(const Marked& marked) {
    const Tool tool = marked.unit->selected.unit.tool;
    const auto engine = marked.target().connection.engine;
    const bool own_schema = engine == Engine::postgresql || engine == Engine::cockroachdb;
    if (own_schema || marked.status->history.initialised || (tool != Tool::flyway && tool != Tool::prisma))
        return "";
    return fmt::format("  {} will find a database that is not empty and want a baseline: run it first\n",
                       to_string(tool));
}

using Write = std::function<Result<std::string>(const Marked&, db::Database&)>;

/// Opens each database, writes, logs; what was written stands in each unit's text.
void write_all(const Session& session, const std::string& command, const std::vector<Marked>& databases,
               const Write& write, CommandResult& result) {
    std::vector<LogEntry> log;
    for (const auto& marked : databases) {
        UnitResult& unit = marked.unit->result;
        auto session_with = open_for_writing(marked.target());
        Result<std::string> written =
            session_with ? write(marked, **session_with) : tl::unexpected(session_with.error());
        LogEntry entry = log_entry(session, command, unit);
        entry.target = display(marked.target().connection);
        entry.level = to_string(marked.target().level);
        entry.outcome = written ? "done" : "failed";
        entry.detail = written ? *written : written.error().code;
        log.push_back(std::move(entry));
        if (written) {
            unit.changed = Changed::database;
            unit.text += fmt::format("  {}  {}\n", target_text(marked.target()), *written);
        } else if (!unit.error) {
            unit.error = written.error();
        }
    }
    write_log(session, log, result.errors);
}

/// What the three commands have in common: choose, ask the databases, ask the person, write, report.
struct Marking {
    std::string command;
    std::function<std::optional<Error>(const Marked&)> may;
    Write write;
};

int carry_out(const Session& session, const Marking& marking) {
    CommandResult result;
    result.command = marking.command;
    result.environment = session.environment;
    auto selection = selected(session);
    if (!selection) return finish(session, marking.command, selection.error());
    if (auto error = must_be_deliberate(session, *selection, marking.command))
        return finish(session, marking.command, *error);
    Redactor redactor;
    GatherSettings settings = gather_settings(session);
    settings.ask_live = true;
    Request request;
    request.verb = Verb::status;
    auto units = gather(selection->units, request, settings, redactor, result.errors);
    auto databases = databases_of(units);
    if (!databases) return finish(session, marking.command, databases.error());
    for (const auto& marked : *databases)
        if (auto error = marking.may(marked)) return finish(session, marking.command, *error);
    write_all(session, marking.command, *databases, marking.write, result);
    std::string text;
    for (auto& one : units) {
        text += session.out.bold(one.result.unit.id) + "\n" + one.result.text;
        if (one.result.error) text += error_text(*one.result.error, session.out);
        result.units.push_back(std::move(one.result));
    }
    return finish(session, result, {.outcome = true}, text);
}

Result<std::optional<std::string>> key_of(const Session& session) {
    auto file = session.parsed->value("key");
    if (!file) return std::nullopt;
    auto text = read_file(session.invocation->cwd / *file);
    if (!text) return fail("usage", *file + ": the key cannot be read", "Nothing was changed.");
    auto key = public_key_from(*text);
    if (!key)
        return fail("usage", *file + ": " + key.error().message,
                    "`openssl pkey -in private.pem -pubout` prints the public half of an Ed25519 key.");
    return *key;
}

int mark(const Invocation& invocation, const ParsedCommand& parsed) {
    auto session = open_session(invocation, parsed);
    if (!session) return report_error(invocation, "mark", session.error());
    auto key = key_of(*session);
    if (!key) return finish(*session, "mark", key.error());
    const std::string word = parsed.positional(0).value_or("");
    const Level wanted = word == "development" ? Level::local : level_from(word).value_or(Level::production);
    const std::int64_t now = now_seconds();
    auto may = [&](const Marked& marked) -> std::optional<Error> {
        switch (needed_for(wanted, marked, key->has_value())) {
            case Need::nothing:
                return std::nullopt;
            case Need::person:
                return ask_person(*session, marked, "mark", "mark as " + word);
            case Need::never:
                return Error{"policy.refused",
                             fmt::format("{} is production by other evidence, and no mark can say less",
                                         target_text(marked.target())),
                             "Nothing was changed.",
                             {{By::you,
                               {"migrate", "explain", "--target", "-u", marked.unit->selected.unit.id},
                               "",
                               "shows the evidence"}}};
        }
        return std::nullopt;
    };
    auto write = [&](const Marked& marked, db::Database& database) -> Result<std::string> {
        MarkRow row{wanted, random_id(), session->caller.user,
                    now,    0,           identity_of(database, marked.target().connection)};
        if (wanted == Level::scratch) row.until = now + kScratchSeconds;
        if (auto done = write_mark(database, row); !done) return tl::unexpected(done.error());
        if (*key)
            if (auto done = write_key(database, {**key, {session->environment.name}, "", ""}, row); !done)
                return tl::unexpected(done.error());
        return fmt::format("marked {}{}{}", word,
                           row.until ? ", until " + time_text(row.until) : std::string(),
                           *key ? ", with a key for approvals" : "") +
               (warning_for(marked).empty() ? "" : "\n" + warning_for(marked));
    };
    return carry_out(*session, {"mark", may, write});
}

int freeze(const Invocation& invocation, const ParsedCommand& parsed) {
    auto session = open_session(invocation, parsed);
    if (!session) return report_error(invocation, "freeze", session.error());
    const FreezeRow row{parsed.positional(0).value_or(""), session->caller.user, now_seconds()};
    auto write = [&](const Marked& marked, db::Database& database) -> Result<std::string> {
        auto done = write_freeze(database, row, identity_of(database, marked.target().connection));
        if (!done) return tl::unexpected(done.error());
        return "frozen: " + row.reason;
    };
    return carry_out(*session, {"freeze", [](const Marked&) { return std::optional<Error>(); }, write});
}

int unfreeze(const Invocation& invocation, const ParsedCommand& parsed) {
    auto session = open_session(invocation, parsed);
    if (!session) return report_error(invocation, "unfreeze", session.error());
    auto may = [&](const Marked& marked) -> std::optional<Error> {
        if (marked.live->frozen.empty()) return std::nullopt;
        return ask_person(*session, marked, "unfreeze", "end what is " + marked.live->frozen + ", on");
    };
    auto write = [&](const Marked& marked, db::Database& database) -> Result<std::string> {
        if (marked.live->frozen.empty()) return "was not frozen";
        auto done = remove_freeze(database);
        if (!done) return tl::unexpected(done.error());
        return "unfrozen; it was " + marked.live->frozen;
    };
    return carry_out(*session, {"unfreeze", may, write});
}

}  // namespace

constinit const Command mark_command{
    .name = "mark",
    .group = Group::judge,
    .summary = "write into a database what it is",
    .description =
        "Writes one row into the database: its level, a random id, who and when, and which server and "
        "database it was. From then on every machine knows it, whatever the URL says; in a copy elsewhere "
        "the "
        "mark counts only where it is the more careful. Towards less care it needs a person, and never works "
        "against evidence of production. A database without users' tables may be marked scratch by anybody, "
        "for 24 hours.",
    .positionals = kLevel,
    .options = kMarkOptions,
    .shared = kMarkShared,
    .examples = kMarkExamples,
    .run = mark,
};

constinit const Command freeze_command{
    .name = "freeze",
    .group = Group::judge,
    .summary = "stop everything that changes a database",
    .description =
        "Notes in the database itself that nothing is to change it, and why: every machine's `migrate` "
        "refuses changing verbs then. Reading, `backup`, `resolve` and `restore` go on.",
    .positionals = kReason,
    .shared = kFreezeShared,
    .examples = kFreezeExamples,
    .run = freeze,
};

constinit const Command unfreeze_command{
    .name = "unfreeze",
    .group = Group::judge,
    .summary = "end a freeze",
    .description = "Shows who froze the database, since when and why, and asks a person to end that.",
    .shared = kMarkShared,
    .examples = kUnfreezeExamples,
    .run = unfreeze,
};

}  // namespace migrate
