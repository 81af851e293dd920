#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapters/adapter.hpp"
#include "adapters/failure.hpp"

// The parts of the Prisma adapter, each as its member of Adapter says.
namespace migrate {
struct NativeAnswer;
}

namespace migrate::prisma {

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

/// See native_history() in adapters/native_status.hpp. Exit status 1 means as much as 0 here.
Result<History> native_history(const Unit& unit, const std::vector<MigrationFile>& files,
                               const NativeAnswer& answer);

/// What Prisma keeps of a failed migration in the column `logs`, without the engine's own stack: the
/// database's words.
std::string cause_in_logs(std::string_view logs);

/// How a failed migration is resolved: the two commands, with when to use which.
std::vector<Next> ways_out(const std::string& unit, const std::string& migration);

}  // namespace migrate::prisma
