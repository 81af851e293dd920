#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/lexer.hpp"

namespace migrate::sql {

/// What a statement works on that the catalog does not show.
struct Touched {
    std::string schema;  ///< "" = the session's own
    std::string table;
    std::vector<std::string> columns;  ///< only the values or rules of these; empty: rows as a whole
};

/// Of INSERT, REPLACE, DELETE, UPDATE and of an ALTER TABLE whose one action is about one column that stays,
/// where it is one table; nullopt for everything else. Names are as they stand, without their quotes.
std::optional<Touched> touched_by(std::string_view statement, Dialect dialect);

}  // namespace migrate::sql
