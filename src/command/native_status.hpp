#pragma once
#include "command/session.hpp"
#include "model/result.hpp"

namespace migrate {

/// `status --native`: each chosen unit's own tool is asked, and its answer is the history, with the source
/// `native`. Judged by what the tool's command does: Knex, TypeORM and sequelize-cli create their tables for
/// it. A database that is not there is `target.missing`, before a tool could make it. Units whose tool has no
/// such command are skipped, or `verb.unsupported` where they were named.
Result<CommandResult> ask_the_tools(const Session& session);

}  // namespace migrate
