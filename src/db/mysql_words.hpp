#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace migrate::db {

/// How a MySQL session is encrypted, least first.
struct MysqlTls {
    enum class Mode { disabled, preferred, required, verified };
    Mode mode = Mode::preferred;
    std::string ca;
    std::string certificate;
    std::string key;
};

/// What a URL's parameters ask for, as MySQL's programs (`ssl-mode`), Connector/J and MariaDB's JDBC driver
/// (`sslMode`, `useSSL`, `verifyServerCertificate`), mysql2 (`ssl={"rejectUnauthorized":true}`), Prisma
/// (`sslaccept`, `sslcert`), SQLAlchemy (`ssl_ca`) and go-sql-driver (`tls=skip-verify`) write it. What is
/// not understood asks for encryption. The client library checks chain and host name only together, so
/// `VERIFY_CA` is checked as `VERIFY_IDENTITY`.
MysqlTls mysql_tls(const std::map<std::string, std::string>& parameters);

/// The byte of `sql` that a syntax error means: "... near 'FORM t' at line 2". nullopt where the message
/// names no place.
std::optional<std::size_t> mysql_error_offset(std::string_view sql, std::string_view message);

}  // namespace migrate::db
