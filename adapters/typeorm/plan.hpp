#pragma once
#include "adapters/support/node_plan.hpp"
#include "adapters/typeorm/config.hpp"
#include "adapters/typeorm/typeorm.hpp"

namespace migrate::typeorm {

using Steps = std::vector<Step>;

/// What the steps of one plan are made from.
struct Context {
    const Unit& unit;
    const Request& request;
    const Facts& facts;
    node::Known known;
    Config config;

    /// A native step on the unit's database, with the data source or the connection named.
    Result<Step> step(Verb verb, std::string_view variant, std::string purpose, Holes holes = {}) const;
    const History& history() const { return *known.history; }
};

/// One step alone, or its error.
Result<Steps> one(Result<Step> step);

/// A new migration: empty, or from the difference between the entities and a database that has every
/// migration. That is a scratch database where the data source takes its URL from a variable; else the
/// unit's own, where it is not protected and nothing is pending.
Result<Steps> generate(const Context& context);

/// The first data source of a project.
Result<Steps> init(const Unit& unit, const Facts& facts);

}  // namespace migrate::typeorm
