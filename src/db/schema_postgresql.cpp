#include <array>
#include <map>
#include <set>

#include "db/schema_parts.hpp"
#include "db/schema_postgresql_queries.hpp"

namespace migrate::db {

namespace {

using namespace postgresql_schema;

constexpr int kSequenceGroup = 4;
constexpr int kCommentGroup = 9;

std::string id_of(const Value& catalog, const Value& oid) {
    return catalog.value_or("") + ' ' + oid.value_or("");
}

SchemaPart part_of(const std::vector<Value>& row) {
    SchemaPart part;
    part.group = std::stoi(row[2].value_or("0"));
    // A comment needs what it is about, and nothing needs a comment.
    part.id =
        (part.group == kCommentGroup ? "comment " + row[5].value_or("") + ' ' : "") + id_of(row[0], row[1]);
    part.schema = row[3].value_or("");
    part.table = row[4].value_or("");
    part.place = std::stoi(row[5].value_or("0"));
    part.name = row[6].value_or("");
    part.sql = trimmed_statement(row[7].value_or(""));
    return part;
}

struct Parts {
    std::vector<SchemaPart> parts;
    std::vector<SchemaNeed> needs;
    std::set<std::string> emptied;  ///< schemas in which something was left out
};

Result<Parts> read_parts(Database& database, const SchemaOptions& options) {
    Parts read;
    const std::array<Value, 1> schema{options.schema};
    std::set<std::string> known;
    for (const std::string_view query : kQueries) {
        auto rows = database.query(std::string(kMine) + std::string(query), schema);
        if (!rows) return tl::unexpected(rows.error());
        for (const auto& row : rows->rows) {
            SchemaPart part = part_of(row);
            if (part.sql.empty()) continue;
            const std::string about = id_of(row[0], row[1]);
            if (part.group == kCommentGroup && !known.contains(about)) continue;
            if (is_left_out(part.table, options)) {
                read.emptied.insert(part.schema);
                continue;
            }
            known.insert(about);
            if (part.group == kCommentGroup) read.needs.emplace_back(part.id, about);
            read.parts.push_back(std::move(part));
        }
    }
    return read;
}

/// Dependencies between parts of objects are those of the objects.
Result<void> read_needs(Database& database, Parts& read) {
    auto belongs = database.query(kParts);
    if (!belongs) return tl::unexpected(belongs.error());
    std::map<std::string, std::string> owner;
    for (const auto& row : belongs->rows) owner.emplace(id_of(row[0], row[1]), id_of(row[2], row[3]));
    std::set<std::string> sequences;
    for (const auto& part : read.parts)
        if (part.group == kSequenceGroup) sequences.insert(part.id);
    const auto whole = [&](std::string id) {
        const auto found = owner.find(id);
        return found == owner.end() ? id : found->second;
    };
    auto rows = database.query(kNeeds);
    if (!rows) return tl::unexpected(rows.error());
    for (const auto& row : rows->rows) {
        std::string from = whole(id_of(row[0], row[1])), to = whole(id_of(row[2], row[3]));
        // A sequence that belongs to a column is there before it, since the column's default calls it.
        if (sequences.contains(from) && row[2] == "pg_class") continue;
        read.needs.emplace_back(std::move(from), std::move(to));
    }
    return {};
}

/// A schema that held nothing but a history is the tool's own.
void drop_emptied(Parts& read) {
    std::set<std::string> used;
    for (const auto& part : read.parts)
        if (part.group > 0) used.insert(part.schema);
    std::erase_if(read.parts, [&](const SchemaPart& part) {
        return part.group == 0 && read.emptied.contains(part.schema) && !used.contains(part.schema);
    });
}

Result<std::string> read_text(Database& database, const SchemaOptions& options) {
    auto read = read_parts(database, options);
    if (!read) return tl::unexpected(read.error());
    if (auto needs = read_needs(database, *read); !needs) return tl::unexpected(needs.error());
    drop_emptied(*read);
    std::string text;
    bool routines = false;
    for (const auto& part : in_order(std::move(read->parts), read->needs)) {
        if (!text.empty()) text += '\n';
        text += part.sql.starts_with("-- ") ? part.sql + '\n' : terminated(part.sql);
        routines |= part.id.starts_with("pg_proc ");
    }
    // The body of a function may name what comes after it.
    return routines ? "SET check_function_bodies = false;\n\n" + text : text;
}

}  // namespace

Result<std::string> schema_of_postgresql(Database& database, const SchemaOptions& options) {
    if (auto begun = database.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"); !begun)
        return tl::unexpected(begun.error());
    // With an empty path the server writes every name with its schema.
    Result<std::string> text;
    if (auto set = database.execute("SET LOCAL search_path = ''"); !set)
        text = tl::unexpected(set.error());
    else
        text = read_text(database, options);
    (void)database.execute("ROLLBACK");
    return text;
}

}  // namespace migrate::db
