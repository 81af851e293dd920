// Tools that no limit for waiting on locks can be handed to: the wait is watched from outside, and ended.
#include <thread>

#include "tests/e2e/locks/projects.hpp"
#include "tests/e2e/locks/waiting.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

/// What was seen of one project while its table was held.
struct Seen {
    Ran first, run;
    bool blocker_untouched = false;
    std::string innocent;
    std::vector<std::string> during, after;
};

Seen go(const LockedProject& project) {
    Seen seen;
    seen.first = project.migrate({"run"});
    project.more();
    Blocker blocker(project.database, project.table);
    Innocent innocent(project.database, project.table);
    seen.run = project.migrate({"run", "--wait", "0s"});
    seen.blocker_untouched = blocker.is_untouched();
    seen.during = columns_of(project.database, project.table);
    blocker.end();
    seen.innocent = innocent.end();
    seen.after = columns_of(project.database, project.table);
    return seen;
}

/// `holder`: how the one in the way is named.
void give_up(const std::vector<LockedProject>& projects, const std::string& holder) {
    std::vector<Seen> seen(projects.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < projects.size(); ++i)
        threads.emplace_back([&, i] { seen[i] = go(projects[i]); });
    for (auto& thread : threads) thread.join();
    for (std::size_t i = 0; i < projects.size(); ++i) {
        const Seen& one = seen[i];
        CAPTURE(projects[i].name);
        CHECK_MESSAGE(one.first.status == 0, all_of(one.first));
        CHECK_MESSAGE(one.run.status == 1, all_of(one.run));
        CHECK_MESSAGE(says(one.run, "waits for a lock, " + holder + " session "), all_of(one.run));
        CHECK_MESSAGE(says(one.run, "was cancelled after 5 s"), all_of(one.run));
        CHECK(one.blocker_untouched);
        CHECK(one.innocent == "");
        // Of what waited only the innocent went through.
        CHECK(one.after.size() == one.during.size() + 1);
        CHECK(one.after.back() == "innocent");
    }
}

}  // namespace

TEST_CASE("a native tool that waits for a lock on MariaDB is stopped in time, and nobody else is") {
    Server& server = MariaDbServer::shared();
    give_up({knex(server), sequelize(server), typeorm(server), alembic(server), django(server),
             drizzle(Engine::mariadb)},
            "probably held by");
}

TEST_CASE("Prisma (its engine a stand-in) that waits for a lock is stopped in time, and nobody else is") {
    give_up({prisma()}, "held by");
}

TEST_CASE("a native tool that waits for a lock on MySQL 8 is stopped in time, and the holder is known") {
    Server& server = MySqlServer::shared();
    give_up({knex(server)}, "held by");
}
