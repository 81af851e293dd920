#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrate::db {

/// A statement whose `?` have become PostgreSQL's `$1`, `$2` ..., and where they stand in the result.
struct Numbered {
    std::string sql;
    std::vector<std::size_t> at;  ///< byte offset of each `$n` in `sql`

    /// The offset in the statement as it was written that `offset` in `sql` stands for.
    std::size_t original(std::size_t offset) const;
};

/// Rewrites `?` outside strings, quoted names, dollar quotes and comments (PostgreSQL's lexical rules). The
/// operators that are written with a question mark have function names; they cannot be used beside
/// parameters.
Numbered number_placeholders(std::string_view sql);

/// Byte offset of the `position`th character (from 1) of UTF-8 text; nullopt behind its end.
std::optional<std::size_t> byte_offset(std::string_view text, std::size_t position);

}  // namespace migrate::db
