// What proves a backup: a dump of our own of this very database, or what the provider's command says.
#include "backup/proof.hpp"

#include <fstream>

#include "tests/support/tree.hpp"

using namespace migrate;
using test::Tree;

namespace {

constexpr std::int64_t kNow = 1795000000;  // 2026-11-18T11:06:40Z

Target production() {
    Target target;
    target.connection.engine = Engine::postgresql;
    target.connection.host = "shop-1.abc.eu-west-1.rds.amazonaws.com";
    target.connection.database = "shop";
    target.level = Level::production;
    return target;
}

struct Asked {
    Tree tree;
    Environment env{{{"PATH", "/usr/bin:/bin"}}};
    Redactor redactor;
    ProofSettings settings;

    Asked() {
        settings.store.directory = tree.path("backups");
        settings.programs = {&env, &redactor, tree.path("output")};
        settings.max_age = std::chrono::hours(24);
        settings.now = kNow;
    }
    Proof said(const std::string& script) {
        settings.command = {"/bin/sh", "-c", script};
        return proof_of_backup(production(), "fingerprint", settings);
    }
    Proof printed(const std::string& json) { return said("printf '%s' '" + json + "'"); }
};

Backup dump_at(const BackupStore& store, std::int64_t taken_at) {
    Backup backup;
    backup.id = "b" + std::to_string(taken_at);
    backup.fingerprint = "fingerprint";
    backup.database = "shop";
    backup.taken_at = taken_at;
    backup.format = "custom";
    backup.path = *store.place("fingerprint") / (backup.id + ".dump");
    std::ofstream(partial_of(backup.path)) << "dump";
    backup.bytes = 4;
    REQUIRE(store.keep(backup, partial_of(backup.path)));
    return backup;
}

}  // namespace

TEST_CASE("a fresh dump of the same database proves a backup, an old, changed or other one does not") {
    Asked asked;
    CHECK(proof_of_backup(production(), "fingerprint", asked.settings).what == "there is no backup of it");
    dump_at(asked.settings.store, kNow - 90000);
    CHECK(proof_of_backup(production(), "fingerprint", asked.settings).what ==
          "the newest backup of it is 25 h old");
    const Backup fresh = dump_at(asked.settings.store, kNow - 60);
    const Proof proof = proof_of_backup(production(), "fingerprint", asked.settings);
    CHECK(proof.proven);
    CHECK(proof.what == fresh.id + ", 60 s old");
    CHECK_FALSE(proof_of_backup(production(), "another", asked.settings).proven);
    std::ofstream(fresh.path, std::ios::app) << "more";
    CHECK_FALSE(proof_of_backup(production(), "fingerprint", asked.settings).proven);
}

TEST_CASE("a provider's snapshot proves a backup where it is this server's own and fresh") {
    Asked asked;
    const Proof proof = asked.printed(
        R"({"id": "rds:shop-1-2026-11-18", "resource": "shop-1", "taken_at": "2026-11-18T10:06:40Z"})");
    CHECK_MESSAGE(proof.proven, proof.what);
    CHECK(proof.what == "rds:shop-1-2026-11-18 of shop-1, 60 min old");
    // Point-in-time recovery: the snapshot is old, and all can be restored up to a minute ago.
    CHECK(asked
              .printed(R"({"id": "pitr", "resource": "shop-1.abc.eu-west-1.rds.amazonaws.com",
                 "taken_at": "2026-11-01T00:00:00Z", "restorable_to": "2026-11-18T11:05:40.250Z"})")
              .proven);
    CHECK(
        asked
            .said("printf '{\"id\": \"x\", \"resource\": \"%s/%s\", \"taken_at\": \"2026-11-18T11:00:00Z\"}' "
                  "\"$MIGRATE_TARGET_HOST\" \"$MIGRATE_TARGET_DATABASE\"")
            .proven);
}

TEST_CASE("a provider's command proves nothing when it answers late, wrongly, or about something else") {
    Asked asked;
    CHECK_FALSE(
        asked.printed(R"({"id": "a", "resource": "shop-2", "taken_at": "2026-11-18T10:00:00Z"})").proven);
    CHECK_FALSE(
        asked.printed(R"({"id": "a", "resource": "shop-1", "taken_at": "2026-11-10T10:00:00Z"})").proven);
    CHECK_FALSE(
        asked.printed(R"({"id": "a", "resource": "shop-1", "taken_at": "2027-11-10T10:00:00Z"})").proven);
    CHECK_FALSE(asked.printed(R"({"id": "a", "resource": "shop-1", "taken_at": "yesterday"})").proven);
    CHECK_FALSE(asked.printed(R"({"id": "a", "resource": "shop-1", "taken_at": "2026-11-18T10:00:00+02:00"})")
                    .proven);
    CHECK_FALSE(asked.printed(R"({"resource": "shop-1", "taken_at": "2026-11-18T10:00:00Z"})").proven);
    CHECK_FALSE(asked.printed(R"(["shop-1"])").proven);
    CHECK_FALSE(asked.printed("rubbish").proven);
    CHECK_FALSE(asked.said("exit 3").proven);
    asked.settings.command_time = std::chrono::milliseconds(200);
    CHECK(asked.said("exec sleep 20").what == "backup.command did not answer in time");
}

TEST_CASE("what a killed dump left is swept, what is being written is not") {
    Asked asked;
    const auto place = asked.settings.store.place("fingerprint");
    REQUIRE(place);
    // Process ids end at 4194304 (proc(5), pid_max).
    const auto dead = *place / "x.dump.partial-4194305";
    const auto alive = partial_of(*place / "y.dump");
    std::ofstream(dead) << "half";
    std::ofstream(alive) << "half";
    asked.settings.store.sweep();
    CHECK_FALSE(std::filesystem::exists(dead));
    CHECK(std::filesystem::exists(alive));
}
