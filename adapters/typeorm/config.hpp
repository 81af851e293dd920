#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/support/js_config.hpp"
#include "model/error.hpp"
#include "model/target.hpp"
#include "model/unit.hpp"

namespace migrate::typeorm {

/// One data source (0.3 and later) or one named connection (0.2).
struct Options {
    std::string name = "default";
    js::Value settings;
    int line = 0;
};

/// What can be read of the configuration without running it: a file with `new DataSource(...)`, or 0.2's
/// ormconfig in one of its forms.
struct Config {
    enum class Form { data_source, ormconfig, variables, other };
    Form form = Form::other;
    std::string text;
    js::Module module;
    std::vector<Options>
        connections;  ///< empty where only running the file can tell; `why` says what was met
    std::string why;
    int line = 0;
    std::string directory = ".";  ///< of the file
    int exported = 0;             ///< how many exports are plainly a data source; more than one is an error
    /// A text among the settings of the first connection, "" where there is none.
    std::string setting(std::string_view key) const;
};

/// Errors: `tool.layout` (no configuration, or it is gone).
Result<Config> read_config(const Unit& unit, const std::filesystem::path& root);

/// The folders of the migrations, relative to the scan root: those that detection found, else those that the
/// configuration's globs name. Where a folder serves another engine than the unit it is left out.
std::vector<std::string> directories_of(const Unit& unit, const std::filesystem::path& root);

/// Whether this is a unit of 0.2, which has connections by name instead of a data source.
bool is_old(const Unit& unit);

}  // namespace migrate::typeorm
