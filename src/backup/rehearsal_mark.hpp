#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "db/database.hpp"
#include "model/error.hpp"
#include "model/target.hpp"

namespace migrate {

/// That a database is a rehearsal's stands in two places: in the database itself (its comment; on MySQL and
/// MariaDB that of a table in it), with a random id, and on this machine, in a file of that id. The process
/// that rehearses keeps the file locked as long as it lives. What both say is ours, and nobody keeps any
/// more, is left of one that was killed.
class RehearsalMark {
  public:
    /// Writes the file, before the database is made. Error `file.unwritable`.
    static Result<RehearsalMark> make(const std::filesystem::path& directory, const Connection& original,
                                      const std::string& database);
    ~RehearsalMark();
    RehearsalMark(RehearsalMark&& other) noexcept;
    RehearsalMark& operator=(RehearsalMark&&) = delete;

    /// Writes the id into the database, before anything else is. Errors: the database's.
    Result<void> write_into(const Connection& made) const;
    /// The database is gone: so is the file.
    void forget();

  private:
    RehearsalMark() = default;
    std::string id_, original_;
    std::filesystem::path file_;
    int fd_ = -1;
};

/// A database that a rehearsal has left.
struct LeftRehearsal {
    std::string database;
    std::string id;     ///< of its mark; "" where it was killed before it wrote one
    bool ours = false;  ///< mark and file agree: the next rehearsal drops it
};

/// Those of the database that `original` names, on its server; without those that a process of this machine
/// is at work on. `directory` is where the files are. Errors: the database's.
Result<std::vector<LeftRehearsal>> left_rehearsals(db::Database& session, const Connection& original,
                                                   const std::filesystem::path& directory);

/// Drops those that are ours, and forgets files whose database is gone. Returns those that were dropped; one
/// that somebody is connected to is left. Never fails: a rehearsal needs none of it.
std::vector<std::string> drop_left_rehearsals(const Connection& original,
                                              const std::filesystem::path& directory);

/// What a person types to execute a statement there, in `database`. Holds no password.
std::vector<std::string> statement_command(const Connection& like, const std::string& database,
                                           const std::string& statement);

/// What a person types to drop a database of the server that `like` is on. Holds no password.
std::vector<std::string> drop_command(const Connection& like, const std::string& database);

}  // namespace migrate
