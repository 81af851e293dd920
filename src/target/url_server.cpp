#include <cctype>

#include "target/url_text.hpp"

// Server URLs, SQL Server's semicolons, SQLite paths.
namespace migrate::url_text {

namespace {

tl::unexpected<Error> bad_host() {
    return unreadable("the URL has no valid host and port");
}

/// `;database=shop;password={a;b}`: keys and values of SQL Server URLs; braces quote.
Pairs semicolon_pairs(std::string_view text) {
    Pairs pairs;
    while (!text.empty()) {
        std::size_t equals = text.find_first_of("=;");
        if (equals == std::string_view::npos || text[equals] == ';') {
            text = equals == std::string_view::npos ? std::string_view{} : text.substr(equals + 1);
            continue;
        }
        std::string key(trim(text.substr(0, equals)));
        text.remove_prefix(equals + 1);
        std::size_t close = text.starts_with('{') ? text.find('}') : std::string_view::npos;
        std::size_t end = text.find(';', close == std::string_view::npos ? 0 : close);
        std::string_view value = trim(text.substr(0, end));
        if (close != std::string_view::npos) value = text.substr(1, close - 1);
        pairs.emplace_back(std::move(key), std::string(value));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return pairs;
}

bool in_memory(const Pairs& query) {
    for (const auto& [key, value] : query)
        if (lower(key) == "mode" && lower(value) == "memory") return true;
    return false;
}

Connection sqlite_file(std::string_view path, std::string_view query, const UrlContext& context) {
    Connection connection;
    connection.engine = Engine::sqlite;
    Pairs pairs = query_pairs(query);
    connection.database = in_memory(pairs) ? ":memory:" : file_path(path, context.base_dir);
    for (auto& [key, value] : pairs) connection.parameters[key] = std::move(value);
    return connection;
}

std::string_view strip_slashes(std::string_view text) {
    while (text.starts_with('/')) text.remove_prefix(1);
    return text;
}

/// The path as the tool's own rule reads it; see SqliteForm.
std::string sqlite_path(std::string_view rest, SqliteForm form) {
    std::string_view inner = strip_slashes(rest);
    if (inner.empty() || inner.starts_with(":memory:")) return ":memory:";
    const std::size_t slashes = rest.size() - inner.size();
    switch (form) {
        case SqliteForm::dbmate:
            return slashes == 0 ? std::string(inner) : "/" + decode(inner);
        case SqliteForm::sequelize:
            if (slashes == 2) return std::string(inner);
            if (inner.starts_with("./")) inner.remove_prefix(2);
            return "/" + std::string(inner);
        case SqliteForm::sqlalchemy:
            return slashes == 1 || slashes >= 4 ? "/" + std::string(inner) : std::string(inner);
    }
    return std::string(inner);
}

}  // namespace

Result<Connection> parse_server(Engine engine, std::string_view rest, bool plus_is_space) {
    auto url = split_server(rest);
    if (!url) return bad_host();
    Connection connection;
    connection.engine = engine;
    if (!read_hosts(url->hosts, connection)) return bad_host();
    connection.user = decode(url->user, plus_is_space);
    connection.password = decode(url->password, plus_is_space);
    connection.database = decode(url->path);
    if (!apply_parameters(query_pairs(url->query, "&", plus_is_space), connection)) return bad_host();
    return connection;
}

Result<Connection> parse_sqlserver(std::string_view rest, bool jdbc) {
    std::size_t semicolon = rest.find(';');
    if (!jdbc && semicolon == std::string_view::npos) return parse_server(Engine::mssql, rest);
    Connection connection;
    connection.engine = Engine::mssql;
    std::string_view hosts = rest.substr(0, semicolon);
    while (hosts.ends_with('/')) hosts.remove_suffix(1);
    std::size_t instance = hosts.find('\\');
    std::string host(hosts.substr(0, instance));
    if (instance != std::string_view::npos) {
        std::string_view after = hosts.substr(instance + 1);
        std::size_t colon = after.find(':');
        connection.parameters["instance"] = std::string(after.substr(0, colon));
        if (colon != std::string_view::npos) host += after.substr(colon);
    }
    if (!read_hosts(host, connection)) return bad_host();
    if (semicolon != std::string_view::npos &&
        !apply_parameters(semicolon_pairs(rest.substr(semicolon + 1)), connection))
        return bad_host();
    if (connection.database.empty()) connection.database = "master";
    return connection;
}

Result<Connection> parse_sqlite(std::string_view rest, const UrlContext& context) {
    std::size_t mark = rest.find('?');
    std::string_view query = mark == std::string_view::npos ? std::string_view{} : rest.substr(mark + 1);
    return sqlite_file(sqlite_path(rest.substr(0, mark), context.form), query, context);
}

Result<Connection> parse_file(std::string_view rest, const UrlContext& context) {
    std::size_t mark = rest.find('?');
    std::string_view query = mark == std::string_view::npos ? std::string_view{} : rest.substr(mark + 1);
    std::string path(rest.substr(0, mark));
    if (path.starts_with("//")) {
        // file://localhost/abs and file:///abs are URIs; file://./x is what people write for file:./x.
        std::string_view authority = std::string_view(path).substr(2);
        if (authority.starts_with("localhost/")) authority.remove_prefix(9);
        path = decode(authority);
    }
    return sqlite_file(path, query, context);
}

}  // namespace migrate::url_text
