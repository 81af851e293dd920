// flyway.toml and flyway.conf.
#include <toml++/toml.h>

#include <algorithm>

#include "adapters/flyway/flyway.hpp"

namespace migrate::flyway {

namespace {

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        std::string_view part = text.substr(0, text.find(','));
        text.remove_prefix(std::min(part.size() + 1, text.size()));
        while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
        while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
        if (!part.empty()) parts.emplace_back(part);
    }
    return parts;
}

std::string joined(const toml::node_view<toml::node>& node) {
    std::string text;
    if (const toml::array* list = node.as_array())
        for (const auto& item : *list) text += (text.empty() ? "" : ",") + item.value_or(std::string());
    else
        text = node.value_or(std::string());
    return text;
}

int line_of(const toml::node_view<toml::node>& node) {
    return node.node() ? static_cast<int>(node.node()->source().begin.line) : 0;
}

TargetSource environment_target(toml::table& document, const std::string& name) {
    auto section = document["environments"][name];
    TargetSource target;
    target.line = line_of(section["url"]);
    target.environment_section = name == "default" ? "" : name;
    std::string url = section["url"].value_or(std::string());
    if (url.empty()) {
        target.kind = TargetSource::Kind::missing;
        target.why = "[environments." + name + "] has no url";
    } else {
        set_url(target, url);
    }
    for (const char* field : {"user", "password"})
        if (auto text = section[field].value<std::string>()) set_field(target, field, *text);
    std::vector<std::string> schemas = split(joined(section["schemas"]));
    if (!schemas.empty()) target.fields.schema = schemas.front();
    // Another resolver (vault, dapr, a command) is Flyway's to ask.
    for (const auto& text : {url, target.fields.user, target.fields.password})
        if (text.starts_with("${") && text.find("env.") == std::string::npos &&
            text.find('.') < text.find('}')) {
            target.kind = TargetSource::Kind::needs_probe;
            target.why = "[environments." + name + "] takes a value from a resolver";
        }
    return target;
}

/// flyway.user.toml is read over flyway.toml: what one has there alone stays out of version control.
void merge(TargetSource& into, const TargetSource& over) {
    if (over.kind != TargetSource::Kind::missing) {
        into.kind = over.kind;
        into.literal = over.literal;
        into.variables = over.variables;
        into.why = over.why;
        into.line = over.line;
    }
    if (!over.fields.user.empty()) into.fields.user = over.fields.user;
    if (!over.fields.password.empty()) into.fields.password = over.fields.password;
    for (const auto& [field, names] : over.field_variables) into.field_variables[field] = names;
}

void apply_setting(Config& config, const Unit& unit, const std::string& key, const std::string& value,
                   TargetSource& target, int line) {
    if (key == "url") {
        set_url(target, value);
        target.line = line;
    } else if (key == "user" || key == "password") {
        set_field(target, key, value);
    } else if (key == "locations") {
        for (const auto& one : split(value)) add_location(config, unit, one);
    } else if (key == "table") {
        config.table = value;
    } else if (key == "defaultSchema") {
        config.schema = value;
    } else if (key == "schemas") {
        if (config.schema.empty() && !value.empty()) config.schema = split(value).front();
    } else if (key == "outOfOrder") {
        config.out_of_order = value == "true";
    } else if (key == "validateOnMigrate") {
        config.validate_on_migrate = value != "false";
    } else if (key == "placeholderReplacement") {
        config.placeholders = value != "false";
    } else if (key == "ignoreMigrationPatterns") {
        config.ignore_patterns = value;
    }
}

}  // namespace

void read_toml(Config& config, const Unit& unit, const std::string& text, const std::string& environment) {
    try {
        toml::table document = toml::parse(text);
        auto flyway = document["flyway"];
        for (const auto& location : split(joined(flyway["locations"]))) add_location(config, unit, location);
        config.table = flyway["table"].value_or(config.table);
        config.schema = flyway["defaultSchema"].value_or(config.schema);
        config.out_of_order = flyway["outOfOrder"].value_or(config.out_of_order);
        config.validate_on_migrate = flyway["validateOnMigrate"].value_or(config.validate_on_migrate);
        config.placeholders = flyway["placeholderReplacement"].value_or(config.placeholders);
        if (flyway["ignoreMigrationPatterns"])
            config.ignore_patterns = joined(flyway["ignoreMigrationPatterns"]);
        std::string name = flyway["environment"].value_or(config.environment.empty() ? std::string("default")
                                                                                     : config.environment);
        if (!environment.empty() && document["environments"][environment].is_table()) name = environment;
        if (!document["environments"][name].is_table()) return;
        if (name != "default") config.environment = name;
        TargetSource target = environment_target(document, name);
        if (config.targets.empty())
            config.targets.push_back(std::move(target));
        else
            merge(config.targets.front(), target);
        if (config.schema.empty()) config.schema = config.targets.back().fields.schema;
    } catch (const toml::parse_error& error) {
        config.problem = "line " + std::to_string(error.source().begin.line) + " is no TOML";
    }
}

void read_conf(Config& config, const Unit& unit, const std::string& text) {
    TargetSource target;
    int number = 0;
    std::string_view rest = text;
    while (!rest.empty()) {
        std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        ++number;
        std::size_t from = line.find_first_not_of(" \t");
        if (from == std::string_view::npos || line[from] == '#') continue;
        line = line.substr(from, line.find_last_not_of(" \t\r") - from + 1);
        std::size_t sign = line.find('=');
        if (sign == std::string_view::npos || !line.starts_with("flyway.")) continue;
        std::string_view key = line.substr(7, sign - 7);
        std::string_view value = line.substr(sign + 1);
        while (!key.empty() && key.back() == ' ') key.remove_suffix(1);
        while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
        apply_setting(config, unit, std::string(key), std::string(value), target, number);
    }
    if (target.kind != TargetSource::Kind::missing) config.targets.push_back(std::move(target));
}

}  // namespace migrate::flyway
