#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/adapter.hpp"

// From a tool's own arguments to a judgement, and the small questions on the way there.
namespace migrate::launchers {

using Words = std::vector<std::string>;
using Args = std::span<const std::string>;
using Found = std::optional<Classified>;

/// Whether `word` stands in a blank-separated list; with '!' only if it is marked so there.
bool listed(std::string_view list, std::string_view word, char mark = ' ');

/// "/app/node_modules/.bin/prisma.cmd" -> "prisma"; "prisma@6.1.0" and "npm:prisma" -> "prisma".
std::string base_name(std::string_view program);

/// A tool by the path of its script: node_modules/typeorm/cli.js.
std::optional<Tool> tool_of_path(std::string_view path);

/// NAME=value.
bool is_assignment(std::string_view word);

/// Variables that decide nothing about the database. Any other may.
bool is_harmless(std::string_view assignment);

/// Of two judgements the one that counts; what was not understood in either stays.
void take_worse(Found& worst, Classified other);

/// The worst that a tool can do, with nothing of `args` understood.
Classified unclassified(Tool tool, Args args);

/// A tool's own arguments, its questions for help and version included.
Classified of_tool(Tool tool, Args args);

/// Flyway takes several commands in one call and runs them in turn.
Classified of_flyway(Args args);

/// The task that a word of Gradle's command line is: flywayClean may be written fC; "" for others.
std::string gradle_task(std::string_view word);

/// "flyway:migrate", also by its coordinates (org.flywaydb:flyway-maven-plugin:11.8.2:migrate); "" for
/// others.
std::string maven_goal(std::string_view word);

}  // namespace migrate::launchers
