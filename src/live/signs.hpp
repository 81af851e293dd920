#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "db/database.hpp"
#include "model/target.hpp"

namespace migrate {

/// Signs by which a server shows that it is a managed service: its settings, roles, schemas and databases
/// (the providers' documentation). None is a sign that people copy into a database of their own: a dump of a
/// service brings its roles along, but not as superusers. And whether a loopback address leads to a server
/// that knows itself by a public one. Empty where there is none, or nothing can be asked.
std::vector<LevelEvidence> signs_of_server(db::Database& database, const Connection& connection);

/// Where the port of a loopback address belongs to a program that forwards it to another machine (ssh,
/// kubectl, a provider's proxy ...). Linux: reads /proc, and sees only what this user may see.
std::vector<LevelEvidence> signs_of_tunnel(const Connection& connection);

/// Whether a program of that name forwards ports to other machines.
bool is_tunnel(std::string_view program);

}  // namespace migrate
