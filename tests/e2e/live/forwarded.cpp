#include "tests/e2e/live/forwarded.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace migrate::test {

Forwarded::Forwarded(int to, const std::string& name) {
    const std::string program =
        (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "forward").string();
    const std::string port = std::to_string(to);
    int pipe[2];
    if (::pipe(pipe) != 0) throw std::runtime_error("no pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
        ::dup2(pipe[1], 1);
        ::execl(program.c_str(), name.c_str(), port.c_str(), static_cast<char*>(nullptr));
        ::_exit(127);
    }
    ::close(pipe[1]);
    char text[16] = {};
    if (::read(pipe[0], text, sizeof text - 1) > 0) port_ = std::atoi(text);
    ::close(pipe[0]);
    if (port_ == 0) throw std::runtime_error("nothing forwards");
}

Forwarded::~Forwarded() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

}  // namespace migrate::test
