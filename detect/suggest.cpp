#include <algorithm>

#include "detect/detect.hpp"
#include "detect/paths.hpp"

namespace migrate {

namespace {

bool depends(const TreeSummary& summary, std::initializer_list<std::string_view> names) {
    return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
        return std::find(summary.dependencies.begin(), summary.dependencies.end(), name) !=
               summary.dependencies.end();
    });
}

/// The directory of the only manifest of a kind; "." where there are several.
std::string place_of(const TreeSummary& summary, std::initializer_list<std::string_view> names) {
    std::string found;
    for (const std::string& manifest : summary.manifests) {
        std::string_view name = name_of_path(manifest);
        if (std::find(names.begin(), names.end(), name) == names.end()) continue;
        std::string directory(parent_of(manifest));
        if (directory == "." || (!found.empty() && found != directory)) return ".";
        found = directory;
    }
    return found.empty() ? "." : found;
}

Suggestion of(Tool tool, std::string path, std::string reason) {
    return {tool, std::move(path), std::move(reason), {"migrate", "init", std::string(to_string(tool))}};
}

}  // namespace

std::optional<Suggestion> suggest(const Scan& scan) {
    if (!scan.units.empty()) return std::nullopt;
    const TreeSummary& summary = scan.summary;
    if (summary.django)
        return of(Tool::django, place_of(summary, {"pyproject.toml", "requirements.txt", "setup.py"}),
                  "the project depends on Django, which brings its own migrations");
    // What the code already uses decides before what its language would suggest.
    if (depends(summary, {"prisma", "@prisma/client"}))
        return of(Tool::prisma, place_of(summary, {"package.json"}), "the project depends on Prisma already");
    if (depends(summary, {"drizzle-orm", "drizzle-kit"}))
        return of(Tool::drizzle, place_of(summary, {"package.json"}),
                  "the project depends on Drizzle already");
    if (depends(summary, {"typeorm"}))
        return of(Tool::typeorm, place_of(summary, {"package.json"}),
                  "the project depends on TypeORM already");
    if (depends(summary, {"sequelize"}))
        return of(Tool::sequelize, place_of(summary, {"package.json"}),
                  "the project depends on Sequelize already");
    if (depends(summary, {"knex", "objection"}))
        return of(Tool::knex, place_of(summary, {"package.json"}), "the project depends on Knex already");
    if (depends(summary, {"mongodb", "mongoose"}))
        return of(Tool::migrate_mongo, place_of(summary, {"package.json"}),
                  "the project keeps its data in MongoDB");
    if (depends(summary, {"sqlalchemy", "sqlmodel", "alembic", "flask-sqlalchemy"}))
        return of(Tool::alembic, place_of(summary, {"pyproject.toml", "requirements.txt", "setup.py"}),
                  "the project uses SQLAlchemy, whose models Alembic compares with the database");
    if (summary.typescript)
        return of(
            Tool::drizzle, place_of(summary, {"package.json"}),
            "a TypeScript project: Drizzle keeps the schema in TypeScript and the migrations in plain SQL");
    if (summary.python)
        return of(Tool::alembic, place_of(summary, {"pyproject.toml", "requirements.txt", "setup.py"}),
                  "a Python project: Alembic is what SQLAlchemy's models are migrated with");
    if (summary.java)
        return of(Tool::flyway, place_of(summary, {"pom.xml", "build.gradle", "build.gradle.kts"}),
                  "a Java project: Flyway runs from Maven, Gradle and the application alike");
    return of(Tool::sql, ".", "plain SQL files need nothing else installed");
}

}  // namespace migrate
