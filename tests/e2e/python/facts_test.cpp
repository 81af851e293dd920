// What Alembic and Django say of their own state, beside what their tables hold (where they differ stands in
// docs/adapters/), and what they do when two of them run.
#include <thread>

#include "tests/e2e/python/project.hpp"
#include "tests/support/states.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

States states(const PythonProject& project) {
    return states_of([&](std::vector<std::string> words) { return project.migrate(std::move(words)); });
}

States same(const std::string& state) {
    return {state, state, "nothing"};
}

/// The same server, and a database that is not there.
std::string missing(const Place& place) {
    return place.url + "_typo";
}

std::string revision(const std::string& id, const std::string& parent, const std::string& table) {
    return "from alembic import op\nimport sqlalchemy as sa\n\nrevision = \"" + id +
           "\"\ndown_revision = " + parent +
           "\nbranch_labels = None\ndepends_on = None\n\n\ndef upgrade():\n    op.create_table(\"" + table +
           "\", sa.Column(\"id\", sa.Integer))\n\n\ndef downgrade():\n    op.drop_table(\"" + table + "\")\n";
}

std::string django_file(const std::string& depends, const std::string& model) {
    return "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
           "    dependencies = [" +
           depends + "]\n    operations = [migrations.CreateModel(name=\"" + model +
           "\", fields=[(\"id\", models.AutoField(primary_key=True))])]\n";
}

/// Two revisions; the version table has a name of its own.
PythonProject alembic_project(const char* version, const std::string& url, const std::string& schema) {
    return {version,
            {{"alembic.ini", "[alembic]\nscript_location = migrations\n"},
             {"requirements.txt", "alembic\n"},
             {"migrations/script.py.mako", ""},
             {"migrations/env.py",
              "import os\n\nfrom alembic import context\nfrom sqlalchemy import create_engine, pool\n\nurl = "
              "os.environ[\"DATABASE_URL\"]\nengine = create_engine(url, poolclass=pool.NullPool)\nwith "
              "engine.connect() as connection:\n    context.configure(connection=connection, "
              "version_table=\"changes\", version_table_schema=" +
                  schema +
                  ")\n    with "
                  "context.begin_transaction():\n        context.run_migrations()\n"},
             {"migrations/versions/aaaa1_users.py", revision("aaaa1", "None", "users")},
             {"migrations/versions/bbbb2_posts.py", revision("bbbb2", "\"aaaa1\"", "posts")}},
            {{"DATABASE_URL", url}}};
}

/// One app with two migrations.
PythonProject django_project(const char* version, const std::string& url) {
    return {version,
            {{"manage.py",
              "import os\nimport sys\n\nif __name__ == \"__main__\":\n    "
              "os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"shop.settings\")\n    from "
              "django.core.management import execute_from_command_line\n\n    "
              "execute_from_command_line(sys.argv)\n"},
             {"requirements.txt", "Django\n"},
             {"shop/__init__.py", ""},
             {"shop/settings.py",
              "import environ\n\nenv = environ.Env()\nSECRET_KEY = \"test\"\nUSE_TZ = True\n"
              "INSTALLED_APPS = [\"blog\"]\nDATABASES = {\"default\": env.db(\"DATABASE_URL\")}\n"},
             {"blog/__init__.py", ""},
             {"blog/models.py", ""},
             {"blog/migrations/__init__.py", ""},
             {"blog/migrations/0001_initial.py", django_file("", "Post")},
             {"blog/migrations/0002_tag.py", django_file("(\"blog\", \"0001_initial\")", "Tag")}},
            {{"DATABASE_URL", url}}};
}

/// Two runs at once; both must end well.
void run_twice(const PythonProject& project) {
    Ran first, second;
    std::thread other([&] { second = project.migrate({"run"}); });
    first = project.migrate({"run"});
    other.join();
    CHECK_MESSAGE(first.status == 0, all_of(first));
    CHECK_MESSAGE(second.status == 0, all_of(second));
}

}  // namespace

TEST_CASE("Alembic: status --native only reads, and cannot go on where a revision's file is gone") {
    for (const auto* version : {"python/alembic-1.8", "python/alembic-1.20"}) {
        CAPTURE(version);
        const Place place = on_postgresql();
        execute(place.connection, {"CREATE SCHEMA app"});
        PythonProject project = alembic_project(version, missing(place), "\"app\"");
        CHECK(states(project) == States{"uninitialised", "target.missing", "nothing"});
        project.environment["DATABASE_URL"] = place.url;
        CHECK(states(project) == States{"uninitialised", "pending", "nothing"});
        REQUIRE(project.migrate({"run", "--steps", "1"}).status == 0);
        CHECK(states(project) == same("pending"));
        REQUIRE(project.migrate({"run"}).status == 0);
        CHECK(states(project) == same("current"));
        project.tree.write("migrations/versions/bbbb2_posts.py",
                           revision("bbbb2", "\"aaaa1\"", "posts") + "# edited\n");
        CHECK(states(project) == same("current"));
        project.tree.write("migrations/versions/cccc3_tags.py", revision("cccc3", "\"aaaa1\"", "tags"));
        CHECK(states(project) == same("pending"));  // a second branch
        project.tree.remove("migrations/versions/bbbb2_posts.py");
        CHECK(states(project) == States{"diverged", "tool.failed", "nothing"});
    }
}

TEST_CASE("Django: status --native only reads, and is silent about rows without a file") {
    for (const auto* version : {"python/django-3.2", "python/django-5.2"}) {
        CAPTURE(version);
        const Place place = on_postgresql("postgres");
        PythonProject project = django_project(version, missing(place));
        CHECK(states(project) == States{"uninitialised", "target.missing", "nothing"});
        project.environment["DATABASE_URL"] = place.url;
        CHECK(states(project) == States{"uninitialised", "pending", "nothing"});
        CHECK_FALSE(has_table(place.connection, "django_migrations"));
        REQUIRE(project.migrate({"run", "--to", "blog.0001_initial"}).status == 0);
        CHECK(states(project) == same("pending"));
        REQUIRE(project.migrate({"run"}).status == 0);
        CHECK(states(project) == same("current"));
        project.tree.write("blog/migrations/0002_other.py",
                           django_file("(\"blog\", \"0001_initial\")", "Other"));
        CHECK(states(project) == same("pending"));  // a second leaf
        project.tree.remove("blog/migrations/0002_tag.py");
        CHECK(states(project) == States{"diverged", "pending", "nothing"});
        project.tree.remove("blog/migrations/0002_other.py");
        CHECK(states(project) == States{"diverged", "current", "nothing"});
    }
}

TEST_CASE("two runs at once of Alembic and Django apply each migration once") {
    const Place alembic = on_postgresql();
    PythonProject one = alembic_project("python/alembic-1.20", alembic.url, "None");
    run_twice(one);
    CHECK(has_table(alembic.connection, "posts"));
    CHECK(states(one) == same("current"));
    const Place django = on_postgresql("postgres");
    PythonProject two = django_project("python/django-5.2", django.url);
    run_twice(two);
    CHECK(has_table(django.connection, "blog_tag"));
    CHECK(states(two) == same("current"));
}
