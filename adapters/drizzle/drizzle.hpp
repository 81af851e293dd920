#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapters/adapter.hpp"
#include "adapters/failure.hpp"

// The parts of the Drizzle adapter, each as its member of Adapter says.
namespace migrate::drizzle {

std::span<const Row> rows();
std::span<const Flag> flags();

Needs needs(const Unit& unit, const Request& request);
Result<std::vector<Step>> plan(const Unit& unit, const Request& request, const Facts& facts);
Result<std::vector<MigrationFile>> files(const Unit& unit, const std::filesystem::path& root);
std::optional<HistoryQuery> history(const Unit& unit, const std::filesystem::path& root,
                                    const Target& target);
History compare(const Unit& unit, const std::vector<MigrationFile>& files, HistoryRows rows);
Result<std::vector<TargetSource>> targets(const Unit& unit, const std::filesystem::path& root,
                                          const std::string& environment);
std::optional<Error> fits(const Unit& unit, const std::filesystem::path& root);
std::optional<Error> explained(const FailedStep& failed);
std::vector<std::string> unexplained_beginning(const FailedStep& failed);
std::vector<std::string> unexplained_files(const FailedStep& failed);

}  // namespace migrate::drizzle
