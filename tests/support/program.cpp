#include "tests/support/program.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "run/process.hpp"
#include "run/spellings.hpp"
#include "tests/support/servers.hpp"
#include "tests/support/terminal.hpp"

namespace migrate::test {

std::filesystem::path program_path() {
    const char* other = std::getenv("MIGRATE_TEST_PROGRAM");
    return other && *other ? other : MIGRATE_PROGRAM;
}

std::filesystem::path source_directory() {
    return MIGRATE_SOURCE_DIR;
}

namespace {

namespace fs = std::filesystem;

Ran run_in(const Tree& tree, std::vector<std::string> argv, const std::string& typed,
           const std::map<std::string, std::string>& environment) {
    ProcessSpec spec;
    spec.argv = std::move(argv);
    spec.cwd = tree.path();
    spec.env = {{"PATH", std::getenv("PATH")}, {"HOME", tree.path(".home").string()}};
    for (const auto& [name, value] : environment) spec.env[name] = value;
    spec.stdin_text = typed;
    spec.keep = 1u << 20;
    spec.timeout = std::chrono::seconds(120);
    ProcessResult done = run_process(spec);
    Ran ran{done.end == ProcessResult::End::exited ? done.exit_code : -1, done.out.text(), done.err.text()};
    search_for_secrets(tree, ran);
    return ran;
}

}  // namespace

void search_for_secrets(const Tree& tree, const Ran& ran) {
    static const std::vector<std::string> spellings = spellings_of(kPlantedPassword);
    const auto holds_password = [](std::string_view text) {
        return std::any_of(spellings.begin(), spellings.end(),
                           [&](const std::string& spelling) { return says(text, spelling); });
    };
    const bool printed = holds_password(ran.out) || holds_password(ran.err);
    CHECK_MESSAGE(!printed, "the password was printed:\n" << ran.out << ran.err);
    std::error_code none;
    for (const auto& entry :
         fs::recursive_directory_iterator(tree.path(".home/.local/state/migrate"), none)) {
        const std::string path = entry.path().lexically_relative(tree.path()).generic_string();
        CHECK_FALSE(holds_password(path));
        // Dumps hold what the database holds.
        if (entry.is_regular_file() && !says(path, "/backups/"))
            CHECK_MESSAGE(!holds_password(tree.read(path)), "the password stands in " << path);
    }
}

Ran migrate_in(const Tree& tree, std::vector<std::string> arguments,
               std::map<std::string, std::string> environment) {
    arguments.insert(arguments.begin(), program_path().string());
    return run_in(tree, std::move(arguments), "", environment);
}

Ran migrate_as_person(const Tree& tree, std::vector<std::string> arguments, const std::string& typed,
                      std::map<std::string, std::string> environment) {
    return at_terminal(tree, std::move(arguments), environment, typed);
}

bool says(std::string_view text, std::string_view words) {
    return text.find(words) != std::string_view::npos;
}

bool says(const Ran& ran, std::string_view words) {
    return says(ran.out + ran.err, words);
}

std::string all_of(const Ran& ran) {
    return "exit " + std::to_string(ran.status) + "\n" + ran.out + ran.err;
}

nlohmann::json json_of(const Ran& ran) {
    auto json = nlohmann::json::parse(ran.out, nullptr, false);
    REQUIRE_MESSAGE(json.is_object(), ran.out << ran.err);
    return json;
}

}  // namespace migrate::test
