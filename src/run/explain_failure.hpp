#pragma once
#include <filesystem>
#include <string_view>

#include "db/database.hpp"
#include "model/error.hpp"
#include "model/plan.hpp"
#include "model/unit.hpp"

namespace migrate {

/// The error of a native step that failed, made better where more can be known: by what the tool's words mean
/// (adapters/failure.hpp), and, where it fails without a word, by executing the SQL once more in a
/// transaction that is always rolled back. `session` holds the lock; nullptr where there is none
/// or nothing may be executed on the target beyond the plan: protected ones. Only `tool.failed` is looked
/// into.
Error explain_failure(Error error, const Unit& unit, const Step& step, std::string_view said,
                      db::Database* session, const std::filesystem::path& root);

}  // namespace migrate
