// Django through the real binary, with the real tool on real databases.
#include "tests/e2e/python/project.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

constexpr const char* kManage = R"(import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
)";

// PyMySQL stands for mysqlclient, which must be compiled; env.db() is only known to Python.
constexpr const char* kSettings = R"(import environ
import pymysql

pymysql.install_as_MySQLdb()
env = environ.Env()
SECRET_KEY = "test"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
INSTALLED_APPS = ["blog", "news"]
DATABASES = {"default": env.db("DATABASE_URL")}
)";

constexpr const char* kInitial = R"(from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Post",
            fields=[("id", models.AutoField(primary_key=True, serialize=False, auto_created=True, verbose_name="ID"))],
        ),
    ]
)";

std::string migration(const std::string& depends, const std::string& operation) {
    return "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
           "    dependencies = [" +
           depends + "]\n    operations = [" + operation + "]\n";
}

/// Two apps: blog with a table and a field, news whose only migration needs blog's first.
Tree::Files shop_files() {
    return {{"manage.py", kManage},
            {"requirements.txt", "Django\n"},
            {"shop/__init__.py", ""},
            {"shop/settings.py", kSettings},
            {"blog/__init__.py", ""},
            {"blog/models.py",
             "from django.db import models\n\n\nclass Post(models.Model):\n"
             "    title = models.CharField(max_length=40, default=\"\")\n"},
            {"blog/migrations/__init__.py", ""},
            {"blog/migrations/0001_initial.py", kInitial},
            {"blog/migrations/0002_title.py",
             migration(
                 "(\"blog\", \"0001_initial\")",
                 "migrations.AddField(\"post\", \"title\", models.CharField(max_length=40, default=\"\"))")},
            {"news/__init__.py", ""},
            {"news/models.py", "from django.db import models\n\n\nclass Item(models.Model):\n    pass\n"},
            {"news/migrations/__init__.py", ""},
            {"news/migrations/0001_initial.py",
             migration(
                 "(\"blog\", \"0001_initial\")",
                 "migrations.CreateModel(name=\"Item\", fields=[(\"id\", models.AutoField(primary_key=True, "
                 "serialize=False, auto_created=True, verbose_name=\"ID\"))])")}};
}

PythonProject project(const char* version, const Place& place, const Tree::Files& files = shop_files()) {
    return {version, files, {{"DATABASE_URL", place.url}}};
}

void up_and_down(const char* version, const Place& place) {
    PythonProject shop = project(version, place);
    Ran status = shop.migrate({"status"});
    CHECK_MESSAGE(status.status == 0, all_of(status));
    CHECK(says(status, "uninitialised"));
    CHECK_FALSE(has_table(place.connection, "django_migrations"));

    Ran one = shop.migrate({"run", "--to", "blog.0001_initial"});
    CHECK_MESSAGE(one.status == 0, all_of(one));
    CHECK(says(one, "applied  blog.0001_initial"));
    CHECK(says(shop.migrate({"status"}), "blog.0002_title"));
    CHECK(says(shop.python({"manage.py", "showmigrations", "--plan"}), "[ ]  blog.0002_title"));

    Ran run = shop.migrate({"run"});
    CHECK_MESSAGE(run.status == 0, all_of(run));
    CHECK(says(run, "applied  news.0001_initial"));
    CHECK(has_table(place.connection, "news_item"));
    CHECK(says(shop.migrate({"status"}), "current"));
    CHECK(says(shop.migrate({"run"}), "nothing to do"));
    Ran history = shop.migrate({"history", "--json"});
    CHECK(says(history, "\"at\": \"20"));

    // Back to blog's first: what stands on it in the other app does not go along unless it is newer.
    Ran back = shop.migrate({"rollback", "--to", "blog.0001_initial", "--yes"});
    CHECK_MESSAGE(back.status == 0, all_of(back));
    CHECK_FALSE(has_table(place.connection, "news_item"));
    CHECK(has_table(place.connection, "blog_post"));
    Ran redo = shop.migrate({"redo", "--yes"});
    CHECK_MESSAGE(redo.status == 0, all_of(redo));
    CHECK(says(redo, "reverted blog.0001_initial"));
    CHECK(says(redo, "applied  blog.0001_initial"));
    for (const Ran& ran : {status, one, run, history, back, redo})
        if (!place.connection.password.empty()) CHECK_FALSE(says(ran, place.connection.password));
}

