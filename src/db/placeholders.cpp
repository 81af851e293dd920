#include "db/placeholders.hpp"

#include <algorithm>
#include <cctype>

namespace migrate::db {

namespace {

bool is_word(char byte) {
    return std::isalnum(static_cast<unsigned char>(byte)) || byte == '_' || byte == '$' ||
           static_cast<unsigned char>(byte) >= 0x80;
}

/// Just behind the quote that ends what begins at `from`; a doubled quote does not end it.
std::size_t behind_quoted(std::string_view sql, std::size_t from, bool backslashes) {
    const char quote = sql[from];
    for (std::size_t i = from + 1; i < sql.size(); ++i) {
        if (backslashes && sql[i] == '\\') {
            ++i;
        } else if (sql[i] == quote) {
            if (i + 1 >= sql.size() || sql[i + 1] != quote) return i + 1;
            ++i;
        }
    }
    return sql.size();
}

std::size_t behind_comment(std::string_view sql, std::size_t from) {
    int depth = 0;
    for (std::size_t i = from; i + 1 < sql.size(); ++i) {
        if (sql[i] == '/' && sql[i + 1] == '*') {
            ++depth;
            ++i;
        } else if (sql[i] == '*' && sql[i + 1] == '/') {
            ++i;
            if (--depth == 0) return i + 1;
        }
    }
    return sql.size();
}

/// Just behind a dollar-quoted string; `from` itself where none begins there.
std::size_t behind_dollar_quoted(std::string_view sql, std::size_t from) {
    std::size_t end = from + 1;
    while (end < sql.size() && sql[end] != '$' && is_word(sql[end])) ++end;
    if (end >= sql.size() || sql[end] != '$' || std::isdigit(static_cast<unsigned char>(sql[from + 1])))
        return from;
    const std::string_view tag = sql.substr(from, end + 1 - from);
    const std::size_t close = sql.find(tag, end + 1);
    return close == std::string_view::npos ? sql.size() : close + tag.size();
}

/// Behind the string, quoted name, comment or word that begins at `i`; `i` where a plain byte stands.
std::size_t behind_token(std::string_view sql, std::size_t i) {
    const char byte = sql[i];
    const char next = i + 1 < sql.size() ? sql[i + 1] : '\0';
    if (byte == '\'' || byte == '"') return behind_quoted(sql, i, false);
    if ((byte == 'E' || byte == 'e') && next == '\'') return behind_quoted(sql, i + 1, true);
    if (byte == '-' && next == '-') return std::min(sql.find('\n', i), sql.size());
    if (byte == '/' && next == '*') return behind_comment(sql, i);
    if (byte == '$') return behind_dollar_quoted(sql, i);
    while (i < sql.size() && is_word(sql[i])) ++i;
    return i;
}

}  // namespace

std::size_t Numbered::original(std::size_t offset) const {
    std::size_t longer = 0;
    for (std::size_t n = 0; n < at.size() && at[n] < offset; ++n) {
        const std::size_t size = 1 + std::to_string(n + 1).size();
        longer += std::min(size - 1, offset - at[n] - 1);
    }
    return offset - longer;
}

Numbered number_placeholders(std::string_view sql) {
    Numbered result;
    for (std::size_t i = 0; i < sql.size();) {
        if (sql[i] == '?') {
            result.at.push_back(result.sql.size());
            result.sql += '$' + std::to_string(result.at.size());
            ++i;
            continue;
        }
        const std::size_t end = std::max(behind_token(sql, i), i + 1);
        result.sql += sql.substr(i, end - i);
        i = end;
    }
    return result;
}

std::optional<std::size_t> byte_offset(std::string_view text, std::size_t position) {
    std::size_t seen = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xc0) == 0x80) continue;
        if (++seen == position) return i;
    }
    if (seen + 1 == position) return text.size();  // "syntax error at end of input"
    return std::nullopt;
}

}  // namespace migrate::db
