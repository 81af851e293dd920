#include "adapters/support/py_probe.hpp"

#include "adapters/support/py_steps.hpp"

namespace migrate::py {

namespace {

constexpr std::string_view kBefore = R"(import json
import os
import sys
import traceback

answer = os.fdopen(os.dup(3), "w")
os.close(3)
sys.stdout = sys.stderr
document = {"databases": []}


# Exceptions whose message names a setting, not its value.
said = ("ImproperlyConfigured", "NoAppException", "CommandError")


class Connects(BaseException):
    pass


def audit(event, args):
    if event in ("socket.connect", "sqlite3.connect"):
        raise Connects(event)


def finish():
    json.dump(document, answer)
    answer.flush()
    os._exit(0)


def failed(problem):
    error = {"type": type(problem).__name__}
    # Other messages may quote a value, and values may be passwords.
    if isinstance(problem, (KeyError, ImportError, Connects)) or error["type"] in said:
        error["text"] = str(problem.args[0]) if problem.args else ""
        if isinstance(problem, ModuleNotFoundError):
            error["module"] = problem.name or ""
    here = os.getcwd() + os.sep
    for frame in traceback.extract_tb(problem.__traceback__):
        path = os.path.abspath(frame.filename)
        if path.startswith(here) and os.path.isfile(path) and "site-packages" not in path:
            error["file"], error["line"] = path[len(here):], frame.lineno
    document["error"] = error
    finish()


def variable_with(url):
    for name in sorted(os.environ):
        if os.environ[name] == url:
            return name
    return ""

)";

constexpr std::string_view kAfter = R"(
sys.addaudithook(audit)
try:
    document["databases"] = ask()
except BaseException as problem:
    failed(problem)
finish()
)";

}  // namespace

Probe python_probe(const Unit& unit, const std::vector<std::string>& launch, std::vector<std::string> args,
                   std::string_view body) {
    Probe probe;
    probe.argv = python_launch(launch);
    probe.argv.emplace_back("-");
    probe.argv.insert(probe.argv.end(), args.begin(), args.end());
    probe.script = std::string(kBefore) + std::string(body) + std::string(kAfter);
    probe.cwd = unit.root;
    probe.base_dir = unit.root;
    return probe;
}

}  // namespace migrate::py