std::string sqlite_url(const PythonProject& shop, const std::string& name = "shop.db") {
    return "sqlite:///" + shop.tree.path(name).string();
}

}  // namespace

TEST_CASE("Django 3.2 goes up and back on PostgreSQL") {
    up_and_down("python/django-3.2", on_postgresql("postgres"));
}
TEST_CASE("Django 4.2 goes up and back on MariaDB") {
    up_and_down("python/django-4.2", on_mariadb("mysql"));
}
TEST_CASE("Django 5.2 goes up and back on PostgreSQL") {
    up_and_down("python/django-5.2", on_postgresql("postgres"));
}

TEST_CASE("Django on SQLite: status makes no file, run does, and only asked databases are touched") {
    for (const char* version : {"python/django-3.2", "python/django-5.2"}) {
        PythonProject shop(version, shop_files());
        shop.environment["DATABASE_URL"] = sqlite_url(shop);
        CHECK(says(shop.migrate({"status"}), "uninitialised"));
        CHECK_FALSE(shop.tree.exists("shop.db"));
        Ran run = shop.migrate({"run", "--app", "blog"});
        CHECK_MESSAGE(run.status == 0, all_of(run));
        CHECK_FALSE(says(run, "applied  news"));
        CHECK(shop.tree.exists("shop.db"));
        Ran rest = shop.migrate({"run", "--steps", "1"});
        CHECK(says(rest, "applied  news.0001_initial"));
        Ran back = shop.migrate({"rollback", "--steps", "9", "--yes"});
        CHECK_MESSAGE(back.status == 0, all_of(back));
        CHECK(says(shop.migrate({"status"}), "pending        3"));
    }
}

TEST_CASE("Django: generate says what it wrote, also an app's first file, and asks about renames") {
    PythonProject shop("python/django-5.2", shop_files());
    shop.environment["DATABASE_URL"] = sqlite_url(shop);
    CHECK(says(shop.migrate({"generate", "nothing new"}), "nothing to do"));
    shop.tree.write("news/models.py",
                    "from django.db import models\n\n\nclass Item(models.Model):\n    rank = "
                    "models.IntegerField(default=0)\n");
    Ran field = shop.migrate({"generate", "Add rank"});
    CHECK_MESSAGE(field.status == 0, all_of(field));
    CHECK(says(field, "wrote    news/migrations/0002_add_rank.py"));

    shop.tree.remove("news/migrations/0001_initial.py");
    shop.tree.remove("news/migrations/0002_add_rank.py");
    Ran first = shop.migrate({"generate", "first"});
    CHECK(says(first, "wrote    news/migrations/0001_first.py"));

    // A rename is a question; nobody answers it by losing a column.
    shop.tree.write("blog/models.py",
                    "from django.db import models\n\n\nclass Post(models.Model):\n    subject = "
                    "models.CharField(max_length=40, default=\"\")\n");
    Ran asked = shop.migrate({"generate", "rename"});
    CHECK(asked.status == 1);
    CHECK_FALSE(shop.tree.exists("blog/migrations/0003_rename.py"));
    Ran answered = shop.migrate({"generate", "rename", "--answer", "y"});
    CHECK_MESSAGE(answered.status == 0, all_of(answered));
    CHECK(shop.tree.read("blog/migrations/0003_rename.py").find("RenameField") != std::string::npos);
    Ran empty = shop.migrate({"generate", "fill", "--empty", "--app", "blog"});
    CHECK(says(empty, "wrote    blog/migrations/0004_fill.py"));
}

