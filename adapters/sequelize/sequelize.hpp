#pragma once
#include "adapters/adapter.hpp"

// The functions behind the adapter's table; see Adapter for what each must do.
namespace migrate::sequelize {

Needs needs(const Unit& unit, const Request& request);
Result<std::vector<Step>> plan(const Unit& unit, const Request& request, const Facts& facts);
Result<std::vector<MigrationFile>> files(const Unit& unit, const std::filesystem::path& root);
std::optional<HistoryQuery> history(const Unit& unit, const std::filesystem::path& root,
                                    const Target& target);
History compare(const Unit& unit, const std::vector<MigrationFile>& files, HistoryRows rows);
Result<std::vector<TargetSource>> targets(const Unit& unit, const std::filesystem::path& root,
                                          const std::string& environment);
std::optional<Error> fits(const Unit& unit, const std::filesystem::path& root);
Result<HistoryRows> read_status(const Unit& unit, std::string_view output);

}  // namespace migrate::sequelize
