#pragma once
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "model/caller.hpp"
#include "model/target.hpp"

namespace migrate {

/// A service of one of the repository's compose files, as far as it matters for finding a database.
struct ComposeService {
    std::string name;
    std::string directory;  ///< of its compose file, relative to the scan root
    std::string file;       ///< its name: "compose.yaml"
    bool usual = true;      ///< Compose finds the file itself, its override file included
    std::set<int> ports;    ///< published on this machine
};

/// The services of the compose files in the given directories (relative to the root), in that order; the file
/// that Compose reads by itself (with its override file) before others. Ports are read as Compose reads them,
/// with variables from the process and from the `.env` beside the file. Files whose name says production have
/// no services here.
std::vector<ComposeService> compose_services_at(const std::filesystem::path& root,
                                                const std::vector<std::string>& directories,
                                                const Environment& process);

/// The service that a connection leads to: the one whose name is the host, or on this machine the one that
/// publishes the port. nullptr where none does.
const ComposeService* service_of(const std::vector<ComposeService>& services, const Connection& connection);

}  // namespace migrate
