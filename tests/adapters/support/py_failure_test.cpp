// What Python, its package managers and Flask print where a tool is not installed, as they printed it.
#include "adapters/support/py_failure.hpp"

#include <doctest/doctest.h>

using namespace migrate;

namespace {

struct Case {
    const char* said;
    const char* runner;
    std::vector<std::string> launch;
    const char* hint;
};

Unit unit_of(Tool tool, const std::string& runner, const std::string& style = "") {
    Unit unit;
    unit.tool = tool;
    unit.id = ".:" + std::string(to_string(tool));
    unit.runner = runner;
    unit.style = style;
    return unit;
}

Step step_of(const std::string& program, std::vector<std::string> launch) {
    Step step;
    Native native;
    native.program = program;
    native.launch = std::move(launch);
    step.action = std::move(native);
    return step;
}

std::optional<Error> explain(const Unit& unit, const Step& step, std::string_view said) {
    return py::explained_python({unit, step, said, "/srv/shop"});
}

}  // namespace

TEST_CASE("a Python tool that is not in the environment is missing, whoever says so") {
    const Case cases[] = {
        {"/srv/shop/.venv/bin/python: No module named alembic\n",
         "pip",
         {".venv/bin/python", "-m", "alembic"},
         ".venv/bin/python -m pip install alembic"},
        {"  File \"<stdin>\", line 1\nModuleNotFoundError: No module named 'alembic'\n",
         "pip",
         {"python3"},
         "python3 -m pip install alembic"},
        {"error: Failed to spawn: alembic\n  cause: No such file or directory (os error 2)\n",
         "uv",
         {"uv", "run", "--no-sync", "--", "alembic"},
         "uv sync"},
        {"error: Failed to spawn: `alembic`\n  Caused by: No such file or directory (os error 2)\n",
         "uv",
         {"uv", "run", "--no-sync", "--", "alembic"},
         "uv sync"},
        {"Command not found: alembic\n", "poetry", {"poetry", "run", "alembic"}, "poetry install"},
        {"[PdmUsageError]: Command 'alembic' is not found in your PATH.\n",
         "pdm",
         {"pdm", "run", "alembic"},
         "pdm install"},
        {"Error: the command alembic could not be found within PATH or Pipfile's .\n",
         "pipenv",
         {"pipenv", "run", "alembic"},
         "pipenv install"},
    };
    for (const Case& one : cases) {
        CAPTURE(one.said);
        auto error = explain(unit_of(Tool::alembic, one.runner), step_of("alembic", one.launch), one.said);
        REQUIRE(error);
        CHECK(error->code == "tool.missing");
        CHECK(error->message == ".:alembic: alembic is not installed in the project's environment");
        CHECK(error->hint == std::string("Nothing was changed. Install it: ") + one.hint);
    }
    auto django =
        explain(unit_of(Tool::django, "pip"), step_of("manage.py", {"python3", "manage.py"}),
                "ModuleNotFoundError: No module named 'django'\n\nImportError: Couldn't import Django.");
    REQUIRE(django);
    CHECK(django->hint == "Nothing was changed. Install it: python3 -m pip install Django");
}

TEST_CASE("what else is not there is the project's own matter, and said as it was") {
    const Unit unit = unit_of(Tool::alembic, "pip");
    const Step step = step_of("alembic", {"python3", "-m", "alembic"});
    for (const char* said :
         {"ModuleNotFoundError: No module named 'alembic_utils'\n", "No module named alembic.nothing\n",
          "ModuleNotFoundError: No module named 'shop'\n", "Command not found: alembic-utils\n",
          "FAILED: Can't locate revision identified by 'x'\n", ""}) {
        CAPTURE(said);
        CHECK_FALSE(explain(unit, step, said));
    }
}

TEST_CASE("Flask-Migrate: the package that lacks, and a version without `check`") {
    const Unit unit = unit_of(Tool::alembic, "pip", "flask-migrate");
    const Step step = step_of("flask", {".venv/bin/python", "-m", "flask", "db"});
    auto flask = explain(unit, step, ".venv/bin/python: No module named flask\n");
    REQUIRE(flask);
    CHECK(flask->hint == "Nothing was changed. Install it: .venv/bin/python -m pip install Flask");
    auto extension =
        explain(unit, step,
                "ModuleNotFoundError: No module named 'flask_migrate'\n\n\nUsage: python -m flask "
                "[OPTIONS] COMMAND [ARGS]...\n\nError: No such command 'db'.\n");
    REQUIRE(extension);
    CHECK(extension->hint ==
          "Nothing was changed. Install it: .venv/bin/python -m pip install Flask-Migrate");
    auto old =
        explain(unit, step, "Usage: python -m flask db [OPTIONS]\n\nError: No such command 'check'.\n");
    REQUIRE(old);
    CHECK(old->code == "verb.unsupported");
}
