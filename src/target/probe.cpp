#include "target/probe.hpp"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "run/process.hpp"
#include "target/scopes.hpp"
#include "target/url.hpp"

namespace migrate {

namespace {

using Json = nlohmann::json;

std::string text(const Json& json, const char* key) {
    auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

/// Scopes look for dotenv files around what a source says.
TargetSource place_of(const Probe& probe) {
    TargetSource source;
    source.file = probe.file;
    source.dotenv = probe.dotenv;
    source.base_dir = probe.base_dir;
    return source;
}

tl::unexpected<Error> unknown(const Unit& unit, const std::string& what, std::string hint = "") {
    if (hint.empty())
        hint =
            "Let the configuration read one variable, or name the database by [unit.environments.NAME] in "
            "migrate.toml.";
    return fail("target.unknown",
                unit.id + ": which database this is only its own configuration can tell: " + what,
                std::move(hint));
}

/// Where the configuration failed, as far as it may be said.
tl::unexpected<Error> failure(const Unit& unit, const Probe& probe, const Json& error) {
    const std::string type = text(error, "type"), said = text(error, "text"), module = text(error, "module");
    std::string where = text(error, "file");
    where = where.empty() ? probe.file : (probe.cwd == "." ? where : probe.cwd + "/" + where);
    if (auto line = error.find("line"); line != error.end() && line->is_number_integer())
        where += ":" + std::to_string(line->get<int>());
    if (!module.empty())
        return fail("tool.missing",
                    fmt::format("{}: {}: there is no module {} in {}", unit.id, where, module, probe.argv[0]),
                    unit.runner.empty() ? "Install the project's dependencies."
                                        : "Install the project's dependencies with " + unit.runner + ".");
    if (type == "KeyError" && !said.empty())
        return fail("target.unresolved", fmt::format("{}: {} is not set", unit.id, said),
                    where + " reads it. Set it, or write it into a .env file.");
    if (type == "Connects") return unknown(unit, where + ": it connects to something while it is read");
    return unknown(unit, fmt::format("{}: {}{}", where, type.empty() ? "it failed" : type,
                                     said.empty() ? "" : ": " + said));
}

/// One database of the answer.
Result<Connection> connection_of(const Unit& unit, const Probe& probe, const Json& one,
                                 const ResolveInputs& inputs) {
    UrlContext context;
    context.base_dir = (inputs.root / probe.base_dir).lexically_normal();
    if (auto url = text(one, "url"); !url.empty()) {
        auto parsed = parse_url(url, context);
        if (!parsed) return unknown(unit, parsed.error().message, parsed.error().hint);
        return parsed;
    }
    if (one.value("file_of_connections", false))
        return unknown(unit, probe.file + ": a file of connections says where the database is",
                       "Write host and database into the configuration.");
    Connection made;
    made.engine = engine_from(text(one, "engine"));
    if (!made.engine)
        return unknown(
            unit, fmt::format("{}: the engine \"{}\" is not known here", probe.file, text(one, "engine")));
    made.database = text(one, "database");
    if (is_file_engine(made)) {
        context.engine = made.engine;
        auto file = parse_url(made.database, context);
        if (!file) return unknown(unit, file.error().message, file.error().hint);
        return file;
    }
    made.host = text(one, "host");
    made.socket = text(one, "socket");
    if (made.host.starts_with('/')) std::swap(made.host, made.socket);
    made.user = text(one, "user");
    made.password = text(one, "password");
    made.schema = text(one, "schema");
    const std::string port = text(one, "port");
    std::from_chars(port.data(), port.data() + port.size(), made.port);
    return made;
}

/// A variable that is about a database, by its name: DB_HOST, DATABASE_NAME, PGDATABASE, MYSQL_HOST ...
bool about_database(std::string_view name) {
    if (name == "HOSTNAME") return false;
    for (std::string_view word : {"DB", "DATABASE", "HOST", "PG", "SQL"})
        if (name.find(word) != std::string_view::npos) return true;
    return false;
}

/// Whether the process environment holds what was answered: the URL, or the place that it names.
bool in_process(const ResolveInputs& inputs, const Connection& connection) {
    const bool here =
        connection.host == "localhost" || connection.host == "127.0.0.1" || connection.host == "::1";
    for (const auto& [name, value] : inputs.process.variables) {
        if (value.empty()) continue;
        if (value == connection.url) return true;
        if (about_database(name) && (value == connection.database || (!here && value == connection.host)))
            return true;
        if (value.find("://") == std::string::npos) continue;
        auto parsed = parse_url(value);
        if (parsed && same_place(*parsed, connection)) return true;
    }
    return false;
}

/// Through the resolver, which fills gaps and normalises paths as for any other source.
Result<Target> resolved(const Unit& unit, const Probe& probe, const Json& one, const ResolveInputs& inputs,
                        const std::map<std::string, EnvValue>& child_env) {
    auto connection = connection_of(unit, probe, one, inputs);
    if (!connection) return tl::unexpected(connection.error());
    TargetSource source = place_of(probe);
    source.name = text(one, "name").empty() ? "default" : text(one, "name");
    source.environment_section = inputs.environment;
    source.engine = connection->engine;
    source.kind = connection->url.empty() ? TargetSource::Kind::fields : TargetSource::Kind::literal;
    source.literal = connection->url;
    source.fields = *connection;
    if (source.kind == TargetSource::Kind::literal) source.fields = {};
    // The variable must be one that native tools of this unit are sure to be given with this value.
    const std::string variable = text(one, "variable");
    auto given = child_env.find(variable);
    const bool held = given != child_env.end() ? given->second.value == connection->url
                                               : inputs.process.get(variable).value_or("") == connection->url;
    ResolveInputs plain = inputs;
    plain.url_env.clear();
    plain.config = nullptr;
    auto targets = resolve_targets(unit, {source}, plain);
    if (!targets) return tl::unexpected(targets.error());
    Target target = std::move(targets->front());
    target.source = probe.file + " (asked)";
    if (!variable.empty() && held && !connection->url.empty()) {
        target.variable = variable;
        target.source = variable + ", as " + probe.file + " reads it";
    }
    target.migrated = one.value("migrated", true);
    return target;
}

}  // namespace

Result<std::map<std::string, EnvValue>> probe_environment(const Unit& unit, const Probe& probe,
                                                          const ResolveInputs& inputs) {
    std::map<std::string, EnvValue> out;
    auto scopes = Scopes::load(unit, place_of(probe), inputs);
    if (!scopes) return tl::unexpected(scopes.error());
    auto give = [&](const std::vector<Dotenv>& files, bool over_process) {
        for (const auto& file : files)
            for (const auto& [name, value] : file.values)
                if (value.problem.empty() && (over_process || !inputs.process.has(name)))
                    out.try_emplace(name, EnvValue{value.value, true});
    };
    give(scopes->configured(), true);
    give(scopes->named(), false);
    give(scopes->plain(), false);
    return out;
}

Result<ProbeAnswer> ask_project(const Unit& unit, const Probe& probe, const ResolveInputs& inputs,
                                const std::map<std::string, EnvValue>& child_env, Redactor& redactor) {
    auto scopes = Scopes::load(unit, place_of(probe), inputs);
    if (!scopes) return tl::unexpected(scopes.error());

    ProcessSpec spec;
    spec.argv = probe.argv;
    spec.cwd = inputs.root / probe.cwd;
    for (const auto& [name, value] : inputs.process.variables) spec.env[name] = value;
    for (const auto& [name, value] : child_env) spec.env[name] = value.value;
    spec.env["PYTHONDONTWRITEBYTECODE"] = "1";
    spec.stdin_text = probe.script;
    spec.timeout = std::chrono::seconds(60);
    spec.grace = std::chrono::seconds(1);
    spec.probe = true;
    spec.redactor = &redactor;
    ProcessResult done = run_process(spec);
    if (done.end == ProcessResult::End::not_started || done.end == ProcessResult::End::interrupted) {
        Error error = error_of(done, probe.argv.front());
        error.message = unit.id + ": " + error.message;
        return tl::unexpected(std::move(error));
    }
    if (done.end == ProcessResult::End::timed_out) return unknown(unit, probe.file + ": no answer in 60 s");
    Json json = Json::parse(done.probe, nullptr, false);
    if (!json.is_object())
        return unknown(unit, fmt::format("{}: {} ended with {} and said nothing that could be read",
                                         probe.file, probe.argv.front(), done.exit_code));
    if (auto error = json.find("error"); error != json.end() && error->is_object())
        return failure(unit, probe, *error);
    auto databases = json.find("databases");
    if (databases == json.end() || !databases->is_array() || databases->empty())
        return unknown(unit, probe.file + ": it names no database, or several without saying which");

    ProbeAnswer answer;
    answer.settings = text(json, "settings");
    for (const Json& one : *databases) {
        if (!one.is_object()) return unknown(unit, probe.file + ": its answer cannot be read");
        auto target = resolved(unit, probe, one, inputs, child_env);
        if (!target) return tl::unexpected(target.error());
        redactor.add(target->connection);
        answer.targets.push_back(std::move(*target));
    }
    if (scopes->is_development() || scopes->selects()) return answer;
    for (const Target& target : answer.targets)
        if (in_process(inputs, target.connection)) return answer;
    return fail(
        "environment.undefined",
        fmt::format("{}: nothing says where \"{}\" is: {}", unit.id, inputs.environment, scopes->places()),
        fmt::format("{} would use its default. Set the variable that it reads, write .env.{}, or add "
                    "[environments.{}] to migrate.toml. No other environment is used instead.",
                    probe.file, inputs.environment, inputs.environment));
}

}  // namespace migrate
