#pragma once
#include <string_view>

namespace migrate::detection {

/// Everything that speaks for a unit. Weights and names stand in one table (signals.cpp).
enum class Signal {
    // Prisma
    prisma_lock,
    prisma_history,
    prisma_schema,
    prisma_dependency,
    prisma_config,
    // Drizzle
    drizzle_journal,
    drizzle_folders,
    drizzle_config,
    // Knex
    knexfile,
    knex_migrations,
    knex_directory,
    // TypeORM
    typeorm_source,
    typeorm_migrations,
    typeorm_named,
    // Sequelize
    sequelizerc,
    sequelize_script,
    sequelize_migrations,
    sequelize_defaults,
    // migrate-mongo
    mongo_config,
    mongo_named,
    mongo_migrations,
    // Alembic
    alembic_ini,
    alembic_pyproject,
    alembic_environment,
    alembic_revisions,
    // Django
    django_manage,
    django_entry,
    django_migrations,
    // Flyway
    flyway_scripts,
    flyway_location,
    flyway_dependency,
    flyway_config,
    flyway_plugin,
    // SQL
    sql_sections,
    sql_pairs,
    sql_goose,
    sql_migrate,
    sql_dbmate,
    sql_dbconfig,
    sql_supabase,
    sql_numbered,
    sql_versions,
    // All
    called,
    git_ignored,
    vetoed_full_schema,
    vetoed_back_files,
    vetoed_sqlc,
    vetoed_container,
    vetoed_sqlproj,
    vetoed_wrangler,
    vetoed_rust,
};

struct SignalRow {
    Signal signal;
    std::string_view name;     ///< stable, as in JSON
    int weight;                ///< added to the confidence, which ends at 100
    std::string_view meaning;  ///< for people
};

const SignalRow& row_of(Signal signal);

/// From here a find is a unit; below `kLeast` it is nothing at all.
constexpr int kUnit = 50;
constexpr int kLeast = 30;

}  // namespace migrate::detection
