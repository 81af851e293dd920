#pragma once
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/caller.hpp"

namespace migrate {

/// What the process was started with: all that a command may know of its surroundings.
struct Invocation {
    std::vector<std::string> argv;  ///< as main got it, the program's name first
    Environment env;
    std::filesystem::path cwd;  ///< absolute
    bool stdin_tty = false;
    bool stdout_tty = false;
    bool stderr_tty = false;
};

struct ParsedCommand;

/// The section of `migrate --help` that a command stands in.
enum class Group { look, files, database, judge, serve };

/// What a value is. Decides what the parser accepts and what shell completion offers.
enum class ValueKind {
    none,  ///< a flag
    text,
    number,       ///< 1 and more
    duration,     ///< "90", "90s", "5m", "2h", "1d", "500ms"; a bare number is seconds
    choice,       ///< one of `choices`
    file,         ///< completed with files
    directory,    ///< completed with directories
    unit,         ///< completed with unit ids and aliases
    command_name  ///< completed with the names of commands
};

/// One option, as help, parser, completion and manual page know it.
struct Option {
    std::string_view name = {};  ///< long name without dashes: "unit"
    char short_name = 0;         ///< 0: none
    ValueKind kind = ValueKind::none;
    std::string_view value = {};  ///< name of the value in help: "ID"
    bool optional_value = false;  ///< the value may be left out and is only taken after '=': --affected[=REF]
    bool repeatable = false;      ///< may be given several times, all values count
    std::string_view choices = {};   ///< "auto|always|never", for ValueKind::choice
    std::string_view excludes = {};  ///< long names of options that cannot be given beside it: "all affected"
    std::string_view help = {};      ///< what it does, one clause without full stop
    bool hidden = false;             ///< works, but is in neither help nor completion
};

/// Options that many commands share, under one heading of help.
struct OptionSet {
    std::string_view title;
    std::span<const Option> options;
};

/// A word that is no option: `generate NAME`.
struct Positional {
    std::string_view name = {};  ///< as help shows it: "NAME"
    ValueKind kind = ValueKind::text;
    bool required = false;
    bool repeatable = false;  ///< takes all words that are left
    std::string_view choices = {};
    std::string_view help = {};
};

/// A command line that works as it stands, and what it does.
struct Example {
    std::string_view line;
    std::string_view does;
};

/// One command: everything that help, parser, completion and manual page say about it stands here and
/// nowhere else. Each command's file defines its own; table.cpp lists them in the order of help.
struct Command {
    std::string_view name = {};   ///< "" for what `migrate` alone does
    std::string_view alias = {};  ///< "" if none
    Group group = Group::look;
    std::string_view summary = {};  ///< one clause, at most 60 characters
    std::string_view description =
        {};  ///< paragraphs, separated by an empty line; no line breaks inside them
    std::span<const Positional> positionals = {};
    std::span<const Option> options = {};           ///< its own
    std::span<const OptionSet* const> shared = {};  ///< besides the global ones, which every command has
    std::string_view native_args = {};              ///< what stands after `--` ("ARGS"); "" where nothing may
    std::span<const Example> examples = {};
    bool hidden = false;  ///< works, but is in neither help nor completion
    /// Does the work; returns the exit status (contract, "Exit status").
    int (*run)(const Invocation&, const ParsedCommand&) = nullptr;
};

/// A command line, taken apart and checked against the table: every option is one that the command has, a
/// number is a number, a choice is one of the choices.
struct ParsedCommand {
    const Command* command = nullptr;
    /// By long name. A flag, and an optional value that was left out, is one empty string.
    std::map<std::string, std::vector<std::string>, std::less<>> options;
    std::vector<std::string> positionals;
    std::vector<std::string> native_args;  ///< what stood after `--`

    /// Whether the option was given at all.
    bool given(std::string_view option) const { return options.contains(option); }
    /// The option's value; nullopt where it was not given.
    std::optional<std::string> value(std::string_view option) const;
    /// All values of a repeatable option, in the order in which they were given.
    std::vector<std::string> values(std::string_view option) const;
    std::optional<int> number(std::string_view option) const;
    std::optional<std::chrono::milliseconds> duration(std::string_view option) const;
    /// The word at that place; nullopt where it was left out.
    std::optional<std::string> positional(std::size_t at) const;
};

}  // namespace migrate
