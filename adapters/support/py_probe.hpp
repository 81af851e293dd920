#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "adapters/probes.hpp"

namespace migrate::py {

/// A probe in the project's own Python, which is found from what starts the tool (`launch`). `body` defines
/// `ask()`, which returns the document's `databases` and may set `document["settings"]`; what stands around
/// it writes the document, says where the configuration failed, and ends it where it opens a connection
/// (audit events of CPython 3.8: socket.connect, sqlite3.connect).
Probe python_probe(const Unit& unit, const std::vector<std::string>& launch, std::vector<std::string> args,
                   std::string_view body);

}  // namespace migrate::py
