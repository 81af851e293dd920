#pragma once
#include <span>

#include "adapters/adapter.hpp"
#include "sql/lexer.hpp"
#include "sql/project.hpp"

// Raw SQL, the built-in tool, and what the programs whose files and tables it shares would do. Internal to
// adapters/sql*.
namespace migrate::raw_sql {

Needs needs(const Unit& unit, const Request& request);
Result<std::vector<Step>> plan(const Unit& unit, const Request& request, const Facts& facts);
Result<std::vector<MigrationFile>> files(const Unit& unit, const std::filesystem::path& root);
std::optional<HistoryQuery> history(const Unit& unit, const std::filesystem::path& root,
                                    const Target& target);
Result<HistoryRows> read(const Unit& unit, const std::filesystem::path& root, const Target& target,
                         db::Database& database);
History compare(const Unit& unit, const std::vector<MigrationFile>& files, HistoryRows rows);
Result<std::vector<TargetSource>> targets(const Unit& unit, const std::filesystem::path& root,
                                          const std::string& environment);
std::optional<Error> fits(const Unit& unit, const std::filesystem::path& root);

/// Everything that the steps of one plan are made from.
struct Context {
    const Unit& unit;
    const Request& request;
    const Facts& facts;
    const Target* target = nullptr;    ///< nullptr where the verb needs none
    const History* history = nullptr;  ///< the same
    sql::Project project;
    sql::Dialect dialect = sql::Dialect::postgresql;
};

/// The way forward of one file, or the way back of one row, checked as far as files can tell: what the
/// runner would refuse is refused here, before anything runs.
Result<Step> up_step(const Context& context, const MigrationFile& file);
Result<Step> down_step(const Context& context, const AppliedRow& row);

Result<std::vector<Step>> baseline(const Context& context);
Result<std::vector<Step>> resolve(const Context& context);
Result<std::vector<Step>> seed(const Context& context);
Result<std::vector<Step>> generate(const Context& context);
Result<std::vector<Step>> init(const Context& context);

/// Seed files of a unit, in the order in which they run: its `seeds` (a file or a folder), else seeds/,
/// seed/, db/seeds/, seed.sql, db/seed.sql, seeds.sql, db/seeds.sql below its root. Relative to the scan
/// root.
std::vector<std::string> seed_files(const Unit& unit, const std::filesystem::path& root);

/// The file of an id; nullptr where there is none.
const MigrationFile* file_of(const std::vector<MigrationFile>& files, std::string_view id);

/// What a person may type for an id: the id, the file's name with or without its ending, its version, its
/// title; the id where exactly one migration fits, else the text as it was given.
std::string full_id(const Context& context, const std::string& given);

}  // namespace migrate::raw_sql
