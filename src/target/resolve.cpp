#include "target/resolve.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "target/expand.hpp"
#include "target/gaps.hpp"
#include "target/scopes.hpp"
#include "target/url.hpp"
#include "target/url_text.hpp"

namespace migrate {

namespace {

std::string place_of(const TargetSource& source) {
    if (source.file.empty()) return "the configuration";
    return source.line > 0 ? source.file + ":" + std::to_string(source.line) : source.file;
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : " or ") + name;
    return text;
}

bool is_postgres(const Connection& connection) {
    return connection.engine == Engine::postgresql || connection.engine == Engine::cockroachdb;
}

/// Engines that one URL may stand for although the configuration says another word.
bool agree(Engine a, Engine b) {
    auto family = [](Engine engine) {
        switch (engine) {
            case Engine::cockroachdb:
                return Engine::postgresql;
            case Engine::mariadb:
                return Engine::mysql;
            case Engine::libsql:
                return Engine::sqlite;
            default:
                return engine;
        }
    };
    return family(a) == family(b);
}

/// One source of one unit on its way to a Target.
class Resolver {
  public:
    Resolver(const Unit& unit, const TargetSource& source, const ResolveInputs& inputs, Scopes scopes,
             bool only)
        : unit_(unit), source_(source), inputs_(inputs), scopes_(std::move(scopes)), only_(only) {
        // A section of the tool's own counts for its name; what the tool reads by default is development's.
        section_ = scopes_.is_development() ||
                   (!source.environment_section.empty() && source.environment_section == inputs.environment);
    }

    Result<Target> run() {
        if (!scopes_.url_env().empty() && (only_ || source_.name == "default")) return from_url_env();
        switch (source_.kind) {
            case TargetSource::Kind::variables:
                return from_variables();
            case TargetSource::Kind::literal:
                return from_literal();
            case TargetSource::Kind::fields:
                return from_fields();
            case TargetSource::Kind::needs_probe:
                return fail("target.unknown",
                            unit_.id + ": which database this is only its own configuration can tell" +
                                (source_.why.empty() ? "" : ": " + source_.why),
                            "Let the configuration read one variable, or name one by [unit.environments." +
                                inputs_.environment + "] url_env in migrate.toml.");
            case TargetSource::Kind::missing:
                break;
        }
        const std::string line = source_.line > 0 ? ":" + std::to_string(source_.line) : "";
        return fail(
            "target.unresolved",
            unit_.id + ": " + (source_.file.empty() ? "the configuration" : source_.file + line) +
                " names no database",
            source_.why.empty() ? "Name the variable that holds the URL: --url-env NAME." : source_.why);
    }

  private:
    tl::unexpected<Error> undefined() const {
        return fail("environment.undefined",
                    unit_.id + ": nothing says where \"" + inputs_.environment + "\" is: " + scopes_.places(),
                    "Set " +
                        (source_.variables.empty() ? std::string("the variable that its configuration reads")
                                                   : joined(source_.variables)) +
                        ", write .env." + inputs_.environment + ", or add [environments." +
                        inputs_.environment +
                        "] url_env to migrate.toml. No other environment is used instead.");
    }

    tl::unexpected<Error> unset(const std::vector<std::string>& names) const {
        if (!section_ && !scopes_.selects()) return undefined();
        return fail("target.unresolved", unit_.id + ": " + joined(names) + " is not set: " + scopes_.places(),
                    place_of(source_) + " reads it. Set it, or name another variable by --url-env NAME.");
    }

    Result<void> usable(const Variable& variable) const {
        if (variable.problem.empty()) return {};
        return fail("config.invalid", variable.source + ": " + variable.name + ": " + variable.problem,
                    "The libraries that read such files disagree about this line.");
    }

    UrlContext context() const {
        UrlContext context;
        context.engine = source_.engine;
        context.base_dir = (inputs_.root / source_.base_dir).lexically_normal();
        if (unit_.tool == Tool::sequelize) context.form = SqliteForm::sequelize;
        if (unit_.tool == Tool::sql && unit_.style == "dbmate") context.form = SqliteForm::dbmate;
        // golang-migrate 4.20 (database/sqlite) takes "sqlite://" away and opens the rest.
        if (unit_.tool == Tool::sql && unit_.style == "golang-migrate") context.form = SqliteForm::sequelize;
        return context;
    }

    Result<Connection> parsed(const std::string& text, const std::string& where) const {
        auto connection = parse_url(text, context());
        if (!connection) {
            Error error = connection.error();
            error.message = unit_.id + ": " + where + ": " + error.message;
            return tl::unexpected(std::move(error));
        }
        if (source_.engine && connection->engine && !agree(*source_.engine, *connection->engine))
            return fail("target.unresolved",
                        unit_.id + ": " + where + " is a " + std::string(to_string(*connection->engine)) +
                            " database, but " + place_of(source_) + " says " +
                            std::string(to_string(*source_.engine)),
                        "The tool would connect to something else, or to nothing.");
        return connection;
    }

