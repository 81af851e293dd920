#include "db/postgresql_connect.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <chrono>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "db/clients.hpp"
#include "db/postgresql_words.hpp"

namespace migrate::db {

namespace {

struct FreeOptions {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Defaults = std::unique_ptr<PQconninfoOption, FreeOptions>;

/// What the environment or a service file would put in for a keyword that we leave open. Where neither is,
/// the library need not look through everything that it would do by itself.
std::string environment_default(std::string_view keyword, const char* variable,
                                const Connection& connection) {
    if (!std::getenv(variable) && !std::getenv("PGSERVICE") && !connection.parameters.contains("service"))
        return "";
    const Defaults defaults(PQconndefaults());
    for (const PQconninfoOption* option = defaults.get(); option && option->keyword; ++option)
        if (option->keyword == keyword && option->val) return option->val;
    return "";
}

std::string place_of(const Connection& connection) {
    if (!connection.host.empty())
        return fmt::format("{}:{}", connection.host, connection.port == 0 ? 5432 : connection.port);
    return connection.socket.empty() ? "the local server" : connection.socket;
}

/// false: the time is up.
bool finish(PGconn* handle, int timeout_s) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(timeout_s);
    PostgresPollingStatusType status = PGRES_POLLING_WRITING;
    while (status != PGRES_POLLING_OK && status != PGRES_POLLING_FAILED) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0) return false;
        pollfd descriptor{PQsocket(handle), 0, 0};
        descriptor.events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        if (poll(&descriptor, 1, static_cast<int>(left.count())) == 0) return false;
        status = PQconnectPoll(handle);
    }
    return true;
}

tl::unexpected<Error> refused(const Connection& connection, std::string_view libpq_text) {
    const auto [state, text] = read_refusal(libpq_text);
    const std::string place = place_of(connection);
    if (state == "3D000")
        return fail("target.missing",
                    fmt::format("there is no database \"{}\" at {}", connection.database, place),
                    "`migrate setup` makes a local one; a remote one is made by whoever runs its server");
    if (state.starts_with("28"))
        return fail("target.unreachable",
                    fmt::format("the login as \"{}\" at {} was refused: {}", connection.user, place, text),
                    "check the user's name and password, and whether the server admits this machine");
    if (state == "57P03" || state == "53300")
        return fail(kNotYet, fmt::format("{} takes no connection now: {}", place, text),
                    "try again in a moment");
    if (!state.empty())
        return fail("target.unreachable", fmt::format("{} refused the connection: {}", place, text));
    return fail("target.unreachable", fmt::format("{} cannot be reached: {}", place, text),
                "is the server running, and do host, port and sslmode belong to it?");
}

}  // namespace

Result<PostgresHandle> connect_postgresql(const Connection& connection, int timeout_s) {
    if (auto found = load_libpq(connection); !found) return tl::unexpected(found.error());
    if (const std::string elsewhere = environment_default("hostaddr", "PGHOSTADDR", connection);
        !elsewhere.empty() && !connection.parameters.contains("hostaddr"))
        return fail(
            "target.shadowed",
            fmt::format("PGHOSTADDR (or a service file) leads every PostgreSQL connection to {}", elsewhere),
            "unset it: the session would not reach the host that the configuration names");
    const Keywords keywords = postgres_keywords(connection);
    std::vector<const char*> names;
    std::vector<const char*> values;
    for (const auto& [name, value] : keywords) {
        names.push_back(name.c_str());
        values.push_back(value.c_str());
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    PostgresHandle handle(PQconnectStartParams(names.data(), values.data(), 0));
    if (!handle) return fail("target.unreachable", "out of memory");
    // Only this verbosity names the SQLSTATE; the text is in the server's own language.
    PQsetErrorVerbosity(handle.get(), PQERRORS_VERBOSE);
    if (PQstatus(handle.get()) != CONNECTION_BAD && !finish(handle.get(), timeout_s))
        return fail("target.unreachable",
                    fmt::format("{} did not answer within {} s", place_of(connection), timeout_s),
                    "is the server running, and does a firewall or VPN stand between?");
    if (PQstatus(handle.get()) != CONNECTION_OK) return refused(connection, PQerrorMessage(handle.get()));
    PQsetErrorVerbosity(handle.get(), PQERRORS_DEFAULT);
    return handle;
}

}  // namespace migrate::db
