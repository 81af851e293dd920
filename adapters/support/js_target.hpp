#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "adapters/support/js_config.hpp"
#include "model/target.hpp"

namespace migrate::js {

/// The dotenv files that a configuration loads itself, first wins, relative to the scan root.
/// `import 'dotenv/config'`, `config()` and `config({path})` of dotenv, `process.loadEnvFile()`,
/// `loadEnvConfig(dir)` of @next/env (development). `working_directory` is where the tool runs,
/// `file` the configuration, both relative to the scan root. A path that is computed is left out.
std::vector<std::string> dotenv_files(const Module& module, std::string_view file,
                                      std::string_view working_directory);

/// Makes the source of a target from the value of a URL setting: the variables of an environment
/// expression with their fallback, a literal (of a template with its variables as ${NAME}, which the
/// resolver fills), or `needs_probe` with what was met instead.
/// Sets kind, variables, literal, why and line, and leaves the rest alone.
void read_url(TargetSource& source, const Module& module, const Value& value);

/// Takes one field ("host", "port", ...) of a connection object: a literal goes to `source.fields`, a
/// variable to `source.field_variables`. false, and kind `needs_probe` with `why`, if it is computed.
bool read_field(TargetSource& source, const Module& module, std::string_view field, const Value& value);

}  // namespace migrate::js
