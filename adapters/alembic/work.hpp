#pragma once
#include <optional>
#include <string>
#include <vector>

#include "adapters/alembic/alembic.hpp"

namespace migrate::alembic {

using Steps = std::vector<Step>;

/// What the plans of one unit are made from, prepared once.
struct Work {
    const Unit& unit;
    const Request& request;
    const Facts& facts;
    Config config;
    Graph graph;
    const Target* target = nullptr;    ///< the most protected one, where one command touches several
    const History* history = nullptr;  ///< nullptr where it could not be read
    Ids applied;                       ///< revisions with a file only

    Work(const Unit& unit, const Request& request, const Facts& facts);

    /// The native step of a row; the variant is that of plain Alembic ("heads"), also for Flask-Migrate.
    Result<Step> native(Verb verb, std::string_view variant, Holes holes, std::string purpose) const;
    /// `verb.unsupported` with the reason of a row.
    tl::unexpected<Error> cannot(Verb verb, std::string_view variant) const;
    /// The same command on the scratch database, and nowhere else. The risk is what is left of it then.
    Step on_scratch(const Step& step, Risk risk) const;
    /// Sets what a step adds and removes, in the order of the graph.
    void expect(Step& step, const Ids& added, const Ids& removed) const;
    /// Error `migration.missing` where the version table names revisions without a file: Alembic cannot
    /// locate where it is, and does nothing.
    std::optional<Error> lost() const;
    /// Heads below the branch that --app names, or all heads. Error for a branch that is not there.
    Result<std::vector<std::string>> heads() const;

    /// `upgrade head`, `upgrade heads`, or to one revision; `wanted` is what it adds.
    Result<Step> upgrade(std::string_view revision, const Ids& wanted) const;
};

Result<Steps> plan_run(const Work& work);
Result<Steps> plan_rollback(const Work& work);
Result<Steps> plan_redo(const Work& work);
Result<Steps> plan_reset(const Work& work);
Result<Steps> plan_generate(const Work& work);
Result<Steps> plan_diff(const Work& work);
Result<Steps> plan_seed(const Work& work);
Result<Steps> plan_init(const Work& work);
Result<Steps> plan_baseline(const Work& work);
Result<Steps> plan_resolve(const Work& work);

}  // namespace migrate::alembic
