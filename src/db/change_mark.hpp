#pragma once
#include <string>

#include "model/target.hpp"

namespace migrate::db {

/// What shows, without a session, that nothing was written to a database since: two marks that are equal and
/// not empty were taken around a time without any commit. SQLite files with a rollback journal (the file
/// change counter, SQLite file format, section 1.3.7); "" for all others.
std::string change_mark(const Connection& connection);

}  // namespace migrate::db
