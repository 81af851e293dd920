#include "adapters/failure.hpp"

#include "adapters/drizzle/drizzle.hpp"
#include "adapters/prisma/prisma.hpp"
#include "adapters/support/node_failure.hpp"

namespace migrate {

std::optional<Error> explained(const FailedStep& failed) {
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
        default:
            return std::nullopt;
    }
}

std::vector<std::string> unexplained_files(const FailedStep& failed) {
    return failed.unit.tool == Tool::drizzle ? drizzle::unexplained_files(failed)
                                             : std::vector<std::string>{};
}

}  // namespace migrate
