// A migration that would wait for a lock gives up in time, having changed nothing, with the real tools.
#include "tests/e2e/python/project.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

std::string columns_of_users(const Connection& connection) {
    auto rows = connect(connection)
                    ->query("SELECT count(*) FROM information_schema.columns WHERE table_name = 'users'");
    REQUIRE(rows);
    return rows->rows[0][0].value_or("");
}

/// The first step makes `users`, the second changes it while another session holds it.
void gives_up(const PythonProject& shop, const Connection& database) {
    Ran first = shop.migrate({"run", "--steps", "1"});
    REQUIRE_MESSAGE(first.status == 0, all_of(first));
    auto blocker = connect(database);
    REQUIRE(blocker->execute("BEGIN"));
    REQUIRE(blocker->execute("LOCK TABLE users IN ACCESS SHARE MODE"));
    Ran ran = shop.migrate({"run", "--wait", "0s"});
    CHECK_MESSAGE(ran.status == 6, all_of(ran));
    CHECK_MESSAGE(says(ran, "lock timeout"), all_of(ran));
    CHECK(columns_of_users(database) == "1");
    REQUIRE(blocker->execute("ROLLBACK"));
    Ran later = shop.migrate({"run"});
    CHECK_MESSAGE(later.status == 0, all_of(later));
    CHECK(columns_of_users(database) == "2");
}

std::string revision(const std::string& id, const std::string& parent, const std::string& sql) {
    return "from alembic import op\n\nrevision = \"" + id + "\"\ndown_revision = " + parent +
           "\n\n\ndef upgrade():\n    op.execute(\"" + sql + "\")\n\n\ndef downgrade():\n    pass\n";
}

}  // namespace

TEST_CASE("Alembic gives up behind a lock in time, and the same command goes on later") {
    const Place place = on_postgresql();
    gives_up({"python/alembic-1.20",
              {{"alembic.ini", "[alembic]\nscript_location = migrations\n"},
               {"migrations/script.py.mako", ""},
               {"migrations/env.py",
                "import os\nfrom alembic import context\nfrom sqlalchemy import create_engine, pool\n\n"
                "engine = create_engine(os.environ[\"DATABASE_URL\"], poolclass=pool.NullPool)\n"
                "with engine.connect() as connection:\n    context.configure(connection=connection)\n"
                "    with context.begin_transaction():\n        context.run_migrations()\n"},
               {"migrations/versions/aaaa1_users.py",
                revision("aaaa1", "None", "CREATE TABLE users (id INT PRIMARY KEY)")},
               {"migrations/versions/bbbb2_name.py",
                revision("bbbb2", "\"aaaa1\"", "ALTER TABLE users ADD COLUMN name TEXT")}},
              {{"DATABASE_URL", place.url}}},
             place.connection);
}

TEST_CASE("Django gives up behind a lock in time, and the same command goes on later") {
    auto migration = [](const std::string& depends, const std::string& sql) {
        return "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    "
               "dependencies = [" +
               depends + "]\n    operations = [migrations.RunSQL(\"" + sql + "\", \"\")]\n";
    };
    const Place place = on_postgresql("postgres");
    gives_up({"python/django-5.2",
              {{"manage.py",
                "import os\nimport sys\n\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", "
                "\"shop.settings\")\nfrom django.core.management import execute_from_command_line\n\n"
                "execute_from_command_line(sys.argv)\n"},
               {"requirements.txt", "Django\n"},
               {"shop/__init__.py", ""},
               {"shop/settings.py",
                "import environ\n\nenv = environ.Env()\nSECRET_KEY = \"test\"\nINSTALLED_APPS = [\"blog\"]\n"
                "DATABASES = {\"default\": env.db(\"DATABASE_URL\")}\n"},
               {"blog/__init__.py", ""},
               {"blog/models.py", ""},
               {"blog/migrations/__init__.py", ""},
               {"blog/migrations/0001_users.py", migration("", "CREATE TABLE users (id INT PRIMARY KEY)")},
               {"blog/migrations/0002_name.py",
                migration("(\"blog\", \"0001_users\")", "ALTER TABLE users ADD COLUMN name TEXT")}},
              {{"DATABASE_URL", place.url}}},
             place.connection);
}
