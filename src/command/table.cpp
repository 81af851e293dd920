#include "command/table.hpp"

#include <array>

#include "command/options.hpp"
#include "model/enum_names.hpp"

namespace migrate {

namespace {

constexpr std::array kCommands{
    &overview_command, &detect_command,  &status_command,     &history_command,  &diff_command,
    &schema_command,   &explain_command, &doctor_command,     &log_command,      &init_command,
    &generate_command, &pull_command,    &run_command,        &rollback_command, &redo_command,
    &seed_command,     &setup_command,   &baseline_command,   &resolve_command,  &backup_command,
    &restore_command,  &deploy_command,  &reset_command,      &push_command,     &plan_command,
    &apply_command,    &approve_command, &mark_command,       &freeze_command,   &unfreeze_command,
    &man_command,      &verbs_command,   &completion_command, &version_command,  &help_command,
};

constexpr EnumNames<Group, 5> kGroups{{
    {Group::look, "Look"},
    {Group::files, "Files"},
    {Group::database, "Database"},
    {Group::judge, "Judge"},
    {Group::serve, "Serve"},
}};

constexpr std::array kGroupOrder{Group::look, Group::files, Group::database, Group::judge, Group::serve};

}  // namespace

std::span<const Command* const> all_commands() {
    return kCommands;
}

const Command* find_command(std::string_view name) {
    for (const Command* command : kCommands)
        if (command->name == name || (!name.empty() && command->alias == name)) return command;
    return nullptr;
}

std::vector<OptionSet> option_sets(const Command& command) {
    std::vector<OptionSet> sets;
    if (!command.options.empty()) sets.push_back({"Options", command.options});
    for (const OptionSet* shared : command.shared) sets.push_back(*shared);
    sets.push_back(kGlobalOptions);
    return sets;
}

const Option* find_option(const Command& command, std::string_view name) {
    for (const Option& option : command.options)
        if (option.name == name) return &option;
    for (const OptionSet* shared : command.shared)
        for (const Option& option : shared->options)
            if (option.name == name) return &option;
    for (const Option& option : kGlobalOptions.options)
        if (option.name == name) return &option;
    return nullptr;
}

std::string_view title_of(Group group) {
    return name_of(kGroups, group);
}

std::span<const Group> all_groups() {
    return kGroupOrder;
}

}  // namespace migrate
