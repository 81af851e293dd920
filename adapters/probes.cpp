#include "adapters/probes.hpp"

#include "adapters/alembic/alembic.hpp"
#include "adapters/django/django.hpp"
#include "adapters/flyway/flyway.hpp"
#include "adapters/support/node_probe.hpp"

namespace migrate {

std::optional<Probe> probe_of(const Unit& unit, const std::filesystem::path& root,
                              const std::string& environment) {
    switch (unit.tool) {
        case Tool::alembic:
            return alembic::probe(unit, root, environment);
        case Tool::django:
            return django::probe(unit, root);
        default:
            return node::node_probe(unit, root, environment);
    }
}

bool stays_open(Tool tool) {
    return tool == Tool::migrate_mongo;
}

std::optional<Version> installed_version(const Unit& unit, const std::filesystem::path& program) {
    return unit.tool == Tool::flyway ? flyway::version_beside(program) : std::nullopt;
}

}  // namespace migrate
