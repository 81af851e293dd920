#pragma once
#include <optional>
#include <string>
#include <vector>

#include "adapters/django/django.hpp"

namespace migrate::django {

using Steps = std::vector<Step>;

/// One database of a unit: what is known of it, and native steps that go there.
struct Work {
    const Unit& unit;
    const Request& request;
    const Facts& facts;
    const Target* target = nullptr;
    const History* history = nullptr;  ///< nullptr where it could not be read
    Graph graph;
    Ids applied;

    Work(const Unit& unit, const Request& request, const Facts& facts, const Target* target);

    /// The native step of a row, with --database for all but the default one.
    Result<Step> native(Verb verb, std::string_view variant, Holes holes, std::string purpose) const;
    tl::unexpected<Error> cannot(Verb verb, std::string_view variant) const;
    void expect(Step& step, const std::vector<std::string>& added,
                const std::vector<std::string>& removed) const;
    const MigrationFile* file(std::string_view id) const;
    /// A full id, "app.0002" or "app.0002_x"; without an app where only one has it. `migration.unknown`.
    Result<std::string> resolve(const std::string& name) const;
    /// Error `migration.conflict` where an app has several leaf migrations: Django then does nothing.
    std::optional<Error> conflict() const;
};

/// Apps that have migrations in the project, in order.
std::vector<std::string> apps_of(const std::vector<MigrationFile>& files);

Result<Steps> plan_run(const Work& work);
Result<Steps> plan_rollback(const Work& work);
Result<Steps> plan_redo(const Work& work);
Result<Steps> plan_baseline(const Work& work);
Result<Steps> plan_resolve(const Work& work);
Result<Steps> plan_reset(const Work& work);
Result<Steps> plan_seed(const Work& work);
Result<Steps> plan_generate(const Work& work);
Result<Steps> plan_pull(const Work& work);
Result<Steps> plan_init(const Work& work);

}  // namespace migrate::django
