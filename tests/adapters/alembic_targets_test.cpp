#include "adapters/adapter.hpp"
#include "tests/adapters/cells.hpp"
#include "tests/support/tree.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

const Adapter& alembic() {
    return adapter_of(Tool::alembic);
}

Unit unit_of(std::string style = "") {
    Unit unit;
    unit.id = ".:alembic";
    unit.tool = Tool::alembic;
    unit.style = std::move(style);
    unit.config = "alembic.ini";
    unit.migrations = {{"migrations/versions", std::nullopt}};
    return unit;
}

/// Where the address comes from: "variables A,B else x", "literal x", "needs_probe", "missing".
std::string found(const TargetSource& source) {
    switch (source.kind) {
        case TargetSource::Kind::variables: {
            std::string list;
            for (const auto& name : source.variables) list += (list.empty() ? "" : ",") + name;
            return "variables " + list + (source.literal.empty() ? "" : " else " + source.literal);
        }
        case TargetSource::Kind::literal:
            return "literal " + source.literal;
        case TargetSource::Kind::fields:
            return "fields";
        case TargetSource::Kind::needs_probe:
            return "needs_probe";
        case TargetSource::Kind::missing:
            return "missing";
    }
    return "?";
}

std::vector<TargetSource> sources(const Tree& tree, const Unit& unit, const std::string& environment = "") {
    auto read = alembic().targets(unit, tree.path(), environment);
    REQUIRE(read);
    return *read;
}

std::string of(const std::string& env_py, const std::string& url = "",
               const std::map<std::string, std::string>& more = {}) {
    Tree tree{{"alembic.ini", "[alembic]\nscript_location = migrations\n" +
                                  (url.empty() ? "" : "sqlalchemy.url = " + url + "\n")},
              {"migrations/env.py", env_py}};
    for (const auto& [path, content] : more) tree.write(path, content);
    return found(sources(tree, unit_of()).front());
}

constexpr const char* kTemplate =
    "config = context.config\n"
    "url = config.get_main_option('sqlalchemy.url')\n"
    "connectable = engine_from_config(config.get_section(config.config_ini_section, {}),\n"
    "    prefix='sqlalchemy.', poolclass=pool.NullPool)\n";

}  // namespace

TEST_CASE("alembic: an untouched env.py takes the address of alembic.ini") {
    CHECK(of(kTemplate, "postgresql://app:pw@db/app") == "literal postgresql://app:pw@db/app");
    CHECK(of(kTemplate, "postgresql://app:p%%40w@db/app") == "literal postgresql://app:p%40w@db/app");
    CHECK(of(kTemplate, "driver://user:pass@localhost/dbname") == "missing");
    CHECK(of(kTemplate) == "missing");
    CHECK(of(kTemplate, "postgresql://%(DB_USER)s@db/app") == "needs_probe");
}

TEST_CASE("alembic: an env.py that reads the environment names its variables") {
    CHECK(of("import os\nconfig.set_main_option('sqlalchemy.url', os.environ['DATABASE_URL'])\n") ==
          "variables DATABASE_URL");
    CHECK(of("config.set_main_option('sqlalchemy.url', os.getenv('DB_URL', 'sqlite:///dev.db').replace('%', "
             "'%%'))\n") == "variables DB_URL else sqlite:///dev.db");
    CHECK(of("url = os.environ.get('A') or os.environ.get('B')\nengine = create_engine(url)\n") ==
          "variables A,B");
    CHECK(of("def get_url():\n    return os.environ['X']\n\n"
             "configuration['sqlalchemy.url'] = get_url()\n") == "variables X");
    CHECK(of("engine = create_async_engine(os.environ['X'], poolclass=NullPool)\n") == "variables X");
    CHECK(of("c = engine_from_config({'sqlalchemy.url': os.environ['X']})\n") == "variables X");
    CHECK(of("from decouple import config as c\nfrom decouple import config\n"
             "context.config.set_main_option('sqlalchemy.url', config('DATABASE_URL'))\n") ==
          "variables DATABASE_URL");
}

TEST_CASE("alembic: behind a condition the variable counts, and the ini where it is not set") {
    CHECK(of(std::string(
                 "if os.environ.get('X'):\n    config.set_main_option('sqlalchemy.url', os.environ['X'])\n") +
                 kTemplate,
             "sqlite:///app.db") == "variables X else sqlite:///app.db");
    CHECK(of(std::string("config.set_main_option('sqlalchemy.url', os.environ['X'])\n") + kTemplate,
             "sqlite:///app.db") == "variables X");
}

