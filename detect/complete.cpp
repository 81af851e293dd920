#include "detect/complete.hpp"

#include <algorithm>
#include <array>

#include "detect/engines.hpp"
#include "detect/go_module.hpp"
#include "detect/js_project.hpp"
#include "detect/jvm_project.hpp"
#include "detect/paths.hpp"
#include "detect/python_project.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

void set_version(Unit& unit, const FoundVersion& found) {
    unit.version_text = found.text.starts_with("==") ? found.text.substr(2) : found.text;
    unit.version_source = found.source;
    if (!found.text.starts_with("managed by")) unit.version = parse_version(found.text);
}

struct Driver {
    std::string_view package;
    Engine engine;
};
constexpr std::array<Driver, 14> kJsDrivers{{{"pg", Engine::postgresql},
                                             {"postgres", Engine::postgresql},
                                             {"@neondatabase/serverless", Engine::postgresql},
                                             {"@vercel/postgres", Engine::postgresql},
                                             {"mysql2", Engine::mysql},
                                             {"mysql", Engine::mysql},
                                             {"@planetscale/database", Engine::mysql},
                                             {"mariadb", Engine::mariadb},
                                             {"better-sqlite3", Engine::sqlite},
                                             {"sqlite3", Engine::sqlite},
                                             {"@libsql/client", Engine::libsql},
                                             {"tedious", Engine::mssql},
                                             {"oracledb", Engine::oracle},
                                             {"mongodb", Engine::mongodb}}};

std::string_view package_of(Tool tool) {
    switch (tool) {
        case Tool::prisma:
            return "prisma";
        case Tool::drizzle:
            return "drizzle-kit";
        case Tool::knex:
            return "knex";
        case Tool::typeorm:
            return "typeorm";
        case Tool::sequelize:
            return "sequelize-cli";
        default:
            return "migrate-mongo";
    }
}

/// Engines by what surrounds the unit, when the tool's own files name none.
void add_engines_around(const Sources& sources, Unit& unit, Tree::Dir root) {
    if (unit.engines.empty()) unit.engines = engines_in_env_files(sources.repo, root);
    if (unit.engines.empty()) unit.engines = engines_in_compose(sources.repo, root);
}

/// Several drivers say what is possible, not what is used: the compose file's only database decides.
void narrow(const Sources& sources, Unit& unit, Tree::Dir root) {
    std::vector<Engine> around = engines_in_compose(sources.repo, root);
    if (around.size() == 1) unit.engines = around;
}

}  // namespace

void complete_javascript(const Sources& sources, Unit& unit) {
    Tree::Dir root = sources.tree.find(unit.root);
    if (root == Tree::none) root = 0;
    JsProject project = js_project(sources.repo, sources.packages, root);
    unit.runner = project.runner;
    if (!project.ambiguity.empty())
        sources.repo.report(project.directory, 0, "config.ambiguous", project.ambiguity, unit.id);
    FoundVersion found = js_version(sources.repo, sources.packages, project, root, package_of(unit.tool));
    if (found.text.empty() && unit.tool == Tool::prisma)
        found = js_version(sources.repo, sources.packages, project, root, "@prisma/client");
    if (found.text.empty() && unit.tool == Tool::drizzle) found = {"", ""};  // drizzle-orm counts differently
    set_version(unit, found);
    if (unit.engines.empty()) {
        for (const Driver& driver : kJsDrivers)
            if (sources.packages.dependency(root, driver.package).first)
                add_engine(unit.engines, driver.engine);
        if (unit.engines.size() > 1) narrow(sources, unit, root);
    }
    add_engines_around(sources, unit, root);
    unit.launch = javascript_launch(sources, unit, project, root);
}

void complete_python(const Sources& sources, Unit& unit) {
    Tree::Dir root = sources.tree.find(unit.root);
    if (root == Tree::none) root = 0;
    PythonProject project = python_project(sources.repo, root);
    unit.runner = project.runner;
    set_version(
        unit, python_version(sources.repo, project, root, unit.tool == Tool::django ? "django" : "alembic"));
    if (unit.engines.empty()) {
        unit.engines = engines_in_text(python_requirements(sources.repo, root));
        if (unit.engines.size() > 1) narrow(sources, unit, root);
    }
    add_engines_around(sources, unit, root);
    if (unit.tool == Tool::django) {
        if (unit.config.ends_with("manage.py"))
            unit.launch = python_script(sources.repo, project, root, "manage.py");
        else
            unit.launch = python_module(sources.repo, project, root, "django");
    } else if (unit.style == "flask-migrate") {
        unit.launch = unit.how_run == HowRun::wrapper
                          ? python_script(sources.repo, project, root, "manage.py")
                          : python_module(sources.repo, project, root, "flask");
        if (unit.launch.front() == "python3" && unit.how_run != HowRun::wrapper) unit.launch = {"flask"};
        unit.launch.push_back("db");
    } else {
        unit.launch = python_module(sources.repo, project, root, "alembic");
        if (unit.style == "section") {
            unit.launch.push_back("-n");
            unit.launch.push_back(unit.id.substr(unit.id.rfind('#') + 1));
        }
    }
}

