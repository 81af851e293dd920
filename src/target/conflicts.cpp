#include <algorithm>
#include <map>

#include "target/resolve.hpp"
#include "target/scopes.hpp"
#include "target/url.hpp"

namespace migrate {

namespace {

/// One unit's own idea of a variable: the value in its files, the process left out.
struct OwnValue {
    const Unit* unit = nullptr;
    Variable variable;
    UrlContext context;
};

UrlContext context_of(const TargetSource& source, const ResolveInputs& inputs) {
    return {source.engine, (inputs.root / source.base_dir).lexically_normal()};
}

bool same_value(const OwnValue& a, const OwnValue& b) {
    auto left = parse_url(a.variable.value, a.context), right = parse_url(b.variable.value, b.context);
    if (left && right) return same_place(*left, *right);
    return !left && !right && a.variable.value == b.variable.value;
}

/// The variables by which a source finds its database: its URLs, and the fields that choose a database.
std::vector<std::string> deciding_variables(const TargetSource& source) {
    std::vector<std::string> names = source.variables;
    for (const char* field : {"host", "database"}) {
        auto found = source.field_variables.find(field);
        if (found != source.field_variables.end())
            names.insert(names.end(), found->second.begin(), found->second.end());
    }
    return names;
}

std::optional<Error> shell_shadow(std::span<const UnitSources> units, const ResolveInputs& inputs) {
    std::map<std::string, std::vector<OwnValue>> by_name;
    for (const auto& [unit, sources] : units)
        for (const auto& source : sources) {
            auto scopes = Scopes::load(*unit, source, inputs);
            if (!scopes) return scopes.error();
            if (!scopes->url_env().empty()) continue;
            for (const auto& name : deciding_variables(source)) {
                auto used = scopes->find(name);
                if (!used || used->source != "environment") continue;
                if (auto own = scopes->in_files(name))
                    by_name[name].push_back({unit, std::move(*own), context_of(source, inputs)});
                break;
            }
        }
    for (const auto& [name, values] : by_name)
        for (const auto& value : values) {
            if (value.unit == values.front().unit || same_value(value, values.front())) continue;
            return Error{"target.shadowed",
                         name + " is set in the environment and overrides different values: " +
                             values.front().variable.source + " (" + values.front().unit->id + ") and " +
                             value.variable.source + " (" + value.unit->id + ")",
                         "All these units would run on one database. Unset it, or name one unit by -u.",
                         {}};
        }
    return std::nullopt;
}

/// What is known of a unit's own database without the shared variable.
struct OwnPlace {
    const Unit* unit = nullptr;
    std::optional<Engine> engine;
    std::string variable;
    std::optional<Connection> connection;
};

bool differ(const OwnPlace& a, const OwnPlace& b) {
    if (a.connection && b.connection) return !same_place(*a.connection, *b.connection);
    if (a.engine && b.engine && *a.engine != *b.engine) return true;
    return !a.variable.empty() && !b.variable.empty() && a.variable != b.variable;
}

Result<OwnPlace> own_place(const Unit& unit, const TargetSource& source, ResolveInputs inputs) {
    OwnPlace place{&unit, source.engine, source.variables.empty() ? "" : source.variables.front(), {}};
    // Where the unit points in development, by its own files alone.
    const Environment none;
    inputs.environment = "development";
    inputs.url_env.clear();
    inputs.process = none;
    auto scopes = Scopes::load(unit, source, inputs);
    if (!scopes) return tl::unexpected(scopes.error());
    std::string text = source.literal;
    for (const auto& name : source.variables)
        if (auto variable = scopes->in_files(name)) {
            text = variable->value;
            break;
        }
    if (auto connection = parse_url(text, context_of(source, inputs)))
        place.connection = std::move(*connection);
    return place;
}

std::optional<Error> shared_url_env(std::span<const UnitSources> units, const ResolveInputs& inputs) {
    std::map<std::string, std::vector<OwnPlace>> by_variable;
    std::map<std::string, std::string> named_at;
    for (const auto& [unit, sources] : units) {
        if (sources.empty()) continue;
        auto scopes = Scopes::load(*unit, sources.front(), inputs);
        if (!scopes) return scopes.error();
        if (scopes->url_env().empty()) continue;
        auto place = own_place(*unit, sources.front(), inputs);
        if (!place) return place.error();
        by_variable[scopes->url_env()].push_back(std::move(*place));
        named_at[scopes->url_env()] = scopes->url_env_source();
    }
    for (const auto& [name, places] : by_variable)
        for (const auto& place : places)
            if (differ(place, places.front()))
                return Error{
                    "config.invalid",
                    named_at[name] + ": one url_env, " + name +
                        ", stands for units of different databases: " + places.front().unit->id + " and " +
                        place.unit->id,
                    "Give each its own below its [[unit]]: environments." + inputs.environment + ".url_env.",
                    {}};
    return std::nullopt;
}

}  // namespace

std::optional<Error> conflict_between(std::span<const UnitSources> units, const ResolveInputs& inputs) {
    if (auto error = shared_url_env(units, inputs)) return error;
    return shell_shadow(units, inputs);
}

}  // namespace migrate
