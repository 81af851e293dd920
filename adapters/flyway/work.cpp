#include "adapters/flyway/work.hpp"

#include <algorithm>

#include "adapters/registry.hpp"
#include "adapters/support/history_sql.hpp"
#include "adapters/support/node_steps.hpp"
#include "adapters/support/pooled.hpp"
#include "adapters/support/sql_file.hpp"
#include "base/files.hpp"

namespace migrate::flyway {

namespace {

namespace fs = std::filesystem;

/// 9.22 writes report.html and report.json into the working directory, also for info; 10 and later do not
/// unless asked to. Before 9.22 the option is not known.
constexpr VersionRange kReports{{9, 22, 0}, {10, 0, 0}};

std::string style_variant(const Unit& unit, std::string_view variant) {
    if (unit.style != "maven" && unit.style != "gradle") return std::string(variant);
    return variant.empty() ? unit.style : unit.style + "-" + std::string(variant);
}

/// What Flyway would not find by itself: a configuration of another name, locations that it leaves open.
void set_places(const Work& work, Holes& holes) {
    const Config& config = work.config;
    if (!config.environment.empty()) holes.try_emplace("environment", config.environment);
    std::string file = config.file.empty() || config.foreign ? "" : from_unit_root(work.unit, config.file);
    if (!file.empty() && file != "flyway.toml" && file != "flyway.conf" && work.unit.style.empty())
        holes.try_emplace("config", file);
    if (config.has_locations && !config.foreign) return;
    std::string locations;
    for (const auto& directory : work.unit.migrations)
        locations +=
            (locations.empty() ? "filesystem:" : ",filesystem:") + from_unit_root(work.unit, directory.path);
    if (!locations.empty()) holes.try_emplace("locations", locations);
    if (config.foreign && !config.table.empty()) holes.try_emplace("table", config.table);
}

/// The connection that was resolved, where Flyway would not read it from its own file.
void set_connection(const Work& work, Step& step) {
    if (!work.target) return;
    const Target& target = *work.target;
    const Connection& connection = target.connection;
    const TargetSource* own = work.config.targets.empty() ? nullptr : &work.config.targets.front();
    bool from_file = own && !work.config.foreign && own->kind == TargetSource::Kind::literal &&
                     !own->file.empty() && target.source.starts_with(own->file);
    bool from_config = own && !work.config.foreign && own->kind == TargetSource::Kind::literal &&
                       target.source.starts_with(work.config.file);
    if (from_file || from_config) return;
    // A JDBC address may hold a password, a SQLite path belongs to one machine.
    bool hidden = connection.url.starts_with("jdbc:") || connection.engine == Engine::sqlite;
    EnvValue url{jdbc_url(connection), hidden};
    if (url.value.empty()) return;
    if (!target.variable.empty()) step.env[target.variable] = url;
    if (!work.config.environment.empty()) return;  // FLYWAY_URL would address the environment "default"
    step.env["FLYWAY_URL"] = url;
    if (!connection.user.empty()) step.env["FLYWAY_USER"] = {connection.user};
    if (!connection.password.empty()) step.env["FLYWAY_PASSWORD"] = {connection.password, true};
}

bool builds_concurrently(const Work& work, const std::vector<MigrationFile>& pending) {
    return std::any_of(pending.begin(), pending.end(), [&](const MigrationFile& file) {
        auto text = read_file(work.facts.root / file.files.front());
        if (!text) return false;
        std::transform(text->begin(), text->end(), text->begin(),
                       [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
        return text->find("CONCURRENTLY") != std::string::npos;
    });
}

/// A statement with which each of Flyway's sessions begins: JDBC passes over PGOPTIONS. Nothing where the
/// project has one of its own, and where the waiting is meant (CREATE INDEX CONCURRENTLY waits for old
/// transactions).
std::string limit_of_waiting(const Work& work, const std::vector<MigrationFile>& pending) {
    if (!work.target || is_pooled(work.target->connection) || !work.config.environment.empty()) return "";
    auto config = read_file(work.facts.root / work.config.file, 1u << 20);
    if (config && !work.config.foreign && config->find("initSql") != std::string::npos) return "";
    const auto engine = work.target->connection.engine;
    if (engine == Engine::mysql || engine == Engine::mariadb)
        return "SET lock_wait_timeout = 5, innodb_lock_wait_timeout = 5";
    if (engine == Engine::postgresql && !builds_concurrently(work, pending)) return "SET lock_timeout = '5s'";
    return "";
}

}  // namespace

Work::Work(const Unit& unit_, const Request& request_, const Facts& facts_)
    : unit(unit_),
      request(request_),
      facts(facts_),
      config(read_config(unit_, facts_.root, request_.environment)) {
    if (facts.targets.empty()) return;
    target = &facts.targets.front();
    auto found = facts.histories.find(target->name);
    if (found != facts.histories.end() && found->second.source != HistorySource::none)
        history = &found->second;
}

Result<Step> Work::native(Verb verb, std::string_view variant, Holes holes, std::string purpose) const {
    const Adapter& adapter = flyway_adapter();
    const Row* row = find_row(adapter, verb, style_variant(unit, variant), unit.version);
    if (!row || row->how != How::native) return unsupported(adapter, unit, row, verb);
    set_places(*this, holes);
    if (unit.version && kReports.holds(*unit.version)) holes.try_emplace("reports", "false");
    Step step = native_step(adapter, unit, *row, holes, std::move(purpose));
    Native& native = std::get<Native>(step.action);
    if (unit.style == "maven") native.program = "mvn";
    if (unit.style == "gradle") native.program = "gradle";
    if (target) step.target = target->name;
    set_connection(*this, step);
    return step;
}

tl::unexpected<Error> Work::cannot(Verb verb, std::string_view variant) const {
    const Adapter& adapter = flyway_adapter();
    return unsupported(adapter, unit, find_row(adapter, verb, variant, unit.version), verb);
}

const MigrationFile* Work::file(std::string_view id) const {
    return node::file_of(facts.files, id);
}

Result<std::string> Work::resolve(const std::string& name) const {
    if (file(name)) return name;
    auto version = MigrationVersion::parse(name);
    for (const auto& one : facts.files) {
        auto own = MigrationVersion::parse(one.key);
        bool same =
            version && own && *version == *own && fs::path(one.files.front()).filename().string()[0] == 'V';
        if (same || fs::path(one.files.front()).filename() == name) return one.id;
    }
    if (history)
        for (const auto* rows : {&history->applied.get(), &history->failed})
            for (const auto& row : *rows)
                if (row.id == name || (!row.key.empty() && row.key == name)) return row.id;
    return fail("migration.unknown", "no script is called " + name + " and none has this version",
                "`migrate status` prints the ids of all scripts.");
}

std::optional<Error> Work::blocked() const {
    if (!history) return std::nullopt;
    auto problem = [&](std::string code, const std::string& what, std::string hint,
                       std::vector<std::string> argv) {
        Error error{std::move(code), unit.id + ": " + what, std::move(hint), {}};
        argv.insert(argv.end(), {"-u", unit.id});
        error.next.push_back({By::you, std::move(argv), "", ""});
        return error;
    };
    auto ignored = [&](std::string_view state) {
        return !config.validate_on_migrate || config.ignore_patterns.find(state) != std::string::npos ||
               config.ignore_patterns.find("*:*") != std::string::npos;
    };
    if (!history->failed.empty())
        return problem("migration.failed", history->failed.front().id + " has failed and is recorded so",
                       "Flyway does nothing until that is resolved.", {"migrate", "resolve"});
    if (!history->edited.empty() && config.validate_on_migrate)
        return problem(
            "migration.edited", history->edited.front() + " was changed after it was applied",
            "Flyway compares checksums and does nothing. Put the change into a new script, or take the "
            "file as it is now.",
            {"migrate", "resolve", "--edited", history->edited.front()});
    std::optional<MigrationVersion> newest;
    for (const auto& one : facts.files)
        if (auto version = MigrationVersion::parse(one.key); version && (!newest || *newest < *version))
            newest = version;
    for (const auto& id : history->missing) {
        if (ignored("missing")) break;
        auto row = std::find_if(history->applied.begin(), history->applied.end(),
                                [&](const AppliedRow& one) { return one.id == id; });
        auto version = row == history->applied.end() ? std::nullopt : MigrationVersion::parse(row->key);
        if (version && newest && *newest < *version) continue;  // newer than all files: Flyway only warns
        return problem("migration.missing", id + " is applied, and its file is gone",
                       "Flyway does nothing. Bring the file back, or take the row out of the history.",
                       {"migrate", "resolve", "--forget", id});
    }
    if (!history->will_skip.empty() && !ignored("ignored"))
        return problem("migration.out_of_order",
                       history->will_skip.front() + " has a lower version than what is applied",
                       "Flyway does nothing unless outOfOrder is set. Give the script a higher version.",
                       {"migrate", "status"});
    return std::nullopt;
}

Result<Step> Work::migrate(const std::vector<MigrationFile>& pending, const std::string& version) const {
    Holes holes;
    if (!version.empty()) holes["version"] = version;
    // Its lock is a transaction that CREATE INDEX CONCURRENTLY would wait for, without end.
    bool postgresql = target && target->connection.engine == Engine::postgresql;
    if (postgresql && builds_concurrently(*this, pending)) holes["lock"] = "false";
    auto step = native(Verb::run, "", holes, "apply " + node::count_of(pending.size()));
    if (!step) return step;
    if (std::string limit = limit_of_waiting(*this, pending); !limit.empty())
        step->env["FLYWAY_INIT_SQL"] = {std::move(limit)};
    step->expect.applied_added = node::ids_of(pending);
    step->migrations = step->expect.applied_added;
    step->reversible = node::reversible(pending);
    const Engine engine =
        target ? target->connection.engine.value_or(Engine::postgresql) : Engine::postgresql;
    for (const auto& file : pending)
        for (const auto& path : file.files) {
            if (!path.ends_with(".sql")) continue;  // Java and what else it can run
            for (const auto& line : destructive_statements(facts.root, path, engine))
                step->destructive.push_back(file.id + ": " + line);
        }
    return step;
}

std::string Work::table() const {
    if (!target) return "";
    auto query = flyway::history(unit, facts.root, *target);
    if (!query) return "";
    return qualified_name(target->connection.engine.value_or(Engine::postgresql), query->schema,
                          query->table);
}

std::string Work::plain_table() const {
    std::string name = config.table.empty() ? "flyway_schema_history" : config.table;
    return config.schema.empty() ? name : config.schema + "." + name;
}

}  // namespace migrate::flyway
