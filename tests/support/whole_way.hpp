#pragma once
#include <functional>
#include <string>
#include <vector>

#include "model/target.hpp"
#include "tests/support/program.hpp"

namespace migrate::test {

/// One project of a native tool on one database, with what the tool makes special about the way that all of
/// them go. It has migrations that make the table `users` (or what `made` says), none of them applied.
struct Way {
    const Tree& tree;
    std::function<Ran(std::vector<std::string>)> migrate;
    /// An empty database; of SQLite a file that is not there yet.
    Connection connection;
    /// Leads the project to another database.
    std::function<void(const Connection&)> point;

    std::string made = "users";
    /// What makes `migrate generate add_extra` write a migration of the table `extra`: before it, models that
    /// want the table; after it, where the tool writes an empty file, that file's content.
    std::string extra = "extra";
    std::function<void()> want = {};
    std::function<void(const std::string& file)> fill = {};

    bool seeds = true;         ///< one row of the first table
    std::string no_diff = {};  ///< why diff is unsupported, as the program says it
    /// Changes a file whose migration is applied, and the state that this is; and changes it back.
    std::function<void(bool edited)> edit = {};
    std::string edited_state = "current";
    /// Writes one migration more, whose only statement reads the table `nowhere`; or mends it.
    std::function<void(bool mended)> last = {};
    /// Where a failure stays in the history: the id that `resolve --rolled-back` clears.
    std::string stays_failed = {};
    bool native_states = true;  ///< else `status --native` fails: the tool prints nothing that could be read
};

/// generate, plan --sql, run, status, seed, rollback, run, diff; what the tool says of its state after each;
/// an edited file, a failing migration; a lock left behind; a server and a database that are not there;
/// production. Passwords are searched for in every run (program.cpp).
void go_the_whole_way(const Way& way);

}  // namespace migrate::test
