#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "model/target.hpp"
#include "tests/support/program.hpp"

namespace migrate::test {

/// A project of one tool on one database. All its migrations are applied but one, which is rewritten at will.
struct Killed {
    Tree& tree;
    const std::map<std::string, std::string>& environment;
    Connection connection;
    /// Writes the last migration with these statements, there and back.
    std::function<void(const std::vector<std::string>& up, const std::vector<std::string>& down)> write;
    std::string id;
    bool rolls_back = true;
};

/// `migrate run` is killed with SIGKILL while the tool sleeps between two statements, and so is, another
/// time, the tool itself; `rollback` likewise. After each: the tool is gone, too; `status`, `log` and
/// `doctor` say what is true; what `resolve` offers, typed as it stands, and `run` lead to a state that is
/// whole.
void is_killed_in_its_middle(const Killed& killed);

/// `migrate run` is killed after a random time, so many times ($MIGRATE_TEST_KILLS, seed $MIGRATE_TEST_SEED):
/// the same holds, wherever it was.
void is_killed_anywhere(const Killed& killed, unsigned kills, int longest_ms);

/// `deploy` to the same database, marked as production, is killed before and behind the dump (by a program of
/// that name in bin/, which this writes), before, in and behind the tool's work, and while the data are
/// checked. A file `wait-before` or `wait-behind` in the project must make the tool wait there and write a
/// file `waits`; `forget` is the statement that takes the last migration out of the tool's history.
void deploy_is_killed_at_each_step(const Killed& killed, const std::string& forget);

/// What holds after any kill, and leads on: `status` is true, and a whole state is reached.
void is_understood(const Killed& killed);

}  // namespace migrate::test
