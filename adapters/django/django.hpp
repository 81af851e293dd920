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

// The parts of the Django adapter.
namespace migrate::django {

std::span<const Row> rows();
std::span<const Flag> flags();

Result<std::vector<MigrationFile>> files(const Unit& unit, const std::filesystem::path& root);
std::optional<HistoryQuery> history(const Unit& unit, const std::filesystem::path& root,
                                    const Target& target);
History compare(const Unit& unit, const std::vector<MigrationFile>& files, HistoryRows rows);
Result<std::vector<TargetSource>> targets(const Unit& unit, const std::filesystem::path& root,
                                          const std::string& environment);
std::optional<Probe> probe(const Unit& unit, const std::filesystem::path& root);
std::optional<Error> fits(const Unit& unit, const std::filesystem::path& root);
Result<HistoryRows> read_status(const Unit& unit, std::string_view output);
Needs needs(const Unit& unit, const Request& request);
Result<std::vector<Step>> plan(const Unit& unit, const Request& request, const Facts& facts);
Result<std::vector<Preview>> previews(const Unit& unit, const Request& request, const Facts& facts,
                                      const Step& step);

/// The settings module that manage.py names, and its file relative to the scan root; both "" where unknown.
struct Settings {
    std::string module;
    std::string file;
};
Settings settings_of(const Unit& unit, const std::filesystem::path& root);
/// manage.py of the unit, relative to the scan root.
std::string manage_py(const Unit& unit);

using Ids = std::set<std::string, std::less<>>;

/// "blog" of "blog.0001_initial".
std::string_view app_of(std::string_view id);
/// "0001_initial" of "blog.0001_initial".
std::string_view name_of(std::string_view id);

/// The migrations as Django's loader sees them, given what is applied: a squashed migration takes the place
/// of those that it replaces where all or none of them are applied, and is left out otherwise.
class Graph {
  public:
    Graph(const std::vector<MigrationFile>& files, const Ids& rows);

    bool has(std::string_view id) const { return nodes_.contains(id); }
    /// Ids of an applied history as the graph counts them (a squashed one for those that it replaces).
    const Ids& applied() const { return applied_; }
    /// Whether rows of this id are stood for by an active squashed migration.
    bool replaced(std::string_view id) const { return replaced_.contains(id); }

    /// All nodes, in the order in which Django applies them.
    std::vector<std::string> ordered() const;
    /// The node and all that it needs, in that order.
    std::vector<std::string> forwards(const std::string& id) const;
    /// The node and all that needs it, the last first.
    std::vector<std::string> backwards(const std::string& id) const;
    /// Apps with several leaf migrations, which Django refuses to work with: app -> names.
    std::map<std::string, std::vector<std::string>> conflicts() const;
    std::vector<std::string> parents_in_app(std::string_view id) const;

    /// What `migrate APP TARGET` would take away from what is applied; "zero" for all of the app.
    Ids backward_effect(std::string_view app, std::string_view target, const Ids& applied) const;
    /// The target whose effect is exactly `wanted`, all of one app: a name, "zero"; nullopt where none is.
    std::optional<std::string> backward_target(const Ids& wanted, const Ids& applied) const;

  private:
    struct Node {
        Ids parents, children;
    };
    std::vector<std::string> visit(const std::string& start, bool forwards) const;
    std::map<std::string, Node, std::less<>> nodes_;
    Ids applied_;
    Ids replaced_;
};

}  // namespace migrate::django
