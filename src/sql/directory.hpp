#pragma once
#include <compare>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.hpp"
#include "sql/convention.hpp"

namespace migrate::sql {

/// A migration by the names of its files.
struct MigrationName {
    std::string id;         ///< what the convention's history table holds: file name or version
    std::string version;    ///< digits without leading zeros, any number of them; "" where there are none
    std::string title;      ///< "add_posts"
    std::string file;       ///< in the directory; golang-migrate: the .up.sql
    std::string down_file;  ///< golang-migrate: the .down.sql, "" where there is none
    bool code = false;      ///< goose: a .go file, which only the project's own program can run
};

struct MigrationDirectory {
    std::vector<MigrationName> migrations;  ///< in the order in which the convention applies them
    std::vector<std::string> unmatched;     ///< .sql files whose names do not follow the convention
    std::vector<std::string> doubled;       ///< ids whose version another migration has, too
};

/// Lists a directory by the convention's rules. A missing directory is empty. Dot-files, backups (~, .bak),
/// schema.sql, structure.sql and seed*.sql are no migrations.
/// Errors (`migration.invalid`, naming the files): two files of one version where the table holds versions,
/// a .down.sql without .up.sql, names of golang-migrate's pairs among files of another convention.
Result<MigrationDirectory> list_migrations(const std::filesystem::path& directory, Convention convention);

/// Compares versions as unbounded numbers; "" before all.
std::strong_ordering compare_versions(std::string_view a, std::string_view b);

/// Whether the convention's program applies the file of one name before that of another.
bool is_before(std::string_view a, std::string_view b, Convention convention);

/// The names of the file or files of a new migration, numbered as the directory is: `now`
/// (YYYYMMDDHHMMSS, or a placeholder for it) where the newest has 14 digits or there is none, else the next
/// number in the same width. golang-migrate: two names, the way forward first.
/// `title` may be any text: what cannot stand in a name becomes '_'.
std::vector<std::string> new_file_names(const MigrationDirectory& directory, Convention convention,
                                        std::string_view title, std::string_view now);

/// What a new file holds, in the order of new_file_names().
std::vector<std::string> new_file_contents(Convention convention);

}  // namespace migrate::sql
