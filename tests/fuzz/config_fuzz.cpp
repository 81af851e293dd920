// Any bytes as migrate.toml and as a policy file: no crash, errors that name file and line, and a repository
// that never gets what only a policy may give.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/config.hpp"
#include "config/policy_file.hpp"
#include "target/compose.hpp"

using namespace migrate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    auto config = parse_config(text);
    if (config) {
        const PolicyRules before, after = tightened(before, config->tighten);
        if (after.plan_max_age > before.plan_max_age || after.backup_max_age > before.backup_max_age)
            std::abort();
        if (!after.keys.empty() || !after.targets.empty() || !after.backup_command.empty()) std::abort();
        for (const auto& [name, environment] : config->environments)
            if (environment.level && *environment.level < Level::staging) std::abort();
    } else if (config.error().code != "config.invalid" ||
               !config.error().message.starts_with("migrate.toml:")) {
        std::abort();
    }
    auto rules = parse_policy(text, "policy.toml");
    if (!rules && !rules.error().message.starts_with("policy.toml:")) std::abort();
    compose_services(text);
    return 0;
}
