#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/adapter.hpp"
#include "adapters/preview.hpp"
#include "adapters/probes.hpp"

// The parts of the Alembic adapter (Flask-Migrate is its style "flask-migrate").
namespace migrate::alembic {

std::span<const Row> rows();
std::span<const Flag> flags();

/// Whether the unit is run as `flask db ...`.
bool is_flask(const Unit& unit);

/// What starts the program, without `db` and `-n SECTION`, which the rows of the table say.
std::vector<std::string> launch_of(const Unit& unit);

/// What alembic.ini (or pyproject.toml) says. Paths are relative to the scan root.
struct Config {
    std::string file;     ///< "" where there is none
    std::string section;  ///< of the ini; "alembic" is what Alembic takes without -n
    std::string script_location;
    std::vector<std::string> version_locations;
    bool recursive = false;
    std::string file_template;  ///< "" is Alembic's own: ID_slug
    std::string url;            ///< sqlalchemy.url; "" where absent or the template's placeholder
    int url_line = 0;
    /// Of the multidb template: a section with a URL for each database.
    std::map<std::string, std::pair<std::string, int>> databases;
    bool toml = false;  ///< the source layout stands in pyproject.toml
};

/// Reads the configuration for an environment's name: a section of that name is used where the ini has one.
Config read_config(const Unit& unit, const std::filesystem::path& root, const std::string& environment);

/// env.py below script_location, "" where there is none.
std::string env_file(const Unit& unit, const Config& config, const std::filesystem::path& root);

/// The directories that revisions lie in, existing ones only.
std::vector<std::string> version_directories(const Unit& unit, const Config& config,
                                             const std::filesystem::path& root);

Result<std::vector<MigrationFile>> files(const Unit& unit, const std::filesystem::path& root);
std::optional<HistoryQuery> history(const Unit& unit, const std::filesystem::path& root,
                                    const Target& target);
History compare(const Unit& unit, const std::vector<MigrationFile>& files, HistoryRows rows);
Result<std::vector<TargetSource>> targets(const Unit& unit, const std::filesystem::path& root,
                                          const std::string& environment);
std::optional<Probe> probe(const Unit& unit, const std::filesystem::path& root,
                           const std::string& environment);
std::optional<Error> fits(const Unit& unit, const std::filesystem::path& root);
Result<HistoryRows> read_status(const Unit& unit, std::string_view output);
Needs needs(const Unit& unit, const Request& request);
Result<std::vector<Step>> plan(const Unit& unit, const Request& request, const Facts& facts);
Result<std::vector<Preview>> previews(const Unit& unit, const Request& request, const Facts& facts,
                                      const Step& step);

using Ids = std::set<std::string, std::less<>>;

/// The revision graph. Edges are down_revision and depends_on, as Alembic's own map has them.
class Graph {
  public:
    /// `files` as `files()` returns them: parents before children. They must outlive the graph.
    explicit Graph(const std::vector<MigrationFile>& files);

    const MigrationFile* find(std::string_view id) const;
    /// In the order of the files.
    std::vector<std::string> ordered(const Ids& ids) const;
    /// Revisions that no other goes on from (depends_on does not count), as `alembic heads` lists them.
    std::vector<std::string> heads() const;
    /// Of a set: those that no other of the set goes on from or depends on. What alembic_version holds.
    std::vector<std::string> tips(const Ids& ids) const;
    /// The revisions and all that they stand on, depends_on included.
    Ids closure(const std::vector<std::string>& ids) const;
    /// The revisions and all that stands on them, depends_on included.
    Ids descendants(const std::vector<std::string>& ids) const;
    /// By id, unique beginning of an id (4 characters or more), or branch label. Error `migration.unknown`.
    Result<std::string> resolve(std::string_view name) const;

    /// What `alembic downgrade TARGET` removes from the applied set; `target` is a revision, "base", or
    /// either behind "BRANCH@" (seen in 1.8.1 and 1.20.1).
    Ids downgrade_effect(std::string_view target, const Ids& applied) const;
    /// The explicit target whose downgrade removes exactly `wanted`; nullopt where one command cannot.
    std::optional<std::string> downgrade_target(const Ids& wanted, const Ids& applied) const;

  private:
    std::vector<std::string_view> lineage(const MigrationFile& file) const;  ///< down_revision alone
    const std::vector<MigrationFile>& files_;
    std::map<std::string_view, std::size_t> index_;
    std::map<std::string_view, std::vector<std::string_view>> children_;  ///< by any edge
};

}  // namespace migrate::alembic
