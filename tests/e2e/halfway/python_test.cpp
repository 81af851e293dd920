// A migration of Alembic or Django whose second statement of three fails.
#include "tests/e2e/halfway/broken.hpp"
#include "tests/e2e/python/shops.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

using Words = std::vector<std::string>;

constexpr Engine kEngines[] = {Engine::postgresql, Engine::mariadb, Engine::sqlite};

Broken broken_by(PythonProject& project, Engine engine) {
    return {.migrate = [&](Words words) { return project.migrate(std::move(words)); },
            .connection = empty_database(engine, project),
            .write = {},
            .id = {},
            .stays = engine == Engine::mariadb};
}

}  // namespace

TEST_CASE("Alembic: a migration that fails in its middle is understood and undone") {
    for (const char* version : {"python/alembic-1.8", "python/alembic-1.20"})
        for (const Engine engine : kEngines) {
            CAPTURE(version);
            CAPTURE(to_string(engine));
            PythonProject project(version, plain_alembic());
            Broken broken = broken_by(project, engine);
            project.environment["DATABASE_URL"] =
                url_of(broken.connection, "postgresql+psycopg2", "mysql+pymysql");
            broken.id = "hhhh9";
            // pysqlite begins no transaction before DDL, so that there each statement is its own.
            broken.stays = engine != Engine::postgresql;
            broken.write = [&](const Words& statements) {
                std::string up;
                for (const auto& one : statements)
                    up += (up.empty() ? "" : "\n    ") + ("op.execute(\"" + one + "\")");
                project.tree.write("migrations/versions/hhhh9_half.py",
                                   revision("hhhh9", "\"aaaa1\"", up, "pass"));
            };
            fails_in_its_middle(broken);
        }
}

TEST_CASE("Django: a migration that fails in its middle is understood and undone") {
    for (const char* version : {"python/django-5.2"})
        for (const Engine engine : kEngines) {
            CAPTURE(version);
            CAPTURE(to_string(engine));
            PythonProject project(version, django_shop());
            Broken broken = broken_by(project, engine);
            project.environment["DATABASE_URL"] = url_of(broken.connection, "postgres", "mysql");
            broken.id = "blog.0009_half";
            broken.write = [&](const Words& statements) {
                std::string operations;
                for (const auto& one : statements)
                    operations += (operations.empty() ? "" : ", ") +
                                  ("migrations.RunSQL(\"" + one + "\", migrations.RunSQL.noop)");
                project.tree.write("blog/migrations/0009_half.py",
                                   django_migration("(\"blog\", \"0001_initial\")", operations));
            };
            fails_in_its_middle(broken);
        }
}
