#pragma once
#include <filesystem>
#include <string_view>

namespace migrate::test {

/// A file or directory of the real tools that tests/install-tools installed, e.g. "go/goose" or
/// "node/knex-3/node_modules": below $MIGRATE_TEST_TOOLS, else $XDG_CACHE_HOME/migrate-test-tools, else
/// ~/.cache/migrate-test-tools. Fails the test, saying what to install, where it is not there.
std::filesystem::path test_tool(std::string_view name);

}  // namespace migrate::test
