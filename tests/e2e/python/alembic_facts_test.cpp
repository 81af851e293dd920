// What Alembic and Flask-Migrate do that a user would not expect, and what becomes of it, with the real
// tools.
#include "tests/e2e/python/project.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

constexpr const char* kVersions[] = {"python/alembic-1.8", "python/alembic-1.13", "python/alembic-1.20"};

/// env.py with a few more words in context.configure().
std::string env(const std::string& more = "") {
    return "import os\n\nfrom alembic import context\nfrom sqlalchemy import create_engine, pool\n\nfrom "
           "models "
           "import metadata\n\nengine = create_engine(os.environ[\"DATABASE_URL\"], "
           "poolclass=pool.NullPool)\n"
           "with engine.connect() as connection:\n    context.configure(connection=connection, "
           "target_metadata=metadata" +
           more + ")\n    with context.begin_transaction():\n        context.run_migrations()\n";
}

std::string revision(const std::string& id, const std::string& parent, const std::string& up) {
    return "from alembic import op\nimport sqlalchemy as sa\n\nrevision = \"" + id +
           "\"\ndown_revision = " + parent + "\n\n\ndef upgrade():\n    " + up +
           "\n\n\ndef downgrade():\n    op.execute(\"SELECT 1\")\n";
}

/// One revision, which makes `users`.
Tree::Files blog() {
    return {
        {"alembic.ini", "[alembic]\nscript_location = migrations\nprepend_sys_path = .\n"},
        {"requirements.txt", "alembic\n"},
        {"models.py",
         "from sqlalchemy import Column, Integer, MetaData, Table\n\nmetadata = MetaData()\n"
         "Table(\"users\", metadata, Column(\"id\", Integer, primary_key=True))\n"},
        {"migrations/env.py", env()},
        {"migrations/script.py.mako",
         "from alembic import op\nimport sqlalchemy as sa\n\nrevision = ${repr(up_revision)}\ndown_revision "
         "= ${repr(down_revision)}\n\n\ndef upgrade():\n    ${upgrades if upgrades else \"pass\"}\n\n\ndef "
         "downgrade():\n    ${downgrades if downgrades else \"pass\"}\n"},
        {"migrations/versions/aaaa1_users.py",
         revision("aaaa1", "None",
                  "op.create_table(\"users\", sa.Column(\"id\", sa.Integer, primary_key=True))")}};
}

Ran must(const PythonProject& project, std::vector<std::string> words) {
    Ran ran = project.migrate(std::move(words));
    CHECK_MESSAGE(ran.status == 0, all_of(ran));
    return ran;
}

Tree::Files flask_blog() {
    Tree::Files files = blog();
    files.erase("alembic.ini");
    files["requirements.txt"] = "Flask-Migrate\n";
    files["migrations/alembic.ini"] = "[alembic]\n";
    files["app.py"] =
        "import os\n\nfrom flask import Flask\nfrom flask_migrate import Migrate\nfrom flask_sqlalchemy "
        "import SQLAlchemy\n\napp = Flask(__name__)\napp.config[\"SQLALCHEMY_DATABASE_URI\"] = "
        "os.environ[\"DATABASE_URL\"]\ndb = SQLAlchemy(app)\nMigrate(app, db)\n";
    return files;
}

/// As Flask-Migrate's template and a recipe in Alembic's documentation have it.
constexpr const char* kNothingEmpty =
    "def nothing_empty(context, revision, directives):\n    if directives[0].upgrade_ops.is_empty():\n       "
    " "
    "directives[:] = []\n        print(\"No changes in schema detected.\")\n\n\n";

}  // namespace

TEST_CASE("Alembic: with transaction_per_migration the revisions before the failing one stay") {
    for (const char* version : kVersions) {
        CAPTURE(version);
        const Place place = on_postgresql();
        Tree::Files files = blog();
        files["migrations/env.py"] = env(", transaction_per_migration=True");
        files["migrations/versions/bbbb2_bad.py"] =
            revision("bbbb2", "\"aaaa1\"", "op.execute(\"SELECT * FROM nowhere\")");
        const PythonProject shop(version, files, {{"DATABASE_URL", place.url}});
        const Ran run = shop.migrate({"run"});
        CHECK_MESSAGE(run.status == 1, all_of(run));
        CHECK(says(run, "applied  aaaa1"));
        CHECK(says(run, "left     bbbb2"));
        CHECK(has_table(place.connection, "users"));
        CHECK(says(shop.migrate({"status"}), "last aaaa1"));
    }
}

