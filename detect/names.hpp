#pragma once
#include <cstdint>
#include <string_view>

namespace migrate::detection {

/// What a file is by its name alone: everything that a detector may want to open, and nothing else.
/// At most 64 values, so that a directory's set of kinds is one word.
enum class FileKind : std::uint8_t {
    other,
    // JavaScript
    package_json,
    js_lock,         ///< package-lock.json, pnpm-lock.yaml, yarn.lock, bun.lock ...
    pnpm_workspace,  ///< pnpm-workspace.yaml
    tsconfig,
    js,           ///< any other JavaScript or TypeScript source
    js_config,    ///< *.config.{js,ts,json} of no known other program, *drizzle*
    numbered_js,  ///< eight digits or more, then a name: 20240101120000_users.ts
    data_source,  ///< names that hold TypeORM's connection: data-source.ts, ormconfig.json, *DataSource.ts
    prisma_schema,
    prisma_lock,    ///< migration_lock.toml
    prisma_config,  ///< prisma.config.*, prisma7.config.*
    migration_sql,  ///< migration.sql, alone in its directory (Prisma, Drizzle 1.0)
    journal,        ///< _journal.json
    knexfile,
    sequelizerc,
    mongo_config,  ///< migrate-mongo-config.*
    project_json,  ///< Nx targets
    // Python
    python,
    numbered_py,  ///< 0001_initial.py
    env_py,
    script_mako,
    manage_py,
    pyproject,
    requirements,  ///< requirements*.txt, setup.py, setup.cfg, Pipfile
    py_lock,
    // JVM
    pom,
    gradle,           ///< build.gradle(.kts)
    gradle_settings,  ///< settings.gradle(.kts), gradle.properties, *.versions.toml
    jvm_wrapper,      ///< gradlew, mvnw
    app_config,       ///< application*.{yml,yaml,properties}
    jvm_code,
    flyway_sql,   ///< V1__x.sql, B1__x.sql, R__x.sql
    flyway_undo,  ///< U1__x.sql
    flyway_code,  ///< V1__x.java, R__x.kt
    flyway_config,
    // SQL
    sql,
    numbered_sql,
    up_sql,    ///< 1_x.up.sql
    down_sql,  ///< 1_x.down.sql
    dbconfig,  ///< dbconfig.yml (sql-migrate)
    config_toml,
    sqlc,
    sqlproj,
    // Other ecosystems and tools
    go_mod,
    go_code,
    csproj,
    model_snapshot,  ///< *ModelSnapshot.cs
    atlas_sum,
    // What calls a tool or names a database
    ini,
    makefile,  ///< Makefile, Taskfile.yml, justfile
    dockerfile,
    compose,
    shell,
    env_file,
    gitignore,
    venv_mark,       ///< pyvenv.cfg
    generated_mark,  ///< modules.txt, autoload.php, CACHEDIR.TAG: the directory is somebody's output
};

static_assert(static_cast<int>(FileKind::generated_mark) < 64);

constexpr std::uint64_t bit(FileKind kind) {
    return std::uint64_t{1} << static_cast<unsigned>(kind);
}

/// What a file's name says about it. Costs some tens of nanoseconds: it is called for every file of the tree.
FileKind kind_of(std::string_view name);

/// What the walk does with a directory of this name.
enum class Entering : std::uint8_t {
    enter,
    never,           ///< caches, dependencies, version control
    unless_ignored,  ///< often generated, sometimes not: entered unless git ignores it
};

/// `parent` is the name of the directory that holds it (`.nx/cache`).
Entering entering(std::string_view name, std::string_view parent);

/// "migrations", "migration", "migrate", "db-migrations", "sql_migrations", "migration_postgres" ...
bool is_migrations_name(std::string_view name);

/// Length of the run of digits at the start.
std::size_t leading_digits(std::string_view name);

}  // namespace migrate::detection
