// Two programs, one history: a project may go from one to the other and back at any time.
#include <fmt/format.h>

#include "tests/e2e/sqltools/neighbour.hpp"

using namespace migrate;
using test::Neighbour;
using test::Project;
using test::Ran;
using test::says;

namespace {

/// Ten migrations, five that fail at first, and six ways back. `first_by_us` alternates with the other from
/// there on; `alone`: the original program does everything.
void ten_migrations(Project& project, bool first_by_us, bool alone) {
    for (int n = 1; n <= 10; ++n) {
        CAPTURE(n);
        const bool by_us = !alone && (n % 2 == 1) == first_by_us;
        const bool by_other = !alone && !by_us;
        // Each of the two fails, and settles what the other left and what it left itself.
        if (n == 3 || n == 4) {
            project.add_broken(n);
            project.fail_and_settle(n, by_us, by_other);
        }
        if (n == 5 || n == 7 || n == 8) {
            project.add_broken(n);
            project.fail_and_settle(n, by_us, by_us);
        }
        project.add(n);
        project.up(by_us);
        CHECK(project.has_table(fmt::format("m{}", n)));
        if (n % 3 != 0) continue;
        // Each reverts what the other did, then what it did itself.
        project.down(by_other);
        CHECK_FALSE(project.has_table(fmt::format("m{}", n)));
        project.down(by_other);
        CHECK_FALSE(project.has_table(fmt::format("m{}", n - 1)));
        project.up(by_us);
        CHECK(project.has_table(fmt::format("m{}", n)));
    }
}

/// Whoever starts: in the end the table is as if the original program had been alone.
void alternate(Neighbour neighbour, Engine engine) {
    CAPTURE(test::name_of(neighbour));
    Project alone(neighbour, engine), we_start(neighbour, engine), they_start(neighbour, engine);
    ten_migrations(alone, false, true);
    ten_migrations(we_start, true, false);
    ten_migrations(they_start, false, false);
    for (const Project* both : {&we_start, &they_start}) {
        CHECK(both->definition() == alone.definition());
        CHECK(both->rows() == alone.rows());
        const Ran status = both->ours({"status"});
        CHECK_MESSAGE(says(status.out, "current"), status.out << status.err);
    }
}

constexpr Neighbour kAll[] = {Neighbour::dbmate, Neighbour::goose, Neighbour::golang_migrate,
                              Neighbour::sql_migrate};

}  // namespace

TEST_CASE("ten migrations by dbmate and us in turns leave its table as dbmate alone does") {
    for (Engine engine : {Engine::sqlite, Engine::postgresql, Engine::mariadb})
        alternate(Neighbour::dbmate, engine);
}
TEST_CASE("ten migrations by goose and us in turns leave its table as goose alone does") {
    for (Engine engine : {Engine::sqlite, Engine::postgresql, Engine::mariadb})
        alternate(Neighbour::goose, engine);
}
TEST_CASE("ten migrations by golang-migrate and us in turns leave its table as golang-migrate alone does") {
    for (Engine engine : {Engine::sqlite, Engine::postgresql, Engine::mariadb})
        alternate(Neighbour::golang_migrate, engine);
}
TEST_CASE("ten migrations by sql-migrate and us in turns leave its table as sql-migrate alone does") {
    for (Engine engine : {Engine::sqlite, Engine::postgresql, Engine::mariadb})
        alternate(Neighbour::sql_migrate, engine);
}

TEST_CASE("the history table that options, variables and files name is the one that both use") {
    for (Neighbour neighbour : kAll)
        for (Engine engine : {Engine::sqlite, Engine::postgresql, Engine::mariadb}) {
            CAPTURE(test::name_of(neighbour));
            const bool reads_dotenv = neighbour == Neighbour::dbmate || neighbour == Neighbour::goose;
            const bool with_schema = engine == Engine::postgresql && reads_dotenv;
            // Whether capital letters mean anything is another question for each of them.
            const std::string name = with_schema ? "ops.Versions" : "Versions";
            Project project(neighbour, engine, name), alone(neighbour, engine, name);
            if (with_schema)
                for (const Project* one : {&project, &alone}) one->execute("CREATE SCHEMA ops");
            if (reads_dotenv) project.move_to_files();
            for (int n : {1, 2}) {
                project.add(n);
                alone.add(n);
                project.up(n == 1);
                alone.up(false);
            }
            CHECK(project.definition() == alone.definition());
            CHECK(project.rows() == alone.rows());
            CHECK_FALSE(project.has_table("schema_migrations"));
            CHECK_FALSE(project.has_table("goose_db_version"));
            CHECK_FALSE(project.has_table("gorp_migrations"));
        }
}

TEST_CASE("the history table that a script adds to golang-migrate's URL is the one that both use") {
    Project project(Neighbour::golang_migrate, Engine::sqlite);
    project.tree.write("Makefile",
                       "up:\n\tmigrate -path db/migrations -database "
                       "'$(DATABASE_URL)&x-migrations-table=versions' up\n");
    project.add(1);
    const Ran theirs = project.theirs({"-database", "sqlite://app.db?x-migrations-table=versions", "up"});
    CHECK_MESSAGE(theirs.status == 0, theirs.out << theirs.err);
    const Ran status = project.ours({"status"});
    CHECK_MESSAGE(says(status.out, "current"), status.out << status.err);
    project.add(2);
    project.up(true);
    CHECK(project.value("SELECT version, dirty FROM versions") == "2 0 \n");
    CHECK_FALSE(project.has_table("schema_migrations"));
}

TEST_CASE("a file that we generate is one that the original program takes") {
    for (Neighbour neighbour : kAll) {
        CAPTURE(test::name_of(neighbour));
        Project project(neighbour, Engine::sqlite);
        project.add(1);
        project.add(2);
        const Ran made = project.ours({"generate", "add third"});
        REQUIRE_MESSAGE(made.status == 0, made.out << made.err);
        // The numbering is the folder's.
        const std::string number = neighbour == Neighbour::golang_migrate ? "000003"
                                   : neighbour == Neighbour::goose        ? "00003"
                                                                          : "";
        CHECK(says(made.out, "db/migrations/" + number));
        CHECK(says(made.out, "add_third"));
        project.up(false);
        const Ran status = project.ours({"status"});
        CHECK_MESSAGE(says(status.out, "current"), status.out << status.err);
        // Nobody has filled it in: to us that is no way back, to them it is one that does nothing.
        const Ran refused = project.ours({"rollback", "--yes"});
        CHECK_MESSAGE(says(refused.out, "migration.irreversible"), refused.out << refused.err);
        project.down(false);
        project.down(true);
        CHECK_FALSE(project.has_table("m2"));
        CHECK(project.has_table("m1"));
    }
}
