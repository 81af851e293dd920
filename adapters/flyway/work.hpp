#pragma once
#include <optional>
#include <string>
#include <vector>

#include "adapters/flyway/flyway.hpp"

namespace migrate::flyway {

using Steps = std::vector<Step>;

/// What the plans of one unit are made from, prepared once.
struct Work {
    const Unit& unit;
    const Request& request;
    const Facts& facts;
    Config config;
    const Target* target = nullptr;
    const History* history = nullptr;  ///< nullptr where it could not be read

    Work(const Unit& unit, const Request& request, const Facts& facts);

    /// The native step of a row, of the command line, Maven or Gradle.
    Result<Step> native(Verb verb, std::string_view variant, Holes holes, std::string purpose) const;
    tl::unexpected<Error> cannot(Verb verb, std::string_view variant) const;
    const MigrationFile* file(std::string_view id) const;
    /// The id of a script, from its id, its file name or its version. `migration.unknown`.
    Result<std::string> resolve(const std::string& name) const;
    /// What makes `migrate` refuse: failed, edited, missing or late scripts. Errors `migration.*`.
    std::optional<Error> blocked() const;
    /// `migrate`, up to a version where one is given.
    Result<Step> migrate(const std::vector<MigrationFile>& pending, const std::string& version) const;
    /// Qualified name of the history table, quoted for the engine; "" without a client for it.
    std::string table() const;
    std::string plain_table() const;
};

Result<Steps> plan_run(const Work& work);
Result<Steps> plan_rollback(const Work& work);
Result<Steps> plan_redo(const Work& work);
Result<Steps> plan_reset(const Work& work);
Result<Steps> plan_baseline(const Work& work);
Result<Steps> plan_resolve(const Work& work);
Result<Steps> plan_generate(const Work& work);
Result<Steps> plan_init(const Work& work);

/// The version after `versions` (as written in file names), in their style: "8" after "7", "008" after "007",
/// "1_4" after "1_3", `now` after a time stamp. "1" for none.
std::string next_version(const std::vector<std::string>& versions, const std::string& now);

}  // namespace migrate::flyway
