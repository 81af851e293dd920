// What one program cannot know about the other's doings, and which file each takes for the last one.
#include <fmt/format.h>

#include <thread>

#include "tests/e2e/sqltools/neighbour.hpp"

using namespace migrate;
using test::Neighbour;
using test::Project;
using test::Ran;
using test::says;

namespace {

constexpr Neighbour kAll[] = {Neighbour::dbmate, Neighbour::goose, Neighbour::golang_migrate,
                              Neighbour::sql_migrate};
constexpr Engine kEngines[] = {Engine::sqlite, Engine::postgresql, Engine::mariadb};

void add_wider(Project& project, int number) {
    project.add(number, fmt::format("CREATE TABLE m{} (id INT, more INT);\n", number),
                fmt::format("DROP TABLE m{};\n", number));
}

/// sql-migrate's times on MariaDB are whole seconds.
void wait_for_the_next_second(const Project& project) {
    if (project.engine != Engine::mariadb) return;
    const std::string now = project.value("SELECT UTC_TIMESTAMP()");
    while (project.value("SELECT UTC_TIMESTAMP()") == now)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
}

}  // namespace

TEST_CASE("a file that its own program reverted and applied again, edited, is no edited file") {
    for (Neighbour neighbour : {Neighbour::goose, Neighbour::sql_migrate})
        for (Engine engine : kEngines) {
            CAPTURE(test::name_of(neighbour));
            CAPTURE(to_string(engine));
            Project project(neighbour, engine);
            project.add(1);
            project.add(2);
            project.up(true);
            wait_for_the_next_second(project);
            project.down(false);
            add_wider(project, 2);
            project.up(false);
            const Ran status = project.ours({"status"});
            CHECK_MESSAGE(says(status.out, "current"), status.out << status.err);
            CHECK_FALSE(says(status.out, "edited"));
            // The first one is still compared, the second one is again once we have applied it.
            project.tree.write(project.path(1), project.tree.read(project.path(1)) + "-- edited\n");
            CHECK(says(project.ours({"status"}).out, "edited"));
            project.add(1);
            project.down(true);
            project.up(true);
            CHECK(says(project.ours({"status"}).out, "current"));
            project.add(2);
            CHECK(says(project.ours({"status"}).out, "edited"));
        }
}

TEST_CASE("where the table cannot tell, the file counts as edited until resolve takes it as it is") {
    for (Neighbour neighbour : {Neighbour::dbmate, Neighbour::golang_migrate}) {
        CAPTURE(test::name_of(neighbour));
        Project project(neighbour, Engine::postgresql);
        project.add(1);
        project.add(2);
        project.up(true);
        project.down(false);
        add_wider(project, 2);
        project.up(false);
        CHECK(says(project.ours({"status"}).out, "edited"));
        const Ran taken = project.ours({"resolve", "--edited", project.id(2), "--yes"});
        CHECK_MESSAGE(taken.status == 0, taken.out << taken.err);
        CHECK(says(project.ours({"status"}).out, "current"));
        project.down(true);
        CHECK_FALSE(project.has_table("m2"));
    }
}

TEST_CASE("files that were applied in the same second are reverted in the order of their numbers") {
    for (Engine engine : kEngines)
        for (bool by_us : {true, false}) {
            Project project(Neighbour::sql_migrate, engine);
            // As text, 10 comes before 9.
            for (int n : {8, 9, 10, 11})
                project.tree.write(fmt::format("db/migrations/{}-m{}.sql", n, n),
                                   fmt::format("-- +migrate Up\nCREATE TABLE m{0} (id INT);\n"
                                               "-- +migrate Down\nDROP TABLE m{0};\n",
                                               n));
            project.up(!by_us);
            for (int n : {11, 10, 9, 8}) {
                project.down(by_us);
                CHECK_FALSE(project.has_table(fmt::format("m{}", n)));
                CHECK(project.has_table(fmt::format("m{}", n - 1)) == (n > 8));
            }
        }
}

TEST_CASE("behind a file that came late, both programs revert the same one") {
    for (Neighbour neighbour : {Neighbour::dbmate, Neighbour::goose, Neighbour::sql_migrate})
        for (Engine engine : kEngines) {
            CAPTURE(test::name_of(neighbour));
            std::string left[2];
            for (bool late_by_us : {true, false})
                for (bool back_by_us : {true, false}) {
                    Project project(neighbour, engine);
                    project.add(1);
                    project.add(3);
                    project.up(false);
                    wait_for_the_next_second(project);
                    project.add(2);
                    if (late_by_us) {
                        project.up(true);
                    } else {
                        const Ran ran = neighbour == Neighbour::goose
                                            ? project.theirs({"-allow-missing", "up"})
                                            : project.theirs({"up"});
                        CHECK_MESSAGE(ran.status == 0, ran.out << ran.err);
                    }
                    CHECK(project.has_table("m2"));
                    project.down(back_by_us);
                    CHECK(project.has_table("m2") == (neighbour != Neighbour::goose));
                    CHECK(project.has_table("m3") == (neighbour == Neighbour::goose));
                    left[back_by_us] = project.rows();
                }
            CHECK(left[0] == left[1]);
        }
}