    /// Two places that name one variable, to different databases, where the caller named the environment.
    Result<void> not_shadowed(const std::string& name) const {
        if (!inputs_.named) return {};
        auto shell = scopes_.in_process(name);
        auto file = scopes_.in_named_files(name);
        if (!shell || !file || shell->value == file->value) return {};
        auto a = parse_url(shell->value, context()), b = parse_url(file->value, context());
        if (a && b && same_place(*a, *b)) return {};
        return fail("target.shadowed",
                    unit_.id + ": " + name + " is set in the environment and in " + file->source +
                        ", to different values",
                    "Unset one of them: \"" + inputs_.environment + "\" would mean two databases.");
    }

    Result<Target> finished(Connection connection, std::string source, std::string variable) const {
        if (auto filled = fill_gaps(connection); !filled) return tl::unexpected(filled.error());
        if (is_file_engine(connection)) {
            connection.database = real_file(inputs_.root, connection.database);
            auto below = std::filesystem::path(connection.database).lexically_relative(inputs_.root);
            if (!below.empty() && *below.begin() != "..") connection.shown = below.generic_string();
        }
        name_history_table(source_, scopes_, connection);
        Target target;
        target.name = source_.name;
        target.connection = std::move(connection);
        target.source = std::move(source);
        target.variable = std::move(variable);
        return target;
    }

    Result<Target> from_value(const Variable& variable, const std::string& child_variable) const {
        if (auto ok = usable(variable); !ok) return tl::unexpected(ok.error());
        if (auto ok = not_shadowed(variable.name); !ok) return tl::unexpected(ok.error());
        auto connection = parsed(variable.value, variable.name + " (" + variable.source + ")");
        if (!connection) return tl::unexpected(connection.error());
        return finished(std::move(*connection), variable.source, child_variable);
    }

    Result<Target> from_url_env() const {
        const std::string& name = scopes_.url_env();
        if (source_.variables.empty() && unit_.tool != Tool::sql)
            return fail(
                "target.unresolved",
                unit_.id + ": " + scopes_.url_env_source() + " names " + name + ", but " + place_of(source_) +
                    " reads no variable",
                "The tool would connect to what stands there. Let its configuration read the URL from a "
                "variable.");
        auto variable = scopes_.find(name);
        if (!variable)
            return fail("target.unresolved", unit_.id + ": " + name + " is not set: " + scopes_.places(),
                        scopes_.url_env_source() + " names it.");
        return from_value(*variable, source_.variables.empty() ? name : source_.variables.front());
    }

    Result<Target> from_variables() const {
        for (const auto& name : source_.variables)
            if (auto variable = scopes_.find(name)) return from_value(*variable, name);
        if (section_ && !source_.literal.empty()) return from_literal();
        const bool in_parts = !source_.fields.database.empty() ||
                              source_.field_variables.contains("database") ||
                              source_.field_variables.contains("host");
        if (section_ && in_parts) return from_fields();
        return unset(source_.variables);
    }

    /// A text of the configuration with its placeholders replaced. `used` is the last variable met.
    Result<std::string> expanded(const std::string& text, std::optional<Variable>& used) const {
        if (!has_placeholder(text)) return text;
        std::vector<std::string> missing;
        std::optional<Error> problem;
        auto value = expand(
            text, Expand::placeholders,
            [&](std::string_view name) -> std::optional<Binding> {
                auto variable = scopes_.find(name);
                if (!variable) return std::nullopt;
                for (auto check : {usable(*variable), not_shadowed(variable->name)})
                    if (!check && !problem) problem = check.error();
                used = variable;
                return Binding{variable->value, false};
            },
            {}, &missing);
        if (problem) return tl::unexpected(*problem);
        if (!missing.empty()) return unset({missing.front()});
        if (!value) return fail("target.unresolved", place_of(source_) + ": the value expands without limit");
        return *value;
    }

    Result<Target> from_literal() const {
        if (!section_ && !has_placeholder(source_.literal)) return undefined();
        std::optional<Variable> used;
        auto text = expanded(source_.literal, used);
        if (!text) return tl::unexpected(text.error());
        if (!section_ && !used) return undefined();
        auto connection = parsed(*text, place_of(source_));
        if (!connection) return tl::unexpected(connection.error());
        // A child is given the whole URL under a variable: only where the variable holds the whole URL.
        const bool whole =
            source_.literal.starts_with("${") && source_.literal.find('}') + 1 == source_.literal.size();
        return finished(std::move(*connection), used ? used->source : place_of(source_),
                        used && whole ? used->name : "");
    }

