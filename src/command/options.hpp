#pragma once
#include "command/command.hpp"

namespace migrate {

// Options that several commands share. A command names the sets it takes in `Command::shared`;
// `kGlobalOptions` belongs to every command without being named.

/// --root, --json, -q, --color, --no-input, --report, --help.
extern const OptionSet kGlobalOptions;
/// -u/--unit, --all, --affected.
extern const OptionSet kUnitOptions;
/// --env.
extern const OptionSet kEnvironmentOptions;
/// --yes, --confirm.
extern const OptionSet kConsentOptions;
/// --dry-run, --jobs, --continue, --wait, --timeout, --events, --log.
extern const OptionSet kRunOptions;

/// --exit-code, for the own options of commands that only look: `status`, `diff`, `plan`.
constexpr Option kExitCodeOption{.name = "exit-code",
                                 .help = "end with status 3 when something is not current"};

/// --names, for the own options of `detect`: one unit id or alias a line, nothing else. Shell completion asks
/// it.
constexpr Option kNamesOption{
    .name = "names", .help = "only ids and aliases, one a line, for shell completion", .hidden = true};

}  // namespace migrate
