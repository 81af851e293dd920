// What Django does that a user would not expect, and what becomes of it, with the real tool.
#include "tests/e2e/python/project.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

constexpr const char* kVersions[] = {"python/django-3.2", "python/django-4.2", "python/django-5.2",
                                     "python/django-6.1"};

constexpr const char* kModel = "from django.db import models\n\n\nclass Post(models.Model):\n    pass\n";

std::string migration(const std::string& depends, const std::string& operations) {
    return "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
           "    dependencies = [" +
           depends + "]\n    operations = [" + operations + "]\n";
}

/// One app with one migration and one model. PyMySQL stands for mysqlclient, which must be compiled.
PythonProject project(const char* version) {
    return {
        version,
        {{"manage.py",
          "import os\nimport sys\n\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"shop.settings\")\n"
          "from django.core.management import execute_from_command_line\n\n"
          "execute_from_command_line(sys.argv)\n"},
         {"requirements.txt", "Django\n"},
         {"shop/__init__.py", ""},
         {"shop/settings.py",
          "import environ\nimport pymysql\n\npymysql.version_info = (2, 2, 7, \"final\", 0)\n"
          "pymysql.install_as_MySQLdb()\nenv = environ.Env()\nSECRET_KEY = \"test\"\nUSE_TZ = True\n"
          "DEFAULT_AUTO_FIELD = \"django.db.models.AutoField\"\nINSTALLED_APPS = [\"blog\"]\n"
          "DATABASES = {\"default\": env.db(\"DATABASE_URL\")}\n"},
         {"blog/__init__.py", ""},
         {"blog/models.py", kModel},
         {"blog/migrations/__init__.py", ""},
         {"blog/migrations/0001_initial.py",
          migration("",
                    "migrations.CreateModel(name=\"Post\", fields=[(\"id\", models.AutoField("
                    "primary_key=True, serialize=False, auto_created=True, verbose_name=\"ID\"))])")}}};
}

}  // namespace

TEST_CASE(
    "Django: earlier migrations stay; of the failing one PostgreSQL and SQLite keep nothing, MariaDB half") {
    for (const char* version : kVersions) {
        CAPTURE(version);
        PythonProject shop = project(version);
        shop.tree.write("blog/migrations/0002_bad.py",
                        migration("(\"blog\", \"0001_initial\")",
                                  "migrations.RunSQL(\"CREATE TABLE half (id INT)\", \"\"), "
                                  "migrations.RunSQL(\"SELECT * FROM nowhere\", \"\")"));
        Connection file;
        file.engine = Engine::sqlite;
        file.database = shop.tree.path("shop.db").string();
        const Place places[] = {
            on_postgresql("postgres"), on_mariadb("mysql"), {file, "sqlite:///" + file.database}};
        for (const Place& place : places) {
            CAPTURE(to_string(*place.connection.engine));
            shop.environment["DATABASE_URL"] = place.url;
            const Ran run = shop.migrate({"run", "--json", "-q"});
            CHECK_MESSAGE(run.status == 1, all_of(run));
            CHECK(says(run, "\"changed\": \"database\""));
            CHECK(has_table(place.connection, "blog_post"));
            const bool mariadb = place.connection.engine == Engine::mariadb;
            CHECK(has_table(place.connection, "half") == mariadb);
            CHECK(says(shop.migrate({"status"}), "last blog.0001_initial"));
        }
    }
}

TEST_CASE("Django: a default that it would ask for is asked for, and answered by options") {
    for (const char* version : kVersions) {
        CAPTURE(version);
        PythonProject shop = project(version);
        shop.environment["DATABASE_URL"] = "sqlite:///" + shop.tree.path("shop.db").string();
        shop.tree.write("blog/models.py",
                        "from django.db import models\n\n\nclass Post(models.Model):\n    rank = "
                        "models.IntegerField()\n");
        const Ran asked = shop.migrate({"generate", "rank"});
        CHECK_MESSAGE(asked.status != 0, all_of(asked));
        CHECK_MESSAGE(says(asked, "non-nullable field 'rank'"), all_of(asked));
        CHECK_FALSE(shop.tree.exists("blog/migrations/0002_rank.py"));
        const Ran answered = shop.migrate({"generate", "rank", "--answer", "1", "--answer", "7"});
        CHECK_MESSAGE(answered.status == 0, all_of(answered));
        CHECK(says(shop.tree.read("blog/migrations/0002_rank.py"), "default=7"));
    }
}

TEST_CASE("Django: a field that goes is named in the plan before it goes") {
    for (const char* version : kVersions) {
        CAPTURE(version);
        PythonProject shop = project(version);
        shop.environment["DATABASE_URL"] = "sqlite:///" + shop.tree.path("shop.db").string();
        shop.tree.write("blog/migrations/0002_gone.py",
                        migration("(\"blog\", \"0001_initial\")", "migrations.DeleteModel(\"Post\")"));
        const Ran plan = shop.migrate({"plan", "run"});
        CHECK_MESSAGE(plan.status == 0, all_of(plan));
        CHECK_MESSAGE(says(plan, "blog.0002_gone: "), all_of(plan));
        CHECK(says(plan, "DeleteModel"));
    }
}
