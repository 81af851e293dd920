#include "detect/names.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

namespace migrate::detection {

namespace {

/// Up to eight characters as a number, so that extensions can be told apart with a switch.
constexpr std::uint64_t packed(std::string_view text) {
    std::uint64_t value = 0;
    if (text.size() > 8) return value;
    for (char c : text) value = value << 8 | static_cast<unsigned char>(c);
    return value;
}

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool contains_word(std::string_view name, std::string_view word) {
    return std::search(name.begin(), name.end(), word.begin(), word.end(),
                       [](char a, char b) { return lower(a) == b; }) != name.end();
}

/// Flyway: a prefix letter, for versions digits with dots or underscores, two underscores, a description.
FileKind flyway_kind(std::string_view name, bool code) {
    char prefix = name[0];
    std::size_t at = 1;
    if (prefix != 'R') {
        if (at >= name.size() || !is_digit(name[at])) return FileKind::other;
        while (at < name.size() &&
               (is_digit(name[at]) || name[at] == '.' ||
                (name[at] == '_' && at + 1 < name.size() && is_digit(name[at + 1]) && name[at - 1] != '_')))
            ++at;
    }
    if (name.substr(at, 2) != "__") return FileKind::other;
    if (code) return FileKind::flyway_code;
    return prefix == 'U' ? FileKind::flyway_undo : FileKind::flyway_sql;
}

FileKind sql_kind(std::string_view name) {
    if (name[0] == 'V' || name[0] == 'B' || name[0] == 'R' || name[0] == 'U') {
        FileKind flyway = flyway_kind(name, false);
        if (flyway != FileKind::other) return flyway;
    }
    if (name == "migration.sql") return FileKind::migration_sql;
    if (!is_digit(name[0])) return FileKind::sql;
    if (name.ends_with(".up.sql")) return FileKind::up_sql;
    if (name.ends_with(".down.sql")) return FileKind::down_sql;
    return FileKind::numbered_sql;
}

/// `*.config.ts` of programs that nobody mistakes for a migration tool. Only saves opening them.
bool is_foreign_config(std::string_view name) {
    static constexpr std::array<std::string_view, 34> kPrograms{
        "astro.",  "babel.",      "commitlint.", "cypress.",  "docusaurus.",  "esbuild.", "eslint.",
        "expo.",   "jest.",       "karma.",      "knip.",     "lint-staged.", "metro.",   "next.",
        "nuxt.",   "playwright.", "postcss.",    "prettier.", "release.",     "remix.",   "rollup.",
        "svelte.", "tailwind.",   "tsdown.",     "tsup.",     "uno.",         "vite.",    "vitest.",
        "vue.",    "webpack.",    "wdio.",       "turbo.",    "i18n.",        "sentry."};
    return std::any_of(kPrograms.begin(), kPrograms.end(),
                       [&](std::string_view program) { return name.starts_with(program); });
}

/// "typeorm.ts", "typeorm.config.ts", "TypeOrmModule.ts"; not the entities and repositories that carry the
/// library in their name.
bool is_typeorm_setup(std::string_view stem) {
    constexpr std::string_view kWord = "typeorm";
    if (!contains_word(stem, kWord)) return false;
    if (stem.size() == kWord.size()) return true;
    for (std::string_view word : {"repository", "entity"})
        if (contains_word(stem, word)) return false;
    if (char next = stem[kWord.size()];
        contains_word(stem.substr(0, kWord.size()), kWord) && (next == '.' || next == '-' || next == '_'))
        return true;
    for (std::string_view word : {"config", "connection", "migration", "cli", "option", "module", "setup"})
        if (contains_word(stem, word)) return true;
    return stem.ends_with(".typeorm") || stem.ends_with("-typeorm") || stem.ends_with("_typeorm");
}

FileKind js_kind(std::string_view name, std::string_view stem) {
    if (leading_digits(name) >= 8 && !stem.ends_with(".d") && !stem.ends_with(".spec") &&
        !stem.ends_with(".test"))
        return FileKind::numbered_js;
    switch (lower(name[0])) {
        case 'k':
            if (name.starts_with("knexfile")) return FileKind::knexfile;
            break;
        case 'm':
            if (stem == "migrate-mongo-config") return FileKind::mongo_config;
            break;
        case 'p':
            if (stem == "prisma.config" || stem == "prisma7.config") return FileKind::prisma_config;
            break;
        default:
            break;
    }
    if (stem.ends_with(".test") || stem.ends_with(".spec") || stem.ends_with(".d")) return FileKind::js;
    if (contains_word(stem, "ormconfig") || contains_word(stem, "datasource") ||
        contains_word(stem, "data-source") || contains_word(stem, "data.source") ||
        contains_word(stem, "data_source") || is_typeorm_setup(stem))
        return FileKind::data_source;
    if (contains_word(stem, "drizzle")) return FileKind::js_config;
    if (stem.ends_with(".config") && !is_foreign_config(name)) return FileKind::js_config;
    return FileKind::js;
}

FileKind json_kind(std::string_view name) {
    if (name == "package.json") return FileKind::package_json;
    if (name == "package-lock.json" || name == "npm-shrinkwrap.json") return FileKind::js_lock;
    if (name == "_journal.json") return FileKind::journal;
    if (name == "project.json") return FileKind::project_json;
    if (name.starts_with("tsconfig")) return FileKind::tsconfig;
    if (name.starts_with("drizzle")) return FileKind::js_config;
    if (name == "ormconfig.json") return FileKind::data_source;
    if (name == "sqlc.json") return FileKind::sqlc;
    return FileKind::other;
}

FileKind yaml_kind(std::string_view name) {
    switch (name[0]) {
        case 'a':
            if (name.starts_with("application")) return FileKind::app_config;
            break;
        case 'c':
            if (name.starts_with("compose")) return FileKind::compose;
            break;
        case 'd':
            if (name.starts_with("docker-compose")) return FileKind::compose;
            if (name.starts_with("dbconfig.")) return FileKind::dbconfig;
            break;
        case 'o':
            if (name.starts_with("ormconfig.")) return FileKind::data_source;
            break;
        case 'p':
            if (name == "pnpm-lock.yaml") return FileKind::js_lock;
            if (name == "pnpm-workspace.yaml") return FileKind::pnpm_workspace;
            break;
        case 's':
            if (name.starts_with("sqlc.")) return FileKind::sqlc;
            break;
        case 'T':
        case 't':
            if (name.substr(1).starts_with("askfile.")) return FileKind::makefile;
            break;
        default:
            break;
    }
    return FileKind::other;
}

FileKind toml_kind(std::string_view name) {
    if (name == "migration_lock.toml") return FileKind::prisma_lock;
    if (name == "pyproject.toml") return FileKind::pyproject;
    if (name == "config.toml") return FileKind::config_toml;
    if (name.starts_with("flyway") || name.ends_with(".flyway.toml")) return FileKind::flyway_config;
    if (name.ends_with(".versions.toml")) return FileKind::gradle_settings;
    return FileKind::other;
}

FileKind python_kind(std::string_view name) {
    if (name == "env.py") return FileKind::env_py;
    if (name == "manage.py") return FileKind::manage_py;
    if (name == "setup.py") return FileKind::requirements;
    if (leading_digits(name) == 4 && name.size() > 5 && name[4] == '_') return FileKind::numbered_py;
    return FileKind::python;
}

/// Names without an extension that the switch below knows, and dot files.
FileKind plain_kind(std::string_view name) {
    switch (name[0]) {
        case '.':
            if (name == ".sequelizerc") return FileKind::sequelizerc;
            if (name == ".gitignore") return FileKind::gitignore;
            if (name.starts_with(".env")) return FileKind::env_file;
            break;
        case 'C':
            if (name == "CACHEDIR.TAG") return FileKind::generated_mark;
            if (name.starts_with("Containerfile")) return FileKind::dockerfile;
            break;
        case 'D':
        case 'd':
            if (name.substr(1).starts_with("ockerfile")) return FileKind::dockerfile;
            break;
        case 'M':
        case 'm':
            if (name == "mvnw") return FileKind::jvm_wrapper;
            if (name.substr(1) == "akefile") return FileKind::makefile;
            break;
        case 'g':
            if (name == "gradlew") return FileKind::jvm_wrapper;
            break;
        case 'J':
        case 'j':
            if (name.substr(1) == "ustfile") return FileKind::makefile;
            break;
        case 'P':
            if (name == "Pipfile") return FileKind::requirements;
            break;
        default:
            break;
    }
    return FileKind::other;
}

}  // namespace

std::size_t leading_digits(std::string_view name) {
    std::size_t count = 0;
    while (count < name.size() && is_digit(name[count])) ++count;
    return count;
}

FileKind kind_of(std::string_view name) {
    if (name.empty()) return FileKind::other;
    std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return plain_kind(name);
    std::string_view stem = name.substr(0, dot);
    switch (packed(name.substr(dot + 1))) {
        case packed("ts"):
        case packed("js"):
        case packed("mjs"):
        case packed("cjs"):
        case packed("mts"):
        case packed("cts"):
            return js_kind(name, stem);
        case packed("sql"):
            return sql_kind(name);
        case packed("py"):
            return python_kind(name);
        case packed("json"):
            return json_kind(name);
        case packed("yml"):
        case packed("yaml"):
            return yaml_kind(name);
        case packed("toml"):
            return toml_kind(name);
        case packed("prisma"):
            return FileKind::prisma_schema;
        case packed("go"):
            return FileKind::go_code;
        case packed("java"):
        case packed("kt"):
            if (name[0] == 'V' || name[0] == 'R' || name[0] == 'B')
                if (flyway_kind(name, true) != FileKind::other) return FileKind::flyway_code;
            return FileKind::jvm_code;
        case packed("ini"):
            return FileKind::ini;
        case packed("mako"):
            return name == "script.py.mako" ? FileKind::script_mako : FileKind::other;
        case packed("xml"):
            return name == "pom.xml" ? FileKind::pom : FileKind::other;
        case packed("gradle"):
        case packed("kts"):
            if (name.starts_with("build.gradle")) return FileKind::gradle;
            if (name.starts_with("settings.gradle")) return FileKind::gradle_settings;
            return name.ends_with(".gradle") ? FileKind::gradle : FileKind::other;
        case packed("lock"):
            if (name == "yarn.lock" || name == "bun.lock") return FileKind::js_lock;
            if (name == "uv.lock" || name == "poetry.lock" || name == "pdm.lock" || name == "Pipfile.lock")
                return FileKind::py_lock;
            return FileKind::other;
        case packed("lockb"):
            return name == "bun.lockb" ? FileKind::js_lock : FileKind::other;
        case packed("txt"):
            if (name == "modules.txt") return FileKind::generated_mark;
            return contains_word(name, "requirements") ? FileKind::requirements : FileKind::other;
        case packed("cfg"):
            if (name == "setup.cfg") return FileKind::requirements;
            return name == "pyvenv.cfg" ? FileKind::venv_mark : FileKind::other;
        case packed("conf"):
            return contains_word(name, "flyway") ? FileKind::flyway_config : FileKind::other;
        case packed("mod"):
            return name == "go.mod" ? FileKind::go_mod : FileKind::other;
        case packed("sh"):
            return FileKind::shell;
        case packed("csproj"):
            return FileKind::csproj;
        case packed("sqlproj"):
            return FileKind::sqlproj;
        case packed("cs"):
            return name.ends_with("ModelSnapshot.cs") ? FileKind::model_snapshot : FileKind::other;
        case packed("sum"):
            return name == "atlas.sum" ? FileKind::atlas_sum : FileKind::other;
        case packed("php"):
            return name == "autoload.php" ? FileKind::generated_mark : FileKind::other;
        case packed("mk"):
            return FileKind::makefile;
        case packed("properties"):
            break;
        default:
            break;
    }
    if (name.starts_with("application") && name.ends_with(".properties")) return FileKind::app_config;
    if (name == "gradle.properties") return FileKind::gradle_settings;
    if (name.ends_with(".dockerfile") || name.ends_with(".Dockerfile")) return FileKind::dockerfile;
    return plain_kind(name);
}

Entering entering(std::string_view name, std::string_view parent) {
    static constexpr std::array<std::string_view, 6> kNever{
        "node_modules", "bower_components", "__pycache__", "site-packages", "__pypackages__", "CVS"};
    static constexpr std::array<std::string_view, 8> kOften{"build", "dist", "out",    "target",
                                                            "bin",   "obj",  "vendor", "coverage"};
    if (name[0] == '.') return name == ".config" ? Entering::enter : Entering::never;
    if (std::find(kNever.begin(), kNever.end(), name) != kNever.end()) return Entering::never;
    if (parent == "vendor" && name == "bundle") return Entering::never;
    if (std::find(kOften.begin(), kOften.end(), name) != kOften.end()) return Entering::unless_ignored;
    return Entering::enter;
}

bool is_migrations_name(std::string_view name) {
    auto is = [](std::string_view word) {
        return word == "migrations" || word == "migration" || word == "migrate";
    };
    std::string text(name);
    for (char& c : text) c = lower(c);
    if (is(text)) return true;
    std::size_t last = text.find_last_of("-_.");
    if (last != std::string::npos && is(std::string_view(text).substr(last + 1))) return true;
    std::size_t first = text.find_first_of("-_.");
    return first != std::string::npos && is(std::string_view(text).substr(0, first));
}

}  // namespace migrate::detection
