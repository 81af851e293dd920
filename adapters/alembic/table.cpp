// Alembic and Flask-Migrate: the table. Argument lists were read from the programs themselves: Alembic 1.8.1,
// 1.13.2, 1.16.5, 1.20.1; Flask-Migrate 4.0.4 and 4.1.0.
#include "adapters/alembic/alembic.hpp"
#include "adapters/support/rows.hpp"

namespace migrate::alembic {

namespace {

using namespace rows;

// Options of the program itself stand before the verb.
#define GLOBAL "[-c {config}] [-n {section}] "

constexpr VersionRange kCheck = since(1, 9);
constexpr VersionRange kNoCheck = before(1, 9);
constexpr VersionRange kQuiet = since(1, 11);
constexpr VersionRange kCheckHeads = since(1, 17, 1);
constexpr VersionRange kMergeSplice = since(1, 18, 5);

constexpr std::string_view kDirect =
    "the rows of the version table are read directly and compared with the revision files";
constexpr std::string_view kAutogenerate =
    "needs a database at head and creates the version table in a fresh one: runs on a scratch database; "
    "renames are seen as drop and add";
constexpr std::string_view kStamp = "writes the version table and runs nothing";
constexpr std::string_view kLeavesNothing = "reverts every revision; nothing stays applied";
constexpr std::string_view kPurge = "empties the version table first: what was applied is forgotten";
constexpr std::string_view kMakesTable = "creates the version table in a fresh database";

constexpr Row kRows[] = {
    built_in(Verb::status, "", Risk::read, kDirect),
    native(Verb::status, "native", GLOBAL "current", Risk::read, {},
           "prints the current revisions only, in no certain order; makes a SQLite file that is missing"),
    native(Verb::status, "flask-native", "db current", Risk::read),
    built_in(Verb::history, "", Risk::read,
             "Alembic keeps no times: the applied revisions in the order of the graph"),
    native(Verb::history, "native", GLOBAL "history -i", Risk::read),
    native(Verb::history, "flask-native", "db history -i", Risk::read),

    native(Verb::diff, "", GLOBAL "check", Risk::apply, kCheck,
           "creates the version table in a fresh database: runs on a scratch database that is at head"),
    cannot(Verb::diff, "", "`alembic check` came with 1.9", "migrate status -u {unit}", kNoCheck),
    native(Verb::diff, "flask", "db check", Risk::apply, kCheck,
           "Flask-Migrate 4.0.2; Debian's 4.0.4 lacks it"),
    cannot(Verb::diff, "flask", "`flask db check` needs Alembic 1.9", "migrate status -u {unit}", kNoCheck),

    native(Verb::generate, "", GLOBAL "revision --autogenerate -m {name} [--head {head}]", Risk::apply, {},
           kAutogenerate),
    native(Verb::generate, "empty", GLOBAL "revision -m {name} [--head {head}]", Risk::files),
    native(Verb::generate, "merge", GLOBAL "merge -m {name} {heads...}", Risk::files, {},
           "joins several heads by an empty revision"),
    native(Verb::generate, "flask", "db migrate -m {name} [--head {head}]", Risk::apply, {}, kAutogenerate),
    native(Verb::generate, "flask-empty", "db revision -m {name} [--head {head}]", Risk::files),
    native(Verb::generate, "flask-merge", "db merge -m {name} {heads...}", Risk::files),

    built_in(Verb::init, "", Risk::files, "writes alembic.ini and an env.py that reads DATABASE_URL"),
    cannot(Verb::pull, "", "Alembic compares models with a database, it does not write models",
           "migrate diff -u {unit}"),

    native(Verb::run, "", GLOBAL "upgrade head", Risk::apply, {},
           "PostgreSQL: all revisions in one transaction unless env.py says transaction_per_migration"),
    native(Verb::run, "heads", GLOBAL "upgrade heads", Risk::apply),
    native(Verb::run, "to", GLOBAL "upgrade {revision}", Risk::apply),
    native(Verb::run, "sql", GLOBAL "upgrade {from}:{to} --sql", Risk::read, {},
           "env.py's offline mode: prints what the revisions would execute, and connects to nothing"),
    native(Verb::run, "flask", "db upgrade", Risk::apply),
    native(Verb::run, "flask-heads", "db upgrade heads", Risk::apply),
    native(Verb::run, "flask-to", "db upgrade {revision}", Risk::apply),
    native(Verb::run, "flask-sql", "db upgrade {from}:{to} --sql", Risk::read),

    native(Verb::rollback, "", GLOBAL "downgrade {revision}", Risk::revert, {},
           "always to an explicit revision: -1 is ambiguous at a merge and arbitrary with two current heads"),
    native(Verb::rollback, "base", GLOBAL "downgrade base", Risk::destroy, {}, kLeavesNothing),
    native(Verb::rollback, "sql", GLOBAL "downgrade {from}:{to} --sql", Risk::read),
    native(Verb::rollback, "flask", "db downgrade {revision}", Risk::revert),
    native(Verb::rollback, "flask-base", "db downgrade base", Risk::destroy, {}, kLeavesNothing),
    native(Verb::rollback, "flask-sql", "db downgrade {from}:{to} --sql", Risk::read),

    built_in(Verb::redo, "", Risk::revert, "downgrade to the revision before, then upgrade again"),

    built_in(Verb::seed, "", Risk::revert, "Alembic has no seeds: the project's own Python script is run"),
    cannot(Verb::seed, "none", "Alembic has no seeds, and the project shows no script for them",
           "migrate generate --empty NAME -u {unit}"),

    native(Verb::baseline, "", GLOBAL "stamp {revision}", Risk::revert, {}, kStamp),
    native(Verb::baseline, "flask", "db stamp {revision}", Risk::revert, {}, kStamp),

    native(Verb::resolve, "", GLOBAL "stamp {revision}", Risk::revert, {}, kStamp),
    native(Verb::resolve, "flask", "db stamp {revision}", Risk::revert, {}, kStamp),
    built_in(Verb::resolve, "rows", Risk::revert, "changes rows of the version table where stamp cannot"),
    cannot(Verb::resolve, "edited", "the version table holds no checksums: there is nothing to accept",
           "migrate status -u {unit}"),
    cannot(Verb::resolve, "resume", "Alembic does not record how far a revision came",
           "migrate resolve --applied ID -u {unit}"),
    cannot(Verb::resolve, "unlock", "Alembic takes no lock", "migrate doctor -u {unit}"),

    native(Verb::reset, "", GLOBAL "downgrade base", Risk::destroy, {},
           "then upgrade; only as good as the downgrade functions, PostgreSQL enums survive"),
    native(Verb::reset, "flask", "db downgrade base", Risk::destroy),
    cannot(Verb::push, "", "it would be metadata.create_all, past every migration", "migrate run -u {unit}"),

// From here on rows that only classify; each stands for `alembic` and for `flask db`.
#define BOTH(verb, words, ...) seen(verb, words, __VA_ARGS__), seen(verb, "db " words, __VA_ARGS__)
    BOTH(Verb::run, "upgrade {revision} --sql", Risk::read, {},
         "prints SQL; all of it from base without FROM:TO"),
    BOTH(Verb::run, "upgrade head --sql", Risk::read),
    BOTH(Verb::run, "upgrade heads --sql", Risk::read),
    seen(Verb::run, "db upgrade --sql", Risk::read),
    BOTH(Verb::rollback, "downgrade base --sql", Risk::read),
    BOTH(Verb::rollback, "downgrade {branch}@base", Risk::destroy, {},
         "reverts every revision of the branch"),
    seen(Verb::rollback, "downgrade", Risk::revert, {}, "relative, as in downgrade -1"),
    seen(Verb::rollback, "db downgrade", Risk::revert, {}, "one revision"),
    seen(Verb::rollback, "db downgrade --sql", Risk::read, {}, "from head, not from the current revision"),
    BOTH(Verb::resolve, "stamp {revisions...}", Risk::revert, {}, kStamp),
    BOTH(Verb::resolve, "stamp base", Risk::destroy, {}, "forgets everything that was applied"),
    BOTH(Verb::resolve, "stamp {revisions...} --purge", Risk::destroy, {}, kPurge),
    BOTH(Verb::resolve, "stamp {revisions...} --sql", Risk::read),
    BOTH(Verb::generate, "revision", Risk::files),
    BOTH(Verb::generate, "revision --autogenerate", Risk::apply, {}, kMakesTable),
    seen(Verb::generate, "db migrate", Risk::apply, {}, kMakesTable),
    BOTH(Verb::generate, "merge {revisions...}", Risk::files),
    BOTH({}, "edit {revision}", Risk::files, {}, "opens an editor"),
    BOTH({}, "heads", Risk::read),
    BOTH({}, "branches", Risk::read),
    BOTH({}, "show {revision}", Risk::read),
    BOTH(Verb::history, "history", Risk::read),
    BOTH(Verb::status, "current", Risk::read),
    seen({}, "list_templates", Risk::read),
    seen({}, "db list-templates", Risk::read),
    seen({}, "ensure_version", Risk::apply, {}, "creates the version table"),
    seen({}, "ensure_version --sql", Risk::read),
    seen(Verb::init, "init {directory}", Risk::files),
    seen(Verb::init, "db init", Risk::files),
#undef BOTH
#undef GLOBAL
};

constexpr Flag on(std::string_view command, std::string_view name, Risk risk = Risk::read,
                  VersionRange versions = {}) {
    return {.command = command, .name = name, .risk = risk, .versions = versions};
}
constexpr Flag with(std::string_view command, std::string_view name, Risk risk = Risk::read) {
    return {.command = command, .name = name, .takes_value = true, .risk = risk};
}

constexpr Flag kFlags[] = {
    retargeting("-c"),
    retargeting("--config"),
    retargeting("-n"),
    retargeting("--name"),
    retargeting("-x"),
    retargeting("--x-arg"),
    flag("--raiseerr"),
    {.name = "-q", .versions = kQuiet},
    {.name = "--quiet", .versions = kQuiet},
    {.command = "db", .name = "-d", .takes_value = true, .retargets = true},
    {.command = "db", .name = "--directory", .takes_value = true, .retargets = true},
    on("current", "-c", Risk::read, kCheckHeads),
    on("current", "--check-heads", Risk::read, kCheckHeads),
    on("ensure_version", "--sql"),
    on("merge", "--splice", Risk::files, kMergeSplice),
    on("db init", "--multidb"),

#define BOTH(function, command, ...) function(command, __VA_ARGS__), function("db " command, __VA_ARGS__)
    BOTH(on, "branches", "-v"),
    BOTH(on, "branches", "--verbose"),
    BOTH(on, "heads", "-v"),
    BOTH(on, "heads", "--verbose"),
    BOTH(on, "heads", "--resolve-dependencies"),
    BOTH(on, "current", "-v"),
    BOTH(on, "current", "--verbose"),
    BOTH(on, "history", "-v"),
    BOTH(on, "history", "--verbose"),
    BOTH(on, "history", "-i"),
    BOTH(on, "history", "--indicate-current"),
    BOTH(with, "history", "-r"),
    BOTH(with, "history", "--rev-range"),
    BOTH(on, "upgrade", "--sql"),
    BOTH(with, "upgrade", "--tag"),
    BOTH(on, "downgrade", "--sql"),
    BOTH(with, "downgrade", "--tag"),
    BOTH(on, "downgrade", "-1", Risk::revert),
    BOTH(on, "downgrade", "-2", Risk::revert),
    BOTH(on, "downgrade", "-3", Risk::revert),
    BOTH(on, "downgrade", "-4", Risk::revert),
    BOTH(on, "downgrade", "-5", Risk::revert),
    BOTH(on, "downgrade", "-6", Risk::revert),
    BOTH(on, "downgrade", "-7", Risk::revert),
    BOTH(on, "downgrade", "-8", Risk::revert),
    BOTH(on, "downgrade", "-9", Risk::revert),
    BOTH(on, "stamp", "--sql"),
    BOTH(with, "stamp", "--tag"),
    BOTH(on, "stamp", "--purge", Risk::destroy),
    BOTH(with, "revision", "-m"),
    BOTH(with, "revision", "--message"),
    BOTH(on, "revision", "--autogenerate", Risk::apply),
    BOTH(on, "revision", "--sql"),
    BOTH(with, "revision", "--head"),
    BOTH(on, "revision", "--splice"),
    BOTH(with, "revision", "--branch-label"),
    BOTH(with, "revision", "--version-path"),
    BOTH(with, "revision", "--rev-id"),
    BOTH(with, "revision", "--depends-on"),
    BOTH(with, "merge", "-m"),
    BOTH(with, "merge", "--message"),
    BOTH(with, "merge", "--branch-label"),
    BOTH(with, "merge", "--rev-id"),
    BOTH(with, "init", "-t"),
    BOTH(with, "init", "--template"),
    BOTH(on, "init", "--package"),
#undef BOTH
    with("db migrate", "-m"),
    with("db migrate", "--message"),
    on("db migrate", "--sql"),
    with("db migrate", "--head"),
    on("db migrate", "--splice"),
    with("db migrate", "--branch-label"),
    with("db migrate", "--version-path"),
    with("db migrate", "--rev-id"),
};

}  // namespace

std::span<const Row> rows() {
    return kRows;
}

std::span<const Flag> flags() {
    return kFlags;
}

}  // namespace migrate::alembic
