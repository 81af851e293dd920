#include <algorithm>
#include <array>
#include <cctype>

#include "target/url_text.hpp"

// Connection strings that are no URLs.
namespace migrate::url_text {

namespace {

constexpr std::array<std::string_view, 6> kLibpqKeys{"host", "hostaddr", "dbname", "user", "port", "service"};

bool is_key_byte(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

/// libpq's own rules (documentation of PostgreSQL 18, 32.1.1.1): blanks around '=' are allowed, values are
/// quoted by ', a backslash escapes inside and outside quotes. nullopt where the text breaks them.
std::optional<Pairs> libpq_pairs(std::string_view text) {
    Pairs pairs;
    std::size_t at = 0;
    auto skip_blanks = [&] {
        while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at]))) ++at;
    };
    for (skip_blanks(); at < text.size(); skip_blanks()) {
        std::size_t begin = at;
        while (at < text.size() && is_key_byte(text[at])) ++at;
        std::string key(text.substr(begin, at - begin));
        skip_blanks();
        if (key.empty() || at == text.size() || text[at] != '=') return std::nullopt;
        ++at;
        skip_blanks();
        const bool quoted = at < text.size() && text[at] == '\'';
        if (quoted) ++at;
        std::string value;
        bool closed = !quoted;
        for (; at < text.size(); ++at) {
            if (quoted && text[at] == '\'') {
                closed = true;
                ++at;
                break;
            }
            if (!quoted && std::isspace(static_cast<unsigned char>(text[at]))) break;
            if (text[at] == '\\' && at + 1 < text.size()) ++at;
            value += text[at];
        }
        if (!closed) return std::nullopt;
        pairs.emplace_back(std::move(key), std::move(value));
    }
    return pairs;
}

}  // namespace

std::optional<Result<Connection>> parse_key_values(std::string_view text, std::optional<Engine> engine) {
    if (engine && *engine != Engine::postgresql && *engine != Engine::cockroachdb) return std::nullopt;
    auto pairs = libpq_pairs(text);
    if (!pairs) return std::nullopt;
    bool known = std::any_of(pairs->begin(), pairs->end(), [](const auto& pair) {
        return std::find(kLibpqKeys.begin(), kLibpqKeys.end(), pair.first) != kLibpqKeys.end();
    });
    if (!known) return std::nullopt;
    Connection connection;
    connection.engine = engine.value_or(Engine::postgresql);
    if (!apply_parameters(*pairs, connection))
        return Result<Connection>(unreadable("the connection string has no valid host and port"));
    return Result<Connection>(std::move(connection));
}

std::optional<Result<Connection>> parse_go_dsn(std::string_view text, std::optional<Engine> engine) {
    // [user[:password]@][net[(address)]]/dbname[?parameters]   (go-sql-driver/mysql 1.9, README)
    std::size_t slash = text.rfind('/');
    if (std::size_t mark = text.find('?', text.find(")/")); slash != std::string_view::npos && mark < slash)
        slash = text.rfind('/', mark);
    if (slash == std::string_view::npos) return std::nullopt;
    std::string_view left = text.substr(0, slash), right = text.substr(slash + 1);
    std::size_t at = left.rfind('@');
    std::string_view network = at == std::string_view::npos ? left : left.substr(at + 1);
    const bool typical = network.starts_with("tcp(") || network.starts_with("unix(") ||
                         (at != std::string_view::npos && (network.empty() || network == "tcp"));
    const bool mysql = engine == Engine::mysql || engine == Engine::mariadb;
    if (!typical && !(mysql && (network.empty() || network.ends_with(')')))) return std::nullopt;

    Connection connection;
    connection.engine = engine.value_or(Engine::mysql);
    if (at != std::string_view::npos) {
        std::size_t colon = left.substr(0, at).find(':');
        connection.user = std::string(left.substr(0, std::min(colon, at)));
        if (colon != std::string_view::npos)
            connection.password = std::string(left.substr(colon + 1, at - colon - 1));
    }
    std::size_t open = network.find('(');
    std::string_view protocol = network.substr(0, open);
    std::string_view address;
    if (open != std::string_view::npos && network.ends_with(')'))
        address = network.substr(open + 1, network.size() - open - 2);
    if (protocol.empty() || protocol == "tcp" || protocol == "tcp4" || protocol == "tcp6") {
        if (!read_hosts(address.empty() ? "127.0.0.1" : address, connection))
            return Result<Connection>(unreadable("the connection string has no valid host and port"));
    } else if (protocol == "unix") {
        connection.socket = address.empty() ? "/tmp/mysql.sock" : std::string(address);
    } else {
        // A dialer that the program registered: cloudsql(project:region:instance) and the like.
        connection.socket = "/" + std::string(protocol) + "/" + std::string(address);
    }
    std::size_t mark = right.find('?');
    connection.database = decode(right.substr(0, mark));
    if (mark != std::string_view::npos)
        for (auto& [key, value] : query_pairs(right.substr(mark + 1))) connection.parameters[key] = value;
    return Result<Connection>(std::move(connection));
}

}  // namespace migrate::url_text
