#pragma once
#include <string>

#include "command/command.hpp"
#include "model/error.hpp"

namespace migrate {

/// What main() got, as a value.
Invocation invocation_of(int argc, char** argv, char** environment);

/// The whole program: parses, runs the command, reports what went wrong, returns the exit status.
int run_program(const Invocation& invocation);

/// Writes an error that stands alone: to stderr, and with --json (anywhere before `--`) as the one document
/// on stdout. Returns the exit status that its code stands for.
int report_error(const Invocation& invocation, const std::string& command, const Error& error);

}  // namespace migrate
