#include "target/url_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace migrate::url_text {

namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_host_byte(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || static_cast<unsigned char>(c) >= 0x80 ||
           std::string_view("._-%").find(c) != std::string_view::npos;
}

/// 0 for an empty port, -1 for what is none.
int port_number(std::string_view text) {
    if (text.empty()) return 0;
    int port = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port < 0 || port > 65535) return -1;
    return port;
}

struct Host {
    std::string name;
    int port = 0;
};

/// One element of a host list; nullopt where it cannot be one.
std::optional<Host> read_host(std::string_view text) {
    std::string_view name = text, port;
    if (text.starts_with('[')) {
        std::size_t close = text.find(']');
        if (close == std::string_view::npos) return std::nullopt;
        name = text.substr(1, close - 1);
        std::string_view after = text.substr(close + 1);
        if (!after.empty() && !after.starts_with(':')) return std::nullopt;
        port = after.empty() ? after : after.substr(1);
        for (char c : name)
            if (c != ':' && !is_host_byte(c)) return std::nullopt;
        if (name.find(':') == std::string_view::npos) return std::nullopt;
    } else {
        std::size_t colon = text.find(':');
        if (colon != std::string_view::npos) {
            name = text.substr(0, colon);
            port = text.substr(colon + 1);
        }
        for (char c : name)
            if (!is_host_byte(c)) return std::nullopt;
    }
    int number = port_number(port);
    if (number < 0) return std::nullopt;
    return Host{decode(name), number};
}

std::optional<std::vector<Host>> read_host_list(std::string_view text) {
    std::vector<Host> hosts;
    while (true) {
        std::size_t comma = text.find(',');
        auto host = read_host(text.substr(0, comma));
        if (!host) return std::nullopt;
        hosts.push_back(std::move(*host));
        if (comma == std::string_view::npos) return hosts;
        text.remove_prefix(comma + 1);
    }
}

std::string_view host_part(std::string_view text) {
    return text.substr(0, text.find_first_of("/?#"));
}

/// Whether a '?' in `before` opened the query already, so that an '@' behind it belongs to a parameter and
/// not to an unencoded password: what stands before it must read as a URL, what follows as key=value.
bool query_began(std::string_view before) {
    for (std::size_t mark = before.find('?'); mark != std::string_view::npos;
         mark = before.find('?', mark + 1)) {
        if (before.find('=', mark) == std::string_view::npos) return false;
        std::string_view url = before.substr(0, mark);
        std::size_t at = url.rfind('@');
        bool has_user = at != std::string_view::npos;
        if (!has_user && url.find('/') == std::string_view::npos) continue;
        if (read_host_list(host_part(has_user ? url.substr(at + 1) : url))) return true;
    }
    return false;
}

ServerUrl pieces(std::string_view rest, std::size_t at) {
    ServerUrl url;
    if (at != std::string_view::npos) {
        std::string_view user = rest.substr(0, at);
        std::size_t colon = user.find(':');
        url.user = user.substr(0, colon);
        if (colon != std::string_view::npos) url.password = user.substr(colon + 1);
        rest.remove_prefix(at + 1);
    }
    url.hosts = host_part(rest);
    rest.remove_prefix(url.hosts.size());
    rest = rest.substr(0, rest.find('#'));
    std::size_t mark = rest.find('?');
    if (mark != std::string_view::npos) url.query = rest.substr(mark + 1);
    url.path = rest.substr(0, mark);
    while (url.path.starts_with('/')) url.path.remove_prefix(1);
    while (url.path.ends_with('/')) url.path.remove_suffix(1);
    return url;
}

constexpr std::array<std::string_view, 6> kSocketKeys{"socket",     "unix_socket", "unixsocket",
                                                      "socketpath", "localsocket", "unixsocketfile"};

/// `-c search_path=app` in libpq's `options`.
std::string search_path_of(std::string_view options) {
    std::size_t at = options.find("search_path");
    if (at == std::string_view::npos) return "";
    at = options.find('=', at);
    if (at == std::string_view::npos) return "";
    std::string_view value = options.substr(at + 1);
    return std::string(value.substr(0, value.find_first_of(", \t")));
}

}  // namespace

