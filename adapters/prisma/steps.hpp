#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "adapters/adapter.hpp"
#include "adapters/prisma/project.hpp"
#include "adapters/support/node_steps.hpp"

namespace migrate::prisma {

using Steps = std::vector<Step>;

/// What the plan of one verb is made from, and the native steps made with it.
struct Context {
    const Unit& unit;
    const Request& request;
    const Facts& facts;
    node::Known known;
    Project project;

    const Adapter& adapter() const { return adapter_of(Tool::prisma); }
    const Row* row(Verb verb, std::string_view variant) const {
        return find_row(adapter(), verb, variant, project.version);
    }
    tl::unexpected<Error> cannot(Verb verb, std::string_view variant) const {
        return unsupported(adapter(), unit, row(verb, variant), verb);
    }
    /// The step of a row, with the environment that every command of Prisma gets and the URL of the
    /// target under each variable that Prisma may read it from.
    Result<Step> step(Verb verb, std::string_view variant, std::string purpose, Holes holes = {}) const;
    /// The same on the scratch database: every variable holds {scratch_url}.
    Result<Step> on_scratch(Verb verb, std::string_view variant, std::string purpose, Holes holes = {}) const;
    /// Why no command of Prisma can be turned to a scratch database; "" where it can.
    std::string no_scratch() const;
};

/// The steps that make a scratch database and apply every migration to it. The caller ends its list with
/// drop_scratch().
Result<Steps> scratch_with_migrations(const Context& context);
Step drop_scratch();

Result<Steps> generate(const Context& context);
Result<Steps> resolve(const Context& context);
Result<Steps> init(const Context& context);

/// The table with its schema, quoted for the target.
std::string history_table(const Context& context);

}  // namespace migrate::prisma
