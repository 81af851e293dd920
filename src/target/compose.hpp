#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace migrate {

/// The names of the services in one compose file, sorted. A file that is no compose file has none.
std::vector<std::string> compose_services(std::string_view yaml);

/// The services of all compose files in the given directories (relative to the root): `compose*.y(a)ml` and
/// `docker-compose*.y(a)ml`. Sorted, each once.
std::vector<std::string> compose_services_in(const std::filesystem::path& root,
                                             const std::vector<std::string>& directories);

}  // namespace migrate
