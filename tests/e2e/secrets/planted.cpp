#include "tests/e2e/secrets/planted.hpp"

#include <doctest/doctest.h>

#include <filesystem>

namespace migrate::test {

namespace {

std::string replaced(std::string_view text, char what, std::string_view by) {
    std::string out;
    for (const char c : text)
        if (c == what)
            out += by;
        else
            out += c;
    return out;
}

/// As a terminal shows it.
std::string without_colours(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\x1b') {
            out += text[i];
            continue;
        }
        if (i + 1 < text.size() && text[i + 1] == '[')
            for (i += 2; i < text.size() && (text[i] < '@' || text[i] > '~');) ++i;
    }
    // In JSON and in what shells print of it.
    for (const std::string_view escape : {"\\u001b[", "\\x1b["})
        for (std::size_t at = out.find(escape); at != std::string::npos; at = out.find(escape, at)) {
            std::size_t end = at + escape.size();
            while (end < out.size() && (out[end] < '@' || out[end] > '~')) ++end;
            out.erase(at, end + 1 - at);
        }
    return out;
}

/// All that `before` other bytes leave of the core in base64.
std::string core_in_base64(std::size_t before) {
    const std::string text = in_base64(std::string(before, 'x') + std::string(kCore) + "xxx");
    const std::size_t first = (before * 8 + 5) / 6, last = (before + kCore.size()) * 8 / 6;
    return text.substr(first, last - first);
}

}  // namespace

std::string in_url(std::string_view text, bool upper, bool every) {
    const char* digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (!every && std::isalnum(byte))
            out += c;
        else
            out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
    return out;
}

std::string in_base64(std::string_view text) {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 3) {
        unsigned value = 0;
        for (std::size_t k = 0; k < 3; ++k)
            value = value << 8 | (i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0u);
        for (std::size_t k = 0; k < 4; ++k)
            out += i + k <= text.size() ? kDigits[value >> (18 - 6 * k) & 63u] : '=';
    }
    return out;
}

std::string in_quotes(std::string_view text) {
    return replaced(replaced(text, '\\', "\\\\"), '"', "\\\"");
}

std::vector<std::string> shapes(const std::string& user, const std::string& url) {
    const std::string secret(kNasty), half = secret.substr(0, 12), rest = secret.substr(12);
    const std::string jdbc = "jdbc:postgresql://db/shop?user=" + user + "&password=" + in_url(secret);
    return {
        "connecting as " + user + " with " + secret + " failed",
        "postgres://" + user + ":" + secret + "@db:5432/shop",
        "postgres://" + user + ":" + in_url(secret) + "@db:5432/shop",
        "postgres://" + user + ":" + in_url(secret, false) + "@db:5432/shop",
        "--url=postgres://" + user + ":" + in_url(secret, true, true) + "@db:5432/shop",
        "percent: " + in_url(secret, false, true),
        url,
        jdbc,
        "DATABASE_PASSWORD=\"" + in_quotes(secret) + "\"",
        "PGPASSWORD='" + replaced(secret, '\'', "'\\''") + "' psql",
        "password = " + replaced(secret, '%', "%%"),
        "db.password=" + replaced(replaced(replaced(secret, '\\', "\\\\"), '=', "\\="), '#', "\\#"),
        "  password: \"" + in_quotes(secret) + "\"  # yaml",
        R"({"user": ")" + user + R"(", "password": ")" + in_quotes(secret) + R"("})",
        R"({"password":")" + replaced(replaced(in_quotes(secret), '<', "\\u003c"), '&', "\\u0026") + R"("})",
        R"({"url":")" + replaced(url, '/', "\\/") + R"("})",
        "<property name=\"password\" value=\"" +
            replaced(replaced(replaced(secret, '&', "&amp;"), '<', "&lt;"), '"', "&quot;") + "\"/>",
        "Authorization: Basic " + in_base64(user + ":" + secret),
        "Authorization: Basic " + in_base64("a:" + secret) + " " + in_base64(secret),
        "secret in a manifest: " + in_base64(url) + " " + in_base64("postgres://u:" + secret + "@h/d"),
        "{ password: \x1b[32m'" + replaced(replaced(secret, '\\', "\\\\"), '\'', "\\'") + "'\x1b[39m }",
        "\x1b[1mpassword\x1b[0m \x1b[31m" + half + "\x1b[0m\x1b[33m" + rest + "\x1b[0m",
        "Error: password authentication failed: " + secret,
        "    at Client.connect (postgres://" + user + ":" + in_url(secret) + "@db/shop:3:14)",
        "  File \"db.py\", line 3, in connect\n    psycopg2.connect(\"user=" + user + " password='" +
            replaced(replaced(secret, '\\', "\\\\"), '\'', "\\'") + "' host=db\")",
        "Caused by: java.sql.SQLException: " + jdbc + ", password=" + secret,
        "INSERT INTO users VALUES ('" + replaced(secret, '\'', "''") + "')",
    };
}

std::string shown_in(std::string_view text) {
    const std::string plain = without_colours(text);
    std::vector<std::string> wanted{std::string(kCore), in_url(kCore, true, true),
                                    in_url(kCore, false, true)};
    for (const std::size_t before : {0u, 1u, 2u}) wanted.push_back(core_in_base64(before));
    for (const auto& one : wanted)
        if (const std::size_t at = plain.find(one); at != std::string::npos) {
            const std::size_t begin = at < 120 ? 0 : at - 120;
            return plain.substr(begin, at + one.size() + 40 - begin);
        }
    return "";
}

void search_everywhere(const Tree& tree, const Ran& ran, const std::vector<std::string>& more) {
    for (const std::string& stream : {ran.out, ran.err})
        CHECK_MESSAGE(shown_in(stream).empty(), "printed: " << shown_in(stream));
    std::error_code none;
    std::vector<std::string> paths = more;
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(tree.path(".home/.local/state/migrate"), none)) {
        paths.push_back(entry.path().lexically_relative(tree.path()).generic_string());
        CHECK(shown_in(paths.back()).empty());
    }
    for (const auto& path : paths) {
        // Dumps hold what the database holds.
        if (!std::filesystem::is_regular_file(tree.path(path)) || says(path, "/backups/")) continue;
        const std::string found = shown_in(tree.read(path));
        CHECK_MESSAGE(found.empty(), "it stands in " << path << ": " << found);
    }
}

}  // namespace migrate::test
