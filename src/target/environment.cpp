#include "target/environment.hpp"

#include <cctype>
#include <vector>

#include "target/level_words.hpp"

namespace migrate {

namespace {

bool valid_name(std::string_view name) {
    if (name.empty() || name.size() > 64 || name.starts_with('.') || name.starts_with('-')) return false;
    for (char c : name)
        if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '-' && c != '.') return false;
    return true;
}

/// The variables by which a unit's framework names its environment. Node's is a convention of all its tools
/// (knex and sequelize-cli read it themselves), Flask-Migrate runs inside Flask, Flyway inside Spring Boot,
/// Micronaut or Quarkus. Django has a settings module, which is evidence and no name.
std::vector<std::string> framework_variables(const Unit& unit) {
    if (ecosystem_of(unit.tool) == Ecosystem::javascript) return {"NODE_ENV"};
    if (unit.tool == Tool::alembic && unit.style == "flask-migrate") return {"FLASK_ENV"};
    if (unit.tool == Tool::flyway && unit.how_run != HowRun::cli)
        return {"SPRING_PROFILES_ACTIVE", "MICRONAUT_ENVIRONMENTS", "QUARKUS_PROFILE"};
    return {};
}

/// Profiles come as a list; the one that says production counts, else the first.
std::string one_of_list(const std::string& value) {
    std::string first;
    std::size_t begin = 0;
    while (begin <= value.size()) {
        std::size_t end = std::min(value.find(',', begin), value.size());
        std::string part = value.substr(begin, end - begin);
        while (!part.empty() && part.front() == ' ') part.erase(0, 1);
        while (!part.empty() && part.back() == ' ') part.pop_back();
        if (says_production(part)) return part;
        if (first.empty()) first = part;
        begin = end + 1;
    }
    return first;
}

Result<EnvironmentName> checked(std::string name, std::string source) {
    if (!valid_name(name))
        return fail("usage", "the environment that " + source + " names is no name",
                    "Letters, digits, '-', '_' and '.' only, as in `.env.NAME`.");
    return EnvironmentName{std::move(name), std::move(source)};
}

}  // namespace

Result<EnvironmentName> environment_name(const std::optional<std::string>& flag, const Environment& process,
                                         const Unit* unit, const std::string& configured_default) {
    if (flag) return checked(*flag, "--env");
    if (auto value = process.get("MIGRATE_ENV"); value && !value->empty())
        return checked(*value, "MIGRATE_ENV");
    if (unit)
        for (const auto& variable : framework_variables(*unit))
            if (auto value = process.get(variable); value && !value->empty())
                return checked(one_of_list(*value), variable);
    if (!configured_default.empty()) return checked(configured_default, "migrate.toml");
    return EnvironmentName{};
}

bool named_by_caller(const EnvironmentName& environment) {
    return environment.source == "--env" || environment.source == "MIGRATE_ENV";
}

}  // namespace migrate
