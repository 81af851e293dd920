#include "config/policy_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "base/files.hpp"
#include "config/keys.hpp"
#include "config/reading.hpp"

namespace migrate {

namespace {

namespace fs = std::filesystem;

using config_reading::duration_of;
using config_reading::floors_of;
using config_reading::text_of;
using config_reading::texts_of;

/// No plan is good for longer, whatever a file says (contract, section 4).
constexpr std::chrono::seconds kLongestPlan = std::chrono::hours(24);

std::string at(const TomlNode& node, const std::string& file) {
    return file + ":" + std::to_string(node.line);
}

Result<void> read_targets(const TomlNode& entries, const std::string& file, PolicyRules& rules) {
    for (const auto& entry : entries.items) {
        const TomlNode* level = entry.find("level");
        DeclaredLevel declared;
        if (const TomlNode* host = entry.find("host")) declared.host = host->text;
        if (const TomlNode* database = entry.find("database")) declared.database = database->text;
        if (!level || (!entry.find("host") && !entry.find("database")))
            return fail("config.invalid",
                        at(entry, file) + ": a [[target]] needs a level, and a host or a database",
                        "host = \"*.staging.example.com\", level = \"staging\".");
        declared.level = level_from(level->text).value_or(Level::production);
        declared.reason = text_of(entry.find("reason"));
        declared.source = at(entry, file);
        rules.targets.push_back(std::move(declared));
    }
    return {};
}

Result<void> read_keys(const TomlNode& entries, const std::string& file, PolicyRules& rules) {
    for (const auto& entry : entries.items) {
        ApprovalKey key{text_of(entry.find("public")), texts_of(entry.find("environments")),
                        text_of(entry.find("name")), at(entry, file)};
        if (key.public_key.empty() || key.environments.empty())
            return fail("config.invalid", key.source + ": an [[approval_key]] needs public and environments",
                        "It approves for the environments that it lists and no other.");
        rules.keys.push_back(std::move(key));
    }
    return {};
}

/// A policy that others may write is theirs, not the system's or the user's.
Result<void> trusted(const fs::path& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) return {};
    if (info.st_uid != 0 && info.st_uid != ::geteuid())
        return fail("config.invalid", path.string() + ": the policy file belongs to another user",
                    "It must be root's or your own.");
    if ((info.st_mode & S_IWOTH) != 0)
        return fail("config.invalid", path.string() + ": everybody may write the policy file",
                    "chmod o-w " + path.string());
    return {};
}

template <class T>
void append(std::vector<T>& to, std::vector<T> from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

Result<PolicyRules> parse_policy(std::string_view text, const std::string& file) {
    auto document = parse_toml(text, file);
    if (!document) return tl::unexpected(document.error());
    if (auto ok = check_keys(*document, ConfigKind::policy, file); !ok) return tl::unexpected(ok.error());
    PolicyRules rules;
    rules.files = {file};
    if (const TomlNode* targets = document->find("target"))
        if (auto ok = read_targets(*targets, file, rules); !ok) return tl::unexpected(ok.error());
    if (const TomlNode* keys = document->find("approval_key"))
        if (auto ok = read_keys(*keys, file, rules); !ok) return tl::unexpected(ok.error());
    auto floors = floors_of(document->find("matrix"), file);
    if (!floors) return tl::unexpected(floors.error());
    rules.floors = std::move(*floors);
    rules.plan_max_age =
        std::min(duration_of(*document, "plan", "max_age").value_or(kLongestPlan), kLongestPlan);
    rules.backup_max_age = duration_of(*document, "backup", "max_age").value_or(rules.backup_max_age);
    if (const TomlNode* backup = document->find("backup"))
        rules.backup_command = texts_of(backup->find("command"));
    if (const TomlNode* seeds = document->find("seeds"))
        rules.idempotent_seeds = texts_of(seeds->find("idempotent"));
    if (const TomlNode* check = document->find("check"))
        if (const TomlNode* allow = check->find("allow_disable")) rules.may_disable_rules = allow->flag;
    return rules;
}

std::vector<fs::path> policy_paths(const Caller& caller) {
    std::vector<fs::path> paths{"/etc/migrate/policy.toml"};
    if (!caller.home.empty()) paths.push_back(fs::path(caller.home) / ".config/migrate/policy.toml");
    return paths;
}

Result<PolicyRules> read_policy(const std::vector<fs::path>& paths) {
    std::optional<PolicyRules> all;
    for (const auto& path : paths) {
        std::error_code failed;
        if (!fs::exists(path, failed) && !failed) continue;
        if (auto ok = trusted(path); !ok) return tl::unexpected(ok.error());
        auto text = read_file(path, 1u << 20);
        if (!text)
            return fail("config.invalid", path.string() + ": the policy file cannot be read",
                        "Nothing is judged without it: make it readable, or take it away.");
        auto rules = parse_policy(*text, path.string());
        if (!rules) return tl::unexpected(rules.error());
        if (!all) {
            all = std::move(*rules);
            continue;
        }
        append(all->files, std::move(rules->files));
        append(all->targets, std::move(rules->targets));
        append(all->floors, std::move(rules->floors));
        append(all->idempotent_seeds, std::move(rules->idempotent_seeds));
        append(all->keys, std::move(rules->keys));
        all->plan_max_age = std::min(all->plan_max_age, rules->plan_max_age);
        all->backup_max_age = std::min(all->backup_max_age, rules->backup_max_age);
        if (all->backup_command.empty()) all->backup_command = std::move(rules->backup_command);
        all->may_disable_rules = all->may_disable_rules && rules->may_disable_rules;
    }
    return all.value_or(PolicyRules{});
}

PolicyRules tightened(PolicyRules rules, const Tightening& repo) {
    append(rules.floors, repo.floors);
    if (repo.plan_max_age) rules.plan_max_age = std::min(rules.plan_max_age, *repo.plan_max_age);
    if (repo.backup_max_age) rules.backup_max_age = std::min(rules.backup_max_age, *repo.backup_max_age);
    return rules;
}

void name_seeds_by_id(PolicyRules& rules, const std::vector<Unit>& units) {
    const std::vector<std::string> written = rules.idempotent_seeds;
    for (const auto& unit : units)
        if (!unit.alias.empty() && std::find(written.begin(), written.end(), unit.alias) != written.end())
            rules.idempotent_seeds.push_back(unit.id);
}

}  // namespace migrate
