#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "sql/lexer.hpp"

namespace migrate::sql {

/// One thing in the catalog that a statement brings about or takes away.
struct Effect {
    enum class Kind {
        relation,  ///< table, view, materialized view, sequence
        index,
        column,
        constraint,
        trigger,
        routine,
        type,
        enum_value,
        schema,
        event,
        extension
    };
    Kind kind = Kind::relation;
    std::string schema;  ///< "" = the session's own
    std::string table;   ///< of a column, constraint, trigger, index; the type of an enum_value
    std::string name;
    bool there_after = true;
    /// What was there before may be there too: CREATE OR REPLACE.
    bool replaces = false;

    bool same_thing(const Effect& other) const {
        return kind == other.kind && schema == other.schema && table == other.table && name == other.name;
    }
};

/// What the catalog shows of a statement once it has run. Empty where that cannot be told from the catalog:
/// rows, types of columns, rights, temporary objects, more than one kind of change. Names are as the
/// catalog holds them (PostgreSQL: bare ones in lower case).
std::vector<Effect> effects_of(std::string_view statement, Dialect dialect);

}  // namespace migrate::sql
