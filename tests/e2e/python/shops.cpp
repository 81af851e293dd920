#include "tests/e2e/python/shops.hpp"

namespace migrate::test {

namespace {

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

}  // namespace

const char* const kConfigure = R"(
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

Connection empty_database(Engine engine, const PythonProject& project) {
    if (engine == Engine::postgresql) return PostgresServer::shared().fresh_database();
    if (engine == Engine::mariadb) return MariaDbServer::shared().fresh_database();
    Connection file;
    file.engine = Engine::sqlite;
    file.database = project.tree.path("shop.db").string();
    return file;
}

std::string url_of(const Connection& to, const std::string& postgresql, const std::string& mariadb) {
    if (to.engine == Engine::sqlite) return "sqlite:///" + to.database;
    Server& server = to.engine == Engine::postgresql ? static_cast<Server&>(PostgresServer::shared())
                                                     : static_cast<Server&>(MariaDbServer::shared());
    const std::string url = server.url(to);
    return (to.engine == Engine::postgresql ? postgresql : mariadb) + url.substr(url.find("://"));
}

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

std::string django_migration(const std::string& depends, const std::string& operation) {
    return "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
           "    dependencies = [" +
           depends + "]\n    operations = [" + operation + "]\n";
}

std::string first_of_django() {
    return django_migration("",
                            "migrations.CreateModel(name=\"Post\", fields=[(\"id\", models.AutoField("
                            "primary_key=True, serialize=False, auto_created=True, verbose_name=\"ID\"))])");
}

Tree::Files django_shop() {
    return {{"manage.py",
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
            {"blog/migrations/0001_initial.py", first_of_django()}};
}

}  // namespace migrate::test
