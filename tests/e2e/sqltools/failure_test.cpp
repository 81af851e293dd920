// A migration that fails under one program is seen, and settled, under the other.
#include <fmt/format.h>

#include "tests/e2e/sqltools/neighbour.hpp"

using namespace migrate;
using test::Neighbour;
using test::Project;
using test::Ran;
using test::says;

namespace {

constexpr Neighbour kAll[] = {Neighbour::dbmate, Neighbour::goose, Neighbour::golang_migrate,
                              Neighbour::sql_migrate};

/// The second statement of migration 2 cannot be read.
void break_second(Project& project) {
    project.add(1);
    project.add(2, "CREATE TABLE m2 (id INT);\nCREATE TABEL m3 (id INT);\n", "DROP TABLE m2;\n");
}

/// Both go on from there, and their table ends as if nothing had been.
void goes_on(Project& project) {
    project.add(2);
    project.up(false);
    project.add(3);
    project.up(true);
    project.down(false);
    project.down(true);
    project.up(true);
    Project alone(project.neighbour, project.engine);
    for (int n : {1, 2, 3}) alone.add(n);
    alone.up(false);
    CHECK(project.definition() == alone.definition());
    if (project.neighbour != Neighbour::goose) CHECK(project.rows() == alone.rows());  // goose counts ids
    CHECK(says(project.ours({"status"}).out, "current"));
    CHECK(project.theirs({project.neighbour == Neighbour::golang_migrate ? "version" : "status"}).status ==
          0);
}

}  // namespace

TEST_CASE("what the original program leaves half done is seen by us, settled, and both go on") {
    for (Neighbour neighbour : kAll)
        for (Engine engine : {Engine::sqlite, Engine::postgresql, Engine::mariadb}) {
            CAPTURE(test::name_of(neighbour));
            Project project(neighbour, engine);
            break_second(project);
            CHECK(project.theirs({"up"}).status != 0);
            const Ran status = project.ours({"status"});
            CHECK_MESSAGE(status.status == 0, status.out << status.err);
            if (neighbour == Neighbour::golang_migrate) {
                CHECK(says(status.out, "failed"));
                // Nothing is built upon a dirty version.
                const Ran run = project.ours({"run"});
                CHECK(run.status == 2);
                CHECK(says(run.out, "migration.dirty"));
                const Ran settled = project.ours({"resolve", "--rolled-back", "2", "--yes"});
                CHECK_MESSAGE(settled.status == 0, settled.out << settled.err);
            } else {
                CHECK(says(status.out, "pending"));  // their tables cannot say more
            }
            if (project.has_table("m2")) project.execute("DROP TABLE m2");
            goes_on(project);
        }
}

TEST_CASE("what fails under us leaves the original program's table as it would, and both go on") {
    for (Neighbour neighbour : kAll)
        for (Engine engine : {Engine::sqlite, Engine::postgresql, Engine::mariadb}) {
            CAPTURE(test::name_of(neighbour));
            Project project(neighbour, engine);
            break_second(project);
            const Ran run = project.ours({"run"});
            CHECK(run.status == 1);
            CHECK(says(run.out, project.path(2) + ":"));
            const Ran status = project.ours({"status"});
            if (engine == Engine::mariadb) {
                CHECK(project.has_table("m2"));
                CHECK_MESSAGE(says(status.out, "failed"), status.out << status.err);
                if (neighbour == Neighbour::golang_migrate) {
                    CHECK(project.rows() == "2 1 \n");
                    const Ran theirs = project.theirs({"up"});
                    CHECK(theirs.status != 0);
                    CHECK(says(theirs.err, "Dirty database version 2"));
                }
                const Ran settled = project.ours({"resolve", "--rolled-back", project.id(2), "--yes"});
                CHECK_MESSAGE(settled.status == 0, settled.out << settled.err);
                project.execute("DROP TABLE m2");
            } else {
                CHECK_FALSE(project.has_table("m2"));  // one transaction
            }
            CHECK_MESSAGE(says(project.ours({"status"}).out, "pending"), status.out << status.err);
            goes_on(project);
        }
}

