#include "detect/signals.hpp"

#include <array>
#include <cstddef>

namespace migrate::detection {

namespace {

// In the order of the enumeration. One strong signal makes a unit; a dependency alone never does.
constexpr std::array kRows{
    SignalRow{Signal::prisma_lock, "prisma.lock", 60, "migration_lock.toml with a provider"},
    SignalRow{Signal::prisma_history, "prisma.history", 60, "a schema with a datasource, beside migrations"},
    SignalRow{Signal::prisma_schema, "prisma.schema", 30, "a schema with a datasource"},
    SignalRow{Signal::prisma_dependency, "prisma.dependency", 30, "prisma in a package.json at or above"},
    SignalRow{Signal::prisma_config, "prisma.config", 30, "a prisma.config file at or above"},
    SignalRow{Signal::drizzle_journal, "drizzle.journal", 60, "meta/_journal.json of a dialect"},
    SignalRow{Signal::drizzle_folders, "drizzle.folders", 60, "folders with migration.sql and snapshot.json"},
    SignalRow{Signal::drizzle_config, "drizzle.config", 55, "a configuration for drizzle-kit"},
    SignalRow{Signal::knexfile, "knex.knexfile", 60, "a knexfile"},
    SignalRow{Signal::knex_migrations, "knex.migrations", 50, "migrations written for Knex"},
    SignalRow{Signal::knex_directory, "knex.directory", 15, "a configuration names the directory"},
    SignalRow{Signal::typeorm_source, "typeorm.source", 60, "a data source with migrations"},
    SignalRow{Signal::typeorm_migrations, "typeorm.migrations", 50,
              "classes that implement MigrationInterface"},
    SignalRow{Signal::typeorm_named, "typeorm.named", 10, "a script names the data source"},
    SignalRow{Signal::sequelizerc, "sequelize.rc", 60, ".sequelizerc"},
    SignalRow{Signal::sequelize_script, "sequelize.script", 55, "a script calls sequelize with its paths"},
    SignalRow{Signal::sequelize_migrations, "sequelize.migrations", 50,
              "migrations written for a QueryInterface"},
    SignalRow{Signal::sequelize_defaults, "sequelize.defaults", 40,
              "config/config where sequelize-cli looks"},
    SignalRow{Signal::mongo_config, "migrate-mongo.config", 70, "a configuration for migrate-mongo"},
    SignalRow{Signal::mongo_named, "migrate-mongo.named", 70, "a script names the configuration"},
    SignalRow{Signal::mongo_migrations, "migrate-mongo.migrations", 10, "migrations with up(db)"},
    SignalRow{Signal::alembic_ini, "alembic.ini", 60, "an [alembic] section"},
    SignalRow{Signal::alembic_pyproject, "alembic.pyproject", 60, "[tool.alembic]"},
    SignalRow{Signal::alembic_environment, "alembic.environment", 60, "env.py beside script.py.mako"},
    SignalRow{Signal::alembic_revisions, "alembic.revisions", 10, "revisions with down_revision"},
    SignalRow{Signal::django_manage, "django.manage", 60, "manage.py with a settings module that is there"},
    SignalRow{Signal::django_entry, "django.entry", 50, "wsgi.py or asgi.py with a settings module"},
    SignalRow{Signal::django_migrations, "django.migrations", 10, "apps with migrations"},
    SignalRow{Signal::flyway_scripts, "flyway.scripts", 60, "versioned or repeatable scripts"},
    SignalRow{Signal::flyway_location, "flyway.location", 15, "a configuration names the location"},
    SignalRow{Signal::flyway_dependency, "flyway.dependency", 10, "a Flyway dependency in the build"},
    SignalRow{Signal::flyway_config, "flyway.config", 60, "a configuration for Flyway"},
    SignalRow{Signal::flyway_plugin, "flyway.plugin", 15, "the Flyway plugin in the build"},
    SignalRow{Signal::sql_sections, "sql.sections", 60, "-- UP and -- DOWN sections"},
    SignalRow{Signal::sql_pairs, "sql.pairs", 60, "pairs of .up.sql and .down.sql"},
    SignalRow{Signal::sql_goose, "sql.goose", 60, "-- +goose Up"},
    SignalRow{Signal::sql_migrate, "sql.sql-migrate", 60, "-- +migrate Up"},
    SignalRow{Signal::sql_dbmate, "sql.dbmate", 60, "-- migrate:up"},
    SignalRow{Signal::sql_dbconfig, "sql.dbconfig", 60, "dbconfig.yml with dialect and dir"},
    SignalRow{Signal::sql_supabase, "sql.supabase", 60, "supabase/config.toml beside supabase/migrations"},
    SignalRow{Signal::sql_numbered, "sql.numbered", 50, "numbered files in a migrations directory"},
    SignalRow{Signal::sql_versions, "sql.versions", 0, "directories named by version"},
    SignalRow{Signal::called, "called", 10, "a script calls the tool"},
    SignalRow{Signal::git_ignored, "git-ignored", 0, "git ignores the directory"},
    SignalRow{Signal::vetoed_full_schema, "vetoed.full-schema", 0,
              "a full schema lies among the steps: run in order, both would be applied"},
    SignalRow{Signal::vetoed_back_files, "vetoed.back-files", 0,
              "files for going back lie among those for going forward"},
    SignalRow{Signal::vetoed_sqlc, "vetoed.sqlc", 0, "sqlc reads the directory; who applies it is not known"},
    SignalRow{Signal::vetoed_container, "vetoed.container", 0,
              "the database's container runs the files when it is made"},
    SignalRow{Signal::vetoed_sqlproj, "vetoed.sqlproj", 0, "part of a database project"},
    SignalRow{Signal::vetoed_wrangler, "vetoed.wrangler", 0, "applied by wrangler d1"},
    SignalRow{Signal::vetoed_rust, "vetoed.rust", 0, "embedded by a Rust program with its own history table"},
};

static_assert([] {
    for (std::size_t at = 0; at < kRows.size(); ++at)
        if (kRows[at].signal != static_cast<Signal>(at)) return false;
    return kRows.size() == static_cast<std::size_t>(Signal::vetoed_rust) + 1;
}());

}  // namespace

const SignalRow& row_of(Signal signal) {
    return kRows[static_cast<std::size_t>(signal)];
}

}  // namespace migrate::detection
