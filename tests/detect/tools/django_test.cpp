#include "tests/detect/scan.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

std::string manage(const std::string& settings) {
    return "#!/usr/bin/env python\nimport os\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"" +
           settings +
           "\")\nfrom django.core.management import "
           "execute_from_command_line\nexecute_from_command_line([])\n";
}

const std::string kMigration =
    "from django.db import migrations\n\nclass Migration(migrations.Migration):\n    pass\n";

}  // namespace

TEST_CASE("Django: manage.py, its settings and the migrations of all apps below") {
    Unit unit = only(scan_of({{"api/manage.py", manage("shop.settings.production")},
                              {"api/shop/settings/production.py", "from .common import *\n"},
                              {"api/shop/settings/common.py",
                               "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql'}}\n"},
                              {"api/orders/migrations/__init__.py", ""},
                              {"api/orders/migrations/0001_initial.py", kMigration},
                              {"api/users/migrations/__init__.py", ""},
                              {"api/users/migrations/0001_initial.py", kMigration},
                              {"api/users/tests/dummy/migrations/__init__.py", ""},
                              {"api/users/tests/dummy/migrations/0001_initial.py", kMigration},
                              {"api/requirements.txt", "-r requirements/production.txt\n"},
                              {"api/requirements/production.txt", "-r base.txt\n"},
                              {"api/requirements/base.txt", "Django[argon2]==4.2.30  # LTS\n"},
                              {"api/package.json", R"({"name": "api", "packageManager": "pnpm@9.0.0"})"},
                              {"pnpm-lock.yaml", ""}}));
    CHECK(unit.id == "api:django");
    CHECK(unit.config == "api/manage.py");
    CHECK(directories(unit) == Strings{"api/orders/migrations", "api/users/migrations"});
    CHECK(unit.engines == std::vector{Engine::postgresql});
    CHECK(unit.runner == "pip");
    CHECK(unit.version_text == "4.2.30");
    CHECK(unit.version_source == "api/requirements/base.txt");
    CHECK(unit.launch == Strings{"python3", "manage.py"});
}

TEST_CASE("Django: a project before its first migration is a unit") {
    Unit unit = only(scan_of({{"manage.py", manage("shop.settings")}, {"shop/settings.py", ""}}));
    CHECK(unit.migrations.empty());
    CHECK(unit.confidence == 60);
}

TEST_CASE("Django: a manage.py of Flask is none of Django's") {
    Scan scan = scan_of({{"manage.py", "from app.cli import manager\nmanager()\n"}});
    CHECK(scan.units.empty());
    CHECK(scan.possible.empty());
}

TEST_CASE("Django: settings that are not there leave it possible, and are reported") {
    Scan scan = scan_of({{"manage.py", manage("gone.settings")}});
    CHECK(scan.units.empty());
    CHECK(ids(scan.possible) == Strings{".:django"});
    CHECK(problems(scan) == Strings{"manage.py:3 config.stale"});
}

TEST_CASE("Django: a project that only exists for tests is hidden") {
    Scan scan = scan_of({{"manage.py", manage("tests.settings")}, {"tests/settings.py", ""}});
    CHECK(scan.units.empty());
    CHECK(ids(scan.hidden) == Strings{".:django"});
}

TEST_CASE("Django: a reusable app is a note, unless a project's settings install it") {
    test::Tree::Files files{{"src/oscar/apps/basket/migrations/__init__.py", ""},
                            {"src/oscar/apps/basket/migrations/0001_initial.py", kMigration}};
    Scan alone = scan_of(files);
    CHECK(alone.units.empty());
    REQUIRE(alone.others.size() == 1);
    CHECK(alone.others.front().path == "src/oscar/apps/basket/migrations");
    CHECK(alone.others.front().style == "django-app");

    files["sandbox/manage.py"] = manage("settings");
    files["sandbox/settings.py"] = "INSTALLED_APPS = ['oscar.apps.basket.apps.BasketConfig']\n";
    Scan installed = scan_of(files);
    CHECK(only(installed).id == "sandbox:django");
    CHECK(directories(only(installed)) == Strings{"src/oscar/apps/basket/migrations"});
    CHECK(installed.others.empty());
}

TEST_CASE("Django: without manage.py an entry point names the settings") {
    Unit unit =
        only(scan_of({{"shop/wsgi.py", "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"},
                      {"shop/settings.py", ""},
                      {"orders/migrations/__init__.py", ""},
                      {"orders/migrations/0001_initial.py", kMigration},
                      {"Pipfile", "[packages]\ndjango = \"*\"\n"}}));
    CHECK(unit.root == ".");
    CHECK(unit.config == "shop/wsgi.py");
    CHECK(unit.runner == "pipenv");
    CHECK(unit.launch == Strings{"pipenv", "run", "django"});
}

TEST_CASE("Django: several projects in one repository share nothing") {
    Scan scan = scan_of({{"a/manage.py", manage("a.settings")},
                         {"a/a/settings.py", ""},
                         {"a/x/migrations/__init__.py", ""},
                         {"a/x/migrations/0001_initial.py", kMigration},
                         {"b/manage.py", manage("b.settings")},
                         {"b/b/settings.py", ""}});
    REQUIRE(ids(scan.units) == Strings{"a:django", "b:django"});
    CHECK(directories(scan.units[0]) == Strings{"a/x/migrations"});
    CHECK(scan.units[1].migrations.empty());
}

TEST_CASE("Django: seeds are a usual command, else the fixtures of the only app that has some") {
    test::Tree::Files files{{"manage.py", manage("shop.settings")},
                            {"shop/settings.py", "INSTALLED_APPS = ['blog', 'news']\n"},
                            {"blog/migrations/__init__.py", ""},
                            {"blog/migrations/0001_initial.py", kMigration},
                            {"blog/fixtures/posts.json", "[]"},
                            {"news/migrations/__init__.py", ""},
                            {"news/migrations/0001_initial.py", kMigration}};
    CHECK(only(scan_of(files)).seeds == "blog/fixtures");
    files["news/fixtures/items.json"] = "[]";
    CHECK(only(scan_of(files)).seeds == "");
    files["news/management/commands/seed.py"] = "";
    CHECK(only(scan_of(files)).seeds == "news/management/commands/seed.py");
}
