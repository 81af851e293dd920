// Alembic and Flask-Migrate through the real binary, with the real tools on real databases.
#include "tests/e2e/python/project.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

constexpr const char* kOld = "python/alembic-1.8";
constexpr const char* kNew = "python/alembic-1.20";

constexpr const char* kIni = "[alembic]\nscript_location = migrations\nprepend_sys_path = .\n";

constexpr const char* kEnv = R"(import os

from alembic import context
from sqlalchemy import create_engine, pool

from models import metadata

url = os.environ["DATABASE_URL"]
if context.is_offline_mode():
    context.configure(url=url, target_metadata=metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata)
        with context.begin_transaction():
            context.run_migrations()
)";

constexpr const char* kMako = R"("""${message}"""
from alembic import op
import sqlalchemy as sa

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
)";

constexpr const char* kModels = R"(from sqlalchemy import Column, Integer, MetaData, String, Table

metadata = MetaData()
users = Table("users", metadata, Column("id", Integer, primary_key=True), Column("name", String(40)))
posts = Table("posts", metadata, Column("id", Integer, primary_key=True))
tags = Table("tags", metadata, Column("id", Integer, primary_key=True))
)";

std::string revision(const std::string& id, const std::string& parent, const std::string& up,
                     const std::string& down) {
    return "\"\"\"" + id + "\"\"\"\nfrom alembic import op\nimport sqlalchemy as sa\n\nrevision = \"" + id +
           "\"\ndown_revision = " + parent +
           "\nbranch_labels = None\ndepends_on = None\n\n\ndef upgrade():\n    " + up +
           "\n\n\ndef downgrade():\n    " + down + "\n";
}

std::string creates(const std::string& id, const std::string& parent, const std::string& table) {
    return revision(id, parent,
                    "op.create_table(\"" + table + "\", sa.Column(\"id\", sa.Integer, primary_key=True))",
                    "op.drop_table(\"" + table + "\")");
}

/// Three revisions in a line: users, posts, tags.
Tree::Files blog() {
    return {{"alembic.ini", kIni},
            {"models.py", kModels},
            {"requirements.txt", "alembic\nsqlalchemy\n"},
            {"migrations/env.py", kEnv},
            {"migrations/script.py.mako", kMako},
            {"migrations/versions/aaaa1_users.py",
             revision("aaaa1", "None",
                      "op.create_table(\"users\", sa.Column(\"id\", sa.Integer, primary_key=True), "
                      "sa.Column(\"name\", sa.String(40)))",
                      "op.drop_table(\"users\")")},
            {"migrations/versions/bbbb2_posts.py", creates("bbbb2", "\"aaaa1\"", "posts")},
            {"migrations/versions/cccc3_tags.py", creates("cccc3", "\"bbbb2\"", "tags")}};
}

PythonProject project(const char* version, const Place& place, const Tree::Files& files = blog()) {
    return {version, files, {{"DATABASE_URL", place.url}}};
}

void up_and_down(const char* version, const Place& place) {
    PythonProject shop = project(version, place);

    Ran status = shop.migrate({"status"});
    CHECK_MESSAGE(status.status == 0, all_of(status));
    CHECK(says(status, "uninitialised"));
    CHECK_FALSE(has_table(place.connection, "alembic_version"));  // status writes nothing

    Ran run = shop.migrate({"run", "--steps", "2"});
    CHECK_MESSAGE(run.status == 0, all_of(run));
    CHECK(says(run, "applied  bbbb2"));
    CHECK_FALSE(says(run, "applied  cccc3"));
    CHECK(has_table(place.connection, "posts"));
    CHECK_FALSE(has_table(place.connection, "tags"));
    CHECK(says(shop.migrate({"status"}), "cccc3"));
    CHECK(says(shop.python({"-m", "alembic", "current"}), "bbbb2"));  // the tool says the same

    Ran rest = shop.migrate({"run"});
    CHECK_MESSAGE(rest.status == 0, all_of(rest));
    CHECK(has_table(place.connection, "tags"));
    CHECK(says(shop.migrate({"status"}), "current"));
    CHECK(says(shop.migrate({"run"}), "nothing to do"));

    Ran to = shop.migrate({"rollback", "--to", "aaaa1", "--yes"});
    CHECK_MESSAGE(to.status == 0, all_of(to));
    CHECK(to.out.find("cccc3") < to.out.find("bbbb2"));  // newest first, and aaaa1 stays
    CHECK(has_table(place.connection, "users"));
    CHECK_FALSE(has_table(place.connection, "posts"));

    Ran redo = shop.migrate({"redo", "--yes"});
    CHECK_MESSAGE(redo.status == 0, all_of(redo));
    CHECK(says(redo, "reverted aaaa1"));
    CHECK(says(redo, "applied  aaaa1"));
    CHECK(says(shop.migrate({"history"}), "aaaa1"));
    for (const Ran& ran : {status, run, rest, to, redo}) CHECK_FALSE(says(ran, place.connection.password));
}

/// SQLite, in the project's own directory.
Place in_file(const PythonProject& shop) {
    Connection connection;
    connection.engine = Engine::sqlite;
    connection.database = shop.tree.path("shop.db").string();
    return {connection, "sqlite:///shop.db"};
}

}  // namespace

TEST_CASE("Alembic 1.8 goes up and back on PostgreSQL") {
    up_and_down(kOld, on_postgresql());
}
TEST_CASE("Alembic 1.20 goes up and back on PostgreSQL") {
    up_and_down(kNew, on_postgresql());
}
TEST_CASE("Alembic 1.20 goes up and back on MariaDB") {
    up_and_down(kNew, on_mariadb());
}

TEST_CASE("Alembic on SQLite: run makes the file, status does not") {
    PythonProject shop(kOld, blog());
    Place place = in_file(shop);
    shop.environment["DATABASE_URL"] = place.url;
    CHECK(says(shop.migrate({"status"}), "uninitialised"));
    CHECK_FALSE(shop.tree.exists("shop.db"));
    Ran run = shop.migrate({"run"});
    CHECK_MESSAGE(run.status == 0, all_of(run));
    CHECK(has_table(place.connection, "tags"));
    Ran all = shop.migrate({"rollback", "--steps", "9", "--yes"});
    CHECK_MESSAGE(all.status == 0, all_of(all));
    CHECK_FALSE(has_table(place.connection, "users"));
    CHECK(says(shop.migrate({"status"}), "pending"));
}

TEST_CASE("Alembic: generate compares the models on a scratch database and leaves the target alone") {
    Place place = on_postgresql();
    Tree::Files files = blog();
    files["models.py"] = std::string(kModels) +
                         "extra = Table(\"extra\", metadata, Column(\"id\", Integer, primary_key=True))\n";
    PythonProject shop = project(kNew, place, files);
    Ran made = shop.migrate({"generate", "add extra", "--json"});
    CHECK_MESSAGE(made.status == 0, all_of(made));
    CHECK(says(made, "\"changed\": \"files\""));
    CHECK(says(made, "_add_extra.py"));
    CHECK_FALSE(has_table(place.connection, "alembic_version"));
    CHECK_FALSE(has_table(place.connection, "users"));
    Ran run = shop.migrate({"run"});
    CHECK_MESSAGE(run.status == 0, all_of(run));
    CHECK(has_table(place.connection, "extra"));
    Ran empty = shop.migrate({"generate", "by hand", "--empty"});
    CHECK_MESSAGE(empty.status == 0, all_of(empty));
    CHECK(says(empty, "_by_hand.py"));
    auto left =
        connect(place.connection)->query("SELECT datname FROM pg_database WHERE datname LIKE '%scratch%'");
    REQUIRE(left);
    CHECK(left->rows.empty());
}

TEST_CASE("Alembic: diff compares models and revisions on a scratch database, and touches nothing else") {
    Place place = on_postgresql();
    PythonProject shop = project(kNew, place);
    Ran same = shop.migrate({"diff", "--exit-code"});
    CHECK_MESSAGE(same.status == 0, all_of(same));
    CHECK(says(same, "no difference"));
    shop.tree.write("models.py",
                    std::string(kModels) +
                        "extra = Table(\"extra\", metadata, Column(\"id\", Integer, primary_key=True))\n");
    Ran more = shop.migrate({"diff", "--exit-code"});
    CHECK_MESSAGE(more.status == 3, all_of(more));
    CHECK(says(more, "there are differences"));
    CHECK(says(more, "Table('extra'"));
    CHECK_FALSE(has_table(place.connection, "alembic_version"));
    for (const Ran& ran : {same, more}) CHECK_FALSE(says(ran, place.connection.password));

    Ran old = project(kOld, place).migrate({"diff", "-u", ".:alembic"});  // `check` came with 1.9
    CHECK(old.status == 2);
    CHECK(says(old, "verb.unsupported"));
}

TEST_CASE("Alembic: plan --sql prints what run and rollback would execute, and executes nothing") {
    for (const char* version : {kOld, kNew}) {
        CAPTURE(version);
        Place place = on_postgresql();
        PythonProject shop = project(version, place);
        Ran all = shop.migrate({"plan", "run", "--sql"});
        CHECK_MESSAGE(all.status == 0, all_of(all));
        CHECK(all.out.find("CREATE TABLE users") < all.out.find("CREATE TABLE posts"));
        CHECK(all.out.find("CREATE TABLE posts") < all.out.find("CREATE TABLE tags"));
        CHECK_FALSE(has_table(place.connection, "users"));
        REQUIRE(shop.migrate({"run", "--to", "aaaa1"}).status == 0);
        Ran rest = shop.migrate({"plan", "run", "--sql"});
        CHECK_MESSAGE(rest.status == 0, all_of(rest));
        CHECK(rest.out.find("CREATE TABLE users") == std::string::npos);
        CHECK(rest.out.find("CREATE TABLE tags") != std::string::npos);
        Ran back = shop.migrate({"plan", "rollback", "--sql"});
        CHECK_MESSAGE(back.status == 0, all_of(back));
        CHECK(back.out.find("DROP TABLE users") != std::string::npos);
        CHECK(has_table(place.connection, "users"));
        CHECK_FALSE(has_table(place.connection, "posts"));
        for (const Ran& ran : {all, rest, back}) CHECK_FALSE(says(ran, place.connection.password));
    }
}

TEST_CASE("Alembic: that an applied file was edited nobody can know, and status says so") {
    Place place = on_postgresql();
    PythonProject shop = project(kNew, place);
    REQUIRE(shop.migrate({"run"}).status == 0);
    shop.tree.write("migrations/versions/bbbb2_posts.py", creates("bbbb2", "\"aaaa1\"", "other"));
    Ran status = shop.migrate({"status", "--json"});
    CHECK(says(status, "\"state\": \"current\""));
    CHECK(says(status, "\"edited_known\": false"));
}

TEST_CASE("Alembic: two heads are both applied, asked about, joined, and left again") {
    for (const char* version : {kOld, kNew}) {
        Place place = on_postgresql();
        Tree::Files files = blog();
        files["migrations/versions/dddd4_other.py"] = creates("dddd4", "\"bbbb2\"", "other");
        PythonProject shop = project(version, place, files);
        Ran run = shop.migrate({"run"});
        CHECK_MESSAGE(run.status == 0, all_of(run));
        CHECK(says(run, "upgrade heads"));
        CHECK(has_table(place.connection, "tags"));
        CHECK(has_table(place.connection, "other"));

        Ran back = shop.migrate({"rollback", "--yes"});
        CHECK(back.status == 2);
        CHECK(says(back, "migration.ambiguous"));
        CHECK(says(back, "--app dddd4"));
        CHECK(says(shop.migrate({"generate", "more", "--empty"}), "migration.heads"));

        Ran merged = shop.migrate({"generate", "join", "--answer", "merge"});
        CHECK_MESSAGE(merged.status == 0, all_of(merged));
        CHECK_MESSAGE(shop.migrate({"run"}).status == 0, "the merge is applied");
        Ran unmerged = shop.migrate({"rollback", "--yes"});
        CHECK_MESSAGE(unmerged.status == 0, all_of(unmerged));
        Ran one = shop.migrate({"rollback", "--app", "dddd4", "--yes"});
        CHECK_MESSAGE(one.status == 0, all_of(one));
        CHECK(has_table(place.connection, "tags"));
        CHECK_FALSE(has_table(place.connection, "other"));
    }
}

TEST_CASE("Alembic: of a failing run the report says what the database really holds") {
    Tree::Files files = blog();
    files["migrations/versions/cccc3_tags.py"] =
        revision("cccc3", "\"bbbb2\"",
                 "op.execute(\"CREATE TABLE half (id INT)\"); op.execute(\"SELECT * FROM nowhere\")",
                 "op.execute(\"DROP TABLE half\")");
    SUBCASE("PostgreSQL takes everything back") {
        Place place = on_postgresql();
        PythonProject shop = project(kNew, place, files);
        Ran run = shop.migrate({"run"});
        CHECK(run.status == 1);
        CHECK(says(run, "nowhere"));
        CHECK(says(run, "left"));
        CHECK_FALSE(says(run, "applied  aaaa1"));
        CHECK_FALSE(has_table(place.connection, "users"));
        CHECK(says(shop.migrate({"status"}), "uninitialised"));
        CHECK_FALSE(says(run, place.connection.password));
    }
    SUBCASE("MariaDB keeps what went before and half of the last") {
        Place place = on_mariadb();
        PythonProject shop = project(kNew, place, files);
        Ran run = shop.migrate({"run", "--json"});
        CHECK(run.status == 1);
        CHECK(says(run, "\"changed\": \"database\""));
        CHECK(has_table(place.connection, "half"));
        Ran status = shop.migrate({"status"});
        CHECK(says(status, "last bbbb2"));
        CHECK_FALSE(says(run, place.connection.password));
    }
}

TEST_CASE("Alembic: a server that is not there, a wrong password, a missing database") {
    Place place = on_postgresql();
    PythonProject shop = project(kNew, place);
    shop.environment["DATABASE_URL"] = "postgresql+psycopg2://app:hidden-pw@127.0.0.1:1/shop";
    Ran nobody = shop.migrate({"run"});
    CHECK(nobody.status == 1);
    CHECK(says(nobody, "target.unreachable"));
    CHECK_FALSE(says(nobody, "hidden-pw"));
    std::string url = place.url;
    shop.environment["DATABASE_URL"] =
        url.replace(url.find(place.connection.password), place.connection.password.size(), "hidden-pw");
    Ran wrong = shop.migrate({"status"});
    CHECK(wrong.status == 1);
    CHECK_FALSE(says(wrong, "hidden-pw"));
    shop.environment["DATABASE_URL"] = place.url + "_gone";
    Ran missing = shop.migrate({"run"});
    CHECK(missing.status == 2);
    CHECK(says(missing, "target.missing"));
    CHECK(says(shop.migrate({"status"}), "uninitialised"));
}

TEST_CASE("Alembic: a production database is not changed without a person, and never reset") {
    Place place = on_postgresql();
    execute(PostgresServer::shared().admin(), {"CREATE DATABASE shop_prod"});
    Connection production = place.connection;
    production.database = "shop_prod";
    PythonProject shop = project(kNew, {production, PostgresServer::shared().url(production)});
    Ran run = shop.migrate({"run", "--yes"});
    CHECK(run.status == 4);
    CHECK(says(run, "policy."));
    Ran reset = shop.migrate({"reset", "--yes"});
    CHECK(reset.status == 4);
    CHECK(says(reset, "policy.refused"));
    CHECK_FALSE(has_table(production, "alembic_version"));
}

TEST_CASE("Alembic: adopting a database, and a revision whose file is gone") {
    Place place = on_postgresql();
    PythonProject shop = project(kNew, place);
    execute(place.connection, {"CREATE TABLE users (id INT)"});
    Ran baseline = shop.migrate({"baseline", "--to", "aaaa1", "--yes"});
    CHECK_MESSAGE(baseline.status == 0, all_of(baseline));
    CHECK(says(baseline, "recorded aaaa1"));
    CHECK_MESSAGE(shop.migrate({"run"}).status == 0, "the rest is applied");

    shop.tree.remove("migrations/versions/cccc3_tags.py");
    Ran status = shop.migrate({"status"});
    CHECK(says(status, "diverged"));
    Ran run = shop.migrate({"run"});
    CHECK(run.status == 2);
    CHECK(says(run, "migration.missing"));
    Ran resolved = shop.migrate({"resolve", "--renamed", "cccc3=bbbb2", "--yes"});
    CHECK_MESSAGE(resolved.status == 0, all_of(resolved));
    CHECK(says(shop.migrate({"status"}), "current"));
    CHECK(says(shop.python({"-m", "alembic", "current"}), "bbbb2 (head)"));
}

TEST_CASE("Alembic: a success that is none is found out") {
    Place place = on_postgresql(), elsewhere = on_postgresql();
    Tree::Files files = blog();
    std::string env = kEnv;
    env.insert(env.find("    with engine.connect()"), "    engine = place.other_than(engine)\n");
    files["migrations/env.py"] = "import place\n" + env;
    files["place.py"] =
        "import os\nimport sqlalchemy\n\n\ndef other_than(engine):\n"
        "    return sqlalchemy.create_engine(os.environ[\"ELSEWHERE\"])\n";
    PythonProject shop = project(kNew, place, files);
    shop.environment["ELSEWHERE"] = elsewhere.url;
    Ran run = shop.migrate({"run"});
    CHECK_MESSAGE(run.status == 1, all_of(run));
    CHECK(says(run, "run.unverified"));
    CHECK_FALSE(has_table(place.connection, "users"));
    CHECK(has_table(elsewhere.connection, "users"));
}

namespace {

constexpr const char* kSettings = R"(import os


class Settings:
    def __init__(self):
        self.host = os.environ["DB_HOST"]
        self.password = os.environ["DB_PASSWORD"]

    @property
    def url(self):
        from sqlalchemy.engine import URL

        return URL.create("postgresql+psycopg2", username=os.environ["DB_USER"], password=self.password,
                          host=self.host, port=int(os.environ["DB_PORT"]), database=os.environ["DB_NAME"])


def load():
    return Settings()
)";

}  // namespace

TEST_CASE("Alembic: a database that only env.py can name is asked for, without connecting") {
    Place place = on_postgresql();
    const Connection& to = place.connection;
    Tree::Files files = blog();
    std::string env = kEnv;
    env.replace(env.find("url = os.environ[\"DATABASE_URL\"]"), 32, "url = load().url");
    files["migrations/env.py"] = "from settings import load\n" + env;
    files["settings.py"] = kSettings;
    for (const char* version : {kOld, kNew}) {
        Place fresh = on_postgresql();
        PythonProject shop(version, files);
        shop.environment = {{"DB_HOST", to.host},
                            {"DB_PASSWORD", to.password},
                            {"DB_USER", to.user},
                            {"DB_PORT", std::to_string(to.port)},
                            {"DB_NAME", fresh.connection.database}};
        Ran status = shop.migrate({"status"});
        CHECK_MESSAGE(status.status == 0, all_of(status));
        CHECK(says(status, fresh.connection.database));
        Ran run = shop.migrate({"run"});
        CHECK_MESSAGE(run.status == 0, all_of(run));
        CHECK(has_table(fresh.connection, "tags"));
        Ran where = shop.migrate({"explain", "--target"});
        CHECK(says(where, "migrations/env.py (asked)"));

        // A variable that is not set is named, and where it is read.
        shop.environment.erase("DB_NAME");
        Ran unset = shop.migrate({"status"});
        CHECK(unset.status == 2);
        CHECK(says(unset, "DB_NAME is not set"));
        CHECK(says(unset, "settings.py:14"));
        // Another environment is not development's.
        shop.environment["DB_NAME"] = "shop";
        for (const Ran& ran : {status, run, where, unset}) CHECK_FALSE(says(ran, to.password));
    }
    // Of a server that is not there nothing is asked: the answer needs no connection.
    PythonProject nobody(kNew, files);
    nobody.environment = {{"DB_HOST", "db.invalid"},
                          {"DB_PASSWORD", "x"},
                          {"DB_USER", "u"},
                          {"DB_PORT", "5432"},
                          {"DB_NAME", "shop_production"}};
    Ran where = nobody.migrate({"explain", "--target"});
    CHECK(says(where, "db.invalid"));
    CHECK(says(where, "production"));
    nobody.tree.write("settings.py",
                      "import os\n\ndef load():\n    raise ValueError(os.environ['DB_HOST'])\n");
    Ran broken = nobody.migrate({"status"});
    CHECK(broken.status == 2);
    CHECK(says(broken, "settings.py:4: ValueError"));
    CHECK_FALSE(says(broken, "db.invalid"));  // a message may quote a value
}

TEST_CASE("Flask-Migrate goes up and back, asking the application for its database") {
    Place place = on_postgresql();
    Tree::Files files = blog();
    files.erase("alembic.ini");
    files["migrations/alembic.ini"] = "[alembic]\n";
    files["requirements.txt"] = "Flask-Migrate\n";
    files["migrations/env.py"] = R"(from alembic import context
from flask import current_app

config = context.config
engine = current_app.extensions["migrate"].db.engine
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=current_app.extensions["migrate"].db.metadata)
    with context.begin_transaction():
        context.run_migrations()
)";
    files["app.py"] = R"(import os

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config.update(dict(SQLALCHEMY_DATABASE_URI="/".join(["postgresql+psycopg2:/", os.environ["WHERE"]])))
db = SQLAlchemy(app)
Migrate(app, db)
)";
    PythonProject shop(kNew, files);
    shop.environment["WHERE"] = place.url.substr(place.url.find("://") + 3);
    Ran run = shop.migrate({"run"});
    CHECK_MESSAGE(run.status == 0, all_of(run));
    CHECK(has_table(place.connection, "tags"));
    CHECK(says(run, "flask db upgrade"));
    Ran back = shop.migrate({"rollback", "--steps", "2", "--yes"});
    CHECK_MESSAGE(back.status == 0, all_of(back));
    CHECK_FALSE(has_table(place.connection, "posts"));
    Ran status = shop.migrate({"status"});
    CHECK(says(status, "last aaaa1"));
    Ran native = shop.python({"-m", "flask", "db", "current"});
    CHECK(says(native, "aaaa1"));
    for (const Ran& ran : {run, back, status}) CHECK_FALSE(says(ran, place.connection.password));
}
