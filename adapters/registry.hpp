#pragma once
#include "adapters/adapter.hpp"

namespace migrate {

// One a file, named after the tool.
const Adapter& prisma_adapter();
const Adapter& drizzle_adapter();
const Adapter& knex_adapter();
const Adapter& typeorm_adapter();
const Adapter& sequelize_adapter();
const Adapter& alembic_adapter();
const Adapter& django_adapter();
const Adapter& flyway_adapter();
const Adapter& migrate_mongo_adapter();
const Adapter& sql_adapter();

}  // namespace migrate
