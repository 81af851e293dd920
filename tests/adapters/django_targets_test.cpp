#include "adapters/adapter.hpp"
#include "tests/adapters/cells.hpp"
#include "tests/support/tree.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

std::vector<TargetSource> sources(const std::string& settings, const Tree::Files& more = {}) {
    Tree::Files files{
        {"api/manage.py",
         "import os\ndef main():\n    os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\n"},
        {"api/config/settings.py", settings}};
    for (const auto& [path, content] : more) files[path] = content;
    Tree tree(files);
    Unit unit;
    unit.tool = Tool::django;
    unit.id = "api:django";
    unit.root = "api";
    unit.config = "api/manage.py";
    auto read = adapter_of(Tool::django).targets(unit, tree.path(), "development");
    REQUIRE(read);
    return *read;
}

TargetSource only(const std::string& settings, const Tree::Files& more = {}) {
    auto found = sources(settings, more);
    REQUIRE(found.size() == 1);
    return found.front();
}

constexpr const char* kBase =
    "import os\nfrom pathlib import Path\nBASE_DIR = Path(__file__).resolve().parent.parent\n";

}  // namespace

TEST_CASE("django: a SQLite file is found from the settings' own folder") {
    auto source = only(std::string(kBase) +
                       "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': BASE_DIR / "
                       "'db.sqlite3'}}\n");
    CHECK(source.kind == TargetSource::Kind::fields);
    CHECK(source.engine == Engine::sqlite);
    CHECK(source.fields.database == "api/db.sqlite3");
    CHECK(source.base_dir == ".");
    CHECK(source.environment_section == "config.settings");
    source =
        only("DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'db.sqlite3'}}\n");
    CHECK(source.fields.database == "db.sqlite3");
    CHECK(source.base_dir == "api");
    source = only(
        "import os\nBASE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))\n"
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': os.path.join(BASE, "
        "'x.db')}}\n");
    CHECK(source.fields.database == "api/x.db");
}

TEST_CASE("django: fields come from literals and from variables") {
    auto source = only(
        "DATABASES = {\n    'default': {\n        'ENGINE': 'django.contrib.gis.db.backends.postgis',\n"
        "        'NAME': os.environ['DB_NAME'],\n        'HOST': os.environ.get('DB_HOST', 'db'),\n"
        "        'PORT': int(os.getenv('DB_PORT', 5433)),\n        'USER': 'app',\n"
        "        'PASSWORD': config('DB_PASSWORD'),\n"
        "        'OPTIONS': {'options': '-c search_path=shop,public'},\n    }\n}\n");
    CHECK(source.kind == TargetSource::Kind::fields);
    CHECK(source.engine == Engine::postgresql);
    CHECK(source.fields.host == "db");
    CHECK(source.fields.port == 5433);
    CHECK(source.fields.user == "app");
    CHECK(source.fields.schema == "shop");
    CHECK(source.field_variables.at("database") == Lines{"DB_NAME"});
    CHECK(source.field_variables.at("host") == Lines{"DB_HOST"});
    CHECK(source.field_variables.at("port") == Lines{"DB_PORT"});
    CHECK(source.field_variables.at("password") == Lines{"DB_PASSWORD"});
    CHECK(source.line == 2);
    CHECK(source.file == "api/config/settings.py");
    CHECK(
        only("DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'HOST': '/run/mysqld.sock'}}\n")
            .fields.socket == "/run/mysqld.sock");
}

TEST_CASE("django: a URL of the environment") {
    for (const char* value :
         {"dj_database_url.config(default='sqlite:///x.db')", "env.db(default='sqlite:///x.db')",
          "env.db('DATABASE_URL', default='sqlite:///x.db')",
          "dj_database_url.parse(os.environ.get('DATABASE_URL', 'sqlite:///x.db'))"}) {
        CAPTURE(std::string(value));
        auto source = only(std::string("DATABASES = {'default': ") + value + "}\n");
        CHECK(source.kind == TargetSource::Kind::variables);
        CHECK(source.variables == Lines{"DATABASE_URL"});
        CHECK(source.literal == "sqlite:///x.db");
    }
    CHECK(only("DATABASES = {'default': dj_database_url.config(env='PG_URL')}\n").variables ==
          Lines{"PG_URL"});
}

