#pragma once
#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/program.hpp"
#include "tests/support/servers.hpp"

// What the tests of locks share: a session that holds a table, and an innocent one that waits for it, too.
namespace migrate::test {

/// Reads the table in a transaction that stays open: whoever changes the table waits.
class Blocker {
  public:
    Blocker(const Connection& database, const std::string& table)
        : session_(connect(database)), table_(table) {
        REQUIRE(session_->execute("BEGIN"));
        REQUIRE(session_->query("SELECT * FROM " + session_->quoted(table)));
    }
    /// Whether its transaction is what it was.
    bool is_untouched() {
        return session_->in_transaction() &&
               session_->query("SELECT * FROM " + session_->quoted(table_)).has_value();
    }
    void end() { REQUIRE(session_->execute("ROLLBACK")); }
    /// PostgreSQL: ends when somebody has waited for it, given up, and had the time to ask who is in the way.
    std::future<void> goes_after_one_try() {
        return std::async(std::launch::async, [this] {
            auto somebody_waits = [&] {
                auto rows =
                    session_->query("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = '" +
                                    table_ + "'::regclass");
                return rows && rows->rows[0][0] != "0";
            };
            // At most a minute each.
            for (int i = 0; i < 1200 && !somebody_waits(); ++i) std::this_thread::sleep_for(kPause);
            for (int i = 0; i < 1200 && somebody_waits(); ++i) std::this_thread::sleep_for(kPause);
            std::this_thread::sleep_for(10 * kPause);
            end();
        });
    }

  private:
    static constexpr std::chrono::milliseconds kPause{50};
    std::unique_ptr<db::Database> session_;
    std::string table_;
};

/// Somebody else's program, with the same login, that adds a column `innocent` and has all the time that it
/// takes.
class Innocent {
  public:
    Innocent(const Connection& database, const std::string& table)
        : done_(std::async(std::launch::async, [database, table] {
              auto session = connect(database);
              const bool postgresql = database.engine == Engine::postgresql;
              auto patient = session->execute(postgresql ? "SET lock_timeout = 0"
                                                         : "SET SESSION lock_wait_timeout = 600");
              if (!patient) return patient.error().message;
              auto altered =
                  session->execute("ALTER TABLE " + session->quoted(table) + " ADD COLUMN innocent INT");
              return altered ? std::string() : altered.error().message;
          })) {}
    /// What became of it: "" where it went through.
    std::string end() { return done_.get(); }

  private:
    std::future<std::string> done_;
};

inline std::vector<std::string> columns_of(const Connection& database, const std::string& table) {
    auto columns = connect(database)->columns("", table);
    REQUIRE(columns);
    return *columns;
}

}  // namespace migrate::test
