#include "db/lock_file.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "../support/tree.hpp"

using migrate::db::LockFile;
using migrate::test::Tree;

TEST_CASE("lock file: a killed holder leaves its file, and nobody waits for it") {
    const Tree tree;
    std::array<int, 2> ready{};
    REQUIRE(pipe(ready.data()) == 0);
    const pid_t child = fork();
    if (child == 0) {
        LockFile lock;
        std::string holder;
        const bool locked = lock.acquire(tree.path("lock"), 0, holder).value_or(false);
        if (write(ready[1], locked ? "y" : "n", 1) == 1) pause();
        _exit(1);
    }
    char answer = 0;
    REQUIRE(read(ready[0], &answer, 1) == 1);
    close(ready[0]);
    close(ready[1]);
    CHECK(answer == 'y');
    LockFile lock;
    std::string holder;
    CHECK_FALSE(lock.acquire(tree.path("lock"), 0, holder).value());
    CHECK(holder.starts_with("pid " + std::to_string(child) + " on "));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    CHECK(tree.exists("lock"));
    CHECK(lock.acquire(tree.path("lock"), 0, holder).value());
    lock.release();
    CHECK_FALSE(tree.exists("lock"));
}

TEST_CASE("lock file: among processes that take and release it, only one is ever inside") {
    const Tree tree;
    std::array<pid_t, 4> children{};
    for (pid_t& child : children) {
        child = fork();
        if (child != 0) continue;
        for (int turn = 0; turn < 10; ++turn) {
            LockFile lock;
            std::string holder;
            if (!lock.acquire(tree.path("lock"), 20000, holder).value_or(false)) _exit(2);
            // Fails where somebody else is inside at the same time.
            const int inside = open(tree.path("inside").c_str(), O_CREAT | O_EXCL | O_WRONLY, 0600);
            if (inside < 0) _exit(3);
            close(inside);
            usleep(500);
            unlink(tree.path("inside").c_str());
        }
        _exit(0);
    }
    for (const pid_t child : children) {
        int status = -1;
        waitpid(child, &status, 0);
        CHECK(WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == 0);
    }
    CHECK_FALSE(tree.exists("lock"));
}

TEST_CASE("lock file: somebody else's file under the name is not taken away") {
    Tree tree;
    LockFile lock;
    std::string holder;
    REQUIRE(lock.acquire(tree.path("lock"), 0, holder).value());
    tree.remove("lock");
    tree.write("lock", "another's");
    lock.release();
    CHECK(tree.read("lock") == "another's");
}

TEST_CASE("lock file: a link or a missing directory is no place for it") {
    Tree tree{{"victim", "content"}};
    tree.link("victim", "lock");
    LockFile lock;
    std::string holder;
    CHECK(lock.acquire(tree.path("lock"), 0, holder).error().code == "target.unreachable");
    CHECK(tree.read("victim") == "content");
    CHECK(lock.acquire(tree.path("no/lock"), 0, holder).error().code == "target.unreachable");
}
