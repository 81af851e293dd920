#pragma once
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "run/process.hpp"
#include "tests/support/tree.hpp"

namespace migrate::test {

/// What the real binary did.
struct Ran {
    int status = -1;
    std::string out;
    std::string err;
};

/// Runs the real binary in a tree, without a person, with nothing in its environment but PATH, a home of its
/// own and what is given.
inline Ran migrate_in(const Tree& tree, std::vector<std::string> arguments,
                      std::map<std::string, std::string> environment = {}) {
    ProcessSpec spec;
    spec.argv = {MIGRATE_PROGRAM};
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
