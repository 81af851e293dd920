#include "target/assess.hpp"

#include <filesystem>

#include "target/compose.hpp"
#include "target/level.hpp"

namespace migrate {

namespace {

/// Compose files are looked for beside the unit and in every directory above it, up to the root.
std::vector<std::string> directories_above(const std::string& root) {
    std::vector<std::string> directories;
    std::filesystem::path path = root;
    while (!path.empty() && path != ".") {
        directories.push_back(path.generic_string());
        path = path.parent_path();
    }
    directories.emplace_back(".");
    return directories;
}

}  // namespace

LevelFacts level_facts_of(const Unit& unit, const std::vector<TargetSource>& sources,
                          const EnvironmentName& environment, const ResolveInputs& inputs,
                          const std::vector<DeclaredLevel>& policy) {
    LevelFacts facts;
    facts.environment = environment;
    facts.policy = policy;
    facts.root = inputs.root;
    auto temporary = inputs.process.get("TMPDIR");
    facts.temporary = temporary && temporary->starts_with('/') ? *temporary : "/tmp";
    facts.services = compose_services_in(inputs.root, directories_above(unit.root));
    if (unit.tool == Tool::django && !sources.empty())
        facts.settings_module = sources.front().environment_section;
    if (!inputs.config) return facts;

    auto add = [&](const std::string& name, const EnvironmentConfig& declared) {
        for (const auto& pattern : declared.hosts) facts.hosts.push_back({name, pattern, declared.source});
        if (declared.level && name == environment.name)
            facts.repo.push_back(
                {"*", "*", *declared.level, declared.source, "the environment is declared so"});
    };
    for (const auto& [name, declared] : inputs.config->environments) add(name, declared);
    if (const UnitConfig* own = config_of(*inputs.config, unit))
        for (const auto& [name, declared] : own->environments) add(name, declared);
    return facts;
}

std::optional<Error> assess(Target& target, const LevelFacts& facts) {
    LevelDecision decision = decide_level(target, facts);
    target.level = decision.level;
    target.evidence = std::move(decision.evidence);
    return contradiction(target, facts);
}

}  // namespace migrate