TEST_CASE("Alembic: an autocommit block leaves half a revision, and the report says that it cannot know") {
    for (const char* version : kVersions) {
        CAPTURE(version);
        const Place place = on_postgresql();
        Tree::Files files = blog();
        files["migrations/versions/bbbb2_bad.py"] =
            revision("bbbb2", "\"aaaa1\"",
                     "with op.get_context().autocommit_block():\n        op.execute(\"CREATE TABLE half (id "
                     "INT)\")\n    op.execute(\"SELECT * FROM nowhere\")");
        const PythonProject shop(version, files, {{"DATABASE_URL", place.url}});
        REQUIRE(shop.migrate({"run", "--to", "aaaa1"}).status == 0);
        const Ran run = shop.migrate({"run", "--json", "-q"});
        CHECK_MESSAGE(run.status == 1, all_of(run));
        CHECK(says(run, "\"changed\": \"unknown\""));
        CHECK(has_table(place.connection, "half"));
        CHECK(says(shop.migrate({"status"}), "last aaaa1"));
    }
}

TEST_CASE("Alembic: of two statements SQLite keeps the first, and the revision is not recorded") {
    for (const char* version : kVersions) {
        CAPTURE(version);
        Tree::Files files = blog();
        files["migrations/versions/bbbb2_bad.py"] =
            revision("bbbb2", "\"aaaa1\"",
                     "op.execute(\"CREATE TABLE half (id INT)\")\n    op.execute(\"SELECT * FROM nowhere\")");
        PythonProject shop(version, files);
        Connection file;
        file.engine = Engine::sqlite;
        file.database = shop.tree.path("blog.db").string();
        shop.environment["DATABASE_URL"] = "sqlite:///blog.db";
        const Ran run = shop.migrate({"run", "--json", "-q"});
        CHECK_MESSAGE(run.status == 1, all_of(run));
        CHECK_FALSE(says(run, "\"changed\": \"nothing\""));
        CHECK(has_table(file, "users"));
        const bool recorded = says(shop.migrate({"status"}), "last aaaa1");
        auto rows = connect(file)->query("SELECT version_num FROM alembic_version");
        REQUIRE(rows);
        CHECK(recorded == !rows->rows.empty());
    }
}

TEST_CASE("Alembic: without changes an empty revision is written, or nothing where env.py says so") {
    for (const char* version : kVersions) {
        CAPTURE(version);
        const Place place = on_postgresql();
        const PythonProject shop(version, blog(), {{"DATABASE_URL", place.url}});
        CHECK(says(must(shop, {"generate", "nothing new"}), "_nothing_new.py"));
        Tree::Files files = blog();
        files["migrations/env.py"] = kNothingEmpty + env(", process_revision_directives=nothing_empty");
        const PythonProject careful(version, files, {{"DATABASE_URL", place.url}});
        const Ran none = must(careful, {"generate", "nothing new"});
        CHECK_MESSAGE(says(none, "nothing to do"), all_of(none));
    }
}

TEST_CASE("Flask-Migrate: generate without changes is nothing to do") {
    for (const char* version : {"python/alembic-1.13", "python/alembic-1.20"}) {
        CAPTURE(version);
        const Place place = on_postgresql();
        Tree::Files files = flask_blog();
        files["migrations/env.py"] = kNothingEmpty + env(", process_revision_directives=nothing_empty");
        const PythonProject shop(version, files, {{"DATABASE_URL", place.url}});
        const Ran none = must(shop, {"generate", "nothing new"});
        CHECK_MESSAGE(says(none, "nothing to do"), all_of(none));
    }
}

TEST_CASE("Alembic: a table whose model is gone is dropped by what generate writes, and the plan says so") {
    const Place place = on_postgresql();
    PythonProject shop("python/alembic-1.20", blog(), {{"DATABASE_URL", place.url}});
    must(shop, {"run"});
    shop.tree.write("models.py", "from sqlalchemy import MetaData\n\nmetadata = MetaData()\n");
    must(shop, {"generate", "forget users"});
    const Ran plan = must(shop, {"plan", "run"});
    CHECK_MESSAGE(says(plan, "op.drop_table('users')"), all_of(plan));
    CHECK(says(plan, "destructive"));
    CHECK(says(must(shop, {"plan", "run", "--json", "-q"}), "\"destructive\""));
}

