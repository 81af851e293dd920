#include "run/spellings.hpp"

#include <algorithm>

namespace migrate {

namespace {

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

    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    std::erase(all, "");
    return all;
}

}  // namespace migrate
