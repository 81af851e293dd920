#include "config/keys.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <vector>

#include "base/duration.hpp"
#include "base/nearest.hpp"
#include "model/target.hpp"
#include "model/tool.hpp"

namespace migrate {

namespace {

using enum KeyType;
using enum Trust;

constexpr std::array kKeys{
    Key{"ignore", texts, repo, "paths or globs that detection passes over"},
    Key{"defaults.env", text, repo, "the environment where no flag or variable names one"},
    Key{"environments.*.url_env", text, repo, "variable that holds the URL of this environment"},
    Key{"environments.*.dotenv", texts, repo, "dotenv files of this environment instead of .env.NAME"},
    Key{"environments.*.hosts", texts, repo, "patterns of the hosts that belong to this environment"},
    Key{"environments.*.level", level, repo, "declares more care: staging, shared or production"},
    Key{"unit[].id", text, repo, "alias, accepted wherever a unit's id is"},
    Key{"unit[].path", text, repo, "directory that the tool runs in"},
    Key{"unit[].tool", tool, repo, "prisma, drizzle, knex, typeorm, sequelize, alembic, django ..."},
    Key{"unit[].style", text, repo, "raw SQL: the convention of its files"},
    Key{"unit[].config", text, repo, "the tool's configuration, where it is not the default one"},
    Key{"unit[].schema", text, repo, "the schema file or directory"},
    Key{"unit[].schema_file", text, repo, "where `run` keeps the database's schema as SQL"},
    Key{"unit[].migrations", texts, repo, "the directories of the migrations"},
    Key{"unit[].seeds", text, repo, "the directory or file of the seeds"},
    Key{"unit[].engine", engine, repo, "the database engine, where nothing else says it"},
    Key{"unit[].after", texts, repo, "units that run before this one"},
    Key{"unit[].commands.*", texts, repo, "the project's own command for a verb"},
    Key{"unit[].environments.*.url_env", text, repo, "variable that holds this unit's URL"},
    Key{"unit[].environments.*.dotenv", texts, repo, "this unit's dotenv files"},
    Key{"unit[].environments.*.hosts", texts, repo, "patterns of this unit's hosts"},
    Key{"unit[].environments.*.level", level, repo, "declares more care for this unit"},
    Key{"check.disable[].rule", text, repo, "a lint rule that does not count here"},
    Key{"check.disable[].reason", text, repo, "why; the verdict shows it"},
    Key{"check.severity[].rule", text, repo, "a lint rule with another severity"},
    Key{"check.severity[].level", severity, repo, "off, note, warning or error"},
    Key{"check.severity[].reason", text, repo, "why; the verdict shows it"},
    Key{"check.allow_disable", flag, policy, "whether repositories may disable rules"},
    Key{"verify[].unit", text, repo, "unit on whose database the check runs"},
    Key{"verify[].name", text, repo, "what must hold"},
    Key{"verify[].sql", text, repo, "SQL that must return no row"},
    Key{"plan.max_age", duration, tighten, "how long a plan may be good for, at most 24h"},
    Key{"backup.max_age", duration, tighten, "how old a proof of backup may be"},
    Key{"backup.command", texts, policy, "prints the provider's newest snapshot as JSON"},
    Key{"matrix.*.*", decision, tighten, "level and risk: confirm, approval or refuse at least"},
    Key{"target[].host", text, policy, "pattern of the hosts that the entry speaks of"},
    Key{"target[].database", text, policy, "pattern of the database names or files"},
    Key{"target[].level", level, policy, "what these targets are"},
    Key{"target[].reason", text, policy, "why; the evidence shows it"},
    Key{"seeds.idempotent", texts, policy, "units whose seeds may run again on a protected target"},
    Key{"approval_key[].public", text, policy, "Ed25519 public key, PEM or base64 of its 32 bytes"},
    Key{"approval_key[].environments", texts, policy, "environments that it may approve"},
    Key{"approval_key[].name", text, policy, "whose it is"},
};

std::string_view type_name(KeyType type) {
    switch (type) {
        case text:
            return "a string";
        case texts:
            return "a list of strings";
        case flag:
            return "true or false";
        case duration:
            return "a duration such as \"12h\"";
        case tool:
            return "the name of a tool";
        case engine:
            return "the name of an engine";
        case level:
            return "one of scratch, local, staging, shared, production";
        case decision:
            return "one of confirm, approval, refuse";
        case severity:
            return "one of off, note, warning, error";
    }
    return "";
}

template <std::size_t N>
bool one_of(const std::string& word, const std::array<std::string_view, N>& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool fits(const TomlNode& node, KeyType type) {
    if (type == flag) return node.kind == TomlNode::Kind::boolean;
    if (type == texts)
        return node.kind == TomlNode::Kind::array &&
               std::all_of(node.items.begin(), node.items.end(),
                           [](const TomlNode& item) { return item.kind == TomlNode::Kind::string; });
    if (node.kind != TomlNode::Kind::string) return false;
    switch (type) {
        case duration:
            return parse_duration(node.text).has_value();
        case tool:
            return tool_from(node.text).has_value();
        case engine:
            return engine_from(node.text).has_value();
        case level:
            return level_from(node.text).has_value();
        case decision:
            return one_of<3>(node.text, {"confirm", "approval", "refuse"});
        case severity:
            return one_of<4>(node.text, {"off", "note", "warning", "error"});
        default:
            return true;
    }
}

/// The first segment of a path and what follows: "unit[].id" -> "unit", array, "id".
struct Segment {
    std::string_view name;
    bool array = false;
    std::string_view rest;
};

Segment first_segment(std::string_view path) {
    Segment segment;
    std::size_t dot = path.find('.');
    segment.name = path.substr(0, dot);
    if (dot != std::string_view::npos) segment.rest = path.substr(dot + 1);
    if (segment.name.ends_with("[]")) {
        segment.array = true;
        segment.name.remove_suffix(2);
    }
    return segment;
}

/// A key of the table, as much of its path as is still to be walked.
struct Open {
    const Key* key;
    std::string_view rest;
};

class Checker {
  public:
    Checker(ConfigKind kind, const std::string& file) : kind_(kind), file_(file) {}

    Result<void> table(const TomlNode& node, const std::vector<Open>& open, const std::string& prefix) {
        for (const auto& [name, member] : node.members) {
            std::vector<Open> matching;
            bool array = false;
            for (const auto& [key, rest] : open) {
                Segment segment = first_segment(rest);
                if (segment.name != name && segment.name != "*") continue;
                matching.push_back({key, segment.rest});
                array = segment.array;
            }
            const std::string path = prefix.empty() ? name : prefix + "." + name;
            if (matching.empty()) return unknown(name, path, member.line, open);
            if (auto ok = member_of(member, matching, array, path); !ok) return ok;
        }
        return {};
    }

  private:
    tl::unexpected<Error> at(int line, const std::string& what, std::string hint) const {
        return fail("config.invalid", file_ + ":" + std::to_string(line) + ": " + what, std::move(hint));
    }

    bool may_stand_here(const Key& key) const {
        return key.trust == tighten || (key.trust == repo) == (kind_ == ConfigKind::repo);
    }

    tl::unexpected<Error> unknown(const std::string& name, const std::string& path, int line,
                                  const std::vector<Open>& open) const {
        std::set<std::string_view> names;
        for (const auto& [key, rest] : open)
            if (may_stand_here(*key) && first_segment(rest).name != "*")
                names.insert(first_segment(rest).name);
        std::vector<std::string_view> known(names.begin(), names.end());
        std::string near = nearest(name, known);
        std::string list;
        for (auto word : known) list += (list.empty() ? "" : ", ") + std::string(word);
        return at(line, "unknown key \"" + path + "\"",
                  near.empty() ? "Known here: " + list + "." : "Did you mean \"" + near + "\"?");
    }

    Result<void> member_of(const TomlNode& node, const std::vector<Open>& open, bool array,
                           const std::string& path) {
        const Key& first = *open.front().key;
        const bool leaf = open.front().rest.empty();
        bool allowed =
            std::any_of(open.begin(), open.end(), [&](const Open& o) { return may_stand_here(*o.key); });
        if (!allowed)
            return at(node.line,
                      "\"" + path + "\" may not stand in " +
                          (kind_ == ConfigKind::repo ? "a repository's file" : "a policy file"),
                      kind_ == ConfigKind::repo ? "A repository may only tighten; this belongs into "
                                                  "/etc/migrate/policy.toml or the user's "
                                                  ".config/migrate/policy.toml."
                                                : "It belongs into the repository's migrate.toml.");
        if (leaf) {
            if (!fits(node, first.type))
                return at(node.line, "\"" + path + "\" must be " + std::string(type_name(first.type)),
                          std::string(first.about) + ".");
            return {};
        }
        if (array) {
            if (node.kind != TomlNode::Kind::array)
                return at(node.line, "\"" + path + "\" must be a list of tables", "Write [[" + path + "]].");
            for (const auto& item : node.items) {
                if (item.kind != TomlNode::Kind::table)
                    return at(item.line, "\"" + path + "\" must be a list of tables",
                              "Write [[" + path + "]].");
                if (auto ok = table(item, open, path); !ok) return ok;
            }
            return {};
        }
        if (node.kind != TomlNode::Kind::table)
            return at(node.line, "\"" + path + "\" must be a table", "Write [" + path + "].");
        return table(node, open, path);
    }

    ConfigKind kind_;
    const std::string& file_;
};

}  // namespace

std::span<const Key> all_keys() {
    return kKeys;
}

Result<void> check_keys(const TomlNode& document, ConfigKind kind, const std::string& file) {
    std::vector<Open> open;
    for (const auto& key : kKeys) open.push_back({&key, key.path});
    return Checker(kind, file).table(document, open, "");
}

std::string_view to_string(Trust trust) {
    switch (trust) {
        case repo:
            return "repo";
        case tighten:
            return "tighten";
        case policy:
            return "policy";
    }
    return "";
}

}  // namespace migrate
