#include "sql/effect.hpp"

#include <algorithm>
#include <optional>

#include "sql/words.hpp"

namespace migrate::sql {

namespace {

using Kind = Effect::Kind;
using Effects = std::vector<Effect>;

/// Reads one statement word by word.
class Reader {
  public:
    Reader(const Words& words, Dialect dialect) : words_(words), dialect_(dialect) {}

    Effects read();

  private:
    struct Name {
        std::string schema, name;
    };

    bool take(std::string_view keyword) {
        const bool is = words_.is(at_, keyword);
        if (is) ++at_;
        return is;
    }
    bool take_symbol(char c) {
        const bool is = words_.symbol(at_, c);
        if (is) ++at_;
        return is;
    }
    void if_exists() {
        if (!take("IF")) return;
        take("NOT");
        take("EXISTS");
    }
    bool done() const { return at_ >= words_.size(); }
    std::optional<std::string> identifier();
    std::optional<Name> name();
    std::optional<Kind> object();
    std::optional<Name> table_after_on();
    Effects create();
    Effects drop();
    Effects alter();
    Effects alter_type();
    Effects rename_tables();
    std::optional<Effects> action(const Name& table);
    std::optional<Effects> add(const Name& table);
    std::optional<Effects> drop_part(const Name& table);
    std::optional<Effects> rename_part(const Name& table);
    void skip_action();

