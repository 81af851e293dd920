// A native tool that failed behind a lock is started again where nothing of it is left.
#include <thread>

#include "tests/e2e/locks/projects.hpp"
#include "tests/e2e/locks/waiting.hpp"

using namespace migrate;
using namespace migrate::test;

TEST_CASE("tools that undo everything are started again after a lock, and go through once it is gone") {
    Server& server = PostgresServer::shared();
    const std::vector<LockedProject> projects{knex(server), typeorm(server), alembic(server), django(server),
                                              drizzle(Engine::postgresql)};
    std::vector<Ran> ran(projects.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < projects.size(); ++i)
        threads.emplace_back([&, i] {
            const LockedProject& project = projects[i];
            (void)project.migrate({"run"});
            project.more();
            Blocker blocker(project.database, project.table);
            auto gone = blocker.goes_after_one_try();
            ran[i] = project.migrate({"run"});
            gone.get();
        });
    for (auto& thread : threads) thread.join();
    for (std::size_t i = 0; i < projects.size(); ++i) {
        CAPTURE(projects[i].name);
        CHECK_MESSAGE(ran[i].status == 0, all_of(ran[i]));
        CHECK_MESSAGE(says(ran[i], "waits for a lock, held by session "), all_of(ran[i]));
        CHECK_MESSAGE(says(ran[i], "nothing was changed: tried again in "), all_of(ran[i]));
        CHECK(columns_of(projects[i].database, projects[i].table).back() == "name");
    }
}

TEST_CASE("sequelize-cli, which uses no transaction, is not started again, and says who is in the way") {
    const LockedProject project = sequelize(PostgresServer::shared());
    REQUIRE(project.migrate({"run"}).status == 0);
    project.more();
    Blocker blocker(project.database, project.table);
    const Ran ran = project.migrate({"run"});
    CHECK_MESSAGE(ran.status == 1, all_of(ran));
    CHECK_MESSAGE(says(ran, "it waited for a lock, held by session "), all_of(ran));
    CHECK_MESSAGE(says(ran, "pg_terminate_backend("), all_of(ran));
    CHECK_FALSE(says(ran, "tried again"));
    CHECK(blocker.is_untouched());
}

TEST_CASE("over a local socket a tool whose driver reads PGAPPNAME is still told who is in the way") {
    PostgresServer& server = PostgresServer::shared();
    const LockedProject project = alembic(server);
    (*project.environment)["DATABASE_URL"] =
        "postgresql+psycopg2://" + project.database.user + ":" + std::string(kPlantedPassword) + "@/" +
        project.database.database + "?host=" + server.socket_directory() +
        "&port=" + std::to_string(server.port());
    const Ran first = project.migrate({"run"});
    REQUIRE_MESSAGE(first.status == 0, all_of(first));
    project.more();
    Blocker blocker(project.database, project.table);
    const Ran ran = project.migrate({"run", "--wait", "0s"});
    CHECK_MESSAGE(ran.status == 6, all_of(ran));
    CHECK_MESSAGE(says(ran, "it waited for a lock, held by session "), all_of(ran));
    CHECK(blocker.is_untouched());
}
