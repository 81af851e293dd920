// Layouts and package managers of real Python projects, through the real binary, with the real tools.
#include "tests/e2e/python/project.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

constexpr const char* kEnv = R"(from alembic import context
from sqlalchemy import engine_from_config, pool

config = context.config
engine = engine_from_config(config.get_section(config.config_ini_section), prefix="sqlalchemy.", poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
)";

std::string creates(const std::string& id, const std::string& parent, const std::string& table) {
    return "from alembic import op\nimport sqlalchemy as sa\n\nrevision = \"" + id +
           "\"\ndown_revision = " + parent + "\n\n\ndef upgrade():\n    op.create_table(\"" + table +
           "\", sa.Column(\"id\", sa.Integer, primary_key=True))\n\n\ndef downgrade():\n    "
           "op.drop_table(\"" +
           table + "\")\n";
}

/// Two revisions, the second in a folder of its own where `second` names one.
Tree::Files blog(const std::string& base = "", const std::string& second = "versions") {
    return {{base + "alembic.ini",
             "[alembic]\nscript_location = migrations\nsqlalchemy.url = sqlite:///blog.db\n"},
            {base + "migrations/env.py", kEnv},
            {base + "migrations/script.py.mako",
             "from alembic import op\nrevision = ${repr(up_revision)}\ndown_revision = "
             "${repr(down_revision)}\n\n\n"
             "def upgrade():\n    pass\n\n\ndef downgrade():\n    pass\n"},
            {base + "migrations/versions/aaaa1_users.py", creates("aaaa1", "None", "users")},
            {base + "migrations/" + second + "/bbbb2_posts.py", creates("bbbb2", "\"aaaa1\"", "posts")}};
}

Ran must(const PythonProject& project, std::vector<std::string> arguments) {
    Ran ran = project.migrate(std::move(arguments));
    CHECK_MESSAGE(ran.status == 0, all_of(ran));
    return ran;
}

constexpr const char* kPyproject =
    "[project]\nname = \"blog\"\nversion = \"1\"\nrequires-python = \">=3.9\"\ndependencies = "
    "[\"alembic\"]\n";

/// A project that one of the package managers runs; `environment` leads it to the installed one.
struct Managed {
    const char* manager;
    Tree::Files files;
    std::map<std::string, std::string> environment;
    bool in_project = false;  ///< the environment lies in the project, as .venv
};

void runs_by(const Managed& managed) {
    Tree::Files files = blog();
    for (const auto& [path, text] : managed.files) files[path] = text;
    Tree tree(files);
    const std::string installed = test_tool("python/alembic-1.20").string();
    if (managed.in_project) tree.link(installed, ".venv");
    std::map<std::string, std::string> environment = managed.environment;
    for (auto& [name, value] : environment)
        if (value.empty()) value = installed;
    environment["PATH"] = (test_tool(std::string("python/") + managed.manager) / "bin").string() + ":" +
                          std::string(std::getenv("PATH"));
    const Ran run = migrate_in(tree, {"run"}, environment);
    CHECK_MESSAGE(run.status == 0, all_of(run));
    CHECK_MESSAGE(says(run, std::string("$ ") + managed.manager + " run "), all_of(run));
    CHECK(says(run, "applied  bbbb2"));
    const Ran back = migrate_in(tree, {"rollback", "--yes"}, environment);
    CHECK_MESSAGE(back.status == 0, all_of(back));
    CHECK(says(migrate_in(tree, {"status"}, environment), "pending        1"));
    CHECK_FALSE(tree.exists("__pycache__"));
}

constexpr const char* kManage = R"(import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
)";

constexpr const char* kSettings = R"(from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = "test"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
INSTALLED_APPS = ["blog"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "shop.db"}}
)";

std::string django_migration(const std::string& head, const std::string& operation) {
    return "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    " +
           head + "\n    operations = [" + operation + "]\n";
}

const std::string kId =
    "(\"id\", models.AutoField(primary_key=True, serialize=False, auto_created=True, "
    "verbose_name=\"ID\"))";

