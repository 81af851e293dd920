#include "adapters/registry.hpp"

namespace migrate {

const Adapter& adapter_of(Tool tool) {
    switch (tool) {
        case Tool::prisma:
            return prisma_adapter();
        case Tool::drizzle:
            return drizzle_adapter();
        case Tool::knex:
            return knex_adapter();
        case Tool::typeorm:
            return typeorm_adapter();
        case Tool::sequelize:
            return sequelize_adapter();
        case Tool::alembic:
            return alembic_adapter();
        case Tool::django:
            return django_adapter();
        case Tool::flyway:
            return flyway_adapter();
        case Tool::migrate_mongo:
            return migrate_mongo_adapter();
        case Tool::sql:
            return sql_adapter();
    }
    return sql_adapter();
}

}  // namespace migrate
