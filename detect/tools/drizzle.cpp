// Drizzle: configurations of drizzle-kit under any name, and journals.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "detect/find.hpp"
#include "detect/js_project.hpp"
#include "detect/js_text.hpp"
#include "detect/paths.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

struct Config {
    std::string path;
    Tree::Dir dir = 0;
    std::string dialect;
    std::string out = "./drizzle";  ///< `*` for what is computed
    bool out_given = false;
    std::string schema;
    int line = 0;
    const Call* named_by = nullptr;
};

/// A directory with a history: the journal's directory's parent, or the parent of 1.0's folders.
struct History {
    Tree::Dir dir = 0;
    std::string path;
    std::string dialect;
    std::string evidence;
    int line = 0;
    bool folders = false;
};

std::string first_string(std::string_view text, std::string_view key) {
    for (const JsValue& value : values_of_key(text, key))
        if (!value.strings.empty()) return value.strings.front();
    return "";
}

/// Imports or names the package; text that only speaks of it (an installer's list) does not.
bool loads_kit(std::string_view text) {
    for (std::string_view before : {"from ", "from", "require(", "import("})
        for (std::string_view quote : {"\"", "'"})
            if (contains(text, std::string(before) + std::string(quote) + "drizzle-kit")) return true;
    return false;
}

/// The names that drizzle-kit looks for itself; with the kit among the dependencies such a file needs no
/// import from it (a plain object is enough, usual up to 0.20).
bool usual_name(const Sources& sources, const std::string& path) {
    const std::string_view name = name_of_path(path);
    return (name == "drizzle.config.ts" || name == "drizzle.config.js") &&
           sources.packages.nearest_with(sources.tree.find(parent_of(path)), "drizzle-kit");
}

std::optional<Config> read_config(const Sources& sources, const std::string& path, const Call* named_by) {
    const std::string& raw = sources.repo.text(path, 256 * 1024);
    bool json = path.ends_with(".json");
    if (raw.empty()) return std::nullopt;
    if (!json && !named_by &&
        (!(loads_kit(raw) || usual_name(sources, path)) ||
         !contains_any(raw, {"export default", "module.exports"})))
        return std::nullopt;
    std::string text = json ? raw : without_js_comments(raw);
    if (json && !contains(text, "\"dialect\"") && !contains(text, "\"out\"")) return std::nullopt;
    if (json && !nlohmann::json::accept(text)) {
        sources.repo.report(path, 0, "config.invalid", "no valid JSON");
        return std::nullopt;
    }
    if (!json && !contains_any(text, {"dialect", "driver", "schema", "out"})) return std::nullopt;
    Config config;
    config.path = path;
    config.dir = sources.tree.find(parent_of(path));
    config.named_by = named_by;
    config.line = std::max(1, line_with(raw, "drizzle-kit"));
    config.dialect = first_string(text, "dialect");
    if (config.dialect.empty()) config.dialect = first_string(text, "driver");
    config.schema = first_string(text, "schema");
    if (std::string out = first_string(text, "out"); !out.empty()) {
        config.out = out;
        config.out_given = true;
    }
    return config;
}

std::vector<Config> configs(const Sources& sources) {
    std::vector<Config> found;
    std::set<std::string> seen;
    for (const Call& call : sources.calls.scripts("drizzle-kit")) {
        for (const std::string& value : option_values(call, {"--config", "-c"})) {
            std::string path = join(call.package->path, value);
            if (!sources.tree.has_file(path)) {
                if (!contains(value, "$") && !sources.repo.exists(path))
                    sources.repo.report(
                        call.path, call.line, "config.stale",
                        "script \"" + call.name + "\" names " + value + ", which is not there");
                continue;
            }
            if (!seen.insert(path).second) continue;
            if (auto config = read_config(sources, path, &call)) found.push_back(std::move(*config));
        }
    }
    for (Tree::Place place : sources.tree.of_kind(FileKind::js_config)) {
        bool telling = contains(sources.tree.name(place), "drizzle");
        if (!telling && !sources.packages.nearest_with(place.dir, "drizzle-kit")) continue;
        std::string path = sources.tree.path(place);
        if (!seen.insert(path).second) continue;
        if (auto config = read_config(sources, path, nullptr)) found.push_back(std::move(*config));
    }
    std::sort(found.begin(), found.end(), [](const Config& a, const Config& b) { return a.path < b.path; });
    return found;
}