TEST_CASE("alembic: constants are followed through imports of the project") {
    CHECK(of("from app.config import DATABASE_URL\nengine = create_engine(DATABASE_URL)\n", "",
             {{"app/config.py", "import os\nDATABASE_URL = os.environ['PG_URL']\n"}}) == "variables PG_URL");
    CHECK(of("from app import config as settings\nengine = create_engine(settings.URL)\n", "",
             {{"app/__init__.py", ""},
              {"src/app/config.py", ""},
              {"app/config.py", "URL = 'sqlite:///x.db'\n"}}) == "literal sqlite:///x.db");
    CHECK(of("from app.db import get_url\nconfig.set_main_option('sqlalchemy.url', get_url())\n", "",
             {{"app/db.py", "def get_url():\n    return os.getenv('PG')\n"}}) == "variables PG");
}

TEST_CASE("alembic: what only Python can tell is left to the probe, with what was met") {
    CHECK(of("from app.settings import settings\nconfig.set_main_option('sqlalchemy.url', "
             "settings.db_url)\n") == "needs_probe");
    CHECK(of("engine = create_engine(f'postgresql://{user}@db/x')\n") == "needs_probe");
    CHECK(of("a = create_engine(os.environ['A'])\nb = create_engine(os.environ['B'])\n") == "needs_probe");
    Tree tree{{"alembic.ini", "[alembic]\nscript_location = migrations\n"},
              {"migrations/env.py", "\nconfig.set_main_option('sqlalchemy.url', str(settings.url))\n"}};
    CHECK(sources(tree, unit_of()).front().why == "migrations/env.py:2: the address is settings.url");
}

TEST_CASE("alembic: an installed driver does not say which database a URL means") {
    Tree tree{{"alembic.ini", "[alembic]\nscript_location = migrations\n"},
              {"migrations/env.py",
               "import os\nfrom sqlalchemy import create_engine\nengine = "
               "create_engine(os.environ[\"DATABASE_URL\"])\n"}};
    Unit unit = unit_of();
    unit.engines = {Engine::postgresql};
    CHECK_FALSE(sources(tree, unit).front().engine);
}

TEST_CASE("alembic: sections, several databases and dotenv files") {
    Tree tree{
        {"alembic.ini",
         "[alembic]\nscript_location = migrations\nsqlalchemy.url = sqlite:///dev.db\n\n"
         "[production]\nscript_location = migrations\nsqlalchemy.url = postgresql://db.example.com/app\n"},
        {"migrations/env.py", std::string("from dotenv import load_dotenv\nload_dotenv()\n") + kTemplate}};
    auto read = sources(tree, unit_of(), "production");
    CHECK(found(read.front()) == "literal postgresql://db.example.com/app");
    CHECK(read.front().environment_section == "production");
    CHECK(read.front().line == 7);
    CHECK(sources(tree, unit_of(), "staging").front().environment_section.empty());
    CHECK(sources(tree, unit_of(), "").front().dotenv == Lines{"migrations/.env", ".env"});
    Unit own = unit_of();  // as detection finds the second section
    own.launch = {"python3", "-m", "alembic", "-n", "production"};
    CHECK(found(sources(tree, own).front()) == "literal postgresql://db.example.com/app");

    Tree multi{{"alembic.ini",
                "[alembic]\nscript_location = migrations\ndatabases = engine1, engine2\n\n"
                "[engine1]\nsqlalchemy.url = sqlite:///a.db\n\n[engine2]\nsqlalchemy.url = sqlite:///b.db\n"},
               {"migrations/env.py", kTemplate}};
    read = sources(multi, unit_of());
    REQUIRE(read.size() == 2);
    CHECK(read[0].name == "engine1");
    CHECK(found(read[1]) == "literal sqlite:///b.db");
}

TEST_CASE("flask db: the address is what the application's configuration says") {
    auto flask = [](const std::map<std::string, std::string>& files) {
        Tree tree;
        for (const auto& [path, content] : files) tree.write(path, content);
        Unit unit = unit_of("flask-migrate");
        unit.config = "migrations/alembic.ini";
        return sources(tree, unit).front();
    };
    CHECK(found(flask({{"app.py",
                        "app.config['SQLALCHEMY_DATABASE_URI'] = os.environ.get('DATABASE_URL', "
                        "'sqlite:///a.db')\n"}})) == "variables DATABASE_URL else sqlite:///a.db");
    CHECK(found(flask({{"config.py", "class Config:\n    SQLALCHEMY_DATABASE_URI = os.environ['DB']\n"}})) ==
          "variables DB");
    CHECK(found(flask({{"shop/config.py",
                        "class Dev:\n    SQLALCHEMY_DATABASE_URI = 'sqlite:///a.db'\n"
                        "class Prod:\n    SQLALCHEMY_DATABASE_URI = os.environ['DB']\n"}})) == "needs_probe");
    CHECK(found(flask({{"app.py", "print()\n"}})) == "needs_probe");
    CHECK(flask({{"app.py", ""}}).dotenv == Lines{".env", ".flaskenv"});
}
