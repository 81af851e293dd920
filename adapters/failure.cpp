#include "adapters/failure.hpp"

#include "adapters/drizzle/drizzle.hpp"
#include "adapters/prisma/prisma.hpp"
#include "adapters/support/node_failure.hpp"
#include "adapters/support/py_failure.hpp"

namespace migrate {

namespace {

/// Yarn 4 starts nothing in a project that was not installed (seen in 4.18), and says so.
std::optional<Error> not_installed(const FailedStep& failed) {
    const auto* native = std::get_if<Native>(&failed.step.action);
    if (!native || native->launch.empty() || native->launch.front() != "yarn" ||
        failed.said.find("doesn't seem to have been installed") == std::string_view::npos)
        return std::nullopt;
    return Error{"tool.missing",
                 failed.unit.id + ": " + native->program + " is not installed",
                 "Install the project's dependencies: yarn install",
                 {}};
}

}  // namespace

std::optional<Error> explained(const FailedStep& failed) {
    if (auto missing = not_installed(failed)) return missing;
    if (auto undeclared = node::explained_undeclared(failed)) return undeclared;
    switch (failed.unit.tool) {
        case Tool::prisma:
            return prisma::explained(failed);
        case Tool::drizzle:
            return drizzle::explained(failed);
        case Tool::knex:
            return node::explained_knex(failed);
        case Tool::sequelize:
            return node::explained_sequelize(failed);
        case Tool::typeorm:
            return node::explained_typeorm(failed);
        case Tool::migrate_mongo:
            return node::explained_migrate_mongo(failed);
        case Tool::alembic:
        case Tool::django:
            return py::explained_python(failed);
        default:
            return std::nullopt;
    }
}

std::vector<std::string> unexplained_beginning(const FailedStep& failed) {
    return failed.unit.tool == Tool::drizzle ? drizzle::unexplained_beginning(failed)
                                             : std::vector<std::string>{};
}

std::vector<std::string> unexplained_files(const FailedStep& failed) {
    return failed.unit.tool == Tool::drizzle ? drizzle::unexplained_files(failed)
                                             : std::vector<std::string>{};
}

}  // namespace migrate
