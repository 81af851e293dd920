#include "backup/programs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/files.hpp"
#include "db/mysql_words.hpp"
#include "db/postgresql_words.hpp"

namespace migrate {

namespace fs = std::filesystem;

namespace {

/// libpq's keywords and the variables that stand for them (PostgreSQL 15, libpq-envars).
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kVariables{{
    {"host", "PGHOST"},
    {"hostaddr", "PGHOSTADDR"},
    {"port", "PGPORT"},
    {"dbname", "PGDATABASE"},
    {"user", "PGUSER"},
    {"password", "PGPASSWORD"},
    {"sslmode", "PGSSLMODE"},
    {"sslrootcert", "PGSSLROOTCERT"},
    {"sslcert", "PGSSLCERT"},
    {"sslkey", "PGSSLKEY"},
    {"sslcrl", "PGSSLCRL"},
    {"channel_binding", "PGCHANNELBINDING"},
    {"gssencmode", "PGGSSENCMODE"},
    {"connect_timeout", "PGCONNECT_TIMEOUT"},
    {"target_session_attrs", "PGTARGETSESSIONATTRS"},
    {"requirepeer", "PGREQUIREPEER"},
}};

/// Where Debian and Ubuntu keep the programs of each major version.
constexpr std::string_view kDebianPlace = "/usr/lib/postgresql";

ProcessSpec spec_of(const fs::path& program, std::vector<std::string> args, const ProgramSettings& settings) {
    ProcessSpec spec;
    spec.argv = std::move(args);
    spec.argv.insert(spec.argv.begin(), program.string());
    spec.cwd = "/";
    for (const auto& [name, value] : settings.env->variables)
        if (!name.starts_with("PG") && !name.starts_with("MYSQL")) spec.env[name] = value;
    spec.redactor = settings.redactor;
    return spec;
}

/// nullopt where the program does not say a version.
std::optional<ClientProgram> asked(const fs::path& path, const ProgramSettings& settings) {
    ProcessSpec spec = spec_of(path, {"--version"}, settings);
    spec.timeout = std::chrono::seconds(10);
    spec.collect = 4096;
    ProcessResult done = run_process(spec);
    if (!done.ok()) return std::nullopt;
    ClientProgram program;
    program.path = path;
    program.said = done.collected.substr(0, done.collected.find('\n'));
    // "pg_dump (PostgreSQL) 15.18 (Debian ...)", "mysqldump  Ver 8.0.36 for Linux", "mariadb-dump from
    // 11.4.2-MariaDB", "mysqldump  Ver 10.19 Distrib 10.11.6-MariaDB": the last number before a bracket.
    program.mariadb = program.said.find("MariaDB") != std::string::npos;
    std::string_view text = program.said;
    for (std::string_view mark : {"Distrib ", "PostgreSQL) ", "from ", "Ver "}) {
        const std::size_t at = text.find(mark);
        if (at == std::string_view::npos) continue;
        auto version = parse_version(text.substr(at + mark.size()));
        if (!version) continue;
        program.version = *version;
        return program;
    }
    return std::nullopt;
}

std::vector<fs::path> candidates(const std::vector<std::string>& names, const ProgramSettings& settings) {
    std::vector<fs::path> found;
    const std::string path = settings.env->get("PATH").value_or("");
    for (const auto& name : names)
        if (auto program = find_program(name, path, "/")) found.push_back(*program);
    std::vector<std::string> versions = list_directory(kDebianPlace);
    std::reverse(versions.begin(), versions.end());
    for (const auto& version : versions)
        for (const auto& name : names)
            if (fs::path program = fs::path(kDebianPlace) / version / "bin" / name; fs::exists(program))
                found.push_back(program);
    return found;
}

}  // namespace

Result<ClientProgram> find_client(const std::vector<std::string>& names, int least,
                                  const std::string& package, const ProgramSettings& settings) {
    std::optional<ClientProgram> older;
    for (const auto& path : candidates(names, settings)) {
        auto program = asked(path, settings);
        if (!program) continue;
        if (program->version.major >= least) return *program;
        if (!older || older->version < program->version) older = std::move(program);
    }
    if (older)
        return fail("tool.version",
                    fmt::format("{} is older than the server, whose version is {}: it would refuse, or leave "
                                "something out",
                                older->said, least),
                    fmt::format("Nothing was done. Install {}.", package));
    return fail("tool.missing", fmt::format("{} is not there", names.front()),
                fmt::format("Nothing was done. Install {}.", package));
}

std::map<std::string, std::string> postgresql_environment(const Connection& connection) {
    std::map<std::string, std::string> environment{{"PGAPPNAME", "migrate"}};
    for (const auto& [keyword, value] : db::postgres_keywords(connection))
        for (const auto& [name, variable] : kVariables)
            if (name == keyword && !value.empty()) environment[std::string(variable)] = value;
    return environment;
}

std::vector<std::string> mysql_options(const Connection& connection, const ClientProgram& program) {
    std::vector<std::string> options{"--no-defaults"};
    auto add = [&](std::string_view name, std::string_view value) {
        if (!value.empty()) options.push_back(fmt::format("--{}={}", name, value));
    };
    add("user", connection.user);
    add("default-character-set", "utf8mb4");
    if (!connection.socket.empty()) {
        add("socket", connection.socket);
        return options;
    }
    options.push_back("--protocol=tcp");
    add("host", connection.host.empty() ? "localhost" : connection.host);
    add("port", std::to_string(connection.port == 0 ? 3306 : connection.port));
    const db::MysqlTls tls = db::mysql_tls(connection.parameters);
    using Mode = db::MysqlTls::Mode;
    if (program.mariadb) {
        if (tls.mode >= Mode::required) options.push_back("--ssl");
        if (tls.mode == Mode::verified) options.push_back("--ssl-verify-server-cert");
        if (tls.mode == Mode::disabled) options.push_back("--skip-ssl");
    } else {
        add("ssl-mode", tls.mode == Mode::disabled    ? "DISABLED"
                        : tls.mode == Mode::preferred ? "PREFERRED"
                        : tls.mode == Mode::required  ? "REQUIRED"
                                                      : "VERIFY_IDENTITY");
    }
    add("ssl-ca", tls.ca);
    add("ssl-cert", tls.certificate);
    add("ssl-key", tls.key);
    return options;
}

std::map<std::string, std::string> mysql_environment(const Connection& connection) {
    if (connection.password.empty()) return {};
    return {{"MYSQL_PWD", connection.password}};
}

Result<void> run_client(const ClientProgram& program, std::vector<std::string> args,
                        const std::map<std::string, std::string>& environment, std::string_view doing,
                        const ProgramSettings& settings) {
    ProcessSpec spec = spec_of(program.path, std::move(args), settings);
    for (const auto& [name, value] : environment) spec.env[name] = value;
    spec.log_dir = settings.log_dir;
    spec.log_name = program.path.filename().string();
    ProcessResult done = run_process(spec);
    if (done.ok()) return {};
    Error error = error_of(done, program.path.filename().string());
    if (error.code == "interrupted") return tl::unexpected(std::move(error));
    return fail("backup.failed", fmt::format("{}: {}", doing, error.message), error.hint);
}

}  // namespace migrate
