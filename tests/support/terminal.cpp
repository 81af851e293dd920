#include "tests/support/terminal.hpp"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <stdexcept>

namespace migrate::test {

namespace {

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> result;
    for (auto& word : words) result.push_back(word.data());
    result.push_back(nullptr);
    return result;
}

/// What the child writes until it ends, typing once the question is there; false where its time was over.
bool read_all(int terminal, std::string& text, const std::string& question, std::string typed) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    std::array<char, 4096> buffer{};
    while (std::chrono::steady_clock::now() < end) {
        if (!typed.empty() && text.find(question) != std::string::npos) {
            if (::write(terminal, typed.data(), typed.size()) < 0)
                throw std::runtime_error("the terminal is closed");
            typed.clear();
        }
        pollfd waiting{terminal, POLLIN, 0};
        if (::poll(&waiting, 1, 1000) <= 0) continue;
        const ssize_t got = ::read(terminal, buffer.data(), buffer.size());
        if (got <= 0) return true;  // EIO: nobody has the other end open any more
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return false;
}

}  // namespace

Ran at_terminal(const Tree& tree, std::vector<std::string> arguments,
                const std::map<std::string, std::string>& environment, const std::string& typed) {
    arguments.insert(arguments.begin(), program_path().string());
    return program_at_terminal(tree, std::move(arguments), environment, "",
                               typed.ends_with('\n') ? typed : typed + "\n");
}

Ran program_at_terminal(const Tree& tree, std::vector<std::string> command,
                        const std::map<std::string, std::string>& environment, const std::string& question,
                        const std::string& typed) {
    auto all = environment;
    all.try_emplace("PATH", std::getenv("PATH"));
    all.try_emplace("HOME", tree.path(".home").string());
    all.try_emplace("TERM", "dumb");
    std::vector<std::string> variables;
    for (const auto& [name, value] : all) variables.push_back(name + "=" + value);
    std::vector<char*> argv = pointers(command), env = pointers(variables);
    const std::string directory = tree.path().string();

    int terminal = -1;
    const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
    if (child < 0) throw std::runtime_error("no terminal");
    if (child == 0) {
        if (::chdir(directory.c_str()) == 0) ::execve(argv.front(), argv.data(), env.data());
        ::_exit(127);
    }
    Ran ran;
    const bool in_time = read_all(terminal, ran.out, question, typed);
    if (!in_time) ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ::close(terminal);
    if (in_time && WIFEXITED(status)) ran.status = WEXITSTATUS(status);
    search_for_secrets(tree, ran);
    return ran;
}

}  // namespace migrate::test
