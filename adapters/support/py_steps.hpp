#pragma once
#include <string>
#include <vector>

#include "adapters/adapter.hpp"

// What the plans of the Python tools share.
namespace migrate::py {

/// The environment of a native step, whose risk is known: nothing buffered, no colours; what only reads
/// writes no .pyc files either. What changes a database may, as the tool itself does: uv installs none, and
/// without them each start compiles everything anew (Alembic 1.20: 1.8 s of processor time instead of 0.7 s).
void set_environment(Step& step);

/// From what starts a tool to what starts the Python that it runs in: `.venv/bin/python -m alembic` and
/// `.venv/bin/alembic` -> `.venv/bin/python`; `uv run --no-sync -- alembic` -> `uv run --no-sync -- python`;
/// nothing -> `python3`.
std::vector<std::string> python_launch(const std::vector<std::string>& launch);

/// A step that runs `python ARGS` in the unit's root, with `script` on stdin where the first argument is "-".
Step python_step(const Unit& unit, std::vector<std::string> args, std::string script, std::string purpose);

/// A risk that is `destroy` on protected targets only: on others, and where no target is known to be one,
/// the row's risk is lowered to `revert` (contract: a rollback that leaves nothing applied).
Risk rollback_risk(const Target* target, bool leaves_nothing);

}  // namespace migrate::py
