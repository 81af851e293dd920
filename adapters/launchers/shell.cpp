#include "adapters/launchers/shell.hpp"

#include <algorithm>
#include <cctype>

namespace migrate::launchers {

namespace {

constexpr int kDeepest = 8;

class Parser {
  public:
    Parser(std::string_view text, ShellScript& script, int depth)
        : text_(text), script_(script), depth_(depth) {}

    void read() {
        while (at_ < text_.size()) next();
        end_command();
    }

  private:
    char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

    void end_word() {
        if (in_word_) command_.push_back(std::move(word_));
        word_ = {};
        in_word_ = false;
    }

    void end_command() {
        end_word();
        if (!command_.empty()) script_.commands.push_back(std::move(command_));
        command_.clear();
    }

    void add(char c) {
        word_.text += c;
        in_word_ = true;
    }

    void next() {
        char c = peek();
        if (c == ' ' || c == '\t' || c == '\r') {
            end_word();
            ++at_;
        } else if (c == '\n' || c == ';' || c == '(' || c == ')') {
            end_command();
            ++at_;
        } else if (c == '&' || c == '|') {
            // `2>&1` belongs to a redirection and is read there.
            end_command();
            at_ += peek(1) == c || (c == '|' && peek(1) == '&') ? 2 : 1;
        } else if (c == '#' && !in_word_) {
            at_ = std::min(text_.find('\n', at_), text_.size());
        } else if (c == '>' || c == '<') {
            redirection();
        } else if (c == '\'') {
            single_quoted();
        } else if (c == '"') {
            double_quoted();
        } else if (c == '\\') {
            if (peek(1) != '\n' && at_ + 1 < text_.size()) add(peek(1));
            at_ += 2;
        } else if (c == '$' || c == '`') {
            expansion();
        } else {
            if (c == '*' || c == '?' || c == '{' || c == '~') word_.strange = true;
            add(c);
            ++at_;
        }
    }

    void redirection() {
        // The number before it names a descriptor: "2>".
        bool digits =
            std::all_of(word_.text.begin(), word_.text.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (digits) {
            word_ = {};
            in_word_ = false;
        }
        end_word();
        if (peek(1) == '<') script_.strange.emplace_back("<<");
        while (peek() == '>' || peek() == '<' || peek() == '&' || peek() == '|') ++at_;
        while (peek() == ' ') ++at_;
        // Where it goes to is no word of the command.
        std::size_t before = command_.size();
        while (at_ < text_.size() && std::string_view(" \t\r\n;|&()").find(peek()) == std::string_view::npos)
            next();
        end_word();
        command_.resize(std::min(command_.size(), before));
    }

    void single_quoted() {
        std::size_t end = text_.find('\'', at_ + 1);
        if (end == std::string_view::npos) {
            script_.strange.emplace_back("unclosed quote");
            end = text_.size();
        }
        word_.text += text_.substr(at_ + 1, end - at_ - 1);
        in_word_ = true;
        at_ = end + 1;
    }

    void double_quoted() {
        in_word_ = true;
        ++at_;
        while (at_ < text_.size() && peek() != '"') {
            if (peek() == '\\' && std::string_view("$`\"\\\n").find(peek(1)) != std::string_view::npos) {
                if (peek(1) != '\n') add(peek(1));
                at_ += 2;
            } else if (peek() == '$' || peek() == '`') {
                expansion();
            } else {
                add(peek());
                ++at_;
            }
        }
        if (at_ >= text_.size()) script_.strange.emplace_back("unclosed quote");
        ++at_;
    }

    void inner(std::string_view script) {
        if (depth_ >= kDeepest) {
            script_.strange.emplace_back("$(");
            return;
        }
        Parser(script, script_, depth_ + 1).read();
    }

    void expansion() {
        bool tick = peek() == '`';
        if (!tick && peek(1) != '(' && peek(1) != '{' && peek(1) != '_' &&
            std::isalnum(static_cast<unsigned char>(peek(1))) == 0 &&
            std::string_view("@*#?$!-").find(peek(1)) == std::string_view::npos) {
            add('$');
            ++at_;
            return;
        }
        word_.strange = true;
        in_word_ = true;
        std::size_t from = at_;
        if (tick) {
            std::size_t end = std::min(text_.find('`', at_ + 1), text_.size());
            inner(text_.substr(at_ + 1, end - at_ - 1));
            at_ = std::min(end + 1, text_.size());
        } else if (peek(1) == '(') {
            std::size_t end = closing(at_ + 1, '(', ')');
            inner(text_.substr(at_ + 2, end - at_ - 2));
            at_ = std::min(end + 1, text_.size());
        } else if (peek(1) == '{') {
            at_ = std::min(closing(at_ + 1, '{', '}') + 1, text_.size());
        } else {
            at_ += 2;
            while (std::isalnum(static_cast<unsigned char>(peek())) != 0 || peek() == '_') ++at_;
        }
        word_.text += text_.substr(from, at_ - from);
    }

    std::size_t closing(std::size_t at, char open, char close) const {
        int depth = 0;
        for (; at < text_.size(); ++at) {
            if (text_[at] == open) ++depth;
            if (text_[at] == close && --depth == 0) return at;
        }
        return text_.size();
    }

    std::string_view text_;
    ShellScript& script_;
    int depth_;
    std::size_t at_ = 0;
    ShellCommand command_;
    ShellWord word_;
    bool in_word_ = false;
};

}  // namespace

ShellScript parse_shell(std::string_view script) {
    ShellScript result;
    Parser(script, result, 0).read();
    return result;
}

}  // namespace migrate::launchers
