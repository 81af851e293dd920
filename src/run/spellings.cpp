#include "run/spellings.hpp"

#include <algorithm>

namespace migrate {

namespace {

constexpr std::size_t kShortestBase64 = 7;  // shorter ones are found by chance in hashes and lock files
constexpr std::string_view kAlphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Percent-encodes all but letters, digits and `kept`.
std::string percent_encoded(std::string_view text, std::string_view kept, bool upper, bool plus_for_space) {
    const char* digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    std::string out;
    for (char c : text) {
        auto byte = static_cast<unsigned char>(c);
        if (kAlphanumeric.find(c) != std::string_view::npos || kept.find(c) != std::string_view::npos)
            out += c;
        else if (c == ' ' && plus_for_space)
            out += '+';
        else
            out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
    return out;
}

/// Puts `escape` before each character of `special`.
std::string escaped(std::string_view text, std::string_view special, std::string_view escape) {
    std::string out;
    for (char c : text) {
        if (special.find(c) != std::string_view::npos) out += escape;
        out += c;
    }
    return out;
}

std::string replaced(std::string_view text, char what, std::string_view by) {
    std::string out;
    for (char c : text) {
        if (c == what)
            out += by;
        else
            out += c;
    }
    return out;
}

/// Every byte percent-encoded, letters too.
std::string all_percent_encoded(std::string_view text, bool upper) {
    const char* digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    std::string out;
    for (char c : text) {
        auto byte = static_cast<unsigned char>(c);
        out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
    return out;
}

/// What stands of a secret in the base64 of a longer text (user:password, a URL), where `before` bytes modulo
/// three come first: without the characters at its ends that hold bits of others.
std::string inside_base64(std::string_view secret, std::size_t before, std::string_view last_two) {
    std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    digits += last_two;
    std::string out;
    for (std::size_t at = (before * 8 + 5) / 6; at * 6 + 6 <= (before + secret.size()) * 8; ++at) {
        unsigned value = 0;
        for (std::size_t bit = at * 6; bit < at * 6 + 6; ++bit) {
            const auto byte = static_cast<unsigned char>(secret[bit / 8 - before]);
            value = value * 2 + ((byte >> (7 - bit % 8)) & 1u);
        }
        out += digits[value];
    }
    return out;
}

/// The next character of a UTF-8 text; a byte that is none counts as one of Latin-1.
char32_t next_character(std::string_view text, std::size_t& at) {
    const auto first = static_cast<unsigned char>(text[at++]);
    const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
    if (more == 0 || at + static_cast<std::size_t>(more) > text.size()) return first;
    char32_t character = first & (0x3Fu >> more);
    for (int i = 0; i < more; ++i)
        character = character << 6 | (static_cast<unsigned char>(text[at++]) & 0x3Fu);
    return character;
}

/// As JSON is written in ASCII, also with \uXXXX for each of `special` (Go, Gson, .NET).
std::string ascii_json(std::string_view text, std::string_view special, bool upper) {
    const char* digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    std::string out;
    auto unit = [&](char32_t value) {
        out += "\\u";
        for (int shift = 12; shift >= 0; shift -= 4) out += digits[value >> shift & 15u];
    };
    for (std::size_t at = 0; at < text.size();) {
        const char32_t character = next_character(text, at);
        const char c = static_cast<char>(character);
        if (character >= 0x10000) {
            unit(0xD800 + ((character - 0x10000) >> 10));
            unit(0xDC00 + ((character - 0x10000) & 0x3FFu));
        } else if (character >= 0x7F || special.find(c) != std::string_view::npos) {
            unit(character);
        } else {
            if (c == '"' || c == '\\') out += '\\';
            out += c;
        }
    }
    return out;
}

std::string in_xml(std::string_view text, std::string_view quote, std::string_view apostrophe) {
    std::string out;
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += quote;
        else if (c == '\'')
            out += apostrophe;
        else
            out += c;
    }
    return out;
}

/// JSON, JavaScript and C spell control characters alike.
std::string with_control_escapes(std::string text) {
    text = replaced(text, '\n', "\\n");
    text = replaced(text, '\r', "\\r");
    return replaced(text, '\t', "\\t");
}

}  // namespace

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
        int low = high >= 0 ? hex_value(text[i + 2]) : -1;
        if (low >= 0) {
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::vector<std::string> spellings_of(std::string_view secret) {
    std::vector<std::string> all{std::string(secret)};
    // What is left alone: RFC 3986; Python's quote(); JavaScript's encodeURIComponent and encodeURI; and
    // whoever encodes only what would end the password.
    for (std::string_view kept :
         {"-._~", "-._~/", "-_.!~*'()", ";,/?:@&=+$-_.!~*'()#", "!\"$&'()*+,-.;<=>\\^_`{|}~ "})
        for (bool upper : {true, false}) all.push_back(percent_encoded(secret, kept, upper, false));
    all.push_back(percent_encoded(secret, "-._~", true, true));
    for (bool upper : {true, false}) all.push_back(all_percent_encoded(secret, upper));
    // Ini files of Python double the percent sign.
    for (std::size_t i = 0, count = all.size(); i < count; ++i) all.push_back(replaced(all[i], '%', "%%"));

    std::string json = with_control_escapes(escaped(secret, "\"\\", "\\"));
    all.push_back(json);
    all.push_back(replaced(json, '/', "\\/"));
    all.push_back(with_control_escapes(escaped(secret, "'\\", "\\")));
    all.push_back(replaced(secret, '\'', "'\\''"));
    all.push_back(replaced(secret, '\'', "'\"'\"'"));
    all.push_back(replaced(secret, '\'', "''"));
    all.push_back(escaped(secret, "\"\\$`", "\\"));
    all.push_back(escaped(secret, " \t!\"#$&'()*;<=>?[\\]^`{|}~", "\\"));
    all.push_back(escaped(secret, ":=#! \\", "\\"));  // Java's properties
    for (std::string_view special : {"", "<>&", "<>&'="})
        all.push_back(with_control_escapes(ascii_json(secret, special, false)));
    all.push_back(with_control_escapes(ascii_json(secret, "\"'&<>+`", true)));
    for (std::string_view quote : {"\"", "&quot;", "&#34;"})
        for (std::string_view apostrophe : {"'", "&#39;", "&#x27;", "&apos;"})
            all.push_back(in_xml(secret, quote, apostrophe));
    for (std::size_t before : {0u, 1u, 2u})
        for (std::string_view last_two : {"+/", "-_"})
            if (std::string text = inside_base64(secret, before, last_two); text.size() >= kShortestBase64)
                all.push_back(std::move(text));

    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    std::erase(all, "");
    return all;
}

}  // namespace migrate