TEST_CASE("Alembic: percent signs in a password, doubled in the ini as ConfigParser wants them") {
    const Place place = on_postgresql();
    auto& server = PostgresServer::shared();
    execute(server.admin(),
            {"CREATE ROLE odd LOGIN CREATEDB PASSWORD 'a%b%%c'", "CREATE DATABASE odd_shop OWNER odd"});
    Tree::Files files = blog();
    files["alembic.ini"] += "sqlalchemy.url = postgresql+psycopg2://odd:a%%25b%%25%%25c@127.0.0.1:" +
                            std::to_string(server.port()) + "/odd_shop\n";
    files["migrations/env.py"] =
        "from alembic import context\nfrom sqlalchemy import engine_from_config, pool\n\nfrom models import "
        "metadata\n\nconfig = context.config\nengine = "
        "engine_from_config(config.get_section(config.config_ini_section), prefix=\"sqlalchemy.\", "
        "poolclass=pool.NullPool)\nwith engine.connect() as connection:\n    "
        "context.configure(connection=connection, target_metadata=metadata)\n    with "
        "context.begin_transaction():\n        context.run_migrations()\n";
    for (const char* version : kVersions) {
        CAPTURE(version);
        const PythonProject shop(version, files);
        const Ran run = must(shop, {"run"});
        CHECK(says(must(shop, {"status", "--native"}), "current"));
        const Ran made = must(shop, {"generate", "on a scratch database"});  // the scratch URL holds it, too
        for (const Ran& ran : {run, made}) {
            CHECK_FALSE(says(ran, "a%b%%c"));
            CHECK_FALSE(says(ran, "a%25b%25%25c"));
        }
    }
}

TEST_CASE("Alembic: a section of the ini is a unit of its own, with a database of its own") {
    const Place first = on_postgresql(), second = on_postgresql();
    Tree::Files files = blog();
    auto address = [](const std::string& url) { return "sqlalchemy.url = " + url + "\n"; };
    files["alembic.ini"] += address(first.url) +
                            "\n[test]\nscript_location = migrations\nprepend_sys_path = .\n" +
                            address(second.url);
    std::string text = env();
    const std::string read = "create_engine(os.environ[\"DATABASE_URL\"], ";
    text.replace(text.find(read), read.size(),
                 "engine_from_config(context.config.get_section(context.config.config_ini_section), ");
    text.replace(text.find("import create_engine"), 20, "import engine_from_config");
    files["migrations/env.py"] = text;
    for (const char* version : kVersions) {
        CAPTURE(version);
        const PythonProject shop(version, files);
        const Ran run = must(shop, {"run", "-u", ".:alembic#test"});
        CHECK(has_table(second.connection, "users"));
        CHECK_FALSE(has_table(first.connection, "users"));
        const Ran native = must(shop, {"status", "-u", ".:alembic#test", "--native"});
        CHECK_MESSAGE(says(native, "current"), all_of(native));
        CHECK(says(shop.python({"-m", "alembic", "-n", "test", "current"}), "aaaa1 (head)"));
        CHECK(says(must(shop, {"status", "-u", ".:alembic"}), "uninitialised"));
        must(shop, {"rollback", "-u", ".:alembic#test", "--yes"});
        execute(second.connection, {"DROP TABLE users", "DROP TABLE alembic_version"});
    }
}

TEST_CASE("Flask-Migrate without its application says what it looks for") {
    const Place place = on_postgresql();
    Tree::Files files = flask_blog();
    files["shop_app.py"] = files["app.py"];
    files.erase("app.py");
    for (const char* version : {"python/alembic-1.13", "python/alembic-1.20"}) {
        CAPTURE(version);
        PythonProject shop(version, files, {{"DATABASE_URL", place.url}});
        const Ran lost = shop.migrate({"run"});
        CHECK_MESSAGE(lost.status != 0, all_of(lost));
        CHECK_MESSAGE(says(lost, "FLASK_APP"), all_of(lost));
        CHECK_FALSE(has_table(place.connection, "alembic_version"));
        shop.environment["FLASK_APP"] = "shop_app";
        must(shop, {"run"});
        execute(place.connection, {"DROP TABLE users", "DROP TABLE alembic_version"});
    }
}
