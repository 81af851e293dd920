#include "tests/detect/scan.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

const std::string kRevision = "\"\"\"init\"\"\"\nrevision = 'a1'\ndown_revision = None\n";
const std::string kIni =
    "# comment\n[alembic]\nscript_location = app/alembic\nsqlalchemy.url = driver://user:pass@localhost/x\n";

}  // namespace

TEST_CASE("Alembic: an ini, its script directory and its versions") {
    Unit unit = only(scan_of(
        {{"backend/alembic.ini", kIni},
         {"backend/pyproject.toml",
          "[project]\ndependencies = [\"alembic>=1.12\", \"psycopg[binary]>=3\"]\n"},
         {"backend/app/models.py", ""},
         {"backend/app/alembic/env.py", "from app.models import Base\n\ntarget_metadata = Base.metadata\n"},
         {"backend/app/alembic/script.py.mako", ""},
         {"backend/app/alembic/versions/a1_init.py", kRevision},
         {"uv.lock", "[[package]]\nname = \"alembic\"\nversion = \"1.18.5\"\n"},
         {"bun.lock", "{}"}}));
    CHECK(unit.id == "backend:alembic");
    CHECK(unit.config == "backend/alembic.ini");
    CHECK(unit.schema == "backend/app/models.py");
    CHECK(directories(unit) == Strings{"backend/app/alembic/versions"});
    CHECK(unit.runner == "uv");
    CHECK(unit.version == Version{1, 18, 5});
    CHECK(unit.version_source == "uv.lock");
    CHECK(unit.engines == std::vector{Engine::postgresql});
    CHECK(unit.launch == Strings{"uv", "run", "--no-sync", "--", "alembic"});
    CHECK(unit.how_run == HowRun::cli);
}

TEST_CASE("Alembic: a freshly initialised project is a unit before its first revision") {
    Unit unit = only(scan_of({{"alembic.ini", "[alembic]\nscript_location = alembic\n"},
                              {"alembic/env.py", "target_metadata = None\n"},
                              {"alembic/script.py.mako", ""}}));
    CHECK(directories(unit) == Strings{"alembic/versions"});
    CHECK(unit.confidence >= 50);
    CHECK(unit.launch == Strings{"python3", "-m", "alembic"});
}

TEST_CASE("Alembic: a section alone is only possible, and its missing directory is reported") {
    Scan scan = scan_of({{"alembic.ini", "[alembic]\nscript_location = gone\n"}});
    CHECK(scan.units.empty());
    REQUIRE(scan.possible.size() == 1);
    CHECK(scan.possible.front().confidence == 45);
    CHECK(problems(scan) == Strings{"alembic.ini:1 config.missing_directory"});
}

TEST_CASE("Alembic: the location counts from the ini, from %(here)s, from above, or is a package") {
    auto found = [](const std::string& ini, const std::string& location, const std::string& script) {
        return only(scan_of({{ini, "[alembic]\nscript_location = " + location + "\n"},
                             {script + "/env.py", ""},
                             {script + "/script.py.mako", ""},
                             {script + "/versions/a.py", kRevision}}));
    };
    CHECK(found("a/alembic.ini", "%(here)s/m", "a/m").root == "a");
    CHECK(found("a/conf/alembic.ini", "db/m", "a/db/m").root == "a");
    CHECK(found("a/conf/alembic.ini", "db/m", "a/db/m").id == "a:alembic#conf");
    Unit package = found("src/shop/db/alembic.ini", "shop:db:_m", "src/shop/db/_m");
    CHECK(package.root == "src/shop/db");
    CHECK(directories(package) == Strings{"src/shop/db/_m/versions"});
}

TEST_CASE("Alembic: version_locations, and versions by engine") {
    Unit several = only(scan_of(
        {{"alembic.ini", "[alembic]\nscript_location = m\nversion_locations = m/versions %(here)s/extra\n"},
         {"m/env.py", ""},
         {"m/script.py.mako", ""},
         {"m/versions/a.py", kRevision},
         {"extra/b.py", kRevision}}));
    CHECK(directories(several) == Strings{"m/versions", "extra"});
    Unit engines = only(scan_of({{"alembic.ini", "[alembic]\nscript_location = m\n"},
                                 {"m/env.py", ""},
                                 {"m/script.py.mako", ""},
                                 {"m/versions/postgresql/a.py", kRevision},
                                 {"m/versions/sqlite/a.py", kRevision}}));
    REQUIRE(directories(engines) == Strings{"m/versions/postgresql", "m/versions/sqlite"});
    CHECK(engines.migrations[1].engine == Engine::sqlite);
}

