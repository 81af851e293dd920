// Raw SQL: where each convention's own configuration says its database is (contract, section 8).
#include <toml++/toml.h>

#include <algorithm>

#include "adapters/sql/scripts.hpp"
#include "adapters/sql/sql.hpp"
#include "base/files.hpp"
#include "sql/dbconfig.hpp"
#include "sql/project.hpp"

namespace migrate::raw_sql {

namespace {

namespace fs = std::filesystem;
using sql::Convention;
using Kind = TargetSource::Kind;
using Sources = std::vector<TargetSource>;

/// DATABASE_URL and its kind, as projects call it.
const std::vector<std::string> kUrlVariables{"DATABASE_URL", "POSTGRES_URL", "POSTGRESQL_URL", "MYSQL_URL",
                                             "MARIADB_URL",  "SQLITE_URL",   "DB_URL"};

/// The same in parts.
void read_parts(TargetSource& source) {
    source.field_variables = {{"host", {"DB_HOST"}},
                              {"port", {"DB_PORT"}},
                              {"database", {"DB_NAME", "DB_DATABASE"}},
                              {"user", {"DB_USER", "DB_USERNAME"}},
                              {"password", {"DB_PASSWORD", "DB_PASS"}}};
}

std::string in_root(const Unit& unit, const std::string& name) {
    return (fs::path(unit.root) / name).lexically_normal().generic_string();
}

TargetSource from_variables(const Unit& unit) {
    TargetSource source;
    source.kind = Kind::variables;
    source.variables = kUrlVariables;
    source.base_dir = unit.root;
    source.dotenv = {in_root(unit, ".env")};
    if (unit.engines.size() == 1) source.engine = unit.engines.front();
    return source;
}

/// Whether anything in the repository speaks of a database: then there is no default.
bool names_a_database(const Unit& unit, const fs::path& root) {
    if (!unit.engines.empty()) return true;
    for (const std::string& directory : {unit.root, std::string(".")})
        for (const std::string& name : list_directory(root / directory)) {
            if (name.starts_with("docker-compose") || name.starts_with("compose.")) return true;
            if (!name.starts_with(".env")) continue;
            auto content = read_file(root / directory / name, 1u << 20);
            if (!content) continue;
            for (const std::string& variable : kUrlVariables)
                if (content->find(variable) != std::string::npos) return true;
            if (content->find("DB_HOST") != std::string::npos || content->find("PGHOST") != std::string::npos)
                return true;
        }
    return false;
}

/// Our own convention and plain files.
Sources own_sources(const Unit& unit, const fs::path& root) {
    TargetSource source = from_variables(unit);
    if (unit.engines.size() == 1 && source.engine != Engine::sqlite) read_parts(source);
    if (!names_a_database(unit, root)) {
        // A first try: a SQLite file, until something says otherwise.
        source.literal = "sqlite:///dev.sqlite";
        source.why = "nothing in the repository names a database: SQLite, in " + in_root(unit, "dev.sqlite");
    }
    return {source};
}

/// Where the history is kept: what a script says, else the program's variable.
void name_table(TargetSource& source, const std::optional<Call>& call, const char* variable) {
    const std::string name(sql::kTableParameter);
    if (call && !call->table.empty())
        source.fields.parameters[name] = call->table;
    else
        source.field_variables[name] = {variable};
}

/// What a script says about the database, if it says anything; its variables count before others.
void follow(TargetSource& source, const Call& call) {
    if (call.literal.empty() && call.variables.empty()) return;
    source.file = call.file;
    source.line = call.line;
    source.literal = call.literal;
    if (call.variables.empty())
        source.kind = Kind::literal;
    else
        source.variables = call.variables;
}

/// dbmate reads .env in its working directory and DATABASE_URL, or what --env names.
Sources dbmate_sources(const Unit& unit, const fs::path& root) {
    TargetSource source = from_variables(unit);
    source.variables = {"DATABASE_URL"};
    const auto call = find_call(unit, root, Convention::dbmate);
    if (call) follow(source, *call);
    name_table(source, call, "DBMATE_MIGRATIONS_TABLE");
    return {source};
}

/// goose reads .env in its working directory, GOOSE_DRIVER and GOOSE_DBSTRING; arguments come first.
Sources goose_sources(const Unit& unit, const fs::path& root) {
    TargetSource source = from_variables(unit);
    source.variables = {"GOOSE_DBSTRING"};
    const auto call = find_call(unit, root, Convention::goose);
    if (call) follow(source, *call);
    if (call && call->engine) source.engine = call->engine;
    name_table(source, call, "GOOSE_TABLE");
    if (source.kind == Kind::variables)
        source.variables.insert(source.variables.end(), kUrlVariables.begin(), kUrlVariables.end());
    return {source};
}

/// golang-migrate has no configuration: only its command line says which database.
Sources golang_migrate_sources(const Unit& unit, const fs::path& root) {
    TargetSource source = from_variables(unit);
    if (auto call = find_call(unit, root, Convention::golang_migrate)) {
        follow(source, *call);
        if (!call->table.empty()) source.fields.parameters[std::string(sql::kTableParameter)] = call->table;
    }
    return {source};
}

std::optional<Engine> dialect_engine(const std::string& dialect) {
    if (dialect == "postgres") return Engine::postgresql;
    if (dialect == "mysql") return Engine::mysql;
    if (dialect == "sqlite3") return Engine::sqlite;
    if (dialect == "mssql") return Engine::mssql;
    if (dialect.starts_with("oci8") || dialect == "godror") return Engine::oracle;
    return std::nullopt;
}

/// dbconfig.yml: one section an environment; ${VARIABLE} is replaced in the datasource.
Result<Sources> sql_migrate_sources(const Unit& unit, const fs::path& root, const std::string& environment) {
    const std::string file = unit.config.empty() ? in_root(unit, "dbconfig.yml") : unit.config;
    std::error_code ignored;
    if (!fs::exists(root / file, ignored)) return Sources{from_variables(unit)};
    auto config = sql::read_dbconfig(root / file, environment);
    if (!config) return tl::unexpected(config.error());
    TargetSource source;
    source.file = file;
    source.base_dir = (fs::path(file).parent_path() / ".").lexically_normal().generic_string();
    source.dotenv = {in_root(unit, ".env")};
    if (!*config) {
        source.kind = Kind::missing;
        source.why = file + " has no environment called " + environment;
        return Sources{source};
    }
    source.line = (*config)->line;
    source.engine = dialect_engine((*config)->dialect);
    source.environment_section = environment;
    source.literal = (*config)->datasource;
    if (!(*config)->table.empty())
        source.fields.parameters[std::string(sql::kTableParameter)] = (*config)->table;
    if (!(*config)->schema.empty())
        source.fields.parameters[std::string(sql::kTableSchemaParameter)] = (*config)->schema;
    source.kind = source.literal.empty() ? Kind::missing : Kind::literal;
    if (source.literal.empty()) source.why = file + ": " + environment + " has no datasource";
    return Sources{source};
}

/// The CLI's local database: port 54322 unless config.toml says otherwise, user, password and name
/// "postgres" (Supabase CLI 2, pkg/config). Other environments come from a variable.
Result<Sources> supabase_sources(const Unit& unit, const fs::path& root, const std::string& environment) {
    TargetSource source = from_variables(unit);
    source.engine = Engine::postgresql;
    source.variables = {"SUPABASE_DB_URL", "DATABASE_URL", "POSTGRES_URL"};
    if (environment != "development") return Sources{source};
    const std::string file = unit.config.empty() ? in_root(unit, "supabase/config.toml") : unit.config;
    long port = 54322;
    if (auto content = read_file(root / file, 1u << 20)) {
        toml::parse_result parsed;
        try {
            parsed = toml::parse(*content);
        } catch (const toml::parse_error& problem) {
            return fail("config.invalid",
                        file + ":" + std::to_string(problem.source().begin.line) + ": " +
                            std::string(problem.description()),
                        "The Supabase CLI would refuse it, too.");
        }
        port = parsed.at_path("db.port").value_or(port);
    }
    source.kind = Kind::fields;
    source.variables.clear();
    source.file = file;
    source.fields.engine = Engine::postgresql;
    source.fields.host = "127.0.0.1";
    source.fields.port = static_cast<int>(port);
    source.fields.database = source.fields.user = source.fields.password = "postgres";
    source.environment_section = environment;
    return Sources{source};
}

}  // namespace

Result<Sources> targets(const Unit& unit, const fs::path& root, const std::string& environment) {
    switch (sql::convention_of(unit)) {
        case Convention::up_down:
        case Convention::plain:
            return own_sources(unit, root);
        case Convention::dbmate:
            return dbmate_sources(unit, root);
        case Convention::goose:
            return goose_sources(unit, root);
        case Convention::golang_migrate:
            return golang_migrate_sources(unit, root);
        case Convention::sql_migrate:
            return sql_migrate_sources(unit, root, environment);
        case Convention::supabase:
            return supabase_sources(unit, root, environment);
    }
    return own_sources(unit, root);
}

std::optional<Error> fits(const Unit&, const fs::path&) {
    return std::nullopt;
}

}  // namespace migrate::raw_sql
