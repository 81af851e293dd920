// Asks Django's settings for the databases, through manage.py's own way of finding them.
#include "adapters/django/django.hpp"
#include "adapters/support/py_probe.hpp"
#include "base/files.hpp"

namespace migrate::django {

namespace {

// manage.py runs as it does for every command (dotenv files, django-configurations), with the command
// replaced (Django 3.2 to 5.2). A mirror of a test database stands for a replica; a database that every
// router keeps all apps away from is not migrated by the project.
constexpr std::string_view kAsk = R"(
def ask():
    import runpy

    import django.core.management as management

    found = []

    def settings_only(argv=None):
        from django.conf import settings

        found.extend(databases(settings))
        document["settings"] = os.environ.get("DJANGO_SETTINGS_MODULE", "")

    management.execute_from_command_line = settings_only
    if sys.argv[1:]:
        manage = os.path.abspath(sys.argv[1])
        sys.path.insert(0, os.path.dirname(manage))
        sys.argv = [manage, "check"]
        runpy.run_path(manage, run_name="__main__")
    else:
        sys.path.insert(0, os.getcwd())
        settings_only()
    return found


def engine(backend):
    if backend.startswith("mysql."):
        return "mysql"
    last = backend.rsplit(".", 1)[-1]
    return {"postgis": "postgresql", "postgresql_psycopg2": "postgresql", "spatialite": "sqlite"}.get(last, last)


def search_path(options):
    return options.split("search_path=", 1)[1].split(",")[0].split(" ")[0] if "search_path=" in options else ""


def databases(settings):
    result = []
    for name, one in settings.DATABASES.items():
        options = one.get("OPTIONS") or {}
        text = lambda value: "" if value in (None, "") else str(value)
        entry = {
            "name": name,
            "engine": engine(text(one.get("ENGINE"))),
            "database": text(one.get("NAME")),
            "host": text(one.get("HOST")),
            "port": text(one.get("PORT")),
            "user": text(one.get("USER")),
            "password": text(one.get("PASSWORD")),
            "schema": search_path(text(options.get("options"))),
        }
        if "service" in options or "read_default_file" in options:
            entry["file_of_connections"] = True
        if (one.get("TEST") or {}).get("MIRROR"):
            entry["migrated"] = False
        result.append(entry)
    if len(result) > 1 and settings.DATABASE_ROUTERS:
        import django
        from django.apps import apps
        from django.db import router

        django.setup()
        for entry in result:
            if not any(router.allow_migrate(entry["name"], app.label) for app in apps.get_app_configs()):
                entry["migrated"] = False
    result.sort(key=lambda entry: entry["name"] != "default")
    return result
)";

}  // namespace

std::optional<Probe> probe(const Unit& unit, const std::filesystem::path& root) {
    std::string manage = manage_py(unit);
    std::error_code ignored;
    std::vector<std::string> args;
    if (std::filesystem::is_regular_file(root / manage, ignored)) args = {from_unit_root(unit, manage)};
    Probe probe = py::python_probe(unit, unit.launch, std::move(args), kAsk);
    probe.file = manage;
    probe.chooser = "DJANGO_SETTINGS_MODULE";
    return probe;
}

}  // namespace migrate::django
