#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/support/tree.hpp"

namespace migrate::test {

/// The binary under test (or the one that $MIGRATE_TEST_PROGRAM names: an optimised one makes a quicker
/// loop), and the repository that these tests stand in.
std::filesystem::path program_path();
std::filesystem::path source_directory();

/// What the real binary did.
struct Ran {
    int status = -1;
    std::string out;
    std::string err;
};

/// Runs the real binary in a tree, without a person, with nothing in its environment but PATH, a home of its
/// own and what is given.
Ran migrate_in(const Tree& tree, std::vector<std::string> arguments,
               std::map<std::string, std::string> environment = {});

}  // namespace migrate::test
