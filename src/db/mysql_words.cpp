#include "db/mysql_words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

namespace migrate::db {

namespace {

using Mode = MysqlTls::Mode;

/// "ssl-mode", "ssl_mode" and "sslMode" are one name.
std::string plain(std::string_view text) {
    std::string result;
    for (const char byte : text)
        if (byte != '-' && byte != '_')
            result += static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
    return result;
}

constexpr std::array<std::pair<std::string_view, Mode>, 19> kModes{{
    {"false", Mode::disabled},
    {"0", Mode::disabled},
    {"disable", Mode::disabled},
    {"disabled", Mode::disabled},
    {"prefer", Mode::preferred},
    {"preferred", Mode::preferred},
    {"acceptinvalidcerts", Mode::preferred},
    {"true", Mode::required},
    {"1", Mode::required},
    {"require", Mode::required},
    {"required", Mode::required},
    {"trust", Mode::required},
    {"noverify", Mode::required},
    {"skipverify", Mode::required},
    {"verifyca", Mode::verified},
    {"verifyfull", Mode::verified},
    {"verifyidentity", Mode::verified},
    {"strict", Mode::verified},
    {"custom", Mode::verified},
}};

Mode mode_from(std::string_view value) {
    const std::string name = plain(value);
    for (const auto& [known, mode] : kModes)
        if (known == name) return mode;
    return Mode::required;
}

/// mysql2 takes an object; it checks the certificate unless that says not to.
Mode mode_of_ssl(std::string_view value) {
    if (!value.starts_with('{')) return mode_from(value);
    const std::size_t name = value.find("\"rejectUnauthorized\"");
    const bool unchecked =
        name != std::string_view::npos && value.find("false", name) < value.find(',', name);
    return unchecked ? Mode::required : Mode::verified;
}

}  // namespace

MysqlTls mysql_tls(const std::map<std::string, std::string>& parameters) {
    MysqlTls tls;
    std::optional<Mode> asked;
    auto ask = [&asked](Mode mode) { asked = std::max(mode, asked.value_or(mode)); };
    for (const auto& [name, value] : parameters) {
        const std::string key = plain(name);
        if (key == "sslmode" || key == "sslaccept" || key == "usessl" || key == "requiressl")
            ask(mode_from(value));
        if (key == "ssl") ask(mode_of_ssl(value));
        // go-sql-driver's `true` checks the certificate.
        if (key == "tls") ask(plain(value) == "true" ? Mode::verified : mode_from(value));
        if (key == "verifyservercertificate" && plain(value) == "true") ask(Mode::verified);
        // golang-migrate's names (4.20, database/mysql); it checks the certificate unless told not to.
        if (key == "xtlsca" && !parameters.contains("x-tls-insecure-skip-verify")) ask(Mode::verified);
        if (key == "sslca" || key == "xtlsca") tls.ca = value;
        if (key == "sslcert" || key == "xtlscert") tls.certificate = value;
        if (key == "sslkey" || key == "xtlskey") tls.key = value;
    }
    // Prisma means the server's certificate by `sslcert`; a client's comes with a key.
    if (tls.key.empty() && !tls.certificate.empty()) {
        if (tls.ca.empty()) tls.ca = tls.certificate;
        tls.certificate.clear();
    }
    tls.mode = asked.value_or(tls.ca.empty() ? Mode::preferred : Mode::verified);
    return tls;
}

std::optional<std::size_t> mysql_error_offset(std::string_view sql, std::string_view message) {
    constexpr std::string_view kNear = " near '";
    constexpr std::string_view kLine = "' at line ";
    const std::size_t near = message.find(kNear);
    const std::size_t end = message.rfind(kLine);
    if (near == std::string_view::npos || end == std::string_view::npos || end < near + kNear.size())
        return std::nullopt;
    const std::string_view text = message.substr(near + kNear.size(), end - near - kNear.size());
    // The server shows the rest of the statement, at most 80 characters of it.
    if (sql.ends_with(text)) return sql.size() - text.size();
    const std::string_view number = message.substr(end + kLine.size());
    std::size_t line = 0;
    std::from_chars(number.data(), number.data() + number.size(), line);
    std::size_t from = 0;
    for (; line > 1 && from < sql.size(); --line) {
        const std::size_t newline = sql.find('\n', from);
        if (newline == std::string_view::npos) return std::nullopt;
        from = newline + 1;
    }
    const std::size_t found = sql.find(text, from);
    if (found == std::string_view::npos) return std::nullopt;
    return found;
}

}  // namespace migrate::db
