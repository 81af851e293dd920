#include "adapters/support/py_steps.hpp"

#include <algorithm>
#include <filesystem>

namespace migrate::py {

void set_environment(Step& step) {
    step.env["PYTHONUNBUFFERED"] = {"1"};
    if (step.risk <= Risk::files) step.env["PYTHONDONTWRITEBYTECODE"] = {"1"};
    step.env["NO_COLOR"] = {"1"};
}

std::vector<std::string> python_launch(const std::vector<std::string>& launch) {
    if (launch.empty()) return {"python3"};
    std::vector<std::string> prefix = launch;
    // .venv/bin/python -m flask db
    const auto module = std::find(prefix.begin(), prefix.end(), "-m");
    if (module != prefix.begin() && module != prefix.end()) {
        prefix.erase(module, prefix.end());
        return prefix;
    }
    if (prefix.size() >= 2 && prefix.back() == "db") prefix.pop_back();  // uv run -- flask db
    std::filesystem::path last(prefix.back());
    if (last.extension() == ".py") {  // .venv/bin/python manage.py
        prefix.pop_back();
        return prefix.empty() ? std::vector<std::string>{"python3"} : prefix;
    }
    if (prefix.size() == 1)
        prefix.back() = last.has_parent_path() ? (last.parent_path() / "python").generic_string() : "python3";
    else
        prefix.back() = "python";
    return prefix;
}

Step python_step(const Unit& unit, std::vector<std::string> args, std::string script, std::string purpose) {
    Step step;
    step.purpose = std::move(purpose);
    Native native;
    native.program = "python";
    native.launch = python_launch(unit.launch);
    native.args = std::move(args);
    native.answers = std::move(script);
    step.action = std::move(native);
    step.cwd = unit.root;
    set_environment(step);
    return step;
}

Risk rollback_risk(const Target* target, bool leaves_nothing) {
    if (!leaves_nothing) return Risk::revert;
    return !target || is_protected(target->level) ? Risk::destroy : Risk::revert;
}

}  // namespace migrate::py