TEST_CASE("Django: diff says whether the models have what no migration has, and writes nothing") {
    for (const char* version : {"python/django-3.2", "python/django-4.2", "python/django-5.2"}) {
        CAPTURE(version);
        PythonProject shop(version, shop_files());
        shop.environment["DATABASE_URL"] = sqlite_url(shop);
        Ran same = shop.migrate({"diff", "--exit-code"});
        CHECK_MESSAGE(same.status == 0, all_of(same));
        CHECK(says(same, "no difference"));
        shop.tree.write("news/models.py",
                        "from django.db import models\n\n\nclass Item(models.Model):\n    rank = "
                        "models.IntegerField(default=0)\n");
        Ran more = shop.migrate({"diff", "--exit-code"});
        CHECK_MESSAGE(more.status == 3, all_of(more));
        CHECK(says(more, "there are differences"));
        CHECK(says(more, "Add field rank to item"));
        CHECK_FALSE(shop.tree.exists("news/migrations/0002_item_rank.py"));  // 3.2 would, without --dry-run
    }
}

TEST_CASE("Django: plan --sql prints what run and rollback would execute, and executes nothing") {
    for (const char* version : {"python/django-3.2", "python/django-5.2"}) {
        CAPTURE(version);
        Place place = on_postgresql("postgres");
        PythonProject shop = project(version, place);
        Ran all = shop.migrate({"plan", "run", "--sql"});
        CHECK_MESSAGE(all.status == 0, all_of(all));
        CHECK(all.out.find("CREATE TABLE \"blog_post\"") < all.out.find("ADD COLUMN \"title\""));
        CHECK(all.out.find("CREATE TABLE \"news_item\"") != std::string::npos);
        CHECK_FALSE(has_table(place.connection, "django_migrations"));
        REQUIRE(shop.migrate({"run", "--to", "blog.0002_title"}).status == 0);
        Ran rest = shop.migrate({"plan", "run", "--sql"});
        CHECK_MESSAGE(rest.status == 0, all_of(rest));
        CHECK(rest.out.find("blog_post") == std::string::npos);
        Ran back = shop.migrate({"plan", "rollback", "--sql"});
        CHECK_MESSAGE(back.status == 0, all_of(back));
        CHECK(back.out.find("DROP COLUMN \"title\"") != std::string::npos);
        CHECK(says(shop.migrate({"history"}), "blog.0002_title"));
        for (const Ran& ran : {all, rest, back}) CHECK_FALSE(says(ran, place.connection.password));
    }
}

TEST_CASE("Django: that an applied file was edited nobody can know, and status says so") {
    PythonProject shop("python/django-5.2", shop_files());
    shop.environment["DATABASE_URL"] = sqlite_url(shop);
    REQUIRE(shop.migrate({"run"}).status == 0);
    shop.tree.write("blog/migrations/0002_title.py", shop.tree.read("blog/migrations/0002_title.py") + "\n");
    Ran status = shop.migrate({"status", "--json"});
    CHECK(says(status, "\"state\": \"current\""));
    CHECK(says(status, "\"edited_known\": false"));
}

TEST_CASE("Django: seed loads the fixtures, pull writes models beside the project's own") {
    for (const char* version : {"python/django-3.2", "python/django-5.2"}) {
        CAPTURE(version);
        Tree::Files files = shop_files();
        files["blog/fixtures/posts.json"] =
            "[{\"model\": \"blog.post\", \"pk\": 1, \"fields\": {\"title\": \"first\"}}]\n";
        PythonProject shop(version, files);
        shop.environment["DATABASE_URL"] = sqlite_url(shop);
        REQUIRE(shop.migrate({"run"}).status == 0);
        Ran seeded = shop.migrate({"seed", "--yes"});
        CHECK_MESSAGE(seeded.status == 0, all_of(seeded));
        Connection file;
        file.engine = Engine::sqlite;
        file.database = shop.tree.path("shop.db").string();
        auto rows = connect(file)->query("SELECT title FROM blog_post");
        REQUIRE(rows);
        REQUIRE(rows->rows.size() == 1);
        CHECK(rows->rows[0][0] == "first");
        const std::string own = shop.tree.read("blog/models.py");
        Ran pulled = shop.migrate({"pull"});
        CHECK_MESSAGE(pulled.status == 0, all_of(pulled));
        CHECK(says(pulled, "wrote    inspected_models.py"));
        CHECK(shop.tree.read("inspected_models.py").find("class BlogPost(models.Model)") !=
              std::string::npos);
        CHECK(shop.tree.read("blog/models.py") == own);
    }
}

