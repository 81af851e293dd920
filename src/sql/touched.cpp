#include "sql/touched.hpp"

#include "sql/words.hpp"

namespace migrate::sql {

namespace {

/// Reads one statement word by word.
class Reader {
  public:
    explicit Reader(const Words& words) : words_(words) {}

    std::optional<Touched> read() {
        if (take("UPDATE")) return update();
        if (take("ALTER")) return alter();
        if (take("INSERT") || take("REPLACE"))
            skip({"LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED", "IGNORE", "OR", "INTO"});
        else if (take("DELETE"))
            skip({"LOW_PRIORITY", "QUICK", "IGNORE", "FROM", "ONLY"});
        else
            return std::nullopt;
        return table();
    }

  private:
    bool take(std::string_view keyword) {
        const bool is = words_.is(at_, keyword);
        if (is) ++at_;
        return is;
    }
    void skip(std::initializer_list<std::string_view> keywords) {
        while (words_.any(at_, keywords)) ++at_;
    }
    std::optional<std::string> identifier() {
        if (at_ >= words_.size()) return std::nullopt;
        const std::string_view text = words_.at(at_);
        const Token::Kind kind = words_.tokens[at_].kind;
        if (kind != Token::Kind::word && kind != Token::Kind::identifier) return std::nullopt;
        ++at_;
        return std::string(kind == Token::Kind::word ? text : text.substr(1, text.size() - 2));
    }
    std::optional<Touched> table() {
        auto first = identifier();
        if (!first) return std::nullopt;
        if (!words_.symbol(at_, '.')) return Touched{"", *first, {}};
        ++at_;
        auto second = identifier();
        if (!second) return std::nullopt;
        return Touched{*first, *second, {}};
    }
    std::optional<Touched> update() {
        skip({"LOW_PRIORITY", "IGNORE", "ONLY"});
        auto touched = table();
        if (!touched) return std::nullopt;
        take("AS");
        if (!words_.is(at_, "SET")) (void)identifier();
        if (!take("SET")) return std::nullopt;  // several tables
        do {
            auto column = table();  // "t.c" or "c"
            if (!column || !words_.symbol(at_, '=')) return std::nullopt;
            touched->columns.push_back(column->table);
            to_comma({"WHERE", "FROM", "RETURNING", "ORDER", "LIMIT"});
        } while (words_.symbol(at_++, ','));
        return touched;
    }
    std::optional<Touched> alter() {
        if (!take("TABLE")) return std::nullopt;
        skip({"IF", "EXISTS", "ONLY"});
        auto touched = table();
        if (!touched || !words_.any(at_, {"ALTER", "MODIFY", "CHANGE"})) return std::nullopt;
        ++at_;
        take("COLUMN");
        auto column = identifier();
        if (!column) return std::nullopt;
        to_comma({});
        if (at_ < words_.size()) return std::nullopt;  // several actions
        touched->columns.push_back(*column);
        return touched;
    }
    /// To the comma or one of the words that stands in no brackets.
    void to_comma(std::initializer_list<std::string_view> ends) {
        for (int depth = 0; at_ < words_.size(); ++at_) {
            if (depth == 0 && (words_.symbol(at_, ',') || words_.any(at_, ends))) return;
            depth += words_.symbol(at_, '(') ? 1 : words_.symbol(at_, ')') ? -1 : 0;
        }
    }

    const Words& words_;
    std::size_t at_ = 0;
};

}  // namespace

std::optional<Touched> touched_by(std::string_view statement, Dialect dialect) {
    Lexer lexer(statement, dialect);
    std::vector<Token> tokens;
    for (Token token = lexer.next(); token.kind != Token::Kind::end; token = lexer.next())
        if (token.kind != Token::Kind::comment && token.kind != Token::Kind::hint) tokens.push_back(token);
    const Words words{statement, tokens};
    return Reader(words).read();
}

}  // namespace migrate::sql