TEST_CASE("django: several aliases, split settings and later changes") {
    auto found = sources(
        "DATABASES = {'replica': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'r'},\n"
        "             'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'd'}}\n");
    REQUIRE(found.size() == 2);
    CHECK(found[0].name == "default");
    CHECK(found[1].name == "replica");
    CHECK(found[1].fields.database == "r");

    auto source = only("from .base import *\nDATABASES['default']['HOST'] = 'db2'\n",
                       {{"api/config/base.py",
                         "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', "
                         "'NAME': 'd', 'HOST': 'db1'}}\n"}});
    CHECK(source.fields.host == "db2");
    CHECK(source.fields.database == "d");
    source = only("DATABASES = {}\nDATABASES['default'] = env.db('X')\n");
    CHECK(source.variables == Lines{"X"});
    source = only("from .db import DATABASES\n",
                  {{"api/config/db.py",
                    "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'a'}}\n"}});
    CHECK(source.fields.database == "a");
}

TEST_CASE("django: what only Python can tell is left to the probe, with what was met") {
    auto why = [](const std::string& settings) {
        auto source = only(settings);
        CHECK(source.kind == TargetSource::Kind::needs_probe);
        return source.why;
    };
    CHECK(why("DATABASES = load()\n") == "api/config/settings.py:1: DATABASES is a call of load()");
    CHECK(why("if DEBUG:\n    DATABASES = {}\n") ==
          "api/config/settings.py:2: DATABASES depends on a condition");
    CHECK(why("DATABASES = {'default': {'ENGINE': engine(), 'NAME': 'x'}}\n").find("ENGINE is") !=
          std::string::npos);
    CHECK(why("DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'OPTIONS': {'service': "
              "'x'}}}\n")
              .find("OPTIONS") != std::string::npos);
    CHECK(why("DATABASES = {'default': {}}\nDATABASES['default'].update(x)\n").find("update") !=
          std::string::npos);
    CHECK(why("X = 1\n").find("DATABASES is not set") != std::string::npos);
    Tree tree{{"manage.py", "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', name())\n"}};
    Unit unit;
    unit.tool = Tool::django;
    unit.config = "manage.py";
    auto read = adapter_of(Tool::django).targets(unit, tree.path(), "");
    REQUIRE(read);
    CHECK(read->front().kind == TargetSource::Kind::needs_probe);
}

TEST_CASE("django: a settings module that says production is carried along") {
    Tree tree{{"manage.py",
               "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'plane.settings.production')\n"},
              {"plane/settings/production.py",
               "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'x'}}\n"}};
    Unit unit;
    unit.tool = Tool::django;
    unit.config = "manage.py";
    auto read = adapter_of(Tool::django).targets(unit, tree.path(), "");
    REQUIRE(read);
    CHECK(read->front().environment_section == "plane.settings.production");
}

TEST_CASE("django: no part of the address is in the command line") {
    Tree tree{
        {"manage.py", "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\n"},
        {"config/settings.py",
         "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': "
         "os.environ['DB_NAME'], 'PASSWORD': os.environ['DB_PW']}}\n"}};
    Unit unit;
    unit.tool = Tool::django;
    unit.config = "manage.py";
    Facts facts;
    facts.root = tree.path();
    Target target;
    target.connection.database = "shop";
    target.connection.password = "hush";
    facts.targets = {target};
    Request request;
    request.verb = Verb::status;
    auto plan = adapter_of(Tool::django).plan(unit, request, facts);
    REQUIRE(plan);
    const Step& step = plan->front();
    CHECK(step.env.at("PYTHONUNBUFFERED").value == "1");
    for (const auto& word : argv_of(step)) CHECK(word.find("hush") == std::string::npos);
}
