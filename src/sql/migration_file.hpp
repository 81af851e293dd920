#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.hpp"
#include "sql/convention.hpp"
#include "sql/statement.hpp"

namespace migrate::sql {

/// Which part of a migration a text holds.
enum class Part {
    whole,       ///< a file with both ways, or with the way forward only where the convention has no marks
    down_file,   ///< golang-migrate's name.down.sql
    stored_down  ///< what ParsedMigration::down_text was
};

/// A migration taken apart. The statements point into `text`.
struct ParsedMigration {
    std::shared_ptr<const std::string> text;  ///< normalised
    std::vector<Statement> up;
    std::vector<Statement> down;
    bool has_down = false;       ///< a way back is there, however empty
    bool irreversible = false;   ///< declared so by the file
    bool up_transaction = true;  ///< false: the file asks for none
    bool down_transaction = true;
    std::string down_text;  ///< the way back as text of its own: what the ledger keeps

    /// Whether there is a way back that does something.
    bool reversible() const { return !irreversible && !down.empty(); }
};

/// Takes a file's bytes apart. `name` is the path that messages begin with ("name:line:column: ...").
/// Errors (`migration.invalid`): what the splitter refuses; statements before the first mark; marks twice,
/// in the wrong order, unknown, indented where their tool wants column 0, or of another convention; a file
/// without the marks of its convention; an UP part without a statement where that is an error.
Result<ParsedMigration> parse_migration(std::string_view bytes, Convention convention, Dialect dialect,
                                        std::string_view name, Part part = Part::whole);
/// The same of bytes that nobody needs any more, and of the file itself (`migration.invalid` where it cannot
/// be read). One command takes a file apart for its plan, for the plan under the lock and for its execution:
/// the last large one is kept, and given again where its text is still the same.
using Parsed = std::shared_ptr<const ParsedMigration>;
Result<Parsed> parse_own(std::string bytes, Convention convention, Dialect dialect, std::string_view name,
                         Part part = Part::whole);
Result<Parsed> parse_file(const std::filesystem::path& file, Convention convention, Dialect dialect,
                          std::string_view name, Part part = Part::whole);

}  // namespace migrate::sql