TEST_CASE("what fails under us outside a transaction is settled, and both go on") {
    for (Neighbour neighbour : {Neighbour::dbmate, Neighbour::goose, Neighbour::sql_migrate}) {
        CAPTURE(test::name_of(neighbour));
        Project project(neighbour, Engine::postgresql);
        project.add(1);
        const char* up = neighbour == Neighbour::dbmate  ? "-- migrate:up transaction:false\n"
                         : neighbour == Neighbour::goose ? "-- +goose NO TRANSACTION\n-- +goose Up\n"
                                                         : "-- +migrate Up notransaction\n";
        const char* down = neighbour == Neighbour::dbmate  ? "-- migrate:down\n"
                           : neighbour == Neighbour::goose ? "-- +goose Down\n"
                                                           : "-- +migrate Down\n";
        project.tree.write(project.path(2), std::string(up) +
                                                "CREATE TABLE m2 (id INT);\nCREATE TABEL m3 (id INT);\n" +
                                                down + "DROP TABLE m2;\n");
        CHECK(project.ours({"run"}).status == 1);
        CHECK(project.has_table("m2"));
        CHECK(says(project.ours({"status"}).out, "failed"));
        const Ran settled = project.ours({"resolve", "--rolled-back", project.id(2), "--yes"});
        CHECK_MESSAGE(settled.status == 0, settled.out << settled.err);
        project.execute("DROP TABLE m2");
        CHECK(says(project.ours({"status"}).out, "pending"));
        goes_on(project);
    }
}

TEST_CASE("golang-migrate's force settles what failed under us") {
    Project project(Neighbour::golang_migrate, Engine::mariadb);
    break_second(project);
    CHECK(project.ours({"run"}).status == 1);
    CHECK(project.theirs({"force", "1"}).status == 0);
    project.execute("DROP TABLE m2");
    CHECK(says(project.ours({"status"}).out, "pending"));
    project.add(2);
    project.up(true);
    CHECK(project.rows() == "2 0 \n");
}

TEST_CASE("after golang-migrate has reverted everything, nothing counts as applied") {
    Project project(Neighbour::golang_migrate, Engine::sqlite);
    project.add(1);
    project.add(2);
    project.up(true);
    CHECK(project.theirs({"down", "-all"}).status == 0);
    CHECK(says(project.ours({"status"}).out, "pending        2"));
    project.up(true);
    CHECK(project.rows() == "2 0 \n");
}

TEST_CASE("a database that was made otherwise is adopted into the original program's table") {
    for (Neighbour neighbour : kAll)
        for (Engine engine : {Engine::sqlite, Engine::postgresql, Engine::mariadb}) {
            CAPTURE(test::name_of(neighbour));
            Project project(neighbour, engine), alone(neighbour, engine);
            for (int n : {1, 2, 3}) {
                project.add(n);
                alone.add(n);
            }
            if (engine == Engine::sqlite) project.tree.write("app.db", "");
            project.execute("CREATE TABLE m1 (id INT)");
            project.execute("CREATE TABLE m2 (id INT)");
            const Ran adopted = project.ours({"baseline", "--to", project.id(2), "--yes"});
            CHECK_MESSAGE(adopted.status == 0, adopted.out << adopted.err);
            project.up(false);
            CHECK(project.has_table("m3"));
            alone.up(false);
            CHECK(project.definition() == alone.definition());
            CHECK(project.rows() == alone.rows());
            // No text was ever run, so none can be compared with: an edit is not known, and not denied.
            project.tree.write(project.path(1), project.tree.read(project.path(1)) + "-- edited\n");
            const Ran status = project.ours({"status", "--json"});
            CHECK_MESSAGE(says(status.out, "\"edited_known\": false"), status.out);
        }
}

TEST_CASE("redo goes over the original program's table, which it then takes for its own") {
    for (Neighbour neighbour : kAll) {
        CAPTURE(test::name_of(neighbour));
        Project project(neighbour, Engine::postgresql);
        project.add(1);
        project.add(2);
        project.up(false);
        project.execute("INSERT INTO m2 VALUES (1)");
        const Ran redo = project.ours({"redo", "--yes"});
        CHECK_MESSAGE(redo.status == 0, redo.out << redo.err);
        CHECK(project.value("SELECT count(*) FROM m2") == "0 \n");
        project.down(false);
        project.down(false);
        CHECK_FALSE(project.has_table("m1"));
        CHECK_MESSAGE(says(project.ours({"status"}).out, "pending        2"), "status");
    }
}
