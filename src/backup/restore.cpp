#include "backup/restore.hpp"

#include <fmt/format.h>

#include "base/sha256.hpp"
#include "db/database.hpp"
#include "db/lock_file.hpp"
#include "db/scratch.hpp"
#include "db/sqlite_copy.hpp"
#include "target/url.hpp"

namespace migrate {

namespace fs = std::filesystem;

namespace {

/// PostgreSQL cuts names at 63 bytes, MySQL refuses more than 64.
constexpr std::size_t kLongestName = 63;

std::string beside(const std::string& name, const std::string& suffix) {
    std::string tail = "_" + suffix;
    return name.substr(0, kLongestName - tail.size()) + tail;
}

fs::path beside_file(const std::string& file, const std::string& suffix) {
    const fs::path path(file);
    return path.parent_path() / (path.stem().string() + "_" + suffix + path.extension().string());
}

/// What is restored must be what was dumped.
std::optional<Error> damaged(const Backup& backup) {
    auto digest = sha256_of_file(backup.path);
    if (digest && *digest == backup.sha256) return std::nullopt;
    return Error{"backup.damaged",
                 digest ? backup.path.string() + " is not what it was when it was taken"
                        : backup.path.string() + " cannot be read",
                 "Nothing was changed. An older backup may be whole.",
                 {{By::you, {"migrate", "backup", "list", "--all"}, "", "lists the others"}}};
}

/// A session on the server from which any of its databases can be renamed or dropped.
Result<std::unique_ptr<db::Database>> server_of(const Connection& connection) {
    return db::open_server(connection.engine == Engine::postgresql ? db::with_database(connection, "postgres")
                                                                   : connection);
}

/// A database that was made for a restoration that failed.
Result<void> drop_again(const Connection& made) {
    auto server = server_of(made);
    if (!server) return tl::unexpected(server.error());
    return (*server)->execute("DROP DATABASE IF EXISTS " + (*server)->quoted(made.database));
}

/// A new, empty database beside the original, of which `when_made` was told.
Result<Connection> make_beside(const Connection& original, const std::string& suffix,
                               const WhenMade& when_made) {
    auto made = db::create_beside(original, beside(original.database, suffix), db::Bare::yes);
    if (!made || !when_made) return made;
    auto told = when_made(*made);
    if (told) return made;
    (void)drop_again(*made);
    return tl::unexpected(told.error());
}

Result<Restored> restore_postgresql(const Target& target, const Backup& backup, const std::string& suffix,
                                    const ProgramSettings& settings, const WhenMade& when_made) {
    const Connection& original = target.connection;
    auto server = db::open_server(original);
    if (!server) return tl::unexpected(server.error());
    const int major = parse_version((*server)->server_version()).value_or(Version{}).major;
    server->reset();
    auto program = find_client({"pg_restore"}, major, fmt::format("postgresql-client-{}", major), settings);
    if (!program) return tl::unexpected(program.error());
    auto made = make_beside(original, suffix, when_made);
    if (!made) return tl::unexpected(made.error());
    // pg_restore takes the database's name from an argument only; the rest comes from the environment.
    auto done = run_client(
        *program, {"--exit-on-error", "--no-password", "--dbname=" + made->database, backup.path.string()},
        postgresql_environment(*made), "the restoration", settings);
    if (!done) {
        (void)drop_again(*made);
        return tl::unexpected(done.error());
    }
    const std::string& name = original.database;
    const std::string before = beside(name, "before_" + suffix);
    auto quoted = [](const std::string& text) {
        std::string result = "\"";
        for (const char c : text) result.append(c == '"' ? 2 : 1, c);
        return result + "\"";
    };
    const std::string port = std::to_string(original.port == 0 ? 5432 : original.port);
    const std::string host = original.host.empty() ? original.socket : original.host;
    std::vector<std::string> argv{"psql", "-h", host, "-p", port, "-d", "postgres"};
    for (const auto& statement :
         {fmt::format("ALTER DATABASE {} RENAME TO {}", quoted(name), quoted(before)),
          fmt::format("ALTER DATABASE {} RENAME TO {}", quoted(made->database), quoted(name))})
        argv.insert(argv.end(), {"-c", statement});
    return Restored{*made,
                    display(*made),
                    {{By::person, std::move(argv), "the application is stopped",
                      "makes the restored database the one in use; the old one stays as " + before}}};
}

Result<Restored> restore_mysql(const Target& target, const Backup& backup, const std::string& suffix,
                               const ProgramSettings& settings, const WhenMade& when_made) {
    auto program =
        find_client({"mariadb", "mysql"}, 0, "mariadb-client (or MySQL's client programs)", settings);
    if (!program) return tl::unexpected(program.error());
    auto made = make_beside(target.connection, suffix, when_made);
    if (!made) return tl::unexpected(made.error());
    std::vector<std::string> args = mysql_options(*made, *program);
    // MySQL's client ends at the first error in a batch by itself.
    args.insert(args.end(), {"--batch", "--abort-source-on-error", "--database=" + made->database,
                             "--execute=source " + backup.path.string()});
    if (!program->mariadb) std::erase(args, "--abort-source-on-error");
    auto done = run_client(*program, std::move(args), mysql_environment(*made), "the restoration", settings);
    if (!done) {
        (void)drop_again(*made);
        return tl::unexpected(done.error());
    }
    return Restored{*made, display(*made), {}};
}

Result<Restored> restore_sqlite(const Target& target, const Backup& backup, const std::string& suffix) {
    Connection made = target.connection;
    made.database = beside_file(target.connection.database, suffix).string();
    std::error_code error;
    if (fs::exists(made.database, error))
        return fail("target.exists", made.database + " is there already", "Nothing was changed.");
    fs::copy_file(backup.path, made.database, error);
    if (error)
        return fail("backup.failed", fmt::format("{}: {}", made.database, error.message()),
                    "Nothing that was there was changed.");
    if (auto checked = db::check_sqlite(made.database); !checked) {
        fs::remove(made.database, error);
        return fail("backup.damaged", checked.error().message, "Nothing that was there was changed.");
    }
    if (!target.connection.shown.empty()) made.shown = beside_file(target.connection.shown, suffix).string();
    return Restored{made,
                    display(made),
                    {{By::person,
                      {"mv", "-b", made.database, target.connection.database},
                      "the application is stopped",
                      "makes the restored file the one in use; the old one stays with a ~ behind its name"}}};
}

}  // namespace

Result<void> remove_restored(const Restored& restored) {
    return drop_again(restored.connection);
}

namespace {

tl::unexpected<Error> in_use(const Target& target, const Restored& restored, const std::string& who) {
    return fail("target.busy", fmt::format("{} is in use: {}", display(target.connection), who),
                "It is as it was, and the backup stands restored as " + restored.shown +
                    ". Stop the application and repeat the command.");
}

Result<std::string> switch_postgresql(const Target& target, const Restored& restored,
                                      const std::string& suffix) {
    const std::string& name = target.connection.database;
    const std::string old = beside(name, "before_" + suffix);
    auto server = server_of(target.connection);
    if (!server) return tl::unexpected(server.error());
    db::Database& session = **server;
    auto done = session.execute("BEGIN");
    for (const auto& [from, to] : {std::pair(name, old), std::pair(restored.connection.database, name)})
        if (done)
            done = session.execute(
                fmt::format("ALTER DATABASE {} RENAME TO {}", session.quoted(from), session.quoted(to)));
    if (done) done = session.execute("COMMIT");
    if (done) return old;
    (void)session.execute("ROLLBACK");
    return in_use(target, restored, done.error().message);
}

/// The file must be closed by everybody: what SQLite keeps beside an open one would be taken for the other's.
Result<std::string> switch_sqlite(const Target& target, const Restored& restored, const std::string& suffix) {
    const std::string& file = target.connection.database;
    db::LockFile lock;
    std::string holder;
    auto locked = lock.acquire(file + ".migrate-lock", 0, holder);
    if (!locked) return tl::unexpected(locked.error());
    if (!*locked) return in_use(target, restored, holder);
    {
        auto session = db::open(target.connection, {.read_only = false});
        if (!session) return tl::unexpected(session.error());
        for (const char* statement : {"PRAGMA wal_checkpoint(TRUNCATE)", "BEGIN EXCLUSIVE", "ROLLBACK"})
            if (auto alone = (*session)->query(statement); !alone)
                return in_use(target, restored, alone.error().message);
    }
    std::error_code problem;
    for (const char* end : {"-wal", "-journal"})
        if (fs::exists(file + end, problem)) return in_use(target, restored, file + end + " is there");
    const fs::path old = beside_file(file, "before_" + suffix);
    fs::create_hard_link(file, old, problem);
    if (!problem) fs::rename(restored.connection.database, file, problem);
    if (problem)
        return fail("backup.failed", fmt::format("{}: {}", file, problem.message()),
                    "It is as it was, and the backup stands restored as " + restored.shown + ".");
    return old.string();
}

}  // namespace

std::optional<Error> cannot_switch(const Target& target) {
    if (target.connection.engine == Engine::postgresql || target.connection.engine == Engine::sqlite)
        return std::nullopt;
    return Error{
        "verb.unsupported",
        fmt::format("{}: databases cannot be renamed there", display(target.connection)),
        "Nothing was done. Without --over the backup is restored beside; let the project's URL name that "
        "database.",
        {}};
}

Result<std::string> switch_over(const Target& target, const Restored& restored, const std::string& suffix) {
    return target.connection.engine == Engine::sqlite ? switch_sqlite(target, restored, suffix)
                                                      : switch_postgresql(target, restored, suffix);
}

std::string name_beside(const Target& target, const std::string& suffix) {
    const Connection& connection = target.connection;
    if (connection.engine != Engine::sqlite) return beside(connection.database, suffix);
    return beside_file(connection.shown.empty() ? connection.database : connection.shown, suffix).string();
}

Result<Restored> restore_beside(const Target& target, const Backup& backup, const std::string& suffix,
                                const ProgramSettings& settings, const WhenMade& made) {
    if (auto error = damaged(backup)) return tl::unexpected(*error);
    if (!target.connection.engine) return fail("target.unresolved", "the kind of database is not known");
    switch (*target.connection.engine) {
        case Engine::postgresql:
            return restore_postgresql(target, backup, suffix, settings, made);
        case Engine::mysql:
        case Engine::mariadb:
            return restore_mysql(target, backup, suffix, settings, made);
        case Engine::sqlite:
            return restore_sqlite(target, backup, suffix);
        default:
            return fail("backup.unsupported",
                        fmt::format("{} cannot be restored from here", to_string(*target.connection.engine)));
    }
}

}  // namespace migrate
