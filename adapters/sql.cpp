#include "adapters/registry.hpp"

namespace migrate {

namespace {

Needs needs(const Unit&, const Request&) {
    return {};
}

Result<std::vector<Step>> plan(const Unit&, const Request&, const Facts&) {
    return std::vector<Step>{};
}

Result<std::vector<MigrationFile>> files(const Unit&, const std::filesystem::path&) {
    return std::vector<MigrationFile>{};
}

std::optional<HistoryQuery> history(const Unit&, const std::filesystem::path&, const Target&) {
    return std::nullopt;
}

History compare(const Unit&, const std::vector<MigrationFile>& files, const HistoryRows& rows) {
    return compare_by_id(files, rows);
}

Result<std::vector<TargetSource>> targets(const Unit&, const std::filesystem::path&, const std::string&) {
    return std::vector<TargetSource>{};
}

std::optional<Error> fits(const Unit&, const std::filesystem::path&) {
    return std::nullopt;
}

}  // namespace

const Adapter& sql_adapter() {
    static const Adapter adapter{Tool::sql, "sql", "sql",   {},      {},      {},  needs,
                                 plan,      files, history, compare, targets, fits};
    return adapter;
}

}  // namespace migrate
