#include "db/user_tables.hpp"

#include <algorithm>
#include <array>

namespace migrate::db {

namespace {

/// The tables that migration tools make for themselves under their default names. Only for telling users'
/// tables apart: where a unit's history really lies is its adapter's knowledge.
constexpr std::array<std::string_view, 27> kBookkeeping{"_prisma_migrations",
                                                        "__drizzle_migrations",
                                                        "knex_migrations",
                                                        "knex_migrations_lock",
                                                        "migrations",
                                                        "typeorm_metadata",
                                                        "SequelizeMeta",
                                                        "SequelizeMetaBackup",
                                                        "SequelizeData",
                                                        "alembic_version",
                                                        "django_migrations",
                                                        "flyway_schema_history",
                                                        "schema_version",
                                                        "_migrations",
                                                        "schema_migrations",
                                                        "goose_db_version",
                                                        "gorp_migrations",
                                                        "gorp_lock",
                                                        "schema_lock",
                                                        "pgmigrations",
                                                        "_sqlx_migrations",
                                                        "ar_internal_metadata",
                                                        "databasechangelog",
                                                        "databasechangeloglock",
                                                        "d1_migrations",
                                                        "__EFMigrationsHistory",
                                                        "__diesel_schema_migrations"};

/// What Django's own applications fill by themselves after every `migrate` (Django 3.2 to 5.2).
constexpr std::array<std::string_view, 3> kFilledByFramework{"django_content_type", "auth_permission",
                                                             "django_site"};

}  // namespace

bool is_user_table(std::string_view table) {
    return !table.starts_with("_migrate_") &&
           std::find(kBookkeeping.begin(), kBookkeeping.end(), table) == kBookkeeping.end();
}

std::vector<std::string> user_tables(const std::vector<std::string>& tables, std::string_view history_table) {
    std::vector<std::string> result;
    std::copy_if(tables.begin(), tables.end(), std::back_inserter(result), [&](const std::string& table) {
        return table != history_table && is_user_table(table) &&
               std::find(kFilledByFramework.begin(), kFilledByFramework.end(), table) ==
                   kFilledByFramework.end();
    });
    return result;
}

}  // namespace migrate::db
