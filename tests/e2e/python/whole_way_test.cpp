// Every version of Alembic, Flask-Migrate and Django that is installed, on every engine, goes the same whole
// way.
#include "tests/support/whole_way.hpp"
#include "tests/e2e/python/project.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

constexpr Engine kEngines[] = {Engine::postgresql, Engine::mariadb, Engine::sqlite};

Connection empty_database(Engine engine, const PythonProject& project) {
    if (engine == Engine::postgresql) return PostgresServer::shared().fresh_database();
    if (engine == Engine::mariadb) return MariaDbServer::shared().fresh_database();
    Connection file;
    file.engine = Engine::sqlite;
    file.database = project.tree.path("shop.db").string();
    return file;
}

/// As a framework writes it, which has its own words for a server's scheme.
std::string url_of(const Connection& to, const std::string& postgresql, const std::string& mariadb) {
    if (to.engine == Engine::sqlite) return "sqlite:///" + to.database;
    Server& server = to.engine == Engine::postgresql ? static_cast<Server&>(PostgresServer::shared())
                                                     : static_cast<Server&>(MariaDbServer::shared());
    const std::string url = server.url(to);
    return (to.engine == Engine::postgresql ? postgresql : mariadb) + url.substr(url.find("://"));
}

/// What all these projects have in common; each adds what its tool wants.
Way way_of(PythonProject& project, Engine engine, const std::string& postgresql, const std::string& mariadb) {
    Way way{.tree = project.tree,
            .migrate = [&](std::vector<std::string> words) { return project.migrate(std::move(words)); },
            .connection = empty_database(engine, project),
            .point =
                [&project, postgresql, mariadb](const Connection& to) {
                    project.environment["DATABASE_URL"] = url_of(to, postgresql, mariadb);
                }};
    way.point(way.connection);
    return way;
}

constexpr const char* kConfigure = R"(
if context.is_offline_mode():
    context.configure(url=url, target_metadata=metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata)
        with context.begin_transaction():
            context.run_migrations()
)";

constexpr const char* kModels = R"(from sqlalchemy import Column, Integer, MetaData, Table

metadata = MetaData()
users = Table("users", metadata, Column("id", Integer, primary_key=True))
)";

