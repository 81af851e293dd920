#include "target/url.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "target/url_text.hpp"

namespace migrate {

using namespace url_text;

namespace {

struct Scheme {
    std::string_view name;
    Engine engine;
};

/// What stands before "://", without a "+driver". Sources: SQLAlchemy 2 dialects, dj-database-url 2,
/// django-environ 0.11, dbmate 2.36, goose 3, golang-migrate 4, Prisma 7.
constexpr std::array<Scheme, 33> kSchemes{{
    {"postgresql", Engine::postgresql},
    {"postgres", Engine::postgresql},
    {"postgis", Engine::postgresql},
    {"pgsql", Engine::postgresql},
    {"psql", Engine::postgresql},
    {"pgx", Engine::postgresql},
    {"pgx4", Engine::postgresql},
    {"pgx5", Engine::postgresql},
    {"timescale", Engine::postgresql},
    {"cockroachdb", Engine::cockroachdb},
    {"cockroach", Engine::cockroachdb},
    {"crdb-postgres", Engine::cockroachdb},
    {"mysql", Engine::mysql},
    {"mysql2", Engine::mysql},
    {"mysqlx", Engine::mysql},
    {"mysqlgis", Engine::mysql},
    {"mysql-connector", Engine::mysql},
    {"mariadb", Engine::mariadb},
    {"mongodb", Engine::mongodb},
    {"sqlserver", Engine::mssql},
    {"mssql", Engine::mssql},
    {"mssqlms", Engine::mssql},
    {"oracle", Engine::oracle},
    {"oraclegis", Engine::oracle},
    {"clickhouse", Engine::clickhouse},
    {"clickhousedb", Engine::clickhouse},
    {"ch", Engine::clickhouse},
    {"libsql", Engine::libsql},
    {"turso", Engine::libsql},
    {"sqlite", Engine::sqlite},
    {"sqlite3", Engine::sqlite},
    {"spatialite", Engine::sqlite},
    {"h2", Engine::h2},
}};

std::optional<Engine> engine_of_scheme(std::string_view scheme) {
    scheme = scheme.substr(0, scheme.find('+'));
    for (const auto& [name, engine] : kSchemes)
        if (name == scheme) return engine;
    return std::nullopt;
}

bool valid_scheme(std::string_view scheme) {
    if (scheme.empty() || !std::isalpha(static_cast<unsigned char>(scheme.front()))) return false;
    return std::all_of(scheme.begin(), scheme.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) || c == '+' || c == '-' || c == '.';
    });
}

/// MariaDB under a mysql:// URL, CockroachDB under postgresql://: the declared engine is the finer word.
void refine(Connection& connection, std::optional<Engine> declared) {
    if (!declared) return;
    if (connection.engine == Engine::mysql && *declared == Engine::mariadb) connection.engine = declared;
    if (connection.engine == Engine::postgresql && *declared == Engine::cockroachdb)
        connection.engine = declared;
}

bool looks_like_sqlite_file(std::string_view text) {
    constexpr std::array<std::string_view, 5> kEndings{".db", ".sqlite", ".sqlite3", ".db3", ":memory:"};
    return std::any_of(kEndings.begin(), kEndings.end(), [&](auto ending) { return text.ends_with(ending); });
}

Result<Connection> without_scheme(std::string_view text, const UrlContext& context) {
    const bool file = context.engine == Engine::sqlite || context.engine == Engine::libsql;
    if (!file) {
        if (auto connection = parse_key_values(text, context.engine)) return std::move(*connection);
        if (auto connection = parse_go_dsn(text, context.engine)) return std::move(*connection);
    }
    // Go's SQLite drivers take settings behind a file name: "app.db?_fk=1" (go-sqlite3 1.14, modernc 1.4).
    const std::string_view name = text.substr(0, text.find('?'));
    const bool settings = name.size() < text.size() && text.find('=', name.size()) != std::string_view::npos;
    if (settings && !name.empty() && (file || (!context.engine && looks_like_sqlite_file(name))))
        return parse_file(text, context);
    if (file || (!context.engine && looks_like_sqlite_file(text))) {
        Connection connection;
        connection.engine = Engine::sqlite;
        connection.database = file_path(text, context.base_dir);
        return connection;
    }
    return unreadable("the value is neither a database URL nor a connection string");
}

/// go-sql-driver's address behind a scheme, as golang-migrate 4 wants it (database/mysql): user and password
/// are percent-encoded then, and blanks may be '+'.
bool is_go_dsn(std::string_view rest) {
    const std::size_t open = rest.find('('), at = rest.rfind('@', open);
    if (open == std::string_view::npos || at == std::string_view::npos) return false;
    const std::string_view network = rest.substr(at + 1, open - at - 1);
    return rest.find(")/", open) != std::string_view::npos &&
           std::all_of(network.begin(), network.end(),
                       [](char c) { return std::isalnum(static_cast<unsigned char>(c)); });
}

Result<Connection> parse_go_url(std::string_view rest, Engine engine) {
    auto connection = parse_go_dsn(rest, engine);
    if (!connection) return unreadable("the URL has no valid host and port");
    if (*connection)
        for (std::string* text : {&(*connection)->user, &(*connection)->password})
            *text = decode(*text, true);
    return std::move(*connection);
}

