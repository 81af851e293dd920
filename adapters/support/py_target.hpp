#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/support/py_config.hpp"
#include "model/target.hpp"

namespace migrate::py {

/// A Python file with its place, relative to the scan root.
struct Source {
    std::string file;
    Module module;
};

/// Reads modules by file or by dotted name, from below the scan root and from nowhere else.
class Sources {
  public:
    /// `working_directory` is where Python would be started, relative to the scan root: what it and its
    /// src/ hold can be imported.
    Sources(std::filesystem::path root, std::string working_directory);

    /// nullptr where there is no such file.
    std::shared_ptr<const Source> file(const std::string& path) const;
    /// "app.config" or, from within `importer`, ".config"; a package is its __init__.py.
    std::shared_ptr<const Source> module(std::string_view dotted, std::string_view importer) const;

  private:
    std::filesystem::path root_;
    std::string working_directory_;
};

/// An expression and the file that its names belong to.
struct Located {
    Value value;
    std::shared_ptr<const Source> source;
};

/// Follows a value through names of its own file and through imports from files below the root.
Located resolve_far(const Sources& sources, const std::shared_ptr<const Source>& source, const Value& value);

/// Makes the source of a target from the value of a URL setting: variables with their fallback, a literal,
/// or `needs_probe` with what was met instead. A path (`BASE_DIR / "x"`) becomes relative to the scan root
/// (`base_dir` "."). Sets kind, variables, literal, why, file and line.
void read_url(TargetSource& target, const Sources& sources, const Located& at);

/// Takes one field ("host", "port" ...) of a connection: a literal goes to `fields`, a variable to
/// `field_variables`. false, and kind `needs_probe` with `why`, where it is computed.
bool read_field(TargetSource& target, const Sources& sources, const Located& at, std::string_view field);

/// The dotenv files that a module loads itself (python-dotenv, django-environ, decouple), relative to the
/// scan root, first wins.
std::vector<std::string> dotenv_files(const Source& source, std::string_view working_directory);

/// What a value is, for people: "settings.DATABASE_URL", "a call of get_url()".
std::string describe(const Value& value);

}  // namespace migrate::py
