// Every version of Alembic, Flask-Migrate and Django that is installed, on every engine, goes the same whole
// way.
#include "tests/support/whole_way.hpp"
#include "tests/e2e/python/shops.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

constexpr Engine kEngines[] = {Engine::postgresql, Engine::mariadb, Engine::sqlite};

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

void django_goes(const char* version) {
    for (const Engine engine : kEngines) {
        CAPTURE(to_string(engine));
        PythonProject project(version, django_shop());
        Way way = way_of(project, engine, "postgres", "mysql");
        Tree& tree = project.tree;
        way.made = "blog_post";
        way.extra = "blog_extra";
        way.want = [&] {
            tree.write("blog/models.py",
                       std::string(kDjangoModels) + "\n\nclass Extra(models.Model):\n    pass\n");
        };
        way.edit = [&](bool edited) {
            tree.write("blog/migrations/0001_initial.py", first_of_django() + (edited ? "# edited\n" : ""));
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
