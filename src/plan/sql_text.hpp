#pragma once
#include <string>

#include "adapters/adapter.hpp"
#include "plan/ask_native.hpp"

namespace migrate {

/// What the steps of one unit's plan would execute, as one SQL script: every migration below a comment that
/// names it and says where the text comes from. Files of SQL are read; Alembic and Django are asked by the
/// command of theirs that prints SQL and executes nothing; what is known only when it runs is a comment with
/// the reason. Secrets are redacted. Executes nothing on a database itself; Django's command reads its
/// history.
/// Errors: `migration.invalid`, `migration.irreversible`, `tool.missing`, `tool.failed`, `tool.timeout`.
Result<std::string> sql_text(const Unit& unit, const Request& request, const Facts& facts,
                             const UnitPlan& plan, const NativeCall& with);

}  // namespace migrate
