#include "detect/names.hpp"

using namespace migrate;
using namespace migrate::detection;

TEST_CASE("a name tells what a file may be") {
    struct Row {
        const char* name;
        FileKind kind;
    };
    for (const Row& row : {
             Row{"V1__init.sql", FileKind::flyway_sql},
             Row{"V1.2.3__x.sql", FileKind::flyway_sql},
             Row{"V22_1_14_8__x.sql", FileKind::flyway_sql},
             Row{"V20240101__x.sql", FileKind::flyway_sql},
             Row{"B1_20_0__1.0.0_base.sql", FileKind::flyway_sql},
             Row{"R__views.sql", FileKind::flyway_sql},
             Row{"U1__x.sql", FileKind::flyway_undo},
             Row{"V1_init.sql", FileKind::sql},
             Row{"Views.sql", FileKind::sql},
             Row{"V1__Init.java", FileKind::flyway_code},
             Row{"Value.java", FileKind::jvm_code},
             Row{"000001_init.up.sql", FileKind::up_sql},
             Row{"000001_init.down.sql", FileKind::down_sql},
             Row{"20240101000000_init.sql", FileKind::numbered_sql},
             Row{"migration.sql", FileKind::migration_sql},
             Row{"20240101120000_users.ts", FileKind::numbered_js},
             Row{"1700000000000-Users.ts", FileKind::numbered_js},
             Row{"1700000000000-Users.spec.ts", FileKind::js},
             Row{"1700000000000-Users.d.ts", FileKind::js},
             Row{"0001_initial.py", FileKind::numbered_py},
             Row{"00001_initial.py", FileKind::python},
             Row{"knexfile.ts", FileKind::knexfile},
             Row{"ormconfig.json", FileKind::data_source},
             Row{"MigrationsDataSource.ts", FileKind::data_source},
             Row{"data-source.ts", FileKind::data_source},
             Row{"typeorm.ts", FileKind::data_source},
             Row{"typeorm.config.ts", FileKind::data_source},
             Row{"TypeOrmModule.ts", FileKind::data_source},
             Row{"TypeORMUserRepository.ts", FileKind::js},
             Row{"TypeORMUser.ts", FileKind::js},
             Row{"drizzle.config.ts", FileKind::js_config},
             Row{"mysql.config.ts", FileKind::js_config},
             Row{"vite.config.ts", FileKind::js},
             Row{".sequelizerc", FileKind::sequelizerc},
             Row{"migrate-mongo-config.cjs", FileKind::mongo_config},
             Row{"prisma.config.ts", FileKind::prisma_config},
             Row{"script.py.mako", FileKind::script_mako},
             Row{"application-prod.yml", FileKind::app_config},
             Row{"application.properties", FileKind::app_config},
             Row{"docker-compose.dev.yml", FileKind::compose},
             Row{"compose.yaml", FileKind::compose},
             Row{"Dockerfile", FileKind::dockerfile},
             Row{"Dockerfile.dev", FileKind::dockerfile},
             Row{"Taskfile.yml", FileKind::makefile},
             Row{"justfile", FileKind::makefile},
             Row{"flyway.toml", FileKind::flyway_config},
             Row{"flyway.conf", FileKind::flyway_config},
             Row{"libs.versions.toml", FileKind::gradle_settings},
             Row{"requirements-dev.txt", FileKind::requirements},
             Row{".env.example", FileKind::env_file},
             Row{"ShopModelSnapshot.cs", FileKind::model_snapshot},
             Row{"README.md", FileKind::other},
             Row{"x", FileKind::other},
             Row{".", FileKind::other},
             Row{"", FileKind::other},
         }) {
        CAPTURE(row.name);
        CHECK(kind_of(row.name) == row.kind);
    }
}

TEST_CASE("a directory is named for migrations in many ways") {
    for (const char* name :
         {"migrations", "Migrations", "migration", "migrate", "db-migrations", "sql_migrations",
          "migration_postgres", "migrations-sqlite", "record-migrations"})
        CHECK(is_migrations_name(name));
    for (const char* name : {"immigration", "migrator", "emigrations", "schema", ""})
        CHECK_FALSE(is_migrations_name(name));
}
