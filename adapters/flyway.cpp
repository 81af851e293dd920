#include "adapters/registry.hpp"

namespace migrate {

namespace {

/// Units are found and shown; no verb is translated yet, and each says so.
constexpr std::string_view kReason =
    "this version of migrate finds Flyway and does not drive it; use the project's own command";

constexpr Row row(Verb verb) {
    return {.how = How::unsupported, .verb = verb, .note = kReason, .next = "migrate detect"};
}

constexpr Row kRows[] = {row(Verb::status), row(Verb::history), row(Verb::diff),     row(Verb::generate),
                         row(Verb::init),   row(Verb::pull),    row(Verb::run),      row(Verb::rollback),
                         row(Verb::redo),   row(Verb::seed),    row(Verb::baseline), row(Verb::resolve),
                         row(Verb::reset),  row(Verb::push)};

Needs needs(const Unit&, const Request&) {
    return {};
}

Result<std::vector<Step>> plan(const Unit& unit, const Request& request, const Facts&) {
    return unsupported(flyway_adapter(), unit, find_row(flyway_adapter(), request.verb, "", unit.version),
                       request.verb);
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
    return fail("verb.unsupported", std::string(kReason));
}

std::optional<Error> fits(const Unit&, const std::filesystem::path&) {
    return std::nullopt;
}

}  // namespace

const Adapter& flyway_adapter() {
    static const Adapter adapter{Tool::flyway, "flyway", "Flyway", kRows,   {},      {},  needs,
                                 plan,         files,    history,  compare, targets, fits};
    return adapter;
}

}  // namespace migrate
