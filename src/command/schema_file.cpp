// Keeps the file that a unit's `schema_file` names as the database is.
#include "base/files.hpp"
#include "command/flow.hpp"
#include "plan/schema.hpp"

namespace migrate {

namespace {

bool changes_schema(Verb verb) {
    return verb == Verb::run || verb == Verb::rollback || verb == Verb::redo || verb == Verb::resolve ||
           verb == Verb::reset || verb == Verb::push;
}

/// The first that the unit migrates and that is not protected: a file in the repository follows development.
const Target* followed(const UnitResult& unit) {
    for (const auto& status : unit.targets)
        if (status.target.migrated) return is_protected(status.target.level) ? nullptr : &status.target;
    return nullptr;
}

}  // namespace

Result<bool> write_schema(const std::filesystem::path& file, const std::string& text) {
    if (read_file(file, std::uintmax_t{1} << 30) == text) return false;
    if (auto written = write_file(file, text); !written) return tl::unexpected(written.error());
    return true;
}

void keep_schema_files(const Session& session, Prepared& prepared) {
    if (!changes_schema(prepared.request.verb)) return;
    for (UnitResult& unit : prepared.result.units) {
        const UnitConfig* entry = config_of(session.config, unit.unit);
        const Target* target = followed(unit);
        if (!entry || entry->schema_file.empty() || !target || unit.error || !unit.skipped.empty()) continue;
        auto text = schema_of(unit.unit, *target, session.root);
        Result<bool> written = text ? write_schema(session.root / entry->schema_file, *text)
                                    : Result<bool>(tl::unexpected(text.error()));
        if (!written) {
            prepared.result.errors.push_back(written.error());
        } else if (*written) {
            unit.files.push_back(entry->schema_file);
            if (unit.changed == Changed::nothing) unit.changed = Changed::files;
        }
    }
}

}  // namespace migrate
