#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "detect/js_project.hpp"
#include "detect/repo.hpp"

namespace migrate::detection {

/// Who installs a Python project's dependencies and where.
struct PythonProject {
    std::string runner;     ///< uv, poetry, pdm, pipenv, pixi, hatch, pip; "" where nothing says Python
    std::string lock;       ///< "" where there is none
    std::string directory;  ///< of lock or manifest
    std::string venv;       ///< directory of a virtual environment on this disk, "" if there is none
};

/// Looks at Python's own files only, in `dir` and above.
PythonProject python_project(const Repo& repo, Tree::Dir dir);

/// What is installed, else the lock file, else requirements (following -r), else pyproject.toml.
FoundVersion python_version(const Repo& repo, const PythonProject& project, Tree::Dir dir,
                            std::string_view package);

/// The argv prefix that runs a module of the project's environment: {".venv/bin/python", "-m", "alembic"},
/// {"uv", "run", "--no-sync", "--", "alembic"}. Paths are relative to `dir`.
std::vector<std::string> python_module(const Repo& repo, const PythonProject& project, Tree::Dir dir,
                                       std::string_view module);

/// The same for a script: {"python3", "manage.py"}.
std::vector<std::string> python_script(const Repo& repo, const PythonProject& project, Tree::Dir dir,
                                       std::string_view script);

/// The text of the requirement files and manifests that speak for a directory, for finding drivers.
std::string python_requirements(const Repo& repo, Tree::Dir dir);

}  // namespace migrate::detection
