// Any bytes as a migration of every convention in every dialect: no crash, errors with a place, statements
// that lie in the text in their order, and a stored way back that reads as the file's own did.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sql/migration_file.hpp"
#include "sql/split.hpp"
#include "sql/way.hpp"

using namespace migrate;
using namespace migrate::sql;

namespace {

void check(bool holds) {
    if (!holds) std::abort();
}

void check_statements(std::string_view text, const std::vector<Statement>& statements, Dialect dialect) {
    std::size_t end = 0;
    int line = 1;
    for (const Statement& statement : statements) {
        check(!statement.text.empty());
        check(statement.offset >= end && statement.text.data() == text.data() + statement.offset);
        check(statement.position.line >= line && statement.position.column >= 1);
        end = statement.offset + statement.text.size();
        line = statement.position.line;
        check(brief(statement.text, dialect).size() <= 120 + 4);
    }
}

void check_place(const Error& error, std::string_view name) {
    check(error.code == "migration.invalid");
    check(error.message.starts_with(name) && error.message[name.size()] == ':');
    const char digit = error.message[name.size() + 1];
    check(digit >= '1' && digit <= '9');
}

void check_migration(std::string_view bytes, Convention convention, Dialect dialect) {
    auto parsed = parse_migration(bytes, convention, dialect, "m.sql");
    if (!parsed) return check_place(parsed.error(), "m.sql");
    check_statements(*parsed->text, parsed->up, dialect);
    for (Direction direction : {Direction::up, Direction::down})
        if (auto way = way_of(*parsed, direction, convention, "m.sql"); !way)
            check_place(way.error(), "m.sql");
    if (!parsed->has_down) return;
    auto stored = parse_migration(parsed->down_text, convention, dialect, "stored", Part::stored_down);
    // A DELIMITER that the way forward leaves behind is not part of the way back.
    if (!stored) return check(dialect == Dialect::mysql);
    if (dialect == Dialect::mysql) return;
    check(stored->down.size() == parsed->down.size());
    check(stored->down_transaction == parsed->down_transaction);
    for (std::size_t i = 0; i < stored->down.size(); ++i) check(stored->down[i].text == parsed->down[i].text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    // The first byte chooses, so that the corpus can aim.
    const Dialect dialect = static_cast<Dialect>(data[0] % 3);
    const Convention convention = static_cast<Convention>(data[0] / 3 % 7);
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (auto text = normalised(bytes)) {
        check(text->find('\r') == std::string::npos);
        if (auto statements = split(*text, dialect)) check_statements(*text, *statements, dialect);
    }
    check_migration(bytes, convention, dialect);
    return 0;
}
