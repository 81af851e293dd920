#include <algorithm>

#include "detect/detect.hpp"
#include "detect/paths.hpp"

namespace migrate::detection {

namespace {

using Names = std::vector<std::string_view>;

const Names& python_manifests() {
    static const Names names{"pyproject.toml", "requirements.txt", "setup.py", "Pipfile"};
    return names;
}

const Names& java_manifests() {
    static const Names names{"pom.xml", "build.gradle", "build.gradle.kts"};
    return names;
}

bool depends(const TreeSummary& summary, const Names& names) {
    return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
        return std::find(summary.dependencies.begin(), summary.dependencies.end(), name) !=
               summary.dependencies.end();
    });
}

/// The directory of the only manifest of a kind; "." where there are several.
std::string place_of(const TreeSummary& summary, const Names& names) {
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

/// How deep the shallowest manifest of a kind lies; -1 where there is none.
int depth_of(const TreeSummary& summary, const Names& names) {
    int least = -1;
    for (const std::string& manifest : summary.manifests) {
        if (std::find(names.begin(), names.end(), name_of_path(manifest)) == names.end()) continue;
        int depth = static_cast<int>(std::count(manifest.begin(), manifest.end(), '/'));
        if (least < 0 || depth < least) least = depth;
    }
    return least;
}

Suggestion by_dependency(const TreeSummary& summary, bool& found) {
    struct Row {
        Names packages;
        Tool tool;
        std::string_view reason;
    };
    static const Row kRows[] = {
        {{"prisma", "@prisma/client"}, Tool::prisma, "the project depends on Prisma already"},
        {{"drizzle-orm", "drizzle-kit"}, Tool::drizzle, "the project depends on Drizzle already"},
        {{"typeorm"}, Tool::typeorm, "the project depends on TypeORM already"},
        {{"sequelize"}, Tool::sequelize, "the project depends on Sequelize already"},
        {{"knex", "objection"}, Tool::knex, "the project depends on Knex already"},
        {{"mongodb", "mongoose"}, Tool::migrate_mongo, "the project keeps its data in MongoDB"},
        {{"sqlalchemy", "sqlmodel", "alembic", "flask-sqlalchemy"},
         Tool::alembic,
         "the project uses SQLAlchemy, whose models Alembic compares with the database"},
    };
    for (const Row& row : kRows) {
        if (!depends(summary, row.packages)) continue;
        found = true;
        return of(row.tool,
                  row.tool == Tool::alembic ? place_of(summary, python_manifests())
                                            : place_of(summary, {"package.json"}),
                  std::string(row.reason));
    }
    found = false;
    return {};
}

Suggestion by_language(const TreeSummary& summary) {
    // The language of the outermost manifest is the project's; a web interface in a subdirectory is not.
    int javascript = depth_of(summary, {"package.json"});
    int python = depth_of(summary, python_manifests());
    int java = depth_of(summary, java_manifests());
    int go = depth_of(summary, {"go.mod"});
    auto outermost = [&](int own) {
        if (own < 0) return false;
        for (int other : {javascript, python, java, go})
            if (other >= 0 && other < own) return false;
        return true;
    };
    if (outermost(go))
        return of(Tool::sql, ".", "a Go project: plain SQL files need no other language's runtime");
    if (summary.typescript && outermost(javascript))
        return of(
            Tool::drizzle, place_of(summary, {"package.json"}),
            "a TypeScript project: Drizzle keeps the schema in TypeScript and the migrations in plain SQL");
    if (outermost(python))
        return of(Tool::alembic, place_of(summary, python_manifests()),
                  "a Python project: Alembic is what SQLAlchemy's models are migrated with");
    if (outermost(java))
        return of(Tool::flyway, place_of(summary, java_manifests()),
                  "a Java project: Flyway runs from Maven, Gradle and the application alike");
    return of(Tool::sql, ".", "plain SQL files need nothing else installed");
}

}  // namespace

}  // namespace migrate::detection

namespace migrate {

using namespace detection;

std::optional<Suggestion> suggest(const Scan& scan) {
    if (!scan.units.empty()) return std::nullopt;
    const TreeSummary& summary = scan.summary;
    bool found = false;
    Suggestion suggestion;
    if (!scan.possible.empty()) {
        const Unit& half = scan.possible.front();
        suggestion = of(half.tool, half.root,
                        (half.config.empty() ? half.root : half.config) +
                            " speaks of it, though too little of it is there to be a unit");
    } else if (summary.django)
        suggestion = of(Tool::django, place_of(summary, python_manifests()),
                        "the project depends on Django, which brings its own migrations");
    else
        suggestion = by_dependency(summary, found);
    if (scan.possible.empty() && !summary.django && !found) suggestion = by_language(summary);
    if (!summary.already.empty())
        suggestion.reason +=
            "; it migrates with " + summary.already + " so far, which this program does not drive";
    if (suggestion.path != ".") {
        suggestion.argv.push_back("--path");
        suggestion.argv.push_back(suggestion.path);
    }
    return suggestion;
}

}  // namespace migrate
