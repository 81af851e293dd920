#include "target/dotenv.hpp"

#include <cctype>

#include "base/files.hpp"
#include "target/expand.hpp"

namespace migrate {

namespace {

using Dialect = DotenvStyle::Dialect;

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

bool is_name_byte(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '-';
}

/// A value before expansion. Single-quoted text is meant as it stands.
struct RawValue {
    std::string text;
    int line = 0;
    bool literal = false;
    std::string problem;
};
using RawValues = std::map<std::string, RawValue, std::less<>>;

class Reader {
  public:
    Reader(std::string_view text, Dialect dialect) : text_(text), dialect_(dialect) {}

    RawValues read() {
        RawValues values;
        while (at_ < text_.size()) {
            skip_blank_lines();
            const int line = line_;
            auto name = read_name();
            if (!name) {
                skip_line();
                continue;
            }
            RawValue value = read_value();
            value.line = line;
            values.insert_or_assign(std::move(*name), std::move(value));
        }
        return values;
    }

  private:
    char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
    bool at_end_of_line() const { return at_ >= text_.size() || text_[at_] == '\n'; }

    void advance() {
        if (text_[at_] == '\n') ++line_;
        ++at_;
    }
    void skip_blanks() {
        while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    }
    void skip_blank_lines() {
        while (at_ < text_.size() && (is_blank(text_[at_]) || text_[at_] == '\n')) advance();
    }
    void skip_line() {
        while (!at_end_of_line()) ++at_;
        if (at_ < text_.size()) advance();
    }

    /// Leaves the position behind the '='; nullopt for a line that assigns nothing.
    std::optional<std::string> read_name() {
        if (text_.substr(at_).starts_with("export") && is_blank(peek(6))) {
            at_ += 6;
            skip_blanks();
        }
        std::size_t begin = at_;
        while (at_ < text_.size() && is_name_byte(text_[at_])) ++at_;
        std::string name(text_.substr(begin, at_ - begin));
        if (name.empty()) return std::nullopt;
        // node's dotenv also takes `NAME: value`.
        if (dialect_ == Dialect::node && peek() == ':' && is_blank(peek(1))) {
            ++at_;
            return name;
        }
        skip_blanks();
        if (peek() != '=') return std::nullopt;
        ++at_;
        return name;
    }

    RawValue read_value() {
        skip_blanks();
        char quote = peek();
        if (quote == '"' || quote == '\'' || (quote == '`' && dialect_ == Dialect::node))
            return read_quoted(quote);
        std::size_t begin = at_;
        while (!at_end_of_line() && !comment_begins(begin)) ++at_;
        std::string_view value = text_.substr(begin, at_ - begin);
        skip_line();
        while (!value.empty() && is_blank(value.back())) value.remove_suffix(1);
        return RawValue{std::string(value), 0, false, ""};
    }

    bool comment_begins(std::size_t value_begin) const {
        if (text_[at_] != '#') return false;
        return dialect_ == Dialect::node || at_ == value_begin || is_blank(text_[at_ - 1]);
    }

    RawValue read_quoted(char quote) {
        const std::size_t opened = at_;
        const int opened_line = line_;
        advance();
        RawValue value;
        value.literal = quote == '\'';
        while (at_ < text_.size() && text_[at_] != quote) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
                escape(quote, value.text);
                continue;
            }
            value.text += text_[at_];
            advance();
        }
        if (at_ == text_.size()) {
            at_ = opened;
            line_ = opened_line;
            value = {"", 0, true, "a quote begins here and is never closed"};
        } else {
            advance();
            skip_blanks();
            if (!at_end_of_line() && peek() != '#') value.problem = "text follows the closing quote";
        }
        skip_line();
        return value;
    }

    /// At a backslash inside quotes. An escaped quote never ends the value.
    void escape(char quote, std::string& out) {
        char next = peek(1);
        if (next == '\n') {
            out += "\\\n";
        } else if (dialect_ == Dialect::node) {
            if (quote == '"' && next == 'n')
                out += '\n';
            else if (quote == '"' && next == 'r')
                out += '\r';
            else
                out += {'\\', next};
        } else {
            out += python_escape(quote, next);
        }
        advance();
        advance();
    }

    static std::string python_escape(char quote, char next) {
        if (next == '\\' || next == '\'') return {next};
        if (quote == '\'') return {'\\', next};
        constexpr std::string_view kNames = "abfnrtv\"", kBytes = "\a\b\f\n\r\t\v\"";
        std::size_t found = kNames.find(next);
        return found == std::string_view::npos ? std::string{'\\', next} : std::string{kBytes[found]};
    }

    std::string_view text_;
    Dialect dialect_;
    std::size_t at_ = 0;
    int line_ = 1;
};

}  // namespace

Result<Dotenv> parse_dotenv(std::string_view text, std::string file, const Environment& environment,
                            DotenvStyle style) {
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
        return fail("config.invalid", file + ":1: the file is UTF-16", "Save it as UTF-8.");
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::string normal;
    normal.reserve(text.size());
    int line = 1;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\0')
            return fail("config.invalid", file + ":" + std::to_string(line) + ": the file holds a NUL byte",
                        "It is no text file.");
        if (text[i] == '\n') ++line;
        if (text[i] == '\r') {
            if (i + 1 < text.size() && text[i + 1] == '\n') continue;
            ++line;
        }
        normal += text[i] == '\r' ? '\n' : text[i];
    }

    const RawValues raw = Reader(normal, style.dialect).read();
    Dotenv dotenv;
    dotenv.file = std::move(file);
    Lookup lookup = [&](std::string_view name) -> std::optional<Binding> {
        if (auto value = environment.get(name)) return Binding{*value, false};
        auto found = raw.find(name);
        if (found == raw.end()) return std::nullopt;
        return Binding{found->second.text, !found->second.literal};
    };
    const auto form = style.expansion == DotenvStyle::Expansion::all ? Expand::all : Expand::braces;
    for (const auto& [name, value] : raw) {
        DotenvValue out{value.text, value.line, value.problem};
        if (style.expansion != DotenvStyle::Expansion::none && !value.literal) {
            auto expanded = expand(value.text, form, lookup, name);
            if (expanded)
                out.value = std::move(*expanded);
            else
                out.problem = "its variables expand without limit";
        }
        dotenv.values.emplace(name, std::move(out));
    }
    return dotenv;
}

Result<std::optional<Dotenv>> read_dotenv(const std::filesystem::path& path, std::string name,
                                          const Environment& environment, DotenvStyle style) {
    auto text = read_file(path, 1u << 20);
    if (!text) {
        std::error_code ignored;
        if (!std::filesystem::exists(path, ignored)) return std::nullopt;
        return fail("config.invalid", name + ": the file cannot be read",
                    "It is no regular file, is too large, or is not readable by this user.");
    }
    auto dotenv = parse_dotenv(*text, std::move(name), environment, style);
    if (!dotenv) return tl::unexpected(dotenv.error());
    return std::optional(std::move(*dotenv));
}

}  // namespace migrate
