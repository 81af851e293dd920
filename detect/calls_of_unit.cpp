// Which lines of the repository run a unit's tool, and what that says about how it is run.
#include <algorithm>
#include <array>

#include "detect/complete.hpp"
#include "detect/js_project.hpp"
#include "detect/paths.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

/// The words under which a tool is called, and those that apply migrations.
struct Words {
    std::vector<std::string_view> programs;
    std::vector<std::string_view> apply;
};

Words words_of(const Unit& unit) {
    switch (unit.tool) {
        case Tool::prisma:
            return {{"prisma"}, {"migrate deploy", "migrate dev"}};
        case Tool::drizzle:
            return {{"drizzle-kit"}, {"drizzle-kit migrate"}};
        case Tool::knex:
            return {{"knex"}, {"migrate:latest", "migrate:up"}};
        case Tool::typeorm:
            return {{"typeorm"}, {"migration:run", "migrations:run"}};
        case Tool::sequelize:
            return {{"sequelize", "sequelize-cli"}, {"db:migrate"}};
        case Tool::migrate_mongo:
            return {{"migrate-mongo"}, {"migrate-mongo up", " up"}};
        case Tool::alembic:
            if (unit.style == "flask-migrate") return {{"flask", "manage.py"}, {"db upgrade"}};
            return {{"alembic"}, {"upgrade"}};
        case Tool::django:
            return {{"manage.py"}, {"manage.py migrate", "migrate"}};
        case Tool::flyway:
            return {{"flyway", "flyway:migrate", "flywayMigrate"}, {"migrate", "Migrate"}};
        case Tool::sql:
            if (unit.style == "golang-migrate")
                return {{"migrate -path", "migrate -source", "migrate -database"}, {" up"}};
            if (unit.style == "supabase") return {{"supabase"}, {"migration up", "db push", "db reset"}};
            if (unit.style == "plain" || unit.style == "up-down" || unit.style.empty()) return {};
            return {{unit.style}, {" up"}};
    }
    return {};
}

/// Whether a call is about this unit: it stands in the unit's package or directory, or names one of its
/// paths.
bool concerns(const Sources& sources, const Unit& unit, const Call& call) {
    if (call.package) {
        if (call.package->path == unit.root) return true;
        const Package* own = sources.packages.nearest(sources.tree.find(unit.root));
        if (own && own->dir == call.package->dir) return true;
    } else if (is_within(sources.tree.path(call.dir), unit.root)) {
        return true;
    }
    auto names = [&](std::string_view path) {
        return path.size() > 1 && (contains(call.text, path) ||
                                   contains(call.text, relative_to(path, sources.tree.path(call.dir))));
    };
    if (unit.root != "." && names(unit.root)) return true;
    if (!unit.config.empty() && names(unit.config)) return true;
    return std::any_of(unit.migrations.begin(), unit.migrations.end(),
                       [&](const MigrationsDir& dir) { return names(dir.path); });
}

bool is_about_variant(const Unit& unit, const Call& call) {
    // Several units in one package are told apart by the configuration that the call names.
    if (unit.id.find('#') == std::string::npos || unit.config.empty()) return true;
    return contains(call.text, name_of_path(unit.config)) || !contains(call.text, "config");
}

/// Whether a call names one of the unit's own directories, as it is seen from the unit's root.
bool names_directory(const Unit& unit, const Call& call) {
    return std::any_of(unit.migrations.begin(), unit.migrations.end(), [&](const MigrationsDir& dir) {
        std::string below = relative_to(dir.path, unit.root);
        return below != "." && has_word(call.text, below);
    });
}

/// Smaller is better: applying before anything else, production before development.
int rank_of(const Call& call, const Words& words) {
    int rank = 10;
    for (std::size_t at = 0; at < words.apply.size(); ++at)
        if (contains(call.text, words.apply[at])) {
            rank = static_cast<int>(at);
            break;
        }
    if (contains_any(call.name, {"test", "e2e", "reset", "docker", "clean", "drop"})) rank += 5;
    if (contains_any(call.name, {"revert", "down", "undo", "rollback", "generate", "create", "status"}))
        rank += 20;
    return rank;
}

