#include "backup/store.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "base/files.hpp"
#include "tests/support/tree.hpp"

using namespace migrate;
namespace fs = std::filesystem;

namespace {

/// One that no process has any more.
constexpr const char* kDead = ".partial-4194399";

struct Kept {
    test::Tree tree;
    BackupStore store{tree.path("backups")};
    fs::path place = *store.place("fingerprint");

    Backup backup(const std::string& id) const {
        Backup one;
        one.id = id;
        one.fingerprint = "fingerprint";
        one.path = place / (id + ".dump");
        return one;
    }
    void keep(const std::string& id) const {
        const Backup one = backup(id);
        std::ofstream(partial_of(one.path)) << "dump";
        REQUIRE(store.keep(one, partial_of(one.path)));
    }
};

}  // namespace

TEST_CASE("a dump counts from its name on: one that was killed before, or whose dump is gone, is none") {
    Kept kept;
    kept.keep("whole");
    kept.keep("killed");
    fs::rename(kept.place / "killed.dump", (kept.place / "killed.dump").string() + kDead);
    kept.keep("gone");
    fs::remove(kept.place / "gone.dump");
    REQUIRE(kept.store.list().size() == 1);
    CHECK(kept.store.list()[0].id == "whole");
    CHECK_FALSE(kept.store.find("killed"));
    kept.store.sweep();
    CHECK(list_directory(kept.place) == std::vector<std::string>{"gone.json", "whole.dump", "whole.json"});
}

TEST_CASE("what a living process writes is not swept") {
    Kept kept;
    const fs::path partial = partial_of(kept.place / "now.dump");
    std::ofstream(partial) << "dump";
    kept.store.sweep();
    CHECK(fs::exists(partial));
}

TEST_CASE("a dump that cannot get its name leaves no record") {
    Kept kept;
    const Backup one = kept.backup("never");
    const auto failed = kept.store.keep(one, partial_of(one.path));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == "backup.failed");
    CHECK(list_directory(kept.place).empty());
}