TEST_CASE("Django: two leaves of one app are refused and joined; an irreversible migration is not reverted") {
    Tree::Files files = shop_files();
    files["blog/migrations/0002_other.py"] =
        migration("(\"blog\", \"0001_initial\")", "migrations.RunSQL(\"SELECT 1\")");
    PythonProject shop("python/django-4.2", files);
    shop.environment["DATABASE_URL"] = sqlite_url(shop);
    Ran run = shop.migrate({"run"});
    CHECK(run.status == 2);
    CHECK(says(run, "0002_other"));
    Ran merged = shop.migrate({"generate", "join", "--answer", "merge"});
    CHECK_MESSAGE(merged.status == 0, all_of(merged));
    Ran again = shop.migrate({"run"});
    CHECK_MESSAGE(again.status == 0, all_of(again));
    Ran back = shop.migrate({"rollback", "--to", "blog.0001_initial", "--yes"});
    CHECK(back.status == 2);
    CHECK(says(back, "migration.irreversible"));
    CHECK(says(shop.migrate({"status"}), "current"));
}

TEST_CASE("Django: a migration that fails, with its line, and what was applied before it") {
    Tree::Files files = shop_files();
    files["blog/migrations/0003_bad.py"] =
        migration("(\"blog\", \"0002_title\")", "migrations.RunSQL(\"SELECT * FROM nowhere\", \"\")");
    Place place = on_postgresql("postgres");
    PythonProject shop = project("python/django-5.2", place, files);
    Ran run = shop.migrate({"run"});
    CHECK(run.status == 1);
    CHECK(says(run, "applied  blog.0002_title"));
    CHECK(says(run, "left     blog.0003_bad"));
    CHECK(says(run, "ProgrammingError: relation \"nowhere\" does not exist"));
    CHECK_FALSE(says(run, place.connection.password));
    CHECK(says(shop.migrate({"status"}), "blog.0003_bad"));
}

TEST_CASE("Django: each database of several is its own target; what routers keep out is left alone") {
    Tree::Files files = shop_files();
    files["shop/settings.py"] =
        std::string(kSettings) +
        "DATABASES[\"other\"] = env.db(\"OTHER_URL\")\n"
        "DATABASES[\"replica\"] = {**env.db(\"DATABASE_URL\"), \"TEST\": {\"MIRROR\": "
        "\"default\"}}\n";
    PythonProject shop("python/django-5.2", files);
    shop.environment["DATABASE_URL"] = sqlite_url(shop);
    shop.environment["OTHER_URL"] = sqlite_url(shop, "other.db");
    Ran run = shop.migrate({"run"});
    CHECK_MESSAGE(run.status == 0, all_of(run));
    CHECK(says(run, "--database other"));
    CHECK_FALSE(says(run, "--database replica"));
    CHECK(shop.tree.exists("other.db"));
    Ran one = shop.migrate({"rollback", "-u", ".:django@other", "--yes"});
    CHECK_MESSAGE(one.status == 0, all_of(one));
    Ran status = shop.migrate({"status", "--json"});
    CHECK(says(status, "\"migrated\": false"));
    CHECK(says(status, "\"state\": \"pending\""));

    shop.tree.write("shop/routers.py",
                    "class Router:\n    def allow_migrate(self, db, app_label, **hints):\n"
                    "        return db != \"other\"\n");
    shop.tree.write("shop/settings.py",
                    files["shop/settings.py"] + "DATABASE_ROUTERS = [\"shop.routers.Router\"]\n");
    Ran routed = shop.migrate({"run"});
    CHECK_MESSAGE(routed.status == 0, all_of(routed));
    CHECK_FALSE(says(routed, "--database other"));
}