Result<Connection> with_scheme(std::string_view text, const UrlContext& context) {
    std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || !valid_scheme(text.substr(0, colon)))
        return without_scheme(text, context);
    std::string scheme = lower(text.substr(0, colon));
    std::string_view rest = text.substr(colon + 1);
    if (scheme == "jdbc") return parse_jdbc(rest, context);
    if (scheme == "file") return parse_file(rest, context);
    auto engine = engine_of_scheme(scheme);
    if (engine == Engine::sqlite) return parse_sqlite(rest, context);
    if (!rest.starts_with("//")) return without_scheme(text, context);
    rest.remove_prefix(2);
    if (!engine && (scheme == "https" || scheme == "http" || scheme == "wss" || scheme == "ws") &&
        (context.engine == Engine::libsql || context.engine == Engine::clickhouse))
        engine = context.engine;
    if (scheme == "prisma" || scheme == "prisma+postgres")
        return unreadable("a " + scheme +
                          ":// URL names a proxy, not a database; migrations need the direct URL");
    if (!engine) return unreadable("no database engine is known by the scheme of the URL");
    if (engine == Engine::mssql) return parse_sqlserver(rest, false);
    if (engine == Engine::mysql && is_go_dsn(rest)) return parse_go_url(rest, *engine);
    auto connection = parse_server(*engine, rest);
    if (connection && scheme == "mongodb+srv") connection->parameters["srv"] = "true";
    return connection;
}

bool holds_nul(const Connection& c) {
    auto nul = [](const std::string& text) { return text.find('\0') != std::string::npos; };
    return nul(c.host) || nul(c.database) || nul(c.schema) || nul(c.user) || nul(c.password) ||
           nul(c.socket) || std::any_of(c.parameters.begin(), c.parameters.end(), [&](const auto& pair) {
               return nul(pair.first) || nul(pair.second);
           });
}

std::string host_text(const Connection& connection) {
    std::string out;
    for (const auto& host : hosts_of(connection)) {
        if (!out.empty()) out += ',';
        out += host.find(':') == std::string::npos ? host : "[" + host + "]";
    }
    return out;
}

constexpr std::array<std::string_view, 9> kSecretKeys{
    "password", "authtoken", "token", "api_key", "apikey", "sslpassword", "secret", "accesskey", "jwt"};

}  // namespace

Result<Connection> parse_url(std::string_view text, const UrlContext& context) {
    text = trim(text);
    if (text.empty()) return unreadable("the value is empty");
    if (text.find('\0') != std::string_view::npos) return unreadable("the value holds a NUL byte");
    auto connection = with_scheme(text, context);
    if (!connection) return connection;
    // Decoding may make one; every client would end the name there.
    if (holds_nul(*connection)) return unreadable("the value holds a NUL byte");
    connection->url = std::string(text);
    refine(*connection, context.engine);
    return connection;
}

int default_port(Engine engine) {
    switch (engine) {
        case Engine::postgresql:
            return 5432;
        case Engine::mysql:
        case Engine::mariadb:
            return 3306;
        case Engine::mongodb:
            return 27017;
        case Engine::mssql:
            return 1433;
        case Engine::oracle:
            return 1521;
        case Engine::clickhouse:
            return 9000;
        case Engine::cockroachdb:
            return 26257;
        case Engine::libsql:
            return 443;
        case Engine::h2:
            return 9092;
        case Engine::sqlite:
            return 0;
    }
    return 0;
}

int effective_port(const Connection& connection) {
    if (connection.port != 0 || !connection.engine) return connection.port;
    if (is_file_engine(connection) || connection.parameters.contains("srv")) return 0;
    return default_port(*connection.engine);
}

bool is_file_engine(const Connection& connection) {
    if (connection.engine == Engine::sqlite) return true;
    return connection.engine == Engine::h2 && connection.host.empty();
}

std::string display(const Connection& connection) {
    std::string engine(connection.engine ? to_string(*connection.engine) : "database");
    if (is_file_engine(connection)) return engine + ":" + connection.database;
    std::string place = engine + "://" + host_text(connection);
    int port = effective_port(connection);
    if (port != 0 && !connection.host.empty()) place += ":" + std::to_string(port);
    if (!connection.database.empty() || connection.host.empty()) place += "/" + connection.database;
    if (!connection.socket.empty()) place += " (socket " + connection.socket + ")";
    if (!connection.schema.empty()) place += " schema " + connection.schema;
    return place;
}

std::string confirm_name(const Connection& connection) {
    if (is_file_engine(connection) && connection.database != ":memory:")
        return std::filesystem::path(connection.database).filename().string();
    if (!connection.database.empty()) return connection.database;
    if (!connection.host.empty()) return connection.host.substr(0, connection.host.find_first_of(".,"));
    return connection.socket;
}

std::vector<std::string> hosts_of(const Connection& connection) {
    std::vector<std::string> hosts;
    std::string_view rest = connection.host;
    while (!rest.empty()) {
        std::size_t comma = rest.find(',');
        if (comma != 0) hosts.emplace_back(rest.substr(0, comma));
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    }
    // libpq connects to the address and uses the name for certificates only.
    if (auto address = connection.parameters.find("hostaddr"); address != connection.parameters.end())
        hosts.push_back(address->second);
    return hosts;
}

std::vector<std::string> secrets_of(const Connection& connection) {
    std::vector<std::string> secrets;
    if (!connection.password.empty()) secrets.push_back(connection.password);
    for (const auto& [name, value] : connection.parameters) {
        std::string key = lower(name);
        bool secret = std::any_of(kSecretKeys.begin(), kSecretKeys.end(),
                                  [&](auto word) { return key.find(word) != std::string::npos; });
        if (secret && !value.empty()) secrets.push_back(value);
    }
    return secrets;
}

bool same_place(const Connection& a, const Connection& b) {
    return a.engine == b.engine && hosts_of(a) == hosts_of(b) && effective_port(a) == effective_port(b) &&
           a.socket == b.socket && a.database == b.database && a.schema == b.schema;
}

}  // namespace migrate