/// A package script that migrates without calling the tool: `tsx src/migrate.ts`, `yarn cli db migrate`.
const std::pair<std::string, std::string>* own_script(const Manifest& manifest, const Words& words) {
    for (const auto& script : manifest.scripts) {
        std::string name = lowercase(script.first);
        bool telling = false;
        for (std::string_view known :
             {"migrate", "db:migrate", "migrate:up", "migrate:latest", "migration:run", "migrations:run",
              "db:migrate:deploy", "migrate:deploy", "migrate:run", "db:migrations:run", "migrate:prod",
              "migration:up", "db:migrate:up", "migration:apply", "migrate-db", "db-migrate",
              "migrations:up"})
            telling = telling || name == known;
        if (!telling) continue;
        bool calls = std::any_of(words.programs.begin(), words.programs.end(),
                                 [&](std::string_view program) { return has_word(script.second, program); });
        if (!calls) return &script;
    }
    return nullptr;
}

/// A line of a shell script or Dockerfile without what surrounds the command: `RUN `, `COMMAND="..."`, `- `.
std::string plain_command(std::string_view line) {
    for (std::string_view before : {"RUN ", "CMD ", "ENTRYPOINT ", "- ", "command: ", "exec ", "eval ", "@"})
        if (line.starts_with(before)) line = trim(line.substr(before.size()));
    std::size_t sign = line.find('=');
    if (sign != std::string_view::npos && sign + 1 < line.size() && line[sign + 1] == '"' &&
        line.ends_with('"') && line.find(' ') > sign)
        line = line.substr(sign + 2, line.size() - sign - 3);
    return std::string(line);
}

std::string command_of(const Sources& sources, const Call& call) {
    if (call.package) {
        JsProject project = js_project(sources.repo, sources.packages, call.package->dir);
        return run_script(project, call.name);
    }
    if (call.make && !call.name.empty()) {
        std::string file = lowercase(name_of_path(call.path));
        std::string_view program = file.starts_with("taskfile") ? "task"
                                   : file.starts_with("just")   ? "just"
                                                                : "make";
        return std::string(program) + ' ' + call.name;
    }
    return call.text.size() <= 200 ? plain_command(call.text) : "";
}

}  // namespace

void add_calls(const Sources& sources, Unit& unit) {
    Words words = words_of(unit);
    if (words.programs.empty()) return;
    std::vector<const Call*> own;
    for (std::string_view program : words.programs) {
        for (const std::vector<Call>* list : {&sources.calls.scripts(program), &sources.calls.lines(program)})
            for (const Call& call : *list)
                if (concerns(sources, unit, call) && is_about_variant(unit, call)) own.push_back(&call);
    }
    // Of a script that serves several histories only the lines for this one count.
    if (std::any_of(own.begin(), own.end(), [&](const Call* call) { return names_directory(unit, *call); }) &&
        unit.id.find('#') != std::string::npos)
        std::erase_if(own, [&](const Call* call) { return !names_directory(unit, *call); });
    std::stable_sort(own.begin(), own.end(), [&](const Call* a, const Call* b) {
        auto key = [&](const Call* call) {
            return std::pair(rank_of(*call, words), call->package ? 0 : call->make ? 1 : 2);
        };
        return key(a) < key(b);
    });
    bool applies = !own.empty() && rank_of(*own.front(), words) < 10;
    std::string_view called = row_of(Signal::called).name;
    bool known = std::any_of(unit.evidence.begin(), unit.evidence.end(),
                             [&](const Evidence& one) { return one.signal == called; });
    if (!own.empty() && !known)
        unit.evidence.push_back(
            {own.front()->path, own.front()->line, std::string(called), row_of(Signal::called).weight});
    if (applies && unit.project_command.empty()) unit.project_command = command_of(sources, *own.front());
    if (ecosystem_of(unit.tool) != Ecosystem::javascript || (applies && own.front()->package)) return;
    // Nothing calls the tool's own command: a script of the project may do it in its own way.
    const Package* package = sources.packages.at(sources.tree.find(unit.root));
    if (!package || !package->mentions("migrat")) return;
    const auto* script = own_script(sources.packages.manifest(*package), words);
    if (!script) return;
    JsProject project = js_project(sources.repo, sources.packages, package->dir);
    unit.project_command = run_script(project, script->first);
    if (unit.how_run == HowRun::cli || unit.how_run == HowRun::programmatic) unit.how_run = HowRun::wrapper;
}

}  // namespace migrate::detection