TEST_CASE("Alembic: pyproject.toml may hold the layout") {
    Unit unit = only(scan_of(
        {{"pyproject.toml", "[project]\nname = \"x\"\n\n[tool.alembic]\nscript_location = \"%(here)s/m\"\n"},
         {"m/env.py", ""},
         {"m/script.py.mako", ""},
         {"m/versions/a.py", kRevision}}));
    CHECK(unit.id == ".:alembic");
    CHECK(unit.config == "pyproject.toml");
    CHECK(directories(unit) == Strings{"m/versions"});
}

TEST_CASE("Alembic: a script directory whose configuration is made at run time") {
    Unit unit = only(scan_of({{"service/pyproject.toml", "[project]\n"},
                              {"service/pkg/db/migrations/env.py", ""},
                              {"service/pkg/db/migrations/script.py.mako", ""},
                              {"service/pkg/db/migrations/versions/a.py", kRevision}}));
    CHECK(unit.root == "service");
    CHECK(unit.config.empty());
    CHECK(unit.how_run == HowRun::programmatic);
}

TEST_CASE("Alembic: Flask-Migrate keeps its ini inside and is run through Flask") {
    test::Tree::Files files{{"requirements.txt", "Flask-Migrate==4.0.4\nalembic==1.13.1\n"},
                            {"migrations/alembic.ini", "[alembic]\n# no location\n"},
                            {"migrations/env.py", ""},
                            {"migrations/script.py.mako", ""},
                            {"migrations/versions/a.py", kRevision}};
    Unit unit = only(scan_of(files));
    CHECK(unit.id == ".:alembic");
    CHECK(unit.style == "flask-migrate");
    CHECK(unit.root == ".");
    CHECK(unit.config == "migrations/alembic.ini");
    CHECK(unit.launch == Strings{"flask", "db"});
    CHECK(unit.version_text == "1.13.1");

    files["manage.py"] = "from app.cli import manager\nmanager()\n";
    Unit managed = only(scan_of(files));
    CHECK(managed.how_run == HowRun::wrapper);
    CHECK(managed.project_command == "./manage.py db upgrade");
    CHECK(managed.launch == Strings{"python3", "manage.py", "db"});
}

TEST_CASE("Alembic: several sections of one ini are several units") {
    Scan scan =
        scan_of({{"alembic.ini",
                  "[alembic]\nscript_location = a\n[billing]\nscript_location = b\n[loggers]\nkeys = root\n"},
                 {"a/env.py", ""},
                 {"a/script.py.mako", ""},
                 {"b/env.py", ""},
                 {"b/script.py.mako", ""}});
    REQUIRE(ids(scan.units) == Strings{".:alembic", ".:alembic#billing"});
    CHECK(scan.units[1].launch == Strings{"python3", "-m", "alembic", "-n", "billing"});
}

TEST_CASE("Alembic: a broken ini and a broken pyproject.toml are reported, not fatal") {
    Scan scan = scan_of({{"alembic.ini", "[alembic]\nscript_location = m\nbroken\n"},
                         {"m/env.py", ""},
                         {"m/script.py.mako", ""},
                         {"pyproject.toml", "[tool.alembic]\nscript_location = \n"}});
    CHECK(ids(scan.units) == Strings{".:alembic"});
    CHECK(problems(scan) == Strings{"alembic.ini:3 config.invalid", "pyproject.toml:2 config.invalid"});
}

TEST_CASE("Alembic: a virtual environment that has it is used as it is") {
    Tree repo{{"alembic.ini", "[alembic]\nscript_location = m\n"},
              {"m/env.py", ""},
              {"m/script.py.mako", ""},
              {"poetry.lock", "[[package]]\nname = \"alembic\"\nversion = \"1.13.3\"\n"},
              {".venv/pyvenv.cfg", ""},
              {".venv/bin/python", ""},
              {".venv/lib/python3.12/site-packages/alembic-1.13.2.dist-info/METADATA", ""}};
    Unit unit = only(detect(repo.path()));
    CHECK(unit.runner == "poetry");
    CHECK(unit.launch == Strings{".venv/bin/python", "-m", "alembic"});
    CHECK(unit.version_text == "1.13.2");
}
