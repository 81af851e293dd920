#include "tests/e2e/node/mongo_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <thread>

#include "tests/support/tools.hpp"
#include "tests/support/tree.hpp"

namespace migrate::test {

namespace {

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int free_port() {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    const bool bound = bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                       getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    close(fd);
    if (!bound) throw std::runtime_error("no free port");
    return ntohs(address.sin_port);
}

bool answers(int port) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = loopback(port);
    const bool connected = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    return connected;
}

}  // namespace

struct MongoServer::Process {
    Tree directory;
    pid_t pid = -1;
};

MongoServer::MongoServer() : process_(std::make_unique<Process>()) {
    const std::string program = test_tool("ferretdb/ferretdb").string();
    port_ = free_port();
    const std::string port = std::to_string(port_), directory = process_->directory.path().string();
    const std::string log = (process_->directory.path() / "server.log").string();
    process_->pid = fork();
    if (process_->pid < 0) throw std::runtime_error("fork failed");
    if (process_->pid == 0) {
        const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        dup2(output, 1);
        dup2(output, 2);
        setsid();
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execl(program.c_str(), program.c_str(), port.c_str(), directory.c_str(), nullptr);
        _exit(127);
    }
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!answers(port_)) {
        if (waitpid(process_->pid, nullptr, WNOHANG) != 0 || std::chrono::steady_clock::now() > end)
            throw std::runtime_error("ferretdb does not start:\n" + process_->directory.read("server.log"));
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

MongoServer::~MongoServer() {
    kill(process_->pid, SIGTERM);
    waitpid(process_->pid, nullptr, 0);
}

MongoServer& MongoServer::shared() {
    static MongoServer server;
    return server;
}

std::string MongoServer::fresh_database() {
    return "mongodb://127.0.0.1:" + std::to_string(port_) + "/shop" + std::to_string(++databases_);
}

}  // namespace migrate::test