void complete_flyway(const Sources& sources, Unit& unit) {
    Tree::Dir root = sources.tree.find(unit.root);
    if (root == Tree::none) root = 0;
    JvmProject project = jvm_project(sources.repo, root);
    unit.runner = project.runner;
    set_version(unit, flyway_version(sources.repo, root));
    bool plugin = false;
    for (const Evidence& one : unit.evidence)
        plugin = plugin || one.signal == row_of(Signal::flyway_plugin).name;
    std::string_view config = name_of_path(unit.config);
    bool own_config = config.ends_with(".conf") || (config.ends_with(".toml") && contains(config, "flyway"));
    if (unit.style.empty() && unit.how_run != HowRun::programmatic)
        unit.style = own_config || !plugin ? "cli" : project.gradle ? "gradle" : "maven";
    bool build = unit.style == "gradle" || unit.style == "maven";
    unit.launch = build ? build_launch(sources.repo, project, root) : std::vector<std::string>{"flyway"};
    if (unit.engines.empty() && !unit.config.empty())
        unit.engines = engines_in_text(sources.repo.text(unit.config));
    if (unit.engines.empty())
        for (const std::string& file : build_files(sources.repo, root)) {
            const std::string& text = sources.repo.text(file);
            for (std::string_view word : {"flyway-database-postgresql", "flyway-mysql", "flyway-sqlserver",
                                          "flyway-database-oracle", "flyway-database-mongodb"})
                if (contains(text, word)) add_engine(unit.engines, engine_in_name(word));
            if (unit.engines.empty()) unit.engines = engines_in_text(text);
            if (!unit.engines.empty()) break;
        }
    add_engines_around(sources, unit, root);
}

void complete_sql(const Sources& sources, Unit& unit) {
    Tree::Dir dir = sources.tree.find(unit.migrations.empty() ? unit.root : unit.migrations.front().path);
    if (dir == Tree::none) dir = sources.tree.find(unit.root);
    if (dir == Tree::none) dir = 0;
    std::string go = go_module_file(sources.repo, dir);
    const Package* package = sources.packages.nearest(dir);
    // The nearest manifest of any ecosystem says who runs it.
    bool javascript = package && (go.empty() || package->path.size() > parent_of(go).size());
    PythonProject python = python_project(sources.repo, dir);
    if (unit.style == "supabase" && package) javascript = true;
    if (javascript)
        unit.runner = js_project(sources.repo, sources.packages, package->dir).runner;
    else if (!go.empty())
        unit.runner = "go";
    else
        unit.runner = python.runner;
    for (auto [style, module] : {std::pair{"goose", "github.com/pressly/goose"},
                                 std::pair{"sql-migrate", "github.com/rubenv/sql-migrate"},
                                 std::pair{"golang-migrate", "github.com/golang-migrate/migrate"},
                                 std::pair{"dbmate", "github.com/amacneil/dbmate"}})
        if (unit.style == style && !go.empty()) set_version(unit, go_version(sources.repo, go, module));
    if (unit.engines.empty() && !go.empty()) unit.engines = engines_in_text(sources.repo.text(go));
    if (unit.engines.empty() && javascript)
        for (const Driver& driver : kJsDrivers)
            if (sources.packages.dependency(package->dir, driver.package).first)
                add_engine(unit.engines, driver.engine);
    add_engines_around(sources, unit, dir);
    // The statements are executed through the linked clients.
    bool ours = std::any_of(unit.engines.begin(), unit.engines.end(), [](Engine engine) {
        return engine == Engine::postgresql || engine == Engine::mysql || engine == Engine::mariadb ||
               engine == Engine::sqlite || engine == Engine::cockroachdb;
    });
    if (!unit.engines.empty() && !ours && unit.how_run == HowRun::cli) unit.how_run = HowRun::manual;
}

void complete(const Sources& sources, Unit& unit) {
    switch (ecosystem_of(unit.tool)) {
        case Ecosystem::javascript:
            complete_javascript(sources, unit);
            break;
        case Ecosystem::python:
            complete_python(sources, unit);
            break;
        case Ecosystem::java:
            complete_flyway(sources, unit);
            break;
        case Ecosystem::none:
            complete_sql(sources, unit);
            break;
    }
}

}  // namespace migrate::detection