    /// One field: the first of its variables that is set, else what stands in the configuration.
    Result<std::string> field(const std::string& name, const std::string& written,
                              std::optional<Variable>& used) const {
        const bool decides = name == "host" || name == "database";
        auto names = source_.field_variables.find(name);
        if (names != source_.field_variables.end() && !names->second.empty()) {
            for (const auto& candidate : names->second) {
                auto variable = scopes_.find(candidate);
                if (!variable) continue;
                for (auto check : {usable(*variable), decides ? not_shadowed(candidate) : Result<void>{}})
                    if (!check) return tl::unexpected(check.error());
                if (decides || !used) used = variable;
                return variable->value;
            }
            if (decides && (written.empty() || !section_)) return unset(names->second);
        }
        return expanded(written, used);
    }

    Result<Target> from_fields() const {
        const Connection& written = source_.fields;
        Connection out = written;
        std::optional<Variable> used;
        std::string port = written.port == 0 ? "" : std::to_string(written.port);
        if (auto text = written.parameters.find("port"); text != written.parameters.end()) {
            port = text->second;
            out.parameters.erase("port");
        }
        std::string host = written.host;
        for (auto [name, value] : {std::pair{"host", &host},
                                   {"port", &port},
                                   {"database", &out.database},
                                   {"user", &out.user},
                                   {"password", &out.password},
                                   {"schema", &out.schema},
                                   {"socket", &out.socket}}) {
            auto text = field(name, *value, used);
            if (!text) return tl::unexpected(text.error());
            *value = std::move(*text);
        }
        if (!section_ && !used) return undefined();
        if (!out.engine) out.engine = source_.engine;
        if (!out.engine)
            return fail("target.unresolved", unit_.id + ": " + place_of(source_) + " names no engine",
                        "Say which: postgresql, mysql, sqlite ...");
        if (is_file_engine(out) || out.engine == Engine::libsql) {
            auto file = parsed(out.database.empty() ? host : out.database, place_of(source_));
            if (!file) return tl::unexpected(file.error());
            file->parameters.insert(out.parameters.begin(), out.parameters.end());
            out = std::move(*file);
        } else {
            Connection place;
            if (!url_text::apply_parameters({{"host", host}, {"port", port}}, place))
                return fail("target.unresolved",
                            unit_.id + ": " + place_of(source_) + ": host and port are not valid",
                            "A host name and a number up to 65535.");
            out.host = place.host;
            out.port = place.port;
            if (out.socket.empty()) out.socket = place.socket;
            out.parameters.merge(place.parameters);
        }
        return finished(std::move(out), used ? used->source : place_of(source_), "");
    }

    /// What the configuration says beside a URL, and what client libraries fill in. libpq, psycopg and
    /// node-postgres read PG* variables; Prisma's engine and JDBC do not.
    Result<void> fill_gaps(Connection& connection) const {
        const Connection& written = source_.fields;
        if (connection.schema.empty() && !has_placeholder(written.schema)) connection.schema = written.schema;
        // A JDBC address has user and password beside it: in settings of their own, or in variables.
        if (unit_.tool == Tool::flyway)
            for (auto [name, text, into] :
                 {std::tuple{"user", &written.user, &connection.user},
                  std::tuple{"password", &written.password, &connection.password}}) {
                if (!into->empty()) continue;
                std::optional<Variable> used;
                auto value = field(name, *text, used);
                if (!value) return tl::unexpected(value.error());
                *into = std::move(*value);
            }
        // migrate-mongo's databaseName beats the database in its URL (database.js).
        if (connection.engine == Engine::mongodb && !written.database.empty() &&
            !has_placeholder(written.database))
            connection.database = written.database;
        if (is_postgres(connection) && unit_.tool != Tool::prisma && unit_.tool != Tool::flyway)
            if (auto filled = fill_from_pg_variables(unit_, scopes_, connection); !filled) return filled;
        if (connection.database.empty() && is_postgres(connection)) connection.database = connection.user;
        if (connection.database.empty() && connection.engine == Engine::mongodb) connection.database = "test";
        if (connection.database.empty() && connection.engine != Engine::libsql)
            return fail("target.unresolved", unit_.id + ": the connection names a server but no database",
                        "Add the database's name to it.");
        return {};
    }

    const Unit& unit_;
    const TargetSource& source_;
    const ResolveInputs& inputs_;
    Scopes scopes_;
    bool only_;
    bool section_ = false;
};

}  // namespace

Result<std::vector<Target>> resolve_targets(const Unit& unit, const std::vector<TargetSource>& sources,
                                            const ResolveInputs& inputs) {
    if (sources.empty())
        return fail("target.unresolved", unit.id + ": the configuration names no database",
                    "Name the variable that holds the URL: --url-env NAME.");
    std::vector<Target> targets;
    for (const auto& source : sources) {
        auto scopes = Scopes::load(unit, source, inputs);
        if (!scopes) return tl::unexpected(scopes.error());
        auto target = Resolver(unit, source, inputs, std::move(*scopes), sources.size() == 1).run();
        if (!target) return tl::unexpected(target.error());
        targets.push_back(std::move(*target));
    }
    return targets;
}

}  // namespace migrate
