#include "adapters/native_status.hpp"

#include "adapters/migrate_mongo/migrate_mongo.hpp"
#include "adapters/prisma/prisma.hpp"

namespace migrate {

namespace {

/// Up to 0.2.41 `migration:show` ends with 1 where something is pending (#7349).
bool may_end_so(const Unit& unit, int exit) {
    return exit == 0 ||
           (exit == 1 && unit.tool == Tool::typeorm && unit.version && *unit.version < Version{0, 2, 42});
}

}  // namespace

std::optional<Step> native_status_step(const Unit& unit, const std::vector<Step>& planned,
                                       const Target& target) {
    for (const auto& step : planned) {
        if (step.target != target.name || !step.native()) continue;
        // What is planned for `status` is a script of ours there, which sees more than the tool's command.
        return unit.tool == Tool::migrate_mongo ? migrate_mongo::native_status(unit, step) : step;
    }
    return std::nullopt;
}

Result<History> native_history(const Unit& unit, const std::vector<MigrationFile>& files,
                               const NativeAnswer& answer) {
    const Adapter& adapter = adapter_of(unit.tool);
    if (unit.tool == Tool::prisma) return prisma::native_history(unit, files, answer);
    if (!may_end_so(unit, answer.exit))
        return fail("tool.failed", unit.id + ": its status ended with " + std::to_string(answer.exit));
    auto rows = unit.tool == Tool::migrate_mongo ? migrate_mongo::read_table(unit, answer.out)
                                                 : adapter.read_status(unit, answer.out);
    if (!rows) return tl::unexpected(rows.error());
    History history = adapter.compare(unit, files, std::move(*rows));
    history.edited_known = false;
    return history;
}

}  // namespace migrate
