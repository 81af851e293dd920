#pragma once
#include "detect/find.hpp"
#include "detect/js_project.hpp"

namespace migrate::detection {

/// Fills in what does not depend on how a unit was found: runner, launch prefix, version, engines where the
/// tool's own files said nothing. Fields that are set already stay.
void complete(const Sources& sources, Unit& unit);

// Its parts, by ecosystem.
void complete_javascript(const Sources& sources, Unit& unit);
void complete_python(const Sources& sources, Unit& unit);
void complete_flyway(const Sources& sources, Unit& unit);
void complete_sql(const Sources& sources, Unit& unit);

/// The argv prefix of a JavaScript tool, with the loader that TypeScript configurations need.
std::vector<std::string> javascript_launch(const Sources& sources, const Unit& unit, const JsProject& project,
                                           Tree::Dir root);

/// Adds the lines that call the tool to the evidence, and sets how the project runs it.
void add_calls(const Sources& sources, Unit& unit);

}  // namespace migrate::detection