std::string decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
            hex_digit(text[i + 2]) >= 0) {
            out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            out += plus_is_space && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n";
    std::size_t first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

Pairs query_pairs(std::string_view query, std::string_view separators, bool plus_is_space) {
    Pairs pairs;
    while (!query.empty()) {
        std::size_t end = query.find_first_of(separators);
        std::string_view part = query.substr(0, end);
        query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
        if (part.empty()) continue;
        std::size_t equals = part.find('=');
        std::string_view value =
            equals == std::string_view::npos ? std::string_view{} : part.substr(equals + 1);
        pairs.emplace_back(decode(part.substr(0, equals), plus_is_space), decode(value, plus_is_space));
    }
    return pairs;
}

std::optional<ServerUrl> split_server(std::string_view rest) {
    std::size_t no_host = std::string_view::npos;
    // Behind that one stands no host, so what is before it may be a password as well as a path: not to be
    // shown.
    auto is_guess = [&](std::size_t at) {
        if (no_host == std::string_view::npos) return false;
        const std::size_t query = rest.find('?', at == std::string_view::npos ? 0 : at);
        return query > no_host || rest.substr(query, no_host - query).find('#') != std::string_view::npos;
    };
    for (std::size_t at = rest.rfind('@'); at != std::string_view::npos;
         at = at == 0 ? std::string_view::npos : rest.rfind('@', at - 1)) {
        if (!read_host_list(host_part(rest.substr(at + 1)))) {
            if (no_host == std::string_view::npos) no_host = at;
            continue;
        }
        if (query_began(rest.substr(0, at))) continue;
        if (is_guess(at)) return std::nullopt;
        return pieces(rest, at);
    }
    if (!read_host_list(host_part(rest)) || is_guess(std::string_view::npos)) return std::nullopt;
    return pieces(rest, std::string_view::npos);
}

bool read_hosts(std::string_view text, Connection& into) {
    if (text.starts_with('/') || text.starts_with('@')) {
        into.socket = std::string(text.substr(0, text.find(',')));
        return true;
    }
    // An IPv6 address in a field of its own has no brackets.
    const bool bare_v6 = text.find(':') != text.rfind(':') &&
                         text.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
    auto hosts = read_host_list(bare_v6 ? "[" + std::string(text) + "]" : std::string(text));
    if (!hosts) return false;
    into.host.clear();
    std::string ports;
    bool any_port = false;
    for (const auto& host : *hosts) {
        if (&host != &hosts->front()) {
            into.host += ',';
            ports += ',';
        }
        into.host += host.name;
        if (host.port != 0) ports += std::to_string(host.port);
        if (host.port != 0 && into.port == 0) into.port = host.port;
        any_port = any_port || host.port != 0;
    }
    if (hosts->size() > 1 && any_port) into.parameters["port"] = ports;
    if (into.host.starts_with('/')) {
        into.socket = std::move(into.host);
        into.host.clear();
    }
    return true;
}

bool apply_parameters(const Pairs& pairs, Connection& into) {
    const bool mongo = into.engine == Engine::mongodb;
    std::string hosts;
    for (const auto& [name, value] : pairs) {
        std::string key = lower(name);
        if (mongo) {
            // MongoDB's options have no such meanings, and `ssl`, `authSource` ... stay as they are.
            into.parameters[name] = value;
        } else if (key == "host" || key == "server" || key == "servername") {
            hosts += hosts.empty() ? value : "," + value;
        } else if (key == "port") {
            if (value.find(',') != std::string::npos) into.parameters["port"] = value;
            into.port = port_number(std::string_view(value).substr(0, value.find(',')));
            if (into.port < 0) return false;
        } else if (key == "user" || key == "username" || key == "uid") {
            into.user = value;
        } else if (key == "password" || key == "pass" || key == "pwd") {
            into.password = value;
        } else if (key == "dbname" || key == "database" || key == "databasename") {
            into.database = value;
        } else if (key == "schema" || key == "currentschema" || key == "search_path") {
            into.schema = value.substr(0, value.find(','));
            // Names in further schemas (extensions) must be found, too.
            if (value.find(',') != std::string::npos) into.parameters["search_path"] = value;
        } else if (std::find(kSocketKeys.begin(), kSocketKeys.end(), key) != kSocketKeys.end()) {
            into.socket = value;
        } else {
            if (key == "options" && into.schema.empty()) into.schema = search_path_of(value);
            into.parameters[name] = value;
        }
    }
    return hosts.empty() || read_hosts(hosts, into);
}

std::string file_path(std::string_view path, const std::filesystem::path& base_dir) {
    if (path.empty() || path.starts_with(":memory:")) return ":memory:";
    std::filesystem::path file(path);
    if (file.is_relative() && !path.starts_with("~")) file = base_dir / file;
    return file.lexically_normal().string();
}

tl::unexpected<Error> unreadable(std::string why) {
    return fail(
        "target.unresolved", std::move(why),
        "The value itself is not shown, it may hold a password. Percent-encode what is special in it.");
}

}  // namespace migrate::url_text