constexpr const char* kMako = R"("""${message}"""
from alembic import op
import sqlalchemy as sa

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
)";

std::string revision(const std::string& id, const std::string& parent, const std::string& up,
                     const std::string& down) {
    return "from alembic import op\nimport sqlalchemy as sa\n\nrevision = \"" + id +
           "\"\ndown_revision = " + parent + "\n\n\ndef upgrade():\n    " + up +
           "\n\n\ndef downgrade():\n    " + down + "\n";
}

Tree::Files alembic_files() {
    return {{"requirements.txt", "alembic\n"},
            {"models.py", kModels},
            {"seed.py",
             "import os\n\nfrom sqlalchemy import create_engine, text\n\nwith "
             "create_engine(os.environ[\"DATABASE_URL\"]).begin() as connection:\n    "
             "connection.execute(text(\"INSERT INTO users (id) VALUES (1)\"))\n"},
            {"migrations/script.py.mako", kMako},
            {"migrations/versions/aaaa1_users.py",
             revision("aaaa1", "None",
                      "op.create_table(\"users\", sa.Column(\"id\", sa.Integer, primary_key=True))",
                      "op.drop_table(\"users\")")}};
}

Tree::Files plain_alembic() {
    Tree::Files files = alembic_files();
    files["alembic.ini"] = "[alembic]\nscript_location = migrations\nprepend_sys_path = .\n";
    files["migrations/env.py"] =
        std::string(
            "import os\n\nfrom alembic import context\nfrom sqlalchemy import create_engine, pool\n\n"
            "from models import metadata\n\nurl = os.environ[\"DATABASE_URL\"]\nengine = "
            "create_engine(url, poolclass=pool.NullPool)\n") +
        kConfigure;
    return files;
}

Tree::Files flask_migrate() {
    Tree::Files files = alembic_files();
    files["requirements.txt"] = "Flask-Migrate\n";
    files["migrations/alembic.ini"] = "[alembic]\n";
    files["migrations/env.py"] =
        std::string(
            "from alembic import context\nfrom flask import current_app\n\nfrom models import "
            "metadata\n\nurl = current_app.config[\"SQLALCHEMY_DATABASE_URI\"]\nengine = "
            "current_app.extensions[\"migrate\"].db.engine\n") +
        kConfigure;
    files["app.py"] =
        "import os\n\nfrom flask import Flask\nfrom flask_migrate import Migrate\nfrom flask_sqlalchemy "
        "import SQLAlchemy\n\napp = Flask(__name__)\napp.config[\"SQLALCHEMY_DATABASE_URI\"] = "
        "os.environ[\"DATABASE_URL\"]\ndb = SQLAlchemy(app)\nMigrate(app, db)\n";
    return files;
}

/// The id that a written revision has: its file begins with it.
std::string id_of(const std::string& file) {
    const std::string name = file.substr(file.rfind('/') + 1);
    return name.substr(0, name.find('_'));
}

void alembic_goes(const char* version, const Tree::Files& files, const std::string& no_diff = "") {
    for (const Engine engine : kEngines) {
        CAPTURE(to_string(engine));
        PythonProject project(version, files);
        Way way = way_of(project, engine, "postgresql+psycopg2", "mysql+pymysql");
        Tree& tree = project.tree;
        std::string written;
        way.want = [&] {
            tree.write("models.py", std::string(kModels) +
                                        "extra = Table(\"extra\", metadata, Column(\"id\", "
                                        "Integer, primary_key=True))\n");
        };
        way.fill = [&](const std::string& file) { written = id_of(file); };
        way.no_diff = no_diff;
        way.edit = [&](bool edited) {
            tree.write("migrations/versions/aaaa1_users.py",
                       files.at("migrations/versions/aaaa1_users.py") + (edited ? "# edited\n" : ""));
        };
        way.last = [&](bool mended) {
            tree.write("migrations/versions/cccc3_last.py",
                       revision("cccc3", "\"" + written + "\"",
                                mended ? "op.execute(\"SELECT 1\")" : "op.execute(\"SELECT * FROM nowhere\")",
                                "op.execute(\"SELECT 1\")"));
        };
        go_the_whole_way(way);
    }
}

// PyMySQL stands for mysqlclient, which must be compiled, and says that it is a new one.
constexpr const char* kSettings = R"(import environ
import pymysql

pymysql.version_info = (2, 2, 7, "final", 0)
pymysql.install_as_MySQLdb()
env = environ.Env()
SECRET_KEY = "test"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
INSTALLED_APPS = ["blog"]
DATABASES = {"default": env.db("DATABASE_URL")}
)";

constexpr const char* kDjangoModels =
    "from django.db import models\n\n\nclass Post(models.Model):\n    pass\n";

std::string django_migration(const std::string& depends, const std::string& operation) {
    return "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
           "    dependencies = [" +
           depends + "]\n    operations = [" + operation + "]\n";
}

const std::string kFirst =
    django_migration("",
                     "migrations.CreateModel(name=\"Post\", fields=[(\"id\", models.AutoField("
                     "primary_key=True, serialize=False, auto_created=True, verbose_name=\"ID\"))])");

void django_goes(const char* version) {
    for (const Engine engine : kEngines) {
        CAPTURE(to_string(engine));
        PythonProject project(
            version,
            {{"manage.py",
              "import os\nimport sys\n\nif __name__ == \"__main__\":\n    "
              "os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"shop.settings\")\n    from "
              "django.core.management import execute_from_command_line\n\n    "
              "execute_from_command_line(sys.argv)\n"},
             {"requirements.txt", "Django\n"},
             {"shop/__init__.py", ""},
             {"shop/settings.py", kSettings},
             {"blog/__init__.py", ""},
             {"blog/models.py", kDjangoModels},
             {"blog/fixtures/posts.json", "[{\"model\": \"blog.post\", \"pk\": 1, \"fields\": {}}]\n"},
             {"blog/migrations/__init__.py", ""},
             {"blog/migrations/0001_initial.py", kFirst}});
        Way way = way_of(project, engine, "postgres", "mysql");
        Tree& tree = project.tree;
        way.made = "blog_post";
        way.extra = "blog_extra";
        way.want = [&] {
            tree.write("blog/models.py",
                       std::string(kDjangoModels) + "\n\nclass Extra(models.Model):\n    pass\n");
        };
        way.edit = [&](bool edited) {
            tree.write("blog/migrations/0001_initial.py", kFirst + (edited ? "# edited\n" : ""));
        };
        way.last = [&](bool mended) {
            const std::string sql = mended ? "SELECT 1" : "SELECT * FROM nowhere";
            tree.write("blog/migrations/0003_last.py",
                       django_migration("(\"blog\", \"0002_add_extra\")",
                                        "migrations.RunSQL(\"" + sql + "\", \"SELECT 1\")"));
        };
        go_the_whole_way(way);
    }
}

}  // namespace

TEST_CASE("Alembic 1.8 goes the whole way on PostgreSQL, MariaDB and SQLite") {
    alembic_goes("python/alembic-1.8", plain_alembic(), "came with 1.9");
}
TEST_CASE("Alembic 1.13 goes the whole way on PostgreSQL, MariaDB and SQLite") {
    alembic_goes("python/alembic-1.13", plain_alembic());
}
TEST_CASE("Alembic 1.20 goes the whole way on PostgreSQL, MariaDB and SQLite") {
    alembic_goes("python/alembic-1.20", plain_alembic());
}
TEST_CASE(
    "Flask-Migrate 3.1 goes the whole way on PostgreSQL, MariaDB and SQLite; it has no `flask db check`") {
    alembic_goes("python/alembic-1.13", flask_migrate(), "It came with 4.0.2");
}
TEST_CASE("Flask-Migrate 4.1 goes the whole way on PostgreSQL, MariaDB and SQLite") {
    alembic_goes("python/alembic-1.20", flask_migrate());
}
TEST_CASE("Django 3.2 goes the whole way on PostgreSQL, MariaDB and SQLite") {
    django_goes("python/django-3.2");
}
TEST_CASE("Django 4.2 goes the whole way on PostgreSQL, MariaDB and SQLite") {
    django_goes("python/django-4.2");
}
TEST_CASE("Django 5.2 goes the whole way on PostgreSQL, MariaDB and SQLite") {
    django_goes("python/django-5.2");
}
TEST_CASE("Django 6.1 goes the whole way on PostgreSQL, MariaDB and SQLite") {
    django_goes("python/django-6.1");
}
