// Flyway's settings in pom.xml and build.gradle(.kts): as far as they are literals.
#include <algorithm>

#include "adapters/flyway/flyway.hpp"
#include "base/files.hpp"

namespace migrate::flyway {

namespace {

std::string_view trimmed(std::string_view text) {
    std::size_t from = text.find_first_not_of(" \t\r\n");
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

std::string decoded(std::string_view text) {
    constexpr std::pair<std::string_view, char> kEntities[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    std::string result;
    while (!text.empty()) {
        bool found = false;
        for (const auto& [entity, plain] : kEntities) {
            if (!text.starts_with(entity)) continue;
            result += plain;
            text.remove_prefix(entity.size());
            found = true;
            break;
        }
        if (found) continue;
        result += text.front();
        text.remove_prefix(1);
    }
    return result;
}

/// The inside of the first <name>...</name> of a region.
std::optional<std::string_view> element(std::string_view region, std::string_view name) {
    std::string open = "<" + std::string(name) + ">", close = "</" + std::string(name) + ">";
    std::size_t from = region.find(open);
    if (from == std::string_view::npos) return std::nullopt;
    from += open.size();
    std::size_t to = region.find(close, from);
    if (to == std::string_view::npos) return std::nullopt;
    return region.substr(from, to - from);
}

/// Comments become blanks, so that offsets and lines stay what they are.
std::string without_comments(std::string text) {
    for (std::size_t at = text.find("<!--"); at != std::string::npos; at = text.find("<!--", at)) {
        std::size_t end = text.find("-->", at);
        end = end == std::string::npos ? text.size() : end + 3;
        for (; at < end; ++at)
            if (text[at] != '\n') text[at] = ' ';
    }
    return text;
}

/// The configuration of the plugin, "" where the pom has none.
std::string_view plugin_configuration(std::string_view pom) {
    std::size_t at = pom.find("<artifactId>flyway-maven-plugin</artifactId>");
    if (at == std::string_view::npos) return {};
    std::size_t from = pom.rfind("<plugin>", at);
    std::size_t to = pom.find("</plugin>", at);
    if (from == std::string_view::npos || to == std::string_view::npos) return {};
    return element(pom.substr(from, to - from), "configuration").value_or(std::string_view());
}

/// ${name} replaced from <properties>; ${env.X} stays for whoever knows the environment.
std::string interpolated(std::string text, std::string_view properties) {
    for (int round = 0; round < 5; ++round) {
        bool changed = false;
        for (std::size_t at = text.find("${"); at != std::string::npos; at = text.find("${", at + 1)) {
            std::size_t end = text.find('}', at);
            if (end == std::string::npos) break;
            auto value = element(properties, text.substr(at + 2, end - at - 2));
            if (!value) continue;
            text.replace(at, end - at + 1, decoded(trimmed(*value)));
            changed = true;
        }
        if (!changed) break;
    }
    return text;
}

/// Whether the text has a name in it that only the build knows.
bool open_names(std::string_view text) {
    for (std::size_t at = text.find("${"); at != std::string_view::npos; at = text.find("${", at + 1))
        if (!text.substr(at).starts_with("${env.")) return true;
    return false;
}

/// The inside of `flyway { ... }` of a Gradle script, with comments as blanks.
std::string_view flyway_block(std::string_view script) {
    for (std::size_t at = script.find("flyway"); at != std::string_view::npos;
         at = script.find("flyway", at + 1)) {
        std::size_t open = script.find_first_not_of(" \t", at + 6);
        bool word = at == 0 || std::string_view(" \t\n\r").find(script[at - 1]) != std::string_view::npos;
        if (!word || open == std::string_view::npos || script[open] != '{') continue;
        int depth = 0;
        for (std::size_t i = open; i < script.size(); ++i) {
            if (script[i] == '{') ++depth;
            if (script[i] == '}' && --depth == 0) return script.substr(open + 1, i - open - 1);
        }
    }
    return {};
}

std::string without_gradle_comments(std::string text) {
    char quote = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        char c = text[at];
        if (quote) {
            if (c == '\\') ++at;
            if (c == quote || c == '\n') quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (text.compare(at, 2, "//") == 0) {
            for (; at < text.size() && text[at] != '\n'; ++at) text[at] = ' ';
        } else if (text.compare(at, 2, "/*") == 0) {
            std::size_t end = text.find("*/", at);
            end = end == std::string::npos ? text.size() : end + 2;
            for (; at < end; ++at)
                if (text[at] != '\n') text[at] = ' ';
            --at;
        }
    }
    return text;
}

/// The quoted texts of an expression.
std::vector<std::string> literals(std::string_view text) {
    std::vector<std::string> found;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '"' && text[at] != '\'') continue;
        std::size_t end = text.find(text[at], at + 1);
        if (end == std::string_view::npos) break;
        found.emplace_back(text.substr(at + 1, end - at - 1));
        at = end;
    }
    return found;
}

/// 'x', System.getenv("X") ?: 'x', System.env.X; as "${env.X:x}" where a variable is read. nullopt where
/// only Gradle can tell.
std::optional<std::string> gradle_value(std::string_view text) {
    text = trimmed(text);
    std::vector<std::string> texts = literals(text);
    if (text.starts_with("System.getenv(")) {
        if (texts.empty() || texts.size() > 2) return std::nullopt;
        return "${env." + texts[0] + (texts.size() == 2 ? ":" + texts[1] : "") + "}";
    }
    if (text.starts_with("System.env.")) {
        std::string_view name = text.substr(11, text.find_first_of(" ?\r", 11) - 11);
        return "${env." + std::string(name) + (texts.size() == 1 ? ":" + texts[0] : "") + "}";
    }
    bool literal = !text.empty() && (text.front() == '"' || text.front() == '\'') && texts.size() == 1 &&
                   text.back() == text.front() && texts[0].find('$') == std::string::npos;
    return literal ? std::optional(texts[0]) : std::nullopt;
}

void put(Config& config, const Unit& unit, TargetSource& target, std::string_view key,
         const std::string& value) {
    if (key == "url")
        set_url(target, value);
    else if (key == "user" || key == "password")
        set_field(target, key, value);
    else if (key == "table")
        config.table = value;
    else if (key == "defaultSchema")
        config.schema = value;
    else if (key == "outOfOrder")
        config.out_of_order = value == "true";
    else if (key == "validateOnMigrate")
        config.validate_on_migrate = value != "false";
    else if (key == "location")
        add_location(config, unit, value);
    else if (key == "schema" && config.schema.empty())
        config.schema = value;
}

constexpr std::string_view kKeys[] = {"url",           "user",       "password",         "table",
                                      "defaultSchema", "outOfOrder", "validateOnMigrate"};

void unknown(TargetSource& target, const Config& config, std::string_view what) {
    target.kind = TargetSource::Kind::needs_probe;
    target.why = config.file + ":" + std::to_string(target.line) + ": " + std::string(what);
}

}  // namespace

void read_pom(Config& config, const Unit& unit, const std::string& text) {
    std::string pom = without_comments(text);
    std::string_view properties = element(pom, "properties").value_or(std::string_view());
    std::string_view settings = plugin_configuration(pom);
    TargetSource target;
    std::string computed;
    for (std::string_view key : kKeys) {
        // A property flyway.url counts where the plugin's configuration says nothing.
        auto found = element(settings, key);
        if (!found) found = element(properties, "flyway." + std::string(key));
        if (!found) continue;
        std::string value = interpolated(decoded(trimmed(*found)), properties);
        if (key == "url") target.line = line_at(pom, static_cast<std::size_t>(found->data() - pom.data()));
        if (open_names(value))
            computed = "flyway." + std::string(key) + " is " + value;
        else
            put(config, unit, target, key, value);
    }
    for (const auto& [list, item] : {std::pair("locations", "location"), std::pair("schemas", "schema")}) {
        std::string_view region = element(settings, list).value_or(std::string_view());
        while (auto found = element(region, item)) {
            put(config, unit, target, item, interpolated(decoded(trimmed(*found)), properties));
            region.remove_prefix(static_cast<std::size_t>(found->data() - region.data()) + found->size());
        }
    }
    if (!computed.empty()) unknown(target, config, computed);
    if (target.kind != TargetSource::Kind::missing) config.targets.push_back(std::move(target));
    if (!config.has_locations) {
        add_location(config, unit, "filesystem:src/main/resources/db/migration");
        config.has_locations = false;
    }
}

void read_gradle(Config& config, const Unit& unit, const std::string& text) {
    std::string script = without_gradle_comments(text);
    std::string_view block = flyway_block(script);
    TargetSource target;
    std::string computed;
    while (!block.empty()) {
        std::string_view line = block.substr(0, block.find('\n'));
        std::size_t offset = static_cast<std::size_t>(block.data() - script.data());
        block.remove_prefix(std::min(line.size() + 1, block.size()));
        line = trimmed(line);
        std::string_view key = line.substr(0, line.find_first_of(" =("));
        std::string_view value = trimmed(line.substr(key.size()));
        if (value.starts_with('=')) value = trimmed(value.substr(1));
        if (key == "locations" || key == "schemas") {
            for (const auto& one : literals(value))
                put(config, unit, target, key == "schemas" ? "schema" : "location", one);
        } else if (std::find(std::begin(kKeys), std::end(kKeys), key) != std::end(kKeys)) {
            auto known = gradle_value(value);
            if (!known && (value == "true" || value == "false")) known = std::string(value);
            if (key == "url") target.line = line_at(script, offset);
            if (known)
                put(config, unit, target, key, *known);
            else
                computed = std::string(key) + " is computed by Gradle";
        }
    }
    if (!computed.empty()) unknown(target, config, computed);
    if (target.kind != TargetSource::Kind::missing) config.targets.push_back(std::move(target));
    if (!config.has_locations) {
        add_location(config, unit, "filesystem:src/main/resources/db/migration");
        config.has_locations = false;
    }
}

}  // namespace migrate::flyway
