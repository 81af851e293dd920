#pragma once
#include <optional>

#include "adapters/failure.hpp"

// What the Node tools print when they fail, read back into errors; see explained().
namespace migrate::node {

/// Yarn 4.18, Plug'n'Play: `A tried to access B, but it isn't declared in its dependencies`, `A tried to
/// access B (a peer dependency) but it isn't provided by ...`.
std::optional<Error> explained_undeclared(const FailedStep& failed);
/// knex 2.0 to 3.3: `migration file "X" failed`, `migration failed with error: M`, `Migration table is
/// already locked`, `Knex: run\n$ npm install DRIVER --save`.
std::optional<Error> explained_knex(const FailedStep& failed);
/// sequelize-cli 6: `== NAME: migrating =======` without `== NAME: migrated`, `ERROR: M`.
std::optional<Error> explained_sequelize(const FailedStep& failed);
/// typeorm 0.2 to 1.1: `Migration "X" failed, error: M`.
std::optional<Error> explained_typeorm(const FailedStep& failed);
/// migrate-mongo 11 to 14: `ERROR: Could not migrate up F: M`, `Could not migrate up, a lock is in place.`
std::optional<Error> explained_migrate_mongo(const FailedStep& failed);

}  // namespace migrate::node
