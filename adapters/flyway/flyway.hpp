#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/adapter.hpp"

// The parts of the Flyway adapter. Style "maven" and "gradle" run the build's plugin, "" the command line.
namespace migrate::flyway {

std::span<const Row> rows();
std::span<const Flag> flags();

/// A version as Flyway compares it: numbers of any length between dots or underscores; 1.0 equals 1.
class MigrationVersion {
  public:
    /// nullopt where a part is no number.
    static std::optional<MigrationVersion> parse(std::string_view text);
    /// With dots, as the history table holds it.
    const std::string& text() const { return text_; }
    friend bool operator<(const MigrationVersion& a, const MigrationVersion& b) { return a.compare(b) < 0; }
    friend bool operator==(const MigrationVersion& a, const MigrationVersion& b) { return a.compare(b) == 0; }
    int compare(const MigrationVersion& other) const;

  private:
    std::string text_;
    std::vector<std::string> parts_;  ///< digits without leading zeros
};

/// A file name taken apart: "V1_2__add_users.sql".
struct FileName {
    enum class Kind { versioned, repeatable, undo, baseline } kind = Kind::versioned;
    std::string version;      ///< with dots; "" for repeatable ones
    std::string raw_version;  ///< as written: "1_2"
    std::string description;  ///< with blanks
    std::string suffix;       ///< ".sql", ".java" ...
};
std::optional<FileName> parse_name(std::string_view name);

/// Flyway's checksum of a script: CRC-32 over the lines without their ends, as signed 32 bits.
/// Seen to match on files with byte order mark, CR LF and without a last line end.
std::int32_t checksum_of(std::string_view content);

/// What the configuration says, wherever it stands.
struct Config {
    std::string file;                    ///< "" where there is none
    std::vector<std::string> locations;  ///< directories relative to the scan root, existing or not
    bool has_locations = false;          ///< the configuration names them
    std::string table;                   ///< "" is flyway_schema_history
    std::string schema;                  ///< "" is the connection's own
    std::string environment;             ///< section of flyway.toml that is used
    bool out_of_order = false;
    bool validate_on_migrate = true;
    bool placeholders = true;
    std::string ignore_patterns;
    std::vector<TargetSource> targets;
    bool foreign = false;  ///< of a framework (Spring, Micronaut): the command line does not read it
    std::string problem;   ///< why the file could not be read
};

/// Reads flyway.toml, flyway.conf, pom.xml, build.gradle or the framework's configuration.
Config read_config(const Unit& unit, const std::filesystem::path& root, const std::string& environment);

// One a format; each fills in what it finds.
void read_toml(Config& config, const Unit& unit, const std::string& text, const std::string& environment);
void read_conf(Config& config, const Unit& unit, const std::string& text);
void read_pom(Config& config, const Unit& unit, const std::string& text);
void read_gradle(Config& config, const Unit& unit, const std::string& text);
void read_spring(Config& config, const Unit& unit, const std::filesystem::path& root,
                 const std::string& environment);

/// `${env.X}`, `${X}` and `${X:fallback}` where they are the whole text: the variable, and the fallback.
struct Placeholder {
    std::string variable;
    std::string fallback;
};
std::optional<Placeholder> placeholder(std::string_view text);
/// Puts url, user and password, as a configuration writes them, into a target.
void set_url(TargetSource& target, const std::string& url);
void set_field(TargetSource& target, std::string_view field, const std::string& text);
/// "filesystem:sql", "classpath:db/migration" -> directories, relative to the scan root.
void add_location(Config& config, const Unit& unit, std::string location);

Result<std::vector<MigrationFile>> files(const Unit& unit, const std::filesystem::path& root);
std::optional<HistoryQuery> history(const Unit& unit, const std::filesystem::path& root,
                                    const Target& target);
History compare(const Unit& unit, const std::vector<MigrationFile>& files, HistoryRows rows);
Result<std::vector<TargetSource>> targets(const Unit& unit, const std::filesystem::path& root,
                                          const std::string& environment);
std::optional<Error> fits(const Unit& unit, const std::filesystem::path& root);
Result<HistoryRows> read_status(const Unit& unit, std::string_view output);
Needs needs(const Unit& unit, const Request& request);
Result<std::vector<Step>> plan(const Unit& unit, const Request& request, const Facts& facts);

/// The version of a command line from its flyway-core-X.jar: lib/community up to 9, lib/flyway since 10 (seen
/// in 9.22.3, 10.22.0 and 11.8.2). `program` may be a link to it.
std::optional<Version> version_beside(const std::filesystem::path& program);

/// The JDBC address of a connection, without user and password.
std::string jdbc_url(const Connection& connection);

}  // namespace migrate::flyway
