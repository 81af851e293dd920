#include "db/postgresql_words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <memory>
#include <set>

#include "db/libpq.hpp"

namespace migrate::db {

namespace {

/// Debian's and PostgreSQL's own default directory of the local socket, then TCP: where a URL without host
/// leads with the drivers of one language or another.
constexpr std::string_view kLocal = "/var/run/postgresql,/tmp,localhost";

/// Set by this client alone: they decide where the session leads, or how it is read.
constexpr std::array<std::string_view, 12> kOurs{"host",
                                                 "port",
                                                 "user",
                                                 "dbname",
                                                 "password",
                                                 "passfile",
                                                 "service",
                                                 "replication",
                                                 "application_name",
                                                 "client_encoding",
                                                 "connect_timeout",
                                                 "fallback_application_name"};

struct FreeOptions {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Defaults = std::unique_ptr<PQconninfoOption, FreeOptions>;

bool is_true(const std::string& value) {
    return value == "true" || value == "1" || value == "";
}

/// The parameters that libpq knows, in its own words.
std::map<std::string, std::string> translated(std::map<std::string, std::string> parameters) {
    if (auto ssl = parameters.find("ssl"); ssl != parameters.end()) {
        if (!parameters.contains("sslmode"))
            parameters["sslmode"] = is_true(ssl->second) ? "require" : "prefer";
        parameters.erase("ssl");
    }
    if (auto mode = parameters.find("sslmode"); mode != parameters.end() && mode->second == "no-verify")
        mode->second = "require";
    // Prisma means the server's certificate by `sslcert`, libpq the client's, which comes with a key.
    if (!parameters.contains("sslkey")) parameters.erase("sslcert");
    std::set<std::string, std::less<>> known;
    const Defaults defaults(PQconndefaults());
    for (const PQconninfoOption* option = defaults.get(); option && option->keyword; ++option)
        known.insert(option->keyword);
    for (const std::string_view name : kOurs) known.erase(std::string(name));
    std::erase_if(parameters, [&](const auto& item) { return !known.contains(item.first); });
    return parameters;
}

}  // namespace

Keywords postgres_keywords(const Connection& connection) {
    std::string host = connection.socket.empty() ? connection.host : connection.socket;
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    // libpq wants the directory of the socket, not the socket itself.
    if (const std::size_t file = host.find("/.s.PGSQL."); file != std::string::npos) host.resize(file);
    // Several hosts have several ports.
    const auto ports = connection.parameters.find("port");
    const std::string port = connection.port == 0 && ports != connection.parameters.end()
                                 ? ports->second
                                 : std::to_string(connection.port == 0 ? 5432 : connection.port);
    Keywords result{{"host", host.empty() ? std::string(kLocal) : host},
                    {"port", port},
                    {"application_name", "migrate"},
                    {"client_encoding", "UTF8"}};
    if (!connection.user.empty()) result.emplace_back("user", connection.user);
    if (!connection.password.empty()) result.emplace_back("password", connection.password);
    const std::string& database = connection.database.empty() ? connection.user : connection.database;
    if (!database.empty()) result.emplace_back("dbname", database);
    for (auto& parameter : translated(connection.parameters)) result.push_back(parameter);
    // A session that only holds the lock says nothing for long, and routers forget silent connections.
    if (!connection.parameters.contains("keepalives_idle")) result.emplace_back("keepalives_idle", "60");
    return result;
}

PostgresRefusal read_refusal(std::string_view libpq_text) {
    PostgresRefusal result;
    // Several addresses of one host answer one below the other; what the server itself says counts most.
    for (std::size_t from = 0; from < libpq_text.size();) {
        const std::size_t end = std::min(libpq_text.find('\n', from), libpq_text.size());
        std::string_view line = libpq_text.substr(from, end - from);
        from = end + 1;
        while (!line.empty() && std::isspace(static_cast<unsigned char>(line.front()))) line.remove_prefix(1);
        if (line.empty() || line.starts_with("LOCATION:")) continue;
        if (const std::size_t mark = line.find(" failed: "); mark != std::string_view::npos)
            line.remove_prefix(mark + 9);
        const std::size_t gap = line.find(":  ");
        const std::string_view state = gap == std::string_view::npos ? "" : line.substr(gap + 3, 5);
        const bool from_server =
            state.size() == 5 && line.substr(gap + 8, 2) == ": " &&
            std::all_of(state.begin(), state.end(), [](char c) {
                return std::isdigit(static_cast<unsigned char>(c)) || (c >= 'A' && c <= 'Z');
            });
        if (from_server) {
            result = {std::string(state), std::string(line.substr(gap + 10))};
        } else if (result.text.empty()) {
            result.text = line;
        }
    }
    return result;
}

}  // namespace migrate::db
