#include "db/mysql_connect.hpp"

#include <errmsg.h>
#include <fmt/format.h>
#include <mysqld_error.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <mutex>
#include <string>

#include "db/clients.hpp"
#include "db/mysql_words.hpp"

namespace migrate::db {

namespace {

constexpr int kDefaultPort = 3306;
constexpr unsigned kAccountWithoutPlugin = 1698;  // MariaDB: the account is for the system user of that name
constexpr unsigned kSecureTransportNeeded = 3159;

/// Logins that never send the password as it is.
constexpr const char* kClosedLogins =
    "mysql_native_password,client_ed25519,caching_sha2_password,sha256_password";

void initialise_library() {
    static std::once_flag once;  // mysql_init() would do it too, but not safely from several threads
    std::call_once(once, [] { mysql_library_init(0, nullptr, nullptr); });
}

std::string host_of(const Connection& connection) {
    if (connection.host.starts_with('[') && connection.host.ends_with(']'))
        return connection.host.substr(1, connection.host.size() - 2);
    return connection.host.empty() ? "localhost" : connection.host;
}

int port_of(const Connection& connection) {
    return connection.port == 0 ? kDefaultPort : connection.port;
}

std::string place_of(const Connection& connection) {
    if (!connection.socket.empty()) return connection.socket;
    return fmt::format("{}:{}", connection.host.empty() ? "localhost" : connection.host, port_of(connection));
}

/// "Can't connect to server on 'x' (111)": only the number says anything new, unless it is the one that the
/// library's waiting connect() leaves behind.
std::string reason_of(MYSQL* handle) {
    const std::string text = mysql_error(handle);
    const std::size_t open = text.rfind('(');
    int number = 0;
    if (open != std::string::npos &&
        std::from_chars(text.data() + open + 1, text.data() + text.size(), number).ec == std::errc() &&
        number > 0)
        return number == EINPROGRESS ? "nothing takes connections there" : strerror(number);
    return text;
}

tl::unexpected<Error> refused(const Connection& connection, MYSQL* handle) {
    const std::string place = place_of(connection);
    switch (mysql_errno(handle)) {
        case ER_BAD_DB_ERROR:
            return fail("target.missing",
                        fmt::format("there is no database \"{}\" at {}", connection.database, place),
                        "`migrate setup` makes a local one; a remote one is made by whoever runs its server");
        case ER_ACCESS_DENIED_ERROR:
        case ER_DBACCESS_DENIED_ERROR:
        case ER_HOST_NOT_PRIVILEGED:
        case kAccountWithoutPlugin:
        case CR_AUTH_PLUGIN_CANNOT_LOAD:
            return fail(
                "target.unreachable",
                fmt::format("the login as \"{}\" at {} was refused: {}", connection.user, place,
                            mysql_error(handle)),
                "check the user's name and password, the user's rights on the database, and whether the "
                "server admits this machine");
        case ER_CON_COUNT_ERROR:
            return fail(kNotYet, fmt::format("{} takes no connection now: {}", place, mysql_error(handle)),
                        "try again in a moment");
        case CR_SSL_CONNECTION_ERROR:
        case kSecureTransportNeeded:
            return fail("target.unreachable",
                        fmt::format("{} cannot be reached with the encryption that is asked for: {}", place,
                                    mysql_error(handle)),
                        "ssl-mode in the URL says what is asked for: DISABLED, PREFERRED, REQUIRED, "
                        "VERIFY_CA or VERIFY_IDENTITY");
        case CR_CONNECTION_ERROR:
        case CR_CONN_HOST_ERROR:
        case CR_UNKNOWN_HOST:
        case CR_SERVER_LOST:
            return fail("target.unreachable",
                        fmt::format("{} cannot be reached: {}", place, reason_of(handle)),
                        "is the server running, and do host and port belong to it?");
        default:
            return fail("target.unreachable",
                        fmt::format("{} refused the connection: {}", place, mysql_error(handle)));
    }
}

/// A session that only holds the lock says nothing for long, and routers forget silent connections.
void keep_alive(MYSQL* handle) {
    const int descriptor = static_cast<int>(mysql_get_socket(handle));
    const int on = 1;
    const int idle_s = 60;
    setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s);
}

MysqlHandle attempt(const Connection& connection, const MysqlTls& tls, bool encrypted, int timeout_s) {
    MysqlHandle handle(mysql_init(nullptr));
    if (!handle) return handle;
    const unsigned timeout = static_cast<unsigned>(timeout_s);
    const unsigned none = 0;
    const my_bool on = 1;
    const my_bool check = tls.mode == MysqlTls::Mode::verified ? 1 : 0;
    const unsigned tcp = MYSQL_PROTOCOL_TCP;
    MYSQL* raw = handle.get();
    mysql_options(raw, MYSQL_OPT_CONNECT_TIMEOUT, &timeout);
    mysql_options(raw, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    mysql_options(raw, MYSQL_OPT_LOCAL_INFILE, &none);
    mysql_options4(raw, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "migrate");
    if (connection.socket.empty()) mysql_options(raw, MYSQL_OPT_PROTOCOL, &tcp);
    if (encrypted) {
        mysql_options(raw, MYSQL_OPT_SSL_ENFORCE, &on);
        if (!tls.ca.empty()) mysql_options(raw, MYSQL_OPT_SSL_CA, tls.ca.c_str());
        if (!tls.certificate.empty()) mysql_options(raw, MYSQL_OPT_SSL_CERT, tls.certificate.c_str());
        if (!tls.key.empty()) mysql_options(raw, MYSQL_OPT_SSL_KEY, tls.key.c_str());
    } else {
        mysql_options(raw, MARIADB_OPT_RESTRICTED_AUTH, kClosedLogins);
    }
    // Later versions of the library check the certificate unless told not to.
    mysql_options(raw, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &check);
    const std::string host = host_of(connection);
    mysql_real_connect(raw, connection.socket.empty() ? host.c_str() : nullptr, connection.user.c_str(),
                       connection.password.c_str(),
                       connection.database.empty() ? nullptr : connection.database.c_str(),
                       static_cast<unsigned>(port_of(connection)),
                       connection.socket.empty() ? nullptr : connection.socket.c_str(), 0);
    return handle;
}

}  // namespace

Result<MysqlHandle> connect_mysql(const Connection& connection, int timeout_s) {
    if (auto library = load_libmariadb(); !library) return tl::unexpected(library.error());
    initialise_library();
    const MysqlTls tls = mysql_tls(connection.parameters);
    const bool encrypted = tls.mode != MysqlTls::Mode::disabled && connection.socket.empty();
    MysqlHandle handle = attempt(connection, tls, encrypted, timeout_s);
    if (handle && encrypted && tls.mode == MysqlTls::Mode::preferred &&
        mysql_errno(handle.get()) == CR_SSL_CONNECTION_ERROR)
        handle = attempt(connection, tls, false, timeout_s);
    if (!handle) return fail("target.unreachable", "out of memory");
    if (mysql_errno(handle.get()) != 0) return refused(connection, handle.get());
    keep_alive(handle.get());
    return handle;
}

}  // namespace migrate::db