Tree::Files shop() {
    return {{"requirements.txt", "Django\n"},
            {"backend/manage.py", kManage},
            {"backend/shop/__init__.py", ""},
            {"backend/shop/settings.py", kSettings},
            {"backend/blog/__init__.py", ""},
            {"backend/blog/models.py",
             "from django.db import models\n\n\nclass Post(models.Model):\n    title = "
             "models.CharField(max_length=40, default=\"\")\n"},
            {"backend/blog/migrations/__init__.py", ""},
            {"backend/blog/migrations/0001_initial.py",
             django_migration("initial = True\n    dependencies = []",
                              "migrations.CreateModel(name=\"Post\", fields=[" + kId + "])")},
            {"backend/blog/migrations/0002_title.py",
             django_migration("dependencies = [(\"blog\", \"0001_initial\")]",
                              "migrations.AddField(\"post\", \"title\", models.CharField(max_length=40, "
                              "default=\"\"))")}};
}

const std::string kSquashed = django_migration(
    "initial = True\n    replaces = [(\"blog\", \"0001_initial\"), (\"blog\", \"0002_title\")]\n    "
    "dependencies = []",
    "migrations.CreateModel(name=\"Post\", fields=[" + kId +
        ", (\"title\", models.CharField(max_length=40, default=\"\"))])");

}  // namespace

TEST_CASE("Alembic: the layout stands in pyproject.toml, the revisions in two folders") {
    Tree::Files files = blog("", "extra");
    files["alembic.ini"] = "[alembic]\nsqlalchemy.url = sqlite:///blog.db\n";
    files["pyproject.toml"] =
        std::string(kPyproject) +
        "[tool.alembic]\nscript_location = \"%(here)s/migrations\"\n"
        "version_locations = [\"%(here)s/migrations/versions\", \"%(here)s/migrations/extra\"]\n";
    PythonProject project("python/alembic-1.20", files);
    CHECK(says(must(project, {"status"}), "pending        2"));
    CHECK(says(must(project, {"run"}), "applied  bbbb2"));
    CHECK(says(project.python({"-m", "alembic", "current"}), "bbbb2 (head)"));
    CHECK(says(must(project, {"rollback", "--yes"}), "reverted bbbb2"));
    const Ran made = must(project, {"generate", "tags", "--empty"});
    CHECK(says(made, "wrote    migrations/extra/"));  // beside its parent, as Alembic does
    CHECK(says(must(project, {"status"}), "pending        2"));
}

TEST_CASE("Alembic 1.8: version_locations with its own separator, in an ini of another name and place") {
    Tree::Files files = blog("database/", "extra");
    files.erase("database/alembic.ini");
    files["database/billing.ini"] =
        "[alembic]\nscript_location = %(here)s/migrations\nversion_path_separator = :\n"
        "version_locations = %(here)s/migrations/versions:%(here)s/migrations/extra\n"
        "sqlalchemy.url = sqlite:///blog.db\n";
    files["requirements.txt"] = "alembic\nsqlalchemy\n";
    files["migrate.toml"] =
        "[[unit]]\nid = \"billing\"\npath = \"database\"\ntool = \"alembic\"\nconfig = "
        "\"database/billing.ini\"\n";
    PythonProject project("python/alembic-1.8", files);
    const Ran run = must(project, {"run"});
    CHECK_MESSAGE(says(run, "applied  bbbb2"), all_of(run));
    CHECK(says(must(project, {"status"}), "current"));
    CHECK(says(must(project, {"rollback", "--to", "aaaa1", "--yes"}), "reverted bbbb2"));
}

TEST_CASE("the project's own package manager starts Alembic: uv, poetry, pdm, pipenv") {
    runs_by({"uv",
             {{"pyproject.toml", kPyproject}, {"uv.lock", "version = 1\nrequires-python = \">=3.9\"\n"}},
             {{"UV_PROJECT_ENVIRONMENT", ""}}});
    runs_by({"poetry", {{"pyproject.toml", kPyproject}, {"poetry.lock", ""}}, {{"VIRTUAL_ENV", ""}}});
    runs_by({"pdm", {{"pyproject.toml", kPyproject}, {"pdm.lock", ""}}, {{"VIRTUAL_ENV", ""}}});
    runs_by({"pipenv", {{"Pipfile", "[packages]\nalembic = \"*\"\n"}, {"Pipfile.lock", "{}\n"}}, {}, true});
}

