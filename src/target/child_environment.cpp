#include "target/resolve.hpp"
#include "target/scopes.hpp"

namespace migrate {

Result<std::map<std::string, EnvValue>> child_environment(const Unit& unit,
                                                          const std::vector<TargetSource>& sources,
                                                          const ResolveInputs& inputs) {
    std::map<std::string, EnvValue> out;
    for (const auto& source : sources) {
        auto scopes = Scopes::load(unit, source, inputs);
        if (!scopes) return tl::unexpected(scopes.error());
        auto give = [&](const std::string& name, const DotenvValue& value, bool over_process) {
            if (!value.problem.empty() || (!over_process && inputs.process.has(name))) return;
            out.try_emplace(name, EnvValue{value.value, true});
        };
        for (const auto& file : scopes->configured())
            for (const auto& [name, value] : file.values) give(name, value, true);
        for (const auto& file : scopes->named())
            for (const auto& [name, value] : file.values) give(name, value, false);
        // In development the tool finds its own files; only the variables of its database are carried over
        // from files that it would not read.
        std::vector<std::string> wanted = source.variables;
        for (const auto& [field, names] : source.field_variables)
            wanted.insert(wanted.end(), names.begin(), names.end());
        for (const auto& file : scopes->plain())
            for (const auto& name : wanted)
                if (const DotenvValue* value = file.find(name)) {
                    auto found = scopes->find(name);
                    if (found && found->source == file.file + ":" + std::to_string(value->line))
                        give(name, *value, false);
                }
    }
    return out;
}

}  // namespace migrate
