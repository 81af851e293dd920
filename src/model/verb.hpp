#pragma once
#include <optional>
#include <span>
#include <string_view>

namespace migrate {

/// The verbs that an adapter translates. What only `migrate` itself does (detect, plan, apply, log ...)
/// is a command, not a verb: see command/table.hpp.
enum class Verb {
    status,
    history,
    diff,
    generate,
    init,
    pull,
    run,
    rollback,
    redo,
    seed,
    baseline,
    resolve,
    reset,
    push
};

std::string_view to_string(Verb verb);

/// Accepts the verb's name and its aliases: create, up, down.
std::optional<Verb> verb_from(std::string_view name);

/// All verbs, in the order in which tables and documentation list them.
std::span<const Verb> all_verbs();

/// Whether the verb can change files or databases at all. `diff`, `status` and `history` cannot.
bool changes_something(Verb verb);

/// Whether the verb concerns a live database (and so needs a resolved target).
bool touches_database(Verb verb);

}  // namespace migrate
