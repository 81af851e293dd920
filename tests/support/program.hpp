#pragma once
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
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

/// The same with a person at a terminal, who types `typed` (terminal.hpp).
Ran migrate_as_person(const Tree& tree, std::vector<std::string> arguments, const std::string& typed,
                      std::map<std::string, std::string> environment = {});

/// A password never comes out, whatever was run and however it ended: not in what was printed, not in log,
/// plans, kept output or the names of backups.
/// Every function here looks for itself.
void search_for_secrets(const Tree& tree, const Ran& ran);

/// Whether the text holds the words; of a run, what it printed on either stream.
bool says(std::string_view text, std::string_view words);
bool says(const Ran& ran, std::string_view words);

/// What a failed check shows of a run: status and both streams.
std::string all_of(const Ran& ran);

/// The document that was printed; what is none fails the test.
nlohmann::json json_of(const Ran& ran);

}  // namespace migrate::test
