// generate and init.
#include <algorithm>

#include "adapters/flyway/work.hpp"
#include "adapters/support/node_steps.hpp"

namespace migrate::flyway {

namespace {

namespace fs = std::filesystem;

bool digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Decimal digits plus one, as wide as before where there were leading zeros.
std::string incremented(std::string text) {
    for (std::size_t i = text.size(); i-- > 0;) {
        if (text[i] != '9') {
            ++text[i];
            return text;
        }
        text[i] = '0';
    }
    return "1" + text;
}

/// yyyyMMdd, yyyyMMddHHmm or yyyyMMddHHmmss.
bool is_stamp(std::string_view text) {
    return digits(text) && (text.size() == 14 || text.size() == 12) &&
           (text.starts_with("19") || text.starts_with("20"));
}

/// "V1_2__add_users.sql" -> "1_2".
std::string raw_version(const MigrationFile& file) {
    auto name = parse_name(fs::path(file.files.front()).filename().string());
    return name ? name->raw_version : "";
}

}  // namespace

std::string next_version(const std::vector<std::string>& versions, const std::string& now) {
    if (versions.empty()) return "1";
    const std::string& last = versions.back();
    if (is_stamp(last)) {
        std::string stamp = digits(now) ? now.substr(0, last.size()) : now;
        if (!digits(now) || stamp > last) return stamp;
        return incremented(last);  // the newest script is from the future
    }
    std::size_t separator = last.find_last_of("._");
    if (separator == std::string::npos) return incremented(last);
    return last.substr(0, separator + 1) + incremented(last.substr(separator + 1));
}

Result<Steps> plan_generate(const Work& work) {
    auto name = node::safe_name(work.request.name);
    if (!name) return tl::unexpected(name.error());
    std::replace(name->begin(), name->end(), '-', '_');
    std::vector<std::string> versions;
    std::string directory;
    bool undo = false;
    for (const auto& file : work.facts.files) {
        if (file.key.empty()) continue;
        versions.push_back(raw_version(file));
        directory = fs::path(file.files.front()).parent_path().generic_string();
        undo |= !file.down_file.empty();
    }
    if (directory.empty() && !work.config.locations.empty()) directory = work.config.locations.front();
    if (directory.empty() && !work.unit.migrations.empty()) directory = work.unit.migrations.front().path;
    if (directory.empty()) directory = node::in_unit(work.unit, "sql");
    std::string version = next_version(versions, work.request.now);
    Steps steps{node::write_step(directory + "/V" + version + "__" + *name + ".sql",
                                 "-- " + work.request.name + "\n")};
    if (undo)
        steps.push_back(node::write_step(directory + "/U" + version + "__" + *name + ".sql",
                                         "-- takes back " + work.request.name + "\n"));
    return steps;
}

Result<Steps> plan_init(const Work& work) {
    bool toml = !work.unit.version || Version{10, 0, 0} <= *work.unit.version;
    std::string content = toml
                              ? "# The database comes from FLYWAY_URL, FLYWAY_USER and FLYWAY_PASSWORD.\n"
                                "[flyway]\nlocations = [\"filesystem:sql\"]\nvalidateMigrationNaming = true\n"
                                "failOnMissingLocations = true\n"
                              : "# The database comes from FLYWAY_URL, FLYWAY_USER and FLYWAY_PASSWORD.\n"
                                "flyway.locations=filesystem:sql\nflyway.validateMigrationNaming=true\n"
                                "flyway.failOnMissingLocations=true\n";
    return Steps{node::write_step(node::in_unit(work.unit, toml ? "flyway.toml" : "flyway.conf"), content),
                 node::write_step(node::in_unit(work.unit, "sql/.gitkeep"), "")};
}

}  // namespace migrate::flyway
