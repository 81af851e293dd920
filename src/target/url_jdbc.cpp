#include "target/url_text.hpp"

// JDBC URLs, as Flyway and Spring configurations hold them. Sources: pgjdbc 42, Connector/J 8, MariaDB
// Connector/J 3, sqlite-jdbc 3, H2 2, mssql-jdbc 12, ojdbc 11.
namespace migrate::url_text {

namespace {

/// "postgresql:..." -> "postgresql", and the rest behind the colon.
std::pair<std::string, std::string_view> take_word(std::string_view text) {
    std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return {lower(text), {}};
    return {lower(text.substr(0, colon)), text.substr(colon + 1)};
}

/// Pool and tracing drivers stand in front of the real one.
bool is_wrapper(std::string_view word) {
    return word == "p6spy" || word == "log4jdbc" || word == "otel" || word == "aws-wrapper" ||
           word == "tracing";
}

Result<Connection> postgresql(std::string_view rest) {
    if (rest.starts_with("//")) {
        auto connection = parse_server(Engine::postgresql, rest.substr(2), true);
        if (connection && connection->host.empty() && connection->socket.empty())
            connection->host = "localhost";
        return connection;
    }
    // jdbc:postgresql:db and jdbc:postgresql:/ mean localhost.
    while (rest.starts_with('/')) rest.remove_prefix(1);
    return parse_server(Engine::postgresql, "localhost/" + std::string(rest), true);
}

Result<Connection> mysql(Engine engine, std::string_view rest) {
    // jdbc:mysql:replication://..., jdbc:mysql:loadbalance://..., jdbc:mariadb:sequential://...
    if (!rest.starts_with("//")) rest = take_word(rest).second;
    if (!rest.starts_with("//")) return unreadable("the JDBC URL has no host part");
    auto connection = parse_server(engine, rest.substr(2));
    if (connection && connection->host.empty() && connection->socket.empty()) connection->host = "localhost";
    return connection;
}

Result<Connection> sqlite(std::string_view rest, const UrlContext& context) {
    if (rest.starts_with("file:")) return parse_file(rest.substr(5), context);
    UrlContext plain = context;
    std::size_t mark = rest.find('?');
    Connection connection;
    connection.engine = Engine::sqlite;
    connection.database = file_path(rest.substr(0, mark), plain.base_dir);
    return connection;
}

Result<Connection> h2(std::string_view rest, const UrlContext& context) {
    Connection connection;
    connection.engine = Engine::h2;
    std::size_t semicolon = rest.find(';');
    std::string_view place = rest.substr(0, semicolon);
    if (semicolon != std::string_view::npos &&
        !apply_parameters(query_pairs(rest.substr(semicolon + 1), ";"), connection))
        return unreadable("the JDBC URL has an invalid parameter");
    if (place.starts_with("tcp://") || place.starts_with("ssl://")) {
        std::string_view server = place.substr(6);
        std::size_t slash = server.find('/');
        if (!read_hosts(server.substr(0, slash), connection))
            return unreadable("the JDBC URL has no valid host");
        if (slash != std::string_view::npos) connection.database = std::string(server.substr(slash + 1));
        return connection;
    }
    if (place.starts_with("mem:") || place.empty()) {
        connection.database = ":memory:";
        return connection;
    }
    if (place.starts_with("file:")) place.remove_prefix(5);
    connection.database = file_path(place, context.base_dir);
    return connection;
}

Result<Connection> oracle(std::string_view rest) {
    // thin:@//host:1521/service, thin:@host:1521:sid, thin:user/pass@host...
    std::size_t at = rest.rfind('@');
    if (at == std::string_view::npos) return unreadable("the JDBC URL has no host part");
    Connection connection;
    connection.engine = Engine::oracle;
    auto user = take_word(rest.substr(0, at)).second;
    std::size_t slash = user.find('/');
    connection.user = std::string(user.substr(0, slash));
    if (slash != std::string_view::npos) connection.password = std::string(user.substr(slash + 1));
    std::string_view place = rest.substr(at + 1);
    if (place.starts_with("tcp:") || place.starts_with("tcps:")) place = take_word(place).second;
    while (place.starts_with('/')) place.remove_prefix(1);
    place = place.substr(0, place.find('?'));
    std::size_t end = place.find('/');
    if (end == std::string_view::npos) {
        std::size_t colon = place.find(':');
        end = colon == std::string_view::npos ? colon : place.find(':', colon + 1);
    }
    if (!read_hosts(place.substr(0, end), connection)) return unreadable("the JDBC URL has no valid host");
    if (end != std::string_view::npos) connection.database = std::string(place.substr(end + 1));
    return connection;
}

}  // namespace

Result<Connection> parse_jdbc(std::string_view rest, const UrlContext& context) {
    auto [word, after] = take_word(rest);
    while (is_wrapper(word)) std::tie(word, after) = take_word(after);
    if (word == "tc")
        return unreadable(
            "a jdbc:tc: URL starts a container for a test run; there is no database to speak of");
    if (word == "postgresql" || word == "pgsql") return postgresql(after);
    if (word == "mysql") return mysql(Engine::mysql, after);
    if (word == "mariadb") return mysql(Engine::mariadb, after);
    if (word == "sqlite") return sqlite(after, context);
    if (word == "h2") return h2(after, context);
    if (word == "oracle") return oracle(after);
    if (word == "sqlserver" && after.starts_with("//")) return parse_sqlserver(after.substr(2), true);
    if (word == "clickhouse" || word == "ch") {
        // jdbc:ch:http://host:8123/db
        if (!after.starts_with("//")) after = take_word(after).second;
        if (after.starts_with("//")) return parse_server(Engine::clickhouse, after.substr(2));
    }
    return unreadable("no database engine is known by the sub-protocol of the JDBC URL");
}

}  // namespace migrate::url_text
