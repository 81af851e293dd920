#include "db/scratch.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <random>
#include <utility>

#include "base/files.hpp"
#include "db/database.hpp"
#include "target/url.hpp"

namespace migrate::db {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kName = "migrate_scratch_";
constexpr std::string_view kDirectory = "migrate-scratch-";
constexpr std::string_view kFile = "scratch.db";
constexpr std::time_t kAtWork_s = 3600;
constexpr OpenOptions kWrite{.read_only = false};

bool is_postgres(const Connection& connection) {
    return connection.engine == Engine::postgresql || connection.engine == Engine::cockroachdb;
}

bool is_file(const Connection& connection) {
    return is_file_engine(connection) || (connection.engine == Engine::libsql && connection.host.empty());
}

std::string encoded(std::string_view text) {
    std::string result;
    for (const char byte : text) {
        if (std::isalnum(static_cast<unsigned char>(byte)) || byte == '-' || byte == '_' || byte == '.' ||
            byte == '~')
            result += byte;
        else
            result += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
    }
    return result;
}

/// Where a URL's own text cannot be kept.
std::string composed_url(const Connection& connection) {
    std::string url = is_postgres(connection) ? "postgresql://" : "mysql://";
    if (!connection.user.empty()) {
        url += encoded(connection.user);
        if (!connection.password.empty()) url += ":" + encoded(connection.password);
        url += "@";
    }
    url += connection.host;
    if (connection.port != 0) url += fmt::format(":{}", connection.port);
    url += "/" + encoded(connection.database);
    char separator = '?';
    auto add = [&](std::string_view name, std::string_view value) {
        url += fmt::format("{}{}={}", std::exchange(separator, '&'), encoded(name), encoded(value));
    };
    if (!connection.socket.empty()) add(is_postgres(connection) ? "host" : "socket", connection.socket);
    if (!connection.schema.empty()) add("schema", connection.schema);
    for (const auto& [name, value] : connection.parameters) add(name, value);
    return url;
}

/// The URL's own text with only the database's name exchanged; "" where that cannot be told apart. A
/// password may hold the same letters, so the result is read again.
std::string exchanged_url(const std::string& url, const std::string& old, const Connection& wanted) {
    if (old.empty()) return "";
    for (const std::string& name : {old, encoded(old)}) {
        for (std::size_t at = url.find('/' + name); at != std::string::npos;
             at = url.find('/' + name, at + 1)) {
            std::string candidate = url;
            candidate.replace(at + 1, name.size(), encoded(wanted.database));
            auto read = parse_url(candidate, {.engine = wanted.engine});
            if (read) read->engine = wanted.engine;  // a MariaDB is often written as mysql://
            if (read && same_place(*read, wanted) && read->user == wanted.user &&
                read->password == wanted.password)
                return candidate;
        }
    }
    return "";
}

std::string random_name() {
    std::random_device source;
    return fmt::format("{:08x}{:08x}", source(), source());
}

tl::unexpected<Error> denied(const Connection& like, const std::string& name, const Error& error) {
    return fail("target.denied",
                fmt::format("\"{}\" cannot create the database {} at {}: {}", like.user, name, like.host,
                            error.message),
                "give the role the right to create databases on that server, or let one that has it do this");
}

/// `path` written as `like` is. Four slashes after `sqlite:` are absolute for every tool.
std::string file_url(const std::string& like, const std::string& path) {
    const std::size_t colon = like.find(':');
    if (like.starts_with("jdbc:sqlite:")) return "jdbc:sqlite:" + path;
    if (like.starts_with("file:")) return "file:" + path;
    if (like.empty() || like.starts_with(':')) return "sqlite:///" + path;
    return colon == std::string::npos ? path : like.substr(0, colon) + ":///" + path;
}

Result<Connection> create_file(const Connection& like) {
    std::error_code error;
    const fs::path base = fs::temp_directory_path(error);
    std::string directory = (base / (std::string(kDirectory) + "XXXXXX")).string();
    if (error || mkdtemp(directory.data()) == nullptr)
        return fail("target.denied", "no temporary directory can be made for a scratch database");
    Connection scratch = like;
    scratch.database = (fs::path(directory) / kFile).string();
    scratch.url = file_url(like.url, scratch.database);
    return scratch;
}

/// How the new database is to be made so that text sorts and compares as in the old one.
Result<std::string> options_like(Database& server, const Connection& like, Bare bare) {
    const std::array<Value, 1> name{like.database};
    if (!is_postgres(like)) {
        auto found = server.query(
            "SELECT default_character_set_name, default_collation_name FROM information_schema.schemata "
            "WHERE schema_name = ?",
            name);
        if (!found) return tl::unexpected(found.error());
        // A database of that name is made for the first time. What the server takes by itself may be latin1.
        if (found->rows.empty()) return " CHARACTER SET utf8mb4";
        return fmt::format(" CHARACTER SET {} COLLATE {}", found->rows[0][0].value_or("utf8mb4"),
                           found->rows[0][1].value_or("DEFAULT"));
    }
    const std::array<Value, 2> parameters{like.database, bare == Bare::yes ? "true" : "false"};
    // Only template0 can be copied with another encoding or locale; what a site put into template1 counts
    // otherwise.
    auto found = server.query(
        "SELECT pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype FROM "
        "pg_catalog.pg_database d, "
        "pg_catalog.pg_database t WHERE d.datname = ? AND t.datname = 'template1' AND "
        "(CAST(? AS boolean) OR (d.encoding, d.datcollate, d.datctype) <> (t.encoding, t.datcollate, "
        "t.datctype))",
        parameters);
    if (!found) return tl::unexpected(found.error());
    if (found->rows.empty()) return "";
    const auto& row = found->rows[0];
    auto literal = [](const Value& value) {
        std::string text = "'";
        for (const char byte : value.value_or("")) text.append(byte == '\'' ? 2 : 1, byte);
        return text + "'";
    };
    return fmt::format(" TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}", literal(row[0]),
                       literal(row[1]), literal(row[2]));
}

Result<void> drop_file(const Connection& scratch) {
    std::error_code error;
    fs::remove_all(fs::path(scratch.database).parent_path(), error);
    if (error)
        return fail("file.unwritable",
                    fmt::format("{} cannot be removed: {}", scratch.database, error.message()));
    return {};
}

}  // namespace

