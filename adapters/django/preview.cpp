// What a step would execute, as `sqlmigrate` prints it.
#include <algorithm>

#include "adapters/django/work.hpp"

namespace migrate::django {

Result<std::vector<Preview>> previews(const Unit& unit, const Request& request, const Facts& facts,
                                      const Step& step) {
    auto target = std::find_if(facts.targets.begin(), facts.targets.end(),
                               [&](const Target& one) { return one.name == step.target; });
    const Work work(unit, request, facts, target == facts.targets.end() ? nullptr : &*target);
    std::vector<Preview> result;
    for (const auto& id : step.migrations) {
        const auto& removed = step.expect.applied_removed;
        const bool down = std::find(removed.begin(), removed.end(), id) != removed.end();
        auto ask = work.native(down ? Verb::rollback : Verb::run, "sql",
                               {{"app", std::string(app_of(id))}, {"migration", std::string(name_of(id))}},
                               "SQL of " + id);
        if (!ask) return tl::unexpected(ask.error());
        result.push_back({{id}, std::move(*ask)});
    }
    return result;
}

}  // namespace migrate::django
