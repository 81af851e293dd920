#include "detect/js_text.hpp"

#include <algorithm>

#include "detect/text.hpp"

namespace migrate::detection {

namespace {

/// End of the string literal that starts at `at` (past its closing quote). Quotes end at a line break, so
/// that an apostrophe in a regular expression does no more harm than one line.
std::size_t end_of_string(std::string_view text, std::size_t at) {
    char quote = text[at];
    for (std::size_t end = at + 1; end < text.size(); ++end) {
        if (text[end] == '\\')
            ++end;
        else if (text[end] == quote)
            return end + 1;
        else if (text[end] == '\n' && quote != '`')
            return end;
    }
    return text.size();
}

bool is_quote(char c) {
    return c == '\'' || c == '"' || c == '`';
}

/// A template literal's content: what is computed becomes `*`, the file's own directory is taken out.
std::string template_text(std::string_view inside, JsValue& value) {
    std::string result;
    while (!inside.empty()) {
        std::size_t hole = inside.find("${");
        result += inside.substr(0, hole);
        if (hole == std::string_view::npos) break;
        std::size_t end = hole + 2;
        for (int depth = 1; end < inside.size() && depth > 0; ++end)
            depth += inside[end] == '{' ? 1 : inside[end] == '}' ? -1 : 0;
        std::string_view expression = inside.substr(hole + 2, end - hole - 3);
        if (contains_any(expression, {"__dirname", "import.meta"})) {
            value.from_file = true;
            result += '.';
        } else {
            value.computed = true;
            result += '*';
        }
        inside.remove_prefix(end);
    }
    return result;
}

/// What no configuration needs more of. They keep the work in proportion to the file, however it is nested.
constexpr std::size_t kMostValues = 40;
constexpr std::size_t kMostOfValue = 16 * 1024;

struct Frame {
    enum Kind { plain, joined, call, index } kind = plain;
    std::string path;
    bool any = false;
};

/// What the `(` or `[` at `at` opens, from the word before it.
Frame::Kind opened(std::string_view text, std::size_t at) {
    std::size_t end = at;
    while (end > 0 && (text[end - 1] == ' ' || text[end - 1] == '\n')) --end;
    std::size_t start = end;
    while (start > 0 && (is_word_char(text[start - 1]) || text[start - 1] == '.')) --start;
    std::string_view word = text.substr(start, end - start);
    bool after_value = !word.empty() || (end > 0 && (text[end - 1] == ')' || text[end - 1] == ']'));
    if (text[at] == '[') return after_value && word != "return" ? Frame::index : Frame::plain;
    if (word.empty() || word == "return" || word == "await" || word == "async") return Frame::plain;
    if (word == "join" || word.ends_with(".join") || word == "resolve" || word.ends_with(".resolve"))
        return Frame::joined;
    // Wrappers whose argument is the value itself.
    if (word == "URL" || word.ends_with("fileURLToPath") || word == "String" || word.ends_with("normalize"))
        return Frame::plain;
    return Frame::call;
}

/// Reads one expression from `at`; sets value.text to what was read.
void read_expression(std::string_view text, std::size_t at, JsValue& value) {
    std::size_t start = at;
    std::vector<Frame> frames(1);
    auto give = [&](std::string string) {
        Frame& top = frames.back();
        if (top.kind == Frame::call) {
            value.computed = true;
        } else if (top.kind == Frame::joined) {
            if (top.any && !top.path.ends_with('/')) top.path += '/';
            top.path += string;
            top.any = true;
        } else if (top.kind == Frame::plain) {
            value.strings.push_back(std::move(string));
        }
    };
    while (at < text.size()) {
        char c = text[at];
        if (is_quote(c)) {
            std::size_t end = end_of_string(text, at);
            std::string_view inside = text.substr(at + 1, end > at + 1 ? end - at - 2 : 0);
            give(c == '`' ? template_text(inside, value) : std::string(inside));
            at = end;
            continue;
        }
        if (c == '(' || c == '[' || c == '{') {
            Frame frame;
            if (c != '{') frame.kind = opened(text, at);
            bool inside_call = frames.back().kind == Frame::call || frames.back().kind == Frame::index;
            if (inside_call && frame.kind == Frame::plain) frame.kind = Frame::call;
            frames.push_back(std::move(frame));
        } else if (c == ')' || c == ']' || c == '}') {
            if (frames.size() == 1) break;
            Frame done = std::move(frames.back());
            frames.pop_back();
            if (done.kind == Frame::joined && done.any) give(std::move(done.path));
        } else if ((c == ',' || c == ';') && frames.size() == 1) {
            break;
        } else if (is_word_char(c)) {
            std::size_t end = at;
            while (end < text.size() && (is_word_char(text[end]) || text[end] == '.')) ++end;
            std::string_view word = text.substr(at, end - at);
            if (word == "__dirname" || word.starts_with("import.meta"))
                value.from_file = true;
            else if (word.starts_with("process.env"))
                value.computed = true;
            at = end;
            continue;
        }
        ++at;
    }
    value.text = text.substr(start, at - start);
    // `export const x = 'a'\nconst y = ...`: an assignment without semicolon ends with its first line when
    // nothing is open; what follows is harmless, since only literals at depth zero would be taken.
}

}  // namespace

std::string without_js_comments(std::string_view text) {
    std::string result(text);
    for (std::size_t at = 0; at + 1 < result.size();) {
        if (is_quote(result[at])) {
            at = end_of_string(result, at);
        } else if (result[at] == '/' && result[at + 1] == '/') {
            while (at < result.size() && result[at] != '\n') result[at++] = ' ';
        } else if (result[at] == '/' && result[at + 1] == '*') {
            std::size_t end = result.find("*/", at + 2);
            end = end == std::string::npos ? result.size() : end + 2;
            for (; at < end; ++at)
                if (result[at] != '\n') result[at] = ' ';
        } else {
            ++at;
        }
    }
    return result;
}

std::vector<JsValue> values_of_key(std::string_view text, std::string_view key) {
    std::vector<JsValue> values;
    std::size_t counted = 0;
    int line = 1;
    for (std::size_t at = find_word(text, key); at != std::string_view::npos && values.size() < kMostValues;
         at = find_word(text, key, at + 1)) {
        std::size_t after = at + key.size();
        bool quoted = at > 0 && is_quote(text[at - 1]);
        if (quoted && after < text.size() && text[after] == text[at - 1]) ++after;
        // A member access (`config.migrations = `) is an assignment too; `-` before or after is another key.
        if (!quoted && at > 0 && text[at - 1] == '-') continue;
        while (after < text.size() && (text[after] == ' ' || text[after] == '\n' || text[after] == '?'))
            ++after;
        if (after >= text.size()) break;
        bool assigned = text[after] == '=' && text.substr(after, 2) != "==" && text.substr(after, 2) != "=>";
        if (text[after] != ':' && !assigned) continue;
        JsValue value;
        line += line_of(text.substr(counted), at - counted) - 1;
        counted = at;
        value.line = line;
        read_expression(text.substr(0, std::min(text.size(), after + kMostOfValue)), after + 1, value);
        values.push_back(std::move(value));
    }
    return values;
}

}  // namespace migrate::detection
