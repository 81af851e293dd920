#include "config/config.hpp"

#include <algorithm>
#include <set>

#include "base/duration.hpp"
#include "base/files.hpp"
#include "base/nearest.hpp"
#include "config/keys.hpp"
#include "config/reading.hpp"
#include "model/verb.hpp"

namespace migrate {

namespace {

namespace fs = std::filesystem;

using config_reading::duration_of;
using config_reading::floors_of;
using config_reading::text_of;
using config_reading::texts_of;

/// Turns a checked document into values; what the key table cannot say is checked here.
class Reader {
  public:
    Reader(const TomlNode& document, std::string file) : document_(document) {
        config_.file = std::move(file);
    }

    Result<Config> read() {
        config_.ignore = texts_of(document_.find("ignore"));
        if (const TomlNode* defaults = document_.find("defaults"))
            config_.default_environment = text_of(defaults->find("env"));
        if (const TomlNode* node = document_.find("environments"))
            if (auto ok = environments(*node, config_.environments); !ok) return tl::unexpected(ok.error());
        if (const TomlNode* node = document_.find("unit"))
            for (const auto& entry : node->items)
                if (auto ok = unit(entry); !ok) return tl::unexpected(ok.error());
        for (auto step : {&Reader::after, &Reader::rules, &Reader::verify, &Reader::tighten})
            if (auto ok = (this->*step)(); !ok) return tl::unexpected(ok.error());
        return std::move(config_);
    }

  private:
    std::string at(const TomlNode& node) const { return config_.file + ":" + std::to_string(node.line); }

    tl::unexpected<Error> invalid(const TomlNode& node, const std::string& what, std::string hint) const {
        return fail("config.invalid", at(node) + ": " + what, std::move(hint));
    }

    /// Normal, relative, not climbing out of the root.
    Result<std::string> path(const TomlNode& node) const {
        fs::path normal = fs::path(node.text).lexically_normal();
        if (normal.is_absolute() || (!normal.empty() && *normal.begin() == ".."))
            return invalid(node, "\"" + node.text + "\" leaves the repository",
                           "Paths are relative to the directory of the file.");
        std::string text = normal.generic_string();
        while (text.size() > 1 && text.ends_with('/')) text.pop_back();
        return text.empty() ? "." : text;
    }

    Result<void> path_into(const TomlNode* node, std::string& into) const {
        if (!node) return {};
        auto normal = path(*node);
        if (!normal) return tl::unexpected(normal.error());
        into = std::move(*normal);
        return {};
    }

    Result<void> environments(const TomlNode& node,
                              std::map<std::string, EnvironmentConfig, std::less<>>& into) const {
        for (const auto& [name, member] : node.members) {
            EnvironmentConfig entry;
            entry.source = at(member);
            entry.url_env = text_of(member.find("url_env"));
            entry.dotenv = texts_of(member.find("dotenv"));
            entry.hosts = texts_of(member.find("hosts"));
            if (const TomlNode* level = member.find("level")) {
                entry.level = level_from(level->text);
                if (*entry.level < Level::staging)
                    return invalid(*level, "a repository cannot declare \"" + level->text + "\"",
                                   "It may declare more care, never less: staging, shared or production.");
            }
            into.emplace(name, std::move(entry));
        }
        return {};
    }

    Result<void> unit(const TomlNode& node) {
        UnitConfig entry;
        entry.source = at(node);
        entry.id = text_of(node.find("id"));
        const TomlNode* path = node.find("path");
        if (entry.id.empty() && !path)
            return invalid(node, "a [[unit]] needs an id or a path",
                           "path = \"apps/api\" says which unit it is.");
        if (auto ok = path_into(path, entry.path); !ok) return ok;
        if (const TomlNode* tool = node.find("tool")) entry.tool = tool_from(tool->text);
        if (const TomlNode* engine = node.find("engine")) entry.engine = engine_from(engine->text);
        entry.style = text_of(node.find("style"));
        for (auto [key, field] : {std::pair{"config", &entry.config},
                                  {"schema", &entry.schema},
                                  {"schema_file", &entry.schema_file},
                                  {"seeds", &entry.seeds}})
            if (auto ok = path_into(node.find(key), *field); !ok) return ok;
        if (const TomlNode* migrations = node.find("migrations"))
            for (const auto& item : migrations->items)
                if (auto ok = path_into(&item, entry.migrations.emplace_back()); !ok) return ok;
        entry.after = texts_of(node.find("after"));
        if (const TomlNode* commands = node.find("commands"))
            if (auto ok = this->commands(*commands, entry); !ok) return ok;
        if (const TomlNode* environments = node.find("environments"))
            if (auto ok = this->environments(*environments, entry.environments); !ok) return ok;
        for (const auto& other : config_.units)
            if (!entry.id.empty() && other.id == entry.id)
                return invalid(node, "the id \"" + entry.id + "\" stands twice",
                               other.source + " has it already.");
        config_.units.push_back(std::move(entry));
        return {};
    }

