#include "tests/support/program.hpp"

#include <cstdlib>

#include "run/process.hpp"

namespace migrate::test {

std::filesystem::path program_path() {
    const char* other = std::getenv("MIGRATE_TEST_PROGRAM");
    return other && *other ? other : MIGRATE_PROGRAM;
}

std::filesystem::path source_directory() {
    return MIGRATE_SOURCE_DIR;
}

Ran migrate_in(const Tree& tree, std::vector<std::string> arguments,
               std::map<std::string, std::string> environment) {
    ProcessSpec spec;
    spec.argv = {program_path().string()};
    spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
    spec.cwd = tree.path();
    spec.env = {{"PATH", std::getenv("PATH")}, {"HOME", tree.path(".home").string()}};
    for (const auto& [name, value] : environment) spec.env[name] = value;
    spec.keep = 1u << 20;
    spec.timeout = std::chrono::seconds(120);
    ProcessResult done = run_process(spec);
    return {done.end == ProcessResult::End::exited ? done.exit_code : -1, done.out.text(), done.err.text()};
}

}  // namespace migrate::test