TEST_CASE("Django: adopting a database, a ghost row, a wrong history") {
    PythonProject shop("python/django-4.2", shop_files());
    shop.environment["DATABASE_URL"] = sqlite_url(shop);
    Connection file;
    file.engine = Engine::sqlite;
    file.database = shop.tree.path("shop.db").string();
    CHECK(shop.migrate({"run"}).status == 0);
    execute(file, {"DELETE FROM django_migrations"});
    Ran baseline = shop.migrate({"baseline", "--yes"});
    CHECK_MESSAGE(baseline.status == 0, all_of(baseline));
    CHECK(says(baseline, "recorded blog.0001_initial"));
    CHECK(says(shop.migrate({"status"}), "current"));

    shop.tree.remove("blog/migrations/0002_title.py");
    CHECK(says(shop.migrate({"status"}), "diverged"));
    Ran forgotten = shop.migrate({"resolve", "--forget", "blog.0002_title", "--yes"});
    CHECK_MESSAGE(forgotten.status == 0, all_of(forgotten));
    CHECK(says(shop.migrate({"status"}), "current"));

    execute(file, {"DELETE FROM django_migrations WHERE app = 'blog'"});
    Ran run = shop.migrate({"run"});
    CHECK(run.status == 2);
    CHECK(says(run, "migration.inconsistent"));
    Ran resolved = shop.migrate({"resolve", "--applied", "blog.0001_initial", "--yes"});
    CHECK_MESSAGE(resolved.status == 0, all_of(resolved));
    CHECK(says(shop.migrate({"status"}), "current"));
}

TEST_CASE("Django: production is refused, also where only the settings module says so") {
    Place place = on_postgresql("postgres");
    PythonProject shop = project("python/django-5.2", place);
    std::string manage = kManage;
    manage.replace(manage.find("shop.settings"), 13, "shop.production");
    shop.tree.write("manage.py", manage);
    shop.tree.write("shop/production.py", "from shop.settings import *  # noqa\n");
    Ran run = shop.migrate({"run", "--yes"});
    CHECK(run.status == 4);
    CHECK(says(run, "production"));
    Ran reset = shop.migrate({"reset", "--yes"});
    CHECK(reset.status == 4);
    CHECK(says(reset, "policy.refused"));
    CHECK_FALSE(has_table(place.connection, "django_migrations"));

    shop.tree.write("manage.py", kManage);
    CHECK(says(shop.migrate({"explain", "--target"}), "local"));
    shop.environment["DJANGO_SETTINGS_MODULE"] = "shop.production";
    CHECK(says(shop.migrate({"explain", "--target"}), "production (protected)"));
}

TEST_CASE("Django: a setting that is not set, a server that is not there, another environment") {
    PythonProject shop("python/django-5.2", shop_files());
    Ran unset = shop.migrate({"status"});
    CHECK(unset.status == 2);
    CHECK(says(unset, "DATABASE_URL"));
    shop.environment["DATABASE_URL"] = "postgres://app:hidden-pw@127.0.0.1:1/shop";
    Ran nobody = shop.migrate({"run"});
    CHECK(nobody.status == 1);
    CHECK(says(nobody, "target.unreachable"));
    CHECK_FALSE(says(nobody, "hidden-pw"));
    shop.environment.erase("DATABASE_URL");

    // .env is development's; nothing falls through to it from another name.
    shop.tree.write(".env", "DATABASE_URL=" + sqlite_url(shop) + "\n");
    CHECK_MESSAGE(shop.migrate({"run"}).status == 0, "development reads .env");
    Ran staging = shop.migrate({"status", "--env", "staging"});
    CHECK(staging.status == 2);
    shop.tree.write(".env.staging", "DATABASE_URL=" + sqlite_url(shop, "staging.db") + "\n");
    Ran named = shop.migrate({"status", "--env", "staging"});
    CHECK_MESSAGE(named.status == 0, all_of(named));
    CHECK(says(named, "staging.db"));
}
