// generate, pull, init, seed and reset.
#include <algorithm>

#include "adapters/django/work.hpp"
#include "adapters/support/node_steps.hpp"
#include "base/files.hpp"

namespace migrate::django {

namespace {

namespace fs = std::filesystem;

/// A Python identifier, as -n wants it.
std::string identifier(std::string_view name) {
    std::string result;
    for (char c : name) {
        bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (c >= 'A' && c <= 'Z')
            result += static_cast<char>(c - 'A' + 'a');
        else if (word)
            result += c;
        else if (!result.empty() && result.back() != '_')
            result += '_';
    }
    while (!result.empty() && result.back() == '_') result.pop_back();
    return result;
}

/// The directory of an app's migrations, "" where the project has none for it.
std::string directory_of(const Work& work, std::string_view app) {
    for (const auto& file : work.facts.files)
        if (app_of(file.id) == app) return fs::path(file.files.front()).parent_path().generic_string();
    return "";
}

bool answered(const Request& request, std::string_view answer) {
    return std::find(request.answers.begin(), request.answers.end(), answer) != request.answers.end();
}

constexpr std::string_view kManage = R"(#!/usr/bin/env python
import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
)";

constexpr std::string_view kSettings = R"(import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = os.environ["SECRET_KEY"]
DEBUG = os.environ.get("DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "").split()
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "core",
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": os.environ.get("DB_HOST", "localhost"),
        "PORT": os.environ.get("DB_PORT", "5432"),
        "NAME": os.environ["DB_NAME"],
        "USER": os.environ["DB_USER"],
        "PASSWORD": os.environ["DB_PASSWORD"],
    }
}
)";

constexpr std::string_view kApp = R"(from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
)";

/// Fixtures of a directory (or the one file), as loaddata takes them: relative to where it runs.
std::vector<std::string> fixtures(const Work& work) {
    auto is_fixture = [](const std::string& name) {
        for (const char* ending : {".json", ".jsonl", ".yaml", ".yml", ".xml", ".json.gz", ".json.bz2"})
            if (name.ends_with(ending)) return true;
        return false;
    };
    const std::string& seeds = work.unit.seeds;
    std::vector<std::string> found;
    if (is_fixture(seeds)) found.push_back(from_unit_root(work.unit, seeds));
    if (!seeds.empty() && found.empty())
        for (const auto& name : list_directory(work.facts.root / seeds))
            if (is_fixture(name)) found.push_back(from_unit_root(work.unit, seeds + "/" + name));
    return found;
}

}  // namespace

Result<Steps> plan_generate(const Work& work) {
    const Request& request = work.request;
    std::string name = identifier(request.name);
    if (name.empty())
        return fail("usage", "a migration needs a name of letters and digits",
                    "For example: migrate generate add_email_to_users");
    bool merge = answered(request, "merge");
    if (!merge)
        if (auto error = work.conflict()) return tl::unexpected(*error);
    std::vector<std::string> apps = apps_of(work.facts.files);
    std::string app = request.app;
    if (app.empty() && request.empty && apps.size() == 1) app = apps.front();
    if (app.empty() && request.empty) {
        std::string list;
        for (const auto& one : apps) list += (list.empty() ? "" : ", ") + one;
        return fail("migration.app", work.unit.id + ": an empty migration belongs to one app",
                    list.empty() ? "Name it with --app." : "Name it with --app: " + list + ".");
    }
    auto step = work.native(Verb::generate,
                            merge           ? "merge"
                            : request.empty ? "empty"
                                            : "",
                            {{"app", app}, {"name", name}},
                            merge           ? "join the leaf migrations"
                            : request.empty ? "write an empty migration"
                                            : "write migrations from the models");
    if (!step) return tl::unexpected(step.error());
    std::get<Native>(step->action).nothing_when = "No changes detected";
    if (!merge && !request.empty) {
        // Without an answer the question about a rename ends the command instead of losing a column.
        Native& native = std::get<Native>(step->action);
        for (const auto& answer : request.answers) native.answers += answer + "\n";
    }
    // An app may have no migration yet, and without --app several apps may get one.
    std::string directory = directory_of(work, app);
    if (directory.empty()) directory = node::in_unit(work.unit, "**/migrations");
    step->expect.files = {directory + "/*_" + name + ".py"};
    return Steps{*step};
}

Result<Steps> plan_pull(const Work& work) {
    auto step = work.native(Verb::pull, "", {}, "write models for the tables of the database");
    if (!step) return tl::unexpected(step.error());
    std::string file = work.target && work.target->name != "default"
                           ? "inspected_models_" + work.target->name + ".py"
                           : "inspected_models.py";
    std::get<Native>(step->action).capture_to = node::in_unit(work.unit, file);
    step->expect.files = {node::in_unit(work.unit, file)};
    step->risk = Risk::files;
    return Steps{*step};
}

Result<Steps> plan_init(const Work& work) {
    auto write = [&](std::string_view path, std::string_view content) {
        return node::write_step(node::in_unit(work.unit, path), std::string(content));
    };
    if (!work.request.app.empty()) return Steps{write(work.request.app + "/migrations/__init__.py", "")};
    return Steps{write("manage.py", kManage),
                 write("config/__init__.py", ""),
                 write("config/settings.py", kSettings),
                 write("core/__init__.py", ""),
                 write("core/apps.py", kApp),
                 write("core/models.py", "from django.db import models  # noqa: F401\n"),
                 write("core/migrations/__init__.py", "")};
}

Result<Steps> plan_seed(const Work& work) {
    std::vector<std::string> files = fixtures(work);
    const std::string& seeds = work.unit.seeds;
    std::string list;
    for (const auto& file : files) list += (list.empty() ? "" : "\n") + file;
    bool command = seeds.ends_with(".py") && seeds.find("management/commands/") != std::string::npos;
    if (list.empty() && !command) return work.cannot(Verb::seed, "none");
    auto step = command ? work.native(Verb::seed, "command", {{"command", fs::path(seeds).stem().string()}},
                                      "run the project's own command")
                        : work.native(Verb::seed, "", {{"fixtures", list}}, "load the fixtures");
    if (!step) return tl::unexpected(step.error());
    return Steps{*step};
}

Result<Steps> plan_reset(const Work& work) {
    auto step = work.native(Verb::reset, "", {}, "delete the rows of all tables");
    if (!step) return tl::unexpected(step.error());
    step->reversible = false;
    return Steps{*step};
}

}  // namespace migrate::django
