#include "detect/summary.hpp"

#include <algorithm>

#include "detect/engines.hpp"
#include "detect/paths.hpp"
#include "detect/python_project.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

constexpr std::string_view kDatabasePackages[] = {
    "pg",      "postgres", "mysql2",      "mysql",       "better-sqlite3", "sqlite3",        "@libsql/client",
    "mongodb", "mongoose", "drizzle-orm", "drizzle-kit", "prisma",         "@prisma/client", "knex",
    "kysely",  "typeorm",  "sequelize",   "objection",   "@mikro-orm/core"};
constexpr std::string_view kPythonPackages[] = {"sqlalchemy", "sqlmodel", "alembic", "psycopg",
                                                "psycopg2",   "asyncpg",  "django",  "flask-sqlalchemy"};

/// Programs with a history of their own that this one does not drive.
constexpr std::string_view kForeign[] = {
    "db-migrate",          "node-pg-migrate",  "@mikro-orm/migrations", "umzug",
    "postgres-migrations", "graphile-migrate", "knex-migrator",         "east"};

void add_once(std::vector<std::string>& list, std::string_view item) {
    if (std::find(list.begin(), list.end(), item) == list.end()) list.emplace_back(item);
}

}  // namespace

TreeSummary summarise(const Sources& sources, bool thorough) {
    TreeSummary summary;
    const Tree& tree = sources.tree;
    summary.files = tree.file_count();
    summary.directories = tree.directory_count();
    struct Known {
        FileKind kind;
        bool TreeSummary::*flag;
    };
    for (auto [kind, flag] :
         {Known{FileKind::package_json, &TreeSummary::javascript},
          Known{FileKind::tsconfig, &TreeSummary::typescript},
          Known{FileKind::pyproject, &TreeSummary::python},
          Known{FileKind::requirements, &TreeSummary::python}, Known{FileKind::pom, &TreeSummary::java},
          Known{FileKind::gradle, &TreeSummary::java}, Known{FileKind::go_mod, &TreeSummary::go}}) {
        for (Tree::Place place : tree.of_kind(kind)) {
            std::string path = tree.path(place);
            if (is_hidden_path(path)) continue;
            summary.*flag = true;
            if (kind != FileKind::tsconfig) summary.manifests.push_back(std::move(path));
        }
    }
    std::sort(summary.manifests.begin(), summary.manifests.end());
    if (!thorough) return summary;
    for (const Package& package : sources.packages.all()) {
        if (is_hidden_path(package.path)) continue;
        for (std::string_view name : kDatabasePackages)
            if (sources.packages.depends(package, name)) add_once(summary.dependencies, name);
        if (sources.packages.depends(package, "typescript")) summary.typescript = true;
        for (std::string_view name : kForeign)
            if (summary.already.empty() && sources.packages.depends(package, name)) summary.already = name;
    }
    if (summary.python) {
        for (const std::string& manifest : summary.manifests) {
            std::string_view name = name_of_path(manifest);
            if (!name.ends_with(".toml") && !name.ends_with(".txt") && name != "Pipfile" &&
                !name.starts_with("setup"))
                continue;
            std::string text = lowercase(sources.repo.text(manifest));
            for (std::string_view package : kPythonPackages)
                if (has_word(text, package)) add_once(summary.dependencies, package);
        }
        summary.django = std::find(summary.dependencies.begin(), summary.dependencies.end(), "django") !=
                         summary.dependencies.end();
    }
    for (const std::string& manifest : summary.manifests)
        if (summary.java && summary.already.empty() &&
            (manifest.ends_with("pom.xml") || contains(manifest, "build.gradle")) &&
            contains(sources.repo.text(manifest), "liquibase"))
            summary.already = "liquibase";
    summary.engines = engines_in_compose(sources.repo, 0);
    return summary;
}

}  // namespace migrate::detection