    const Words& words_;
    Dialect dialect_;
    std::size_t at_ = 0;
};

std::optional<std::string> Reader::identifier() {
    if (done()) return std::nullopt;
    const Token& token = words_.tokens[at_];
    const std::string_view text = words_.at(at_);
    std::string result;
    if (token.kind == Token::Kind::identifier ||
        (token.kind == Token::Kind::string && dialect_ != Dialect::postgresql && text.front() == '"')) {
        const char close = text.back();
        for (std::size_t i = 1; i + 1 < text.size(); ++i) {
            result += text[i];
            if (text[i] == close) ++i;
        }
    } else if (token.kind == Token::Kind::word) {
        result = text;
        if (dialect_ == Dialect::postgresql)
            for (char& c : result)
                if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    } else {
        return std::nullopt;
    }
    ++at_;
    return result;
}

std::optional<Reader::Name> Reader::name() {
    auto first = identifier();
    if (!first) return std::nullopt;
    if (!take_symbol('.')) return Name{"", *first};
    auto second = identifier();
    if (!second) return std::nullopt;
    return Name{*first, *second};
}

/// The word that says what kind of thing is meant.
std::optional<Kind> Reader::object() {
    if (take("MATERIALIZED")) {
        if (take("VIEW")) return Kind::relation;
        return std::nullopt;
    }
    if (take("TABLE") || take("VIEW") || take("SEQUENCE")) return Kind::relation;
    if (take("INDEX")) return Kind::index;
    if (take("TRIGGER")) return Kind::trigger;
    if (take("FUNCTION") || take("PROCEDURE") || take("AGGREGATE")) return Kind::routine;
    if (take("TYPE") || take("DOMAIN")) return Kind::type;
    if (take("SCHEMA")) return Kind::schema;
    if (take("EXTENSION")) return Kind::extension;
    if (take("EVENT") && !words_.is(at_, "TRIGGER")) return Kind::event;
    return std::nullopt;
}

/// "... ON [ONLY] table"
std::optional<Reader::Name> Reader::table_after_on() {
    at_ = words_.find("ON", at_);
    if (!take("ON")) return std::nullopt;
    take("ONLY");
    return name();
}

Effects Reader::create() {
    bool replaces = false;
    std::optional<Kind> kind;
    for (const std::size_t limit = at_ + 24; !kind && !done() && at_ < limit;) {
        if (words_.any(at_, {"TEMP", "TEMPORARY"})) return {};
        kind = object();
        if (kind) break;
        replaces |= words_.is(at_, "REPLACE");
        ++at_;
    }
    if (!kind) return {};
    take("CONCURRENTLY");
    if_exists();
    if (*kind == Kind::index && words_.is(at_, "ON")) return {};  // its name is the server's choice
    auto created = name();
    if (!created) return {};
    Effect effect{*kind, created->schema, "", created->name, true, replaces};
    // Names of triggers are the table's own on PostgreSQL, names of indexes on MySQL.
    if (*kind == Kind::index || *kind == Kind::trigger) {
        const auto table = table_after_on();
        if (!table) return {};
        if (*kind == (dialect_ == Dialect::mysql ? Kind::index : Kind::trigger)) effect.table = table->name;
        if (effect.schema.empty()) effect.schema = table->schema;
    }
    return {effect};
}

Effects Reader::drop() {
    const auto kind = object();
    if (!kind) return {};
    take("CONCURRENTLY");
    if_exists();
    Effects effects;
    do {
        auto dropped = name();
        if (!dropped) return {};
        effects.push_back({*kind, dropped->schema, "", dropped->name, false});
        if (take_symbol('(')) {
            for (int depth = 1; !done() && depth > 0; ++at_)
                depth += words_.symbol(at_, '(') ? 1 : words_.symbol(at_, ')') ? -1 : 0;
        }
    } while (take_symbol(','));
    if ((*kind == Kind::trigger || *kind == Kind::index) && words_.is(at_, "ON")) {
        const auto table = table_after_on();
        if (!table) return {};
        if (*kind == (dialect_ == Dialect::mysql ? Kind::index : Kind::trigger))
            effects.front().table = table->name;
        if (effects.front().schema.empty()) effects.front().schema = table->schema;
    }
    return effects;
}

/// To the comma behind this action.
void Reader::skip_action() {
    for (int depth = 0; !done(); ++at_) {
        if (depth == 0 && words_.symbol(at_, ',')) return;
        depth += words_.symbol(at_, '(') ? 1 : words_.symbol(at_, ')') ? -1 : 0;
    }
}

std::optional<Effects> Reader::add(const Name& table) {
    auto effect = [&](Kind kind, const std::string& name) {
        return Effects{{kind, table.schema, table.name, name}};
    };
    if (take("CONSTRAINT")) {
        if_exists();
        auto constraint = identifier();
        if (!constraint) return std::nullopt;
        return effect(Kind::constraint, *constraint);
    }
    if (words_.any(at_, {"PRIMARY", "FOREIGN", "CHECK", "EXCLUDE", "PARTITION", "PERIOD", "SYSTEM"}))
        return std::nullopt;
    const bool special = take("UNIQUE") || take("FULLTEXT") || take("SPATIAL");
    if (take("INDEX") || take("KEY") || special) {
        if_exists();
        if (dialect_ != Dialect::mysql) return std::nullopt;
        auto index = identifier();
        if (!index) return std::nullopt;
        return effect(Kind::index, *index);
    }
    take("COLUMN");
    if_exists();
    auto column = identifier();
    if (!column) return std::nullopt;
    return effect(Kind::column, *column);
}

std::optional<Effects> Reader::drop_part(const Name& table) {
    Kind kind = Kind::column;
    if (take("PRIMARY") || take("PARTITION")) return std::nullopt;
    if (take("FOREIGN")) {
        take("KEY");
        kind = Kind::constraint;
    } else if (take("CONSTRAINT") || take("CHECK")) {
        kind = Kind::constraint;
    } else if (dialect_ == Dialect::mysql && (take("INDEX") || take("KEY"))) {
        kind = Kind::index;
    } else {
        take("COLUMN");
    }
    if_exists();
    auto dropped = identifier();
    if (!dropped) return std::nullopt;
    return Effects{{kind, table.schema, table.name, *dropped, false}};
}

std::optional<Effects> Reader::rename_part(const Name& table) {
    if (take("TO") || take("AS")) {
        auto to = name();
        if (!to) return std::nullopt;
        const std::string schema = to->schema.empty() ? table.schema : to->schema;
        return Effects{{Kind::relation, table.schema, "", table.name, false},
                       {Kind::relation, schema, "", to->name, true}};
    }
    Kind kind = Kind::column;
    if (take("CONSTRAINT"))
        kind = Kind::constraint;
    else if (take("INDEX") || take("KEY"))
        kind = Kind::index;
    else
        take("COLUMN");
    if_exists();
    auto from = identifier();
    if (!from || !take("TO")) return std::nullopt;
    auto to = identifier();
    if (!to) return std::nullopt;
    return Effects{{kind, table.schema, table.name, *from, false},
                   {kind, table.schema, table.name, *to, true}};
}

std::optional<Effects> Reader::action(const Name& table) {
    if (take("ADD")) return add(table);
    if (take("DROP")) return drop_part(table);
    if (take("RENAME")) return rename_part(table);
    if (dialect_ == Dialect::mysql && take("CHANGE")) {
        take("COLUMN");
        if_exists();
        auto from = identifier();
        auto to = identifier();
        if (!from || !to || *from == *to) return std::nullopt;
        return Effects{{Kind::column, table.schema, table.name, *from, false},
                       {Kind::column, table.schema, table.name, *to, true}};
    }
    return std::nullopt;
}

Effects Reader::alter_type() {
    auto type = name();
    if (!type || !take("ADD") || !take("VALUE")) return {};
    if_exists();
    if (done() || words_.tokens[at_].kind != Token::Kind::string) return {};
    std::string_view value = words_.at(at_);
    if (value.size() < 2 || value.front() != '\'') return {};
    std::string plain;
    for (std::size_t i = 1; i + 1 < value.size(); ++i) {
        plain += value[i];
        if (value[i] == '\'') ++i;
    }
    return {{Kind::enum_value, type->schema, type->name, plain}};
}

Effects Reader::alter() {
    if (take("TYPE")) return alter_type();
    while (words_.any(at_, {"ONLINE", "IGNORE", "MATERIALIZED", "FOREIGN"})) ++at_;
    const auto kind = object();
    if (kind != Kind::relation) return {};
    if_exists();
    take("ONLY");
    auto table = name();
    take_symbol('*');
    if (!table) return {};
    Effects effects;
    do {
        auto one = action(*table);
        if (!one) return {};
        effects.insert(effects.end(), one->begin(), one->end());
        skip_action();
    } while (take_symbol(','));
    return effects;
}

/// MySQL: RENAME TABLE a TO b, c TO d
Effects Reader::rename_tables() {
    Effects effects;
    do {
        auto from = name();
        if (!from || !take("TO")) return {};
        auto to = name();
        if (!to) return {};
        effects.push_back({Kind::relation, from->schema, "", from->name, false});
        effects.push_back({Kind::relation, to->schema, "", to->name, true});
    } while (take_symbol(','));
    return effects;
}

Effects Reader::read() {
    if (take("CREATE")) return create();
    if (take("DROP")) return drop();
    if (take("ALTER")) return alter();
    if (dialect_ == Dialect::mysql && take("RENAME") && (take("TABLE") || take("TABLES")))
        return rename_tables();
    return {};
}

}  // namespace

std::vector<Effect> effects_of(std::string_view statement, Dialect dialect) {
    Lexer lexer(statement, dialect);
    std::vector<Token> tokens;
    for (Token token = lexer.next(); token.kind != Token::Kind::end; token = lexer.next())
        if (token.kind != Token::Kind::comment && token.kind != Token::Kind::hint) tokens.push_back(token);
    return Reader(Words{statement, tokens}, dialect).read();
}

}  // namespace migrate::sql