std::vector<History> histories(const Sources& sources) {
    std::vector<History> found;
    for (Tree::Place place : sources.tree.of_kind(FileKind::journal)) {
        if (sources.tree.name(place.dir) != "meta" || place.dir == 0) continue;
        History history;
        history.dir = sources.tree.parent(place.dir);
        history.path = sources.tree.path(history.dir);
        history.evidence = sources.tree.path(place);
        // The dialect stands in the first lines, whatever the number of entries.
        std::string text = sources.repo.head(history.evidence, 512);
        history.line = line_with(text, "\"dialect\"");
        history.dialect = first_string(text, "dialect");
        if (history.dialect.empty()) continue;
        found.push_back(std::move(history));
    }
    std::set<Tree::Dir> parents;
    for (Tree::Dir dir : sources.tree.holding(bit(FileKind::migration_sql)))
        if (dir != 0 && sources.tree.has(dir, "snapshot.json")) parents.insert(sources.tree.parent(dir));
    for (Tree::Dir dir : parents) {
        History history;
        history.dir = dir;
        history.path = sources.tree.path(dir);
        history.folders = true;
        history.evidence = history.path;
        found.push_back(std::move(history));
    }
    return found;
}

/// The directory that drizzle-kit runs in: paths in its configuration are relative to that. A script says it;
/// else the first of package, configuration and the packages above where the history is.
Tree::Dir root_of(const Sources& sources, const Config& config) {
    std::vector<Tree::Dir> candidates;
    if (config.named_by) candidates.push_back(config.named_by->dir);
    if (const Package* package = sources.packages.nearest(config.dir)) candidates.push_back(package->dir);
    candidates.push_back(config.dir);
    for (Tree::Dir at = config.dir; at != Tree::none; at = sources.tree.parent(at))
        if (sources.packages.at(at)) candidates.push_back(at);
    std::string wanted = config.out.substr(0, config.out.find('*'));
    for (Tree::Dir dir : candidates)
        if (sources.tree.find(join(sources.tree.path(dir), wanted)) != Tree::none) return dir;
    return candidates.front();
}

std::optional<Engine> engine_of(std::string_view dialect) {
    if (dialect == "postgresql" || dialect == "pglite") return Engine::postgresql;
    return engine_from(dialect);
}

/// Whether the files of a journal agree with its list.
void check_journal(const Sources& sources, const History& history) {
    if (history.folders) return;
    nlohmann::json journal = nlohmann::json::parse(sources.repo.text(history.evidence), nullptr, false);
    if (journal.is_discarded() || !journal.is_object()) {
        sources.repo.report(history.evidence, 0, "config.invalid", "no valid JSON");
        return;
    }
    auto entries = journal.find("entries");
    if (entries == journal.end() || !entries->is_array()) return;
    std::set<std::string> listed;
    for (const auto& entry : *entries) {
        if (!entry.is_object() || !entry.contains("tag") || !entry["tag"].is_string()) continue;
        std::string tag = entry["tag"].get<std::string>();
        listed.insert(tag + ".sql");
        if (!sources.tree.has(history.dir, tag + ".sql"))
            sources.repo.report(history.evidence, 0, "history.disagrees",
                                "lists " + tag + ", whose file is not there");
    }
    for (const Tree::File& file : sources.tree.files(history.dir)) {
        std::string name(sources.tree.name(file));
        if (file.kind == FileKind::numbered_sql && !listed.contains(name))
            sources.repo.report(join(history.path, name), 0, "history.disagrees",
                                "is not in meta/_journal.json: drizzle-kit will not run it");
    }
}

void add_history(Find& find, const History& history, std::optional<Engine> variant) {
    find.add(history.folders ? Signal::drizzle_folders : Signal::drizzle_journal, history.evidence,
             history.line);
    find.unit.migrations.push_back({history.path, variant});
    if (auto engine = engine_of(history.dialect))
        if (std::find(find.unit.engines.begin(), find.unit.engines.end(), *engine) ==
                find.unit.engines.end() &&
            (find.unit.engines.empty() || variant))
            find.unit.engines.push_back(*engine);
}