TEST_CASE("files that give the transaction up are taken by both programs") {
    for (Neighbour neighbour : kAll)
        for (bool by_us : {true, false}) {
            CAPTURE(test::name_of(neighbour));
            Project project(neighbour, Engine::postgresql);
            project.add(1);
            const std::string up = "CREATE INDEX CONCURRENTLY late ON m1 (id);\n",
                              down = "DROP INDEX CONCURRENTLY late;\n";
            const std::string file = project.path(2);
            switch (neighbour) {
                case Neighbour::dbmate:
                    project.tree.write(file, "-- migrate:up transaction:false\n" + up +
                                                 "\n-- migrate:down transaction:false\n" + down);
                    break;
                case Neighbour::goose:
                    project.tree.write(
                        file, "-- +goose NO TRANSACTION\n-- +goose Up\n" + up + "\n-- +goose Down\n" + down);
                    break;
                case Neighbour::sql_migrate:
                    project.tree.write(file, "-- +migrate Up notransaction\n" + up +
                                                 "\n-- +migrate Down notransaction\n" + down);
                    break;
                case Neighbour::golang_migrate:
                    project.add(2, up, down);
                    break;
            }
            project.up(by_us);
            const char* index = "SELECT count(*) FROM pg_indexes WHERE indexname = 'late'";
            CHECK(project.value(index) == "1 \n");
            project.down(!by_us);
            CHECK(project.value(index) == "0 \n");
            project.up(by_us);
            project.down(by_us);
            CHECK(project.value(index) == "0 \n");
            project.down(!by_us);
            CHECK_FALSE(project.has_table("m1"));
        }
}

TEST_CASE("bodies with semicolons are one statement to both programs") {
    for (Neighbour neighbour : {Neighbour::goose, Neighbour::sql_migrate})
        for (bool by_us : {true, false}) {
            CAPTURE(test::name_of(neighbour));
            const std::string mark = neighbour == Neighbour::goose ? "-- +goose " : "-- +migrate ";
            const std::string begin = mark + "StatementBegin\n", end = mark + "StatementEnd\n";
            Project postgres(neighbour, Engine::postgresql);
            postgres.add(1,
                         "CREATE TABLE m1 (id INT);\n" + begin +
                             "CREATE FUNCTION two() RETURNS INT AS $$\nBEGIN\n  INSERT INTO m1 VALUES (1);\n"
                             "  RETURN 2;\nEND;\n$$ LANGUAGE plpgsql;\n" +
                             end + "SELECT two();\n",
                         "DROP FUNCTION two;\nDROP TABLE m1;\n");
            postgres.up(by_us);
            CHECK(postgres.value("SELECT two() + count(*) FROM m1") == "3 \n");
            postgres.down(!by_us);
            Project mariadb(neighbour, Engine::mariadb);
            mariadb.add(1,
                        "CREATE TABLE m1 (id INT);\n" + begin +
                            "CREATE TRIGGER twice BEFORE INSERT ON m1 FOR EACH ROW\nBEGIN\n"
                            "  SET NEW.id = NEW.id * 2;\n  SET NEW.id = NEW.id + 1;\nEND;\n" +
                            end + "INSERT INTO m1 VALUES (1);\n",
                        "DROP TABLE m1;\n");
            mariadb.up(by_us);
            CHECK(mariadb.value("SELECT id FROM m1") == "3 \n");
            mariadb.down(!by_us);
            Project sqlite(neighbour, Engine::sqlite);
            sqlite.add(1,
                       "CREATE TABLE m1 (id INT);\n" + begin +
                           "CREATE TRIGGER twice AFTER INSERT ON m1 BEGIN\n  UPDATE m1 SET id = id * 2;\n"
                           "  UPDATE m1 SET id = id + 1;\nEND;\n" +
                           end + "INSERT INTO m1 VALUES (1);\n",
                       "DROP TABLE m1;\n");
            sqlite.up(by_us);
            CHECK(sqlite.value("SELECT id FROM m1") == "3 \n");
            sqlite.down(!by_us);
            CHECK_FALSE(sqlite.has_table("m1"));
        }
}