Connection with_database(Connection connection, std::string_view database) {
    const std::string old = std::exchange(connection.database, std::string(database));
    if (connection.url.empty()) return connection;
    connection.url = exchanged_url(connection.url, old, connection);
    if (connection.url.empty()) connection.url = composed_url(connection);
    return connection;
}

bool is_scratch(const Connection& connection) {
    if (!is_file(connection)) return connection.database.starts_with(kName);
    const fs::path file(connection.database);
    return file.filename() == kFile && file.parent_path().filename().string().starts_with(kDirectory);
}

std::vector<std::string> scratch_databases(Database& session) {
    std::vector<std::string> names;
    const bool postgresql = session.engine() == Engine::postgresql;
    const auto rows =
        session.query(postgresql ? "SELECT datname FROM pg_catalog.pg_database ORDER BY 1"
                                 : "SELECT schema_name FROM information_schema.schemata ORDER BY 1");
    if (!rows) return names;
    for (const auto& row : rows->rows)
        if (row[0] && row[0]->starts_with(kName)) names.push_back(*row[0]);
    return names;
}

std::vector<std::string> scratch_files(const Connection& like) {
    std::vector<std::string> found;
    std::error_code error;
    const fs::path base = fs::temp_directory_path(error);
    if (error || !is_file(like)) return found;
    for (const auto& name : list_directory(base)) {
        struct stat status {};
        const fs::path path = base / name;
        if (name.starts_with(kDirectory) && ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
            status.st_uid == ::getuid() && status.st_mtime + kAtWork_s < ::time(nullptr))
            found.push_back(path.string());
    }
    return found;
}

Result<std::unique_ptr<Database>> open_server(const Connection& like) {
    if (!is_postgres(like)) return open(with_database(like, ""), kWrite);
    Connection server = like;
    server.schema.clear();
    Result<std::unique_ptr<Database>> database = open(server, kWrite);
    for (const std::string_view name : {"postgres", "template1"}) {
        if (database || database.error().code != "target.missing") break;
        database = open(with_database(server, name), kWrite);
    }
    return database;
}

Result<Connection> create_beside(const Connection& like, const std::string& name, Bare bare) {
    if (!like.engine) return fail("target.unresolved", "the kind of database is not known");
    auto server = open_server(like);
    if (!server) return tl::unexpected(server.error());
    auto options = options_like(**server, like, bare);
    if (!options) return tl::unexpected(options.error());
    Connection created = with_database(like, name);
    auto done = (*server)->execute(fmt::format("CREATE DATABASE {}{}", (*server)->quoted(name), *options));
    if (done) return created;
    // PostgreSQL's duplicate_database, MySQL's ER_DB_CREATE_EXISTS.
    const std::string state = (*server)->error_state();
    if (state == "42P04" || state == "1007")
        return fail("target.exists", fmt::format("there is a database \"{}\" already", name),
                    "Nothing was changed.");
    return denied(like, name, done.error());
}

Result<Connection> create_scratch(const Connection& like) {
    if (!like.engine) return fail("target.unresolved", "the kind of database is not known");
    if (is_file(like)) return create_file(like);
    return create_beside(like, std::string(kName) + random_name(), Bare::no);
}

Result<void> drop_scratch(const Connection& scratch) {
    if (!scratch.engine || !is_scratch(scratch))
        return fail("target.foreign", "only a scratch database that this program made is dropped");
    if (is_file(scratch)) return drop_file(scratch);
    // A session in the database itself would keep it from being dropped.
    auto server =
        is_postgres(scratch) ? open_server(with_database(scratch, "postgres")) : open_server(scratch);
    if (!server) return tl::unexpected(server.error());
    const bool force = scratch.engine == Engine::postgresql;
    const std::string name = (*server)->quoted(scratch.database);
    auto dropped =
        (*server)->execute(fmt::format("DROP DATABASE IF EXISTS {}{}", name, force ? " WITH (FORCE)" : ""));
    if (!dropped && (*server)->error_state() == "42601") {
        // Before PostgreSQL 13 the sessions must be ended one by one.
        const std::array<Value, 1> database{scratch.database};
        (void)(*server)->query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ?",
                               database);
        dropped = (*server)->execute(fmt::format("DROP DATABASE IF EXISTS {}", name));
    }
    return dropped;
}

}  // namespace migrate::db
