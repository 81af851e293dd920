#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.hpp"
#include "model/error.hpp"
#include "model/target.hpp"

namespace migrate::db {

/// A fresh, empty database for a test or a generation: `migrate_scratch_<random>` on the server of `like`,
/// with its login, encoding and collation; for SQLite a file in a private temporary directory. The caller
/// makes sure that `like` is not protected, and drops it again.
/// `url` of the result is written as that of `like` is.
/// Errors: those of open(); `target.denied` where the role may not create databases.
Result<Connection> create_scratch(const Connection& like);

/// Whether a new database on PostgreSQL lacks what the site has put into template1.
enum class Bare { no, yes };

/// A fresh, empty database of that name on the server of `like`, with its login, encoding and collation. For
/// servers only. Errors: those of open(); `target.denied`; `target.exists`.
Result<Connection> create_beside(const Connection& like, const std::string& name, Bare bare);

/// A session on the server that is in no database of the project's own.
Result<std::unique_ptr<Database>> open_server(const Connection& like);

/// Drops what create_scratch() made, ending the sessions that others still have there. One that is gone
/// already is no error. Refuses everything else (`target.foreign`).
Result<void> drop_scratch(const Connection& scratch);

/// Whether the name is one that create_scratch() gives.
bool is_scratch(const Connection& connection);

/// What stands there under such names, made by a process that is at work or was killed: databases on the
/// session's server; directories of this user that are an hour old, where `like` is a file. What cannot be
/// read is left out.
std::vector<std::string> scratch_databases(Database& session);
std::vector<std::string> scratch_files(const Connection& like);

/// `connection` with another database on the same server, its URL included.
Connection with_database(Connection connection, std::string_view database);

}  // namespace migrate::db
