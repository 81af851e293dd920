// Which database a drizzle.config names, and whether the installed kit can read the migrations directory.
#include "adapters/drizzle/drizzle.hpp"
#include "adapters/drizzle/project.hpp"
#include "adapters/support/js_connection.hpp"
#include "adapters/support/js_target.hpp"
#include "base/files.hpp"

namespace migrate::drizzle {

namespace fs = std::filesystem;

namespace {

/// 0.20 says connectionString or uri; the others url. Fields are called the same everywhere.
const js::ConnectionKeys kKeys{.url = {"url", "connectionString", "uri"}, .user = {"user", "username"}};

/// Databases that only a service's own HTTP interface, or the application's process, can reach.
std::string unreachable_driver(std::string_view driver) {
    if (driver == "d1-http" || driver == "d1")
        return "the database is Cloudflare D1, which `wrangler d1 migrations apply` migrates";
    if (driver == "aws-data-api") return "the database is reached over the AWS Data API only";
    if (driver == "pglite") return "the database is a PGlite directory, which only one process can open";
    if (driver == "expo" || driver == "durable-sqlite" || driver == "sqlite-cloud")
        return "the database lives where the application runs (driver " + std::string(driver) + ")";
    return "";
}

void read_credentials(TargetSource& source, const std::string& text, bool json) {
    js::Module module;
    if (json)
        module.exported = js::parse_value(text);
    else
        module = js::parse_module(text);
    const js::Value& exported = js::resolve(module, *module.exported);
    const js::Value* credentials = js::member(module, exported, "dbCredentials");
    if (!credentials) {
        if (!js::has_unknown_members(module, exported)) {
            source.why = "the configuration has no dbCredentials";
            return;
        }
        source.kind = TargetSource::Kind::needs_probe;
        source.why = "the configuration takes members from elsewhere";
        return;
    }
    js::read_connection(source, module, *credentials, kKeys);
}

}  // namespace

Result<std::vector<TargetSource>> targets(const Unit& unit, const fs::path& root, const std::string&) {
    Project project = read_project(unit, root);
    TargetSource source;
    source.file = project.config;
    source.line = project.line;
    source.engine = project.engine;
    source.base_dir = unit.root;  // SQLite paths are relative to where drizzle-kit runs
    // drizzle-kit itself imports dotenv/config before anything else; what its configuration loads comes
    // after and replaces nothing.
    source.dotenv = {(fs::path(unit.root) / ".env").lexically_normal().generic_string()};
    auto text = project.config.empty() ? std::nullopt : read_file(root / project.config, 1u << 20);
    if (!text) {
        source.why = "there is no drizzle.config";
        return std::vector<TargetSource>{std::move(source)};
    }
    const bool json = project.config.ends_with(".json");
    if (!json)
        for (auto& file : js::dotenv_files(js::parse_module(*text), project.config, unit.root))
            if (file != source.dotenv.front()) source.dotenv.push_back(std::move(file));
    std::string far = unreachable_driver(project.driver);
    if (!far.empty()) {
        source.why = std::move(far);
    } else if (!project.readable) {
        source.kind = TargetSource::Kind::needs_probe;
        source.why = project.why;
    } else {
        read_credentials(source, *text, json);
    }
    return std::vector<TargetSource>{std::move(source)};
}

std::optional<Error> fits(const Unit& unit, const fs::path& root) {
    if (!unit.version) return std::nullopt;
    if (unit.version->major >= 2)
        return Error{"tool.version",
                     unit.id + ": drizzle-kit " + unit.version_text + " is newer than what is known",
                     "drizzle-kit up to 1.x is supported.",
                     {}};
    Project project = read_project(unit, root);
    if (unit.version->major >= 1 && project.layout == Layout::journal)
        return Error{
            "tool.layout",
            project.out + ": this is the layout of drizzle-kit before 1.0, and " + unit.version_text +
                " is installed",
            "Commit, run `drizzle-kit up`, and look at what it has changed.",
            {{By::person, {"drizzle-kit", "up"}, "everything is committed", "rewrites the directory"}}};
    if (unit.version->major == 0 && project.layout == Layout::folders)
        return Error{"tool.layout",
                     project.out + ": this is the layout of drizzle-kit 1.0, and " + unit.version_text +
                         " is installed",
                     "It would see no migration there, report success, and generate everything anew. Install "
                     "drizzle-kit 1.0.",
                     {}};
    return std::nullopt;
}

}  // namespace migrate::drizzle
