#include "tests/support/tools.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

namespace migrate::test {

std::filesystem::path test_tool(std::string_view name) {
    auto variable = [](const char* of) {
        const char* value = std::getenv(of);
        return std::filesystem::path(value ? value : "");
    };
    std::filesystem::path root = variable("MIGRATE_TEST_TOOLS");
    if (root.empty() && !variable("XDG_CACHE_HOME").empty())
        root = variable("XDG_CACHE_HOME") / "migrate-test-tools";
    if (root.empty()) root = variable("HOME") / ".cache" / "migrate-test-tools";
    std::filesystem::path path = root / name;
    if (!std::filesystem::exists(path)) {
        std::string family(name.substr(0, name.find('/')));
        FAIL("not installed: " << path.string() << "; run tests/install-tools " << family);
    }
    return path;
}

}  // namespace migrate::test
