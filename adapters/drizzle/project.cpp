#include "adapters/drizzle/project.hpp"

#include <algorithm>
#include <chrono>

#include "adapters/support/js_config.hpp"
#include "base/files.hpp"

namespace migrate::drizzle {

namespace fs = std::filesystem;

namespace {

std::string normal(const fs::path& path) {
    std::string text = path.lexically_normal().generic_string();
    while (text.size() > 1 && text.ends_with('/')) text.pop_back();
    return text.empty() ? "." : text;
}

bool digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int number(std::string_view text) {
    int value = 0;
    for (char c : text) value = value * 10 + (c - '0');
    return value;
}

/// The engine of a dialect (0.21 and later) or of a driver (0.20).
std::optional<Engine> engine_of(std::string_view dialect, std::string_view driver) {
    if (dialect == "turso") return Engine::libsql;
    if (dialect == "singlestore") return Engine::mysql;
    if (!dialect.empty()) return engine_from(dialect);
    if (driver == "mysql2") return Engine::mysql;
    if (driver == "turso" || driver == "libsql") return Engine::libsql;
    if (driver == "better-sqlite" || driver == "d1" || driver == "expo") return Engine::sqlite;
    return engine_from(driver);
}

void find_config(Project& project, const Unit& unit, const fs::path& root) {
    std::string by_default;
    // The only three names that drizzle-kit looks for, in this order (0.31.11, 1.0.0-rc.5).
    for (auto name : {"drizzle.config.ts", "drizzle.config.js", "drizzle.config.json"}) {
        std::error_code ignored;
        if (!fs::is_regular_file(root / unit.root / name, ignored)) continue;
        by_default = normal(fs::path(unit.root) / name);
        break;
    }
    project.config = unit.config.empty() ? by_default : normal(unit.config);
    project.config_is_default = project.config == by_default;
}

}  // namespace

Layout layout_of(const fs::path& directory) {
    std::error_code ignored;
    if (fs::is_regular_file(directory / "meta" / "_journal.json", ignored)) return Layout::journal;
    for (const auto& name : list_directory(directory))
        if (fs::is_regular_file(directory / name / "migration.sql", ignored)) return Layout::folders;
    return Layout::none;
}

bool is_folder_name(std::string_view name) {
    return name.size() > 15 && digits(name.substr(0, 14)) && name[14] == '_';
}

std::string milliseconds_of(std::string_view name) {
    using namespace std::chrono;
    if (name.size() < 14 || !digits(name.substr(0, 14))) return "";
    year_month_day day{year{number(name.substr(0, 4))},
                       month{static_cast<unsigned>(number(name.substr(4, 2)))},
                       std::chrono::day{static_cast<unsigned>(number(name.substr(6, 2)))}};
    int hour = number(name.substr(8, 2)), minute = number(name.substr(10, 2)),
        second = number(name.substr(12, 2));
    if (!day.ok() || hour > 23 || minute > 59 || second > 60) return "";
    auto at = sys_days{day}.time_since_epoch() + hours{hour} + minutes{minute} + seconds{second};
    return std::to_string(duration_cast<milliseconds>(at).count());
}

std::string old_dialect(const Project& project) {
    switch (project.engine.value_or(Engine::postgresql)) {
        case Engine::mysql:
        case Engine::mariadb:
            return "mysql";
        case Engine::sqlite:
        case Engine::libsql:
            return "sqlite";
        default:
            return "pg";
    }
}

Version version_of(const Unit& unit, const Project& project) {
    if (unit.version) return *unit.version;
    return project.layout == Layout::folders ? Version{1, 0, 0} : Version{0, 31, 0};
}

Project read_project(const Unit& unit, const fs::path& root) {
    Project project;
    find_config(project, unit, root);
    std::string out;
    if (auto text = project.config.empty() ? std::nullopt : read_file(root / project.config, 1u << 20)) {
        js::Module module;
        if (project.config.ends_with(".json"))
            module.exported = js::parse_value(*text);
        else
            module = js::parse_module(*text);
        const js::Value* exported = module.exported ? &js::resolve(module, *module.exported) : nullptr;
        project.readable = exported && exported->object();
        if (!project.readable) {
            project.why = exported ? "the configuration is " + js::describe(module, *exported)
                                   : "the configuration exports nothing that can be read";
            project.line = exported ? exported->line : 0;
        } else {
            auto at = [&](std::string_view path, std::string& into) {
                const js::Value* value = js::at_path(module, *exported, path);
                if (auto known = value ? js::static_text(module, *value) : std::nullopt) into = *known;
            };
            project.line = exported->line;
            at("out", out);
            at("dialect", project.dialect);
            at("driver", project.driver);
            at("migrations.table", project.table);
            at("migrations.schema", project.schema);
            at("migrations.prefix", project.prefix);
        }
    }
    project.engine = engine_of(project.dialect, project.driver);
    if (!project.engine && !unit.engines.empty()) project.engine = unit.engines.front();
    // `out` is relative to where drizzle-kit runs, not to its configuration.
    if (!unit.migrations.empty())
        project.out = normal(unit.migrations.front().path);
    else
        project.out = normal(fs::path(unit.root) / (out.empty() ? "drizzle" : out));
    project.layout = layout_of(root / project.out);
    return project;
}

}  // namespace migrate::drizzle