TEST_CASE("a Python tool that is not in the environment is missing, with what installs it") {
    // As `python3 -m venv` makes it, with nothing in it; PATH leads to the manager alone.
    Tree empty;
    ProcessSpec make;
    make.argv = {"python3", "-m", "venv", "--without-pip", empty.path("venv").string()};
    make.cwd = empty.path();
    make.env = {{"PATH", std::getenv("PATH")}};
    REQUIRE(run_process(make).ok());
    struct Case {
        Tree::Files files;
        const char* manager;
        std::map<std::string, std::string> environment;
        bool in_project;
        const char* hint;
    };
    const std::string venv = empty.path("venv").string();
    Tree::Files flask = blog();
    flask.erase("alembic.ini");
    flask["migrations/alembic.ini"] = "[alembic]\nsqlalchemy.url = sqlite:///blog.db\n";
    flask["requirements.txt"] = "Flask-Migrate\n";
    flask[".env"] = "DATABASE_URL=sqlite:///blog.db\n";
    Tree::Files django = shop();
    const Case cases[] = {
        {{{"requirements.txt", "alembic\n"}}, "", {}, true, ".venv/bin/python -m pip install alembic"},
        {{{"pyproject.toml", kPyproject}, {"uv.lock", "version = 1\nrequires-python = \">=3.9\"\n"}},
         "uv",
         {{"UV_PROJECT_ENVIRONMENT", venv}},
         false,
         "uv sync"},
        {{{"pyproject.toml", kPyproject}, {"poetry.lock", ""}},
         "poetry",
         {{"VIRTUAL_ENV", venv}},
         false,
         "poetry install"},
        {{{"pyproject.toml", kPyproject}, {"pdm.lock", ""}},
         "pdm",
         {{"VIRTUAL_ENV", venv}},
         false,
         "pdm install"},
        {{{"Pipfile", "[packages]\nalembic = \"*\"\n"}, {"Pipfile.lock", "{}\n"}},
         "pipenv",
         {},
         true,
         "pipenv install"},
    };
    for (const Case& one : cases) {
        CAPTURE(one.hint);
        Tree::Files files = blog();
        for (const auto& [path, text] : one.files) files[path] = text;
        Tree tree(files);
        if (one.in_project) tree.link(venv, ".venv");
        std::map<std::string, std::string> environment = one.environment;
        const std::string manager = one.manager;
        environment["PATH"] =
            manager.empty() ? empty.path().string() : (test_tool("python/" + manager) / "bin").string();
        const Ran run = migrate_in(tree, {"run", "--json"}, environment);
        CHECK_MESSAGE(run.status == 5, all_of(run));
        CHECK(says(run, "tool.missing"));
        CHECK_MESSAGE(says(run, one.hint), all_of(run));
        CHECK(says(run, "\"changed\": \"nothing\""));
    }
    const std::pair<Tree::Files, std::string> others[] = {
        {flask, "Install the project's dependencies with pip"}, {django, "pip install Django"}};
    for (const auto& other : others) {
        CAPTURE(other.second);
        Tree tree(other.first);
        tree.link(venv, ".venv");
        const Ran run = migrate_in(tree, {"run"}, {{"DATABASE_URL", "sqlite:///blog.db"}});
        CHECK_MESSAGE(run.status == 5, all_of(run));
        CHECK_MESSAGE(says(run, other.second), all_of(run));
    }
}

TEST_CASE("Django: manage.py in a directory of its own, the environment beside it") {
    PythonProject project("python/django-5.2", shop());
    CHECK(says(must(project, {"status"}), "backend:django"));
    const Ran run = must(project, {"run"});
    CHECK(says(run, "applied  blog.0002_title"));
    CHECK(project.tree.exists("backend/shop.db"));
    CHECK(says(must(project, {"rollback", "--yes"}), "reverted blog.0002_title"));
}

TEST_CASE("Django: a squashed migration stands for those it replaces, on old databases and on new ones") {
    for (const char* version : {"python/django-3.2", "python/django-5.2"}) {
        CAPTURE(version);
        PythonProject old(version, shop());
        must(old, {"run"});
        old.tree.write("backend/blog/migrations/0001_squashed_0002.py", kSquashed);
        CHECK(says(must(old, {"status"}), "current"));
        CHECK_FALSE(says(must(old, {"run"}), "applied  blog"));
        CHECK(says(old.python({"backend/manage.py", "showmigrations", "--plan"}),
                   "[X]  blog.0001_squashed_0002"));

        PythonProject fresh(version, shop());
        fresh.tree.write("backend/blog/migrations/0001_squashed_0002.py", kSquashed);
        CHECK(says(must(fresh, {"status"}), "pending        1"));
        CHECK(says(must(fresh, {"run"}), "applied  blog.0001_squashed_0002"));
        CHECK(says(must(fresh, {"status"}), "current"));
        CHECK(says(must(fresh, {"rollback", "--yes"}), "reverted blog.0001_squashed_0002"));
    }
}
