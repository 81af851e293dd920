#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "command/command.hpp"

namespace migrate {

// Defined in the command's own file: src/command/<name>.cpp.
extern const Command completion_command;
extern const Command apply_command;
extern const Command approve_command;
extern const Command backup_command;
extern const Command baseline_command;
extern const Command deploy_command;
extern const Command detect_command;
extern const Command diff_command;
extern const Command schema_command;
extern const Command doctor_command;
extern const Command explain_command;
extern const Command freeze_command;
extern const Command generate_command;
extern const Command help_command;
extern const Command history_command;
extern const Command init_command;
extern const Command log_command;
extern const Command mark_command;
extern const Command overview_command;
extern const Command plan_command;
extern const Command pull_command;
extern const Command push_command;
extern const Command redo_command;
extern const Command reset_command;
extern const Command resolve_command;
extern const Command restore_command;
extern const Command rollback_command;
extern const Command run_command;
extern const Command seed_command;
extern const Command setup_command;
extern const Command status_command;
extern const Command man_command;
extern const Command unfreeze_command;
extern const Command verbs_command;
extern const Command version_command;

/// All commands, in the order in which help lists them.
std::span<const Command* const> all_commands();

/// By name or alias; nullptr where there is none. "" finds what `migrate` alone does.
const Command* find_command(std::string_view name);

/// The headings under which a command's options stand in help: its own, the shared ones, the global ones.
std::vector<OptionSet> option_sets(const Command& command);

/// The command's option of that long name; nullptr where it has none.
const Option* find_option(const Command& command, std::string_view name);

/// Heading of a group in help: "Database".
std::string_view title_of(Group group);

/// All groups, in the order of help.
std::span<const Group> all_groups();

}  // namespace migrate