/// The histories that a configuration means. A computed `out` may mean several, one an engine.
std::vector<const History*> histories_of(const Config& config, const std::string& root,
                                         const std::vector<History>& all) {
    std::vector<const History*> own;
    std::string out = join(root, config.out);
    bool computed = contains(config.out, "*");
    for (const History& history : all) {
        if (!computed && history.path == out) own.push_back(&history);
        if (computed) {
            std::string before = out.substr(0, out.find('*'));
            if (history.path.starts_with(before == "." ? "" : before) && is_within(history.path, root))
                own.push_back(&history);
        }
    }
    return own;
}

Find from_config(const Sources& sources, const Config& config, const std::vector<History>& all,
                 std::set<std::string>& claimed) {
    Find find;
    find.unit.tool = Tool::drizzle;
    find.unit.config = config.path;
    Tree::Dir root = root_of(sources, config);
    find.unit.root = sources.tree.path(root);
    find.own_path = config.path;
    find.add(Signal::drizzle_config, config.path, config.line);
    if (config.named_by) find.add(Signal::called, config.named_by->path, config.named_by->line);
    if (auto engine = engine_of(config.dialect)) find.unit.engines.push_back(*engine);
    if (!config.schema.empty() && !contains(config.schema, "*"))
        find.unit.schema = join(find.unit.root, config.schema);

    std::vector<const History*> own = histories_of(config, find.unit.root, all);
    bool several = own.size() > 1;
    for (const History* history : own) {
        claimed.insert(history->path);
        add_history(find, *history,
                    several ? engine_from(lowercase(name_of_path(history->path))) : std::nullopt);
    }
    if (!find.unit.schema.empty() && sources.tree.find(find.unit.schema) == Tree::none &&
        !sources.tree.has_file(find.unit.schema) && !sources.repo.exists(find.unit.schema))
        sources.repo.report(config.path, config.line, "config.stale",
                            "names the schema " + find.unit.schema + ", which is not there");
    if (own.empty()) {
        std::string out = join(find.unit.root, config.out.substr(0, config.out.find('*')));
        find.unit.migrations.push_back({out, std::nullopt});
    }
    std::string_view file = name_of_path(config.path);
    bool default_name =
        file == "drizzle.config.ts" || file == "drizzle.config.js" || file == "drizzle.config.json";
    if (!default_name || std::string(parent_of(config.path)) != find.unit.root)
        find.name = telling_name(relative_to(config.path, find.unit.root), {"drizzle"});
    return find;
}

Find from_history(const Sources& sources, const History& history) {
    Find find;
    find.unit.tool = Tool::drizzle;
    const Package* package = sources.packages.nearest(history.dir);
    find.unit.root = package ? package->path : std::string(parent_of(history.path));
    find.own_path = history.path;
    // Without a configuration only the application's own migrator can apply it.
    find.unit.how_run = HowRun::programmatic;
    add_history(find, history, std::nullopt);
    std::string below = relative_to(history.path, find.unit.root);
    if (below != "drizzle") find.name = telling_name(below, {"drizzle"});
    return find;
}

}  // namespace

std::vector<Find> find_drizzle(const Sources& sources) {
    std::vector<Find> finds;
    std::vector<History> all = histories(sources);
    std::set<std::string> claimed;
    for (const Config& config : configs(sources)) {
        if (contains_any(name_of_path(config.path), {".test.", ".spec."})) continue;
        Find find = from_config(sources, config, all, claimed);
        // One history, several stages: the first configuration by name is the unit's, the default one before.
        auto same = std::find_if(finds.begin(), finds.end(), [&](const Find& other) {
            return !find.unit.migrations.empty() && other.unit.root == find.unit.root &&
                   other.unit.migrations.front().path == find.unit.migrations.front().path;
        });
        if (same == finds.end())
            finds.push_back(std::move(find));
        else if (find.name.empty() && !same->name.empty())
            *same = std::move(find);
    }
    for (const History& history : all) {
        if (claimed.contains(history.path)) continue;
        // A configuration in the same package whose `out` nobody can read statically.
        auto open = std::find_if(finds.begin(), finds.end(), [&](const Find& find) {
            return find.has(Signal::drizzle_config) && !find.has(Signal::drizzle_journal) &&
                   is_within(history.path, find.unit.root) &&
                   sources.tree.find(find.unit.migrations.front().path) == Tree::none;
        });
        if (open != finds.end()) {
            open->unit.migrations.clear();
            add_history(*open, history, std::nullopt);
            continue;
        }
        finds.push_back(from_history(sources, history));
    }
    for (const History& history : all) check_journal(sources, history);
    return finds;
}

}  // namespace migrate::detection