    Result<void> commands(const TomlNode& node, UnitConfig& entry) const {
        for (const auto& [name, command] : node.members) {
            auto verb = verb_from(name);
            if (!verb) {
                std::vector<std::string_view> names;
                for (Verb known : all_verbs()) names.push_back(to_string(known));
                std::string near = nearest(name, names);
                return invalid(command, "\"commands." + name + "\" names no verb",
                               near.empty() ? "" : "Did you mean \"" + near + "\"?");
            }
            if (!changes_something(*verb))
                return invalid(command,
                               "\"commands." + name + "\": a project's own command is never used for reading",
                               "Only verbs that change something can be replaced.");
            if (command.items.empty() || command.items.front().text.empty())
                return invalid(command, "\"commands." + name + "\" is empty",
                               "A list of words: [\"pnpm\", \"run\", \"x\"].");
            entry.commands.emplace(std::string(to_string(*verb)), texts_of(&command));
        }
        return {};
    }

    /// `after` names entries of this file by alias; ids with a ':' may name units that detection finds.
    Result<void> after() {
        std::vector<std::string_view> ids;
        for (const auto& entry : config_.units)
            if (!entry.id.empty()) ids.push_back(entry.id);
        const TomlNode* units = document_.find("unit");
        for (std::size_t i = 0; i < config_.units.size(); ++i)
            for (const auto& name : config_.units[i].after) {
                if (name.find(':') != std::string::npos ||
                    std::find(ids.begin(), ids.end(), name) != ids.end())
                    continue;
                std::string near = nearest(name, ids);
                return invalid(*units->items[i].find("after"), "\"" + name + "\" is no unit",
                               near.empty() ? "Give that unit a [[unit]] entry with this id."
                                            : "Did you mean \"" + near + "\"?");
            }
        for (std::size_t i = 0; i < config_.units.size(); ++i) {
            std::set<std::string> seen;
            if (reaches(config_.units[i].id, config_.units[i].id, seen))
                return invalid(*units->items[i].find("after"),
                               "the order goes round in a circle through \"" + config_.units[i].id + "\"",
                               "Take one `after` out.");
        }
        return {};
    }

    bool reaches(const std::string& from, const std::string& goal, std::set<std::string>& seen) const {
        for (const auto& entry : config_.units) {
            if (entry.id.empty() || entry.id != from) continue;
            for (const auto& next : entry.after) {
                if (next == goal) return true;
                if (seen.insert(next).second && reaches(next, goal, seen)) return true;
            }
        }
        return false;
    }

    Result<void> rules() {
        const TomlNode* check = document_.find("check");
        if (!check) return {};
        for (const char* list : {"disable", "severity"}) {
            const TomlNode* entries = check->find(list);
            if (!entries) continue;
            for (const auto& entry : entries->items) {
                RuleSetting setting{text_of(entry.find("rule")), "off", text_of(entry.find("reason")),
                                    at(entry)};
                if (const TomlNode* severity = entry.find("level")) setting.severity = severity->text;
                if (setting.rule.empty() || setting.reason.empty())
                    return invalid(entry,
                                   std::string("an entry of check.") + list + " needs a rule and a reason",
                                   "{ rule = \"L02\", reason = \"small tables only\" }");
                config_.rules.push_back(std::move(setting));
            }
        }
        return {};
    }

    Result<void> verify() {
        const TomlNode* node = document_.find("verify");
        if (!node) return {};
        for (const auto& entry : node->items) {
            DataCheck check{text_of(entry.find("unit")), text_of(entry.find("name")),
                            text_of(entry.find("sql")), at(entry)};
            if (check.unit.empty() || check.name.empty() || check.sql.empty())
                return invalid(entry, "a [[verify]] needs unit, name and sql", "The SQL must return no row.");
            config_.verify.push_back(std::move(check));
        }
        return {};
    }

    Result<void> tighten() {
        config_.tighten.plan_max_age = duration_of(document_, "plan", "max_age");
        config_.tighten.backup_max_age = duration_of(document_, "backup", "max_age");
        auto floors = floors_of(document_.find("matrix"), config_.file);
        if (!floors) return tl::unexpected(floors.error());
        config_.tighten.floors = std::move(*floors);
        return {};
    }

    const TomlNode& document_;
    Config config_;
};

}  // namespace

Result<Config> parse_config(std::string_view text, std::string file) {
    auto document = parse_toml(text, file);
    if (!document) return tl::unexpected(document.error());
    if (auto ok = check_keys(*document, ConfigKind::repo, file); !ok) return tl::unexpected(ok.error());
    return Reader(*document, std::move(file)).read();
}

Result<Config> read_config(const std::filesystem::path& root) {
    const fs::path path = root / "migrate.toml";
    std::error_code ignored;
    if (!fs::exists(path, ignored)) return Config{};
    auto text = read_file(path, 1u << 20);
    if (!text)
        return fail("config.invalid", "migrate.toml: the file cannot be read",
                    "It is no regular file, is too large, or is not readable by this user.");
    return parse_config(*text);
}

const UnitConfig* config_of(const Config& config, const Unit& unit) {
    for (const auto& entry : config.units)
        if (!entry.id.empty() && (entry.id == unit.alias || entry.id == unit.id)) return &entry;
    for (const auto& entry : config.units) {
        if (!unit.alias.empty() && !entry.id.empty()) continue;
        if (entry.path == unit.root && (!entry.tool || *entry.tool == unit.tool) &&
            (entry.config.empty() || unit.config.empty() || entry.config == unit.config))
            return &entry;
    }
    return nullptr;
}

}  // namespace migrate
