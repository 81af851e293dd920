// kill -9 of `migrate`, and of Alembic and Django, at work.
#include "tests/e2e/halfway/killed.hpp"
#include "tests/e2e/python/shops.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

using Words = std::vector<std::string>;

std::string calls(const std::string& begin, const Words& statements, const std::string& end,
                  const std::string& between) {
    std::string text;
    for (const auto& one : statements) text += (text.empty() ? "" : between) + begin + one + end;
    return text;
}

Killed alembic(PythonProject& project, Engine engine) {
    const Connection connection = empty_database(engine, project);
    project.environment["DATABASE_URL"] = url_of(connection, "postgresql+psycopg2", "mysql+pymysql");
    return {.tree = project.tree,
            .environment = project.environment,
            .connection = connection,
            .write =
                [&project](const Words& up, const Words& down) {
                    const std::string between = "\n    ";
                    project.tree.write(
                        "migrations/versions/hhhh9_half.py",
                        revision("hhhh9", "\"aaaa1\"", calls("op.execute(\"", up, "\")", between),
                                 calls("op.execute(\"", down, "\")", between)));
                },
            .id = "hhhh9"};
}

/// One operation each, and each with its own way back: Django goes through them from the last to the first.
Killed django(PythonProject& project, Engine engine) {
    const Connection connection = empty_database(engine, project);
    project.environment["DATABASE_URL"] = url_of(connection, "postgres", "mysql");
    return {.tree = project.tree,
            .environment = project.environment,
            .connection = connection,
            .write =
                [&project](const Words& up, const Words& down) {
                    std::string operations;
                    for (std::size_t i = 0; i < up.size(); ++i)
                        operations += (i == 0 ? "" : ", ") + ("migrations.RunSQL(\"" + up[i] + "\", \"") +
                                      down[down.size() - 1 - i] + "\")";
                    project.tree.write("blog/migrations/0009_half.py",
                                       django_migration("(\"blog\", \"0001_initial\")", operations));
                },
            .id = "blog.0009_half"};
}

}  // namespace

TEST_CASE("Alembic and Django: `run` and `rollback` killed in the middle of a migration") {
    for (const Engine engine : {Engine::postgresql, Engine::mariadb}) {
        CAPTURE(to_string(engine));
        PythonProject one("python/alembic-1.20", plain_alembic());
        is_killed_in_its_middle(alembic(one, engine));
        PythonProject other("python/django-5.2", django_shop());
        is_killed_in_its_middle(django(other, engine));
    }
}

TEST_CASE("Alembic: `run` killed at any moment") {
    for (const Engine engine : {Engine::postgresql, Engine::mariadb}) {
        CAPTURE(to_string(engine));
        PythonProject project("python/alembic-1.20", plain_alembic());
        is_killed_anywhere(alembic(project, engine), 4, 2500);
    }
}
