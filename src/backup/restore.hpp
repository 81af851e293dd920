#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backup/backup.hpp"
#include "backup/programs.hpp"
#include "model/error.hpp"
#include "model/target.hpp"

namespace migrate {

/// Where a backup was restored to, and how a person makes it the one in use.
struct Restored {
    Connection connection;
    std::string shown;              ///< "postgresql localhost:5432/shop_20261121171400"
    std::vector<Next> switch_over;  ///< empty where databases cannot be renamed (MySQL, MariaDB)
};

using WhenMade = std::function<Result<void>(const Connection&)>;

/// The name of the database, or the path of the file, that a restoration makes.
std::string name_beside(const Target& target, const std::string& suffix);

/// Checks that the dump is the one that was recorded, and restores it into a new database beside the one it
/// was taken from, on the same server; nothing that is there is touched. `suffix` (YYYYMMDDHHMMSS) makes the
/// name. `made` is called with the new database of a server while it is still empty; its error ends the
/// restoration. After an error what was begun is removed.
/// Errors: those of db::open(); `backup.damaged`; `tool.missing`, `tool.version`; `target.exists`;
/// `target.denied`; `backup.failed`.
Result<Restored> restore_beside(const Target& target, const Backup& backup, const std::string& suffix,
                                const ProgramSettings& settings, const WhenMade& made = {});

/// Drops a database that restore_beside() has made on a server. Errors: the database's.
Result<void> remove_restored(const Restored& restored);

/// Why switch_over() cannot work on such a database, before anything is restored; nullopt where it can.
std::optional<Error> cannot_switch(const Target& target);

/// Makes the restored database the one in use, in one step that either happens or does not: both are renamed
/// (PostgreSQL: in one transaction). The one that was in use stays beside; its name, or file, is returned.
/// Settings and grants of a PostgreSQL database itself, which no dump holds, stay with it.
/// Errors: `target.busy` while anybody is connected to it or has its file open; those of db::open().
Result<std::string> switch_over(const Target& target, const Restored& restored, const std::string& suffix);

}  // namespace migrate
