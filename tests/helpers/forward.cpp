// Forwards a port of this machine to another one, as ssh -L and published ports of containers do:
// `forward PORT` listens on a free port of 127.0.0.1, prints its number, and ends with its parent. What it is
// taken for is decided by the name under which it is started.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace {

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

bool pass(int from, int to) {
    char buffer[65536];
    const ssize_t size = ::read(from, buffer, sizeof buffer);
    for (ssize_t done = 0; done < size;) {
        const ssize_t put = ::write(to, buffer + done, static_cast<size_t>(size - done));
        if (put <= 0) return false;
        done += put;
    }
    return size > 0;
}

void serve(int client, int port) {
    const int server = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = loopback(port);
    if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return;
    while (true) {
        pollfd both[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
        if (::poll(both, 2, -1) < 0) return;
        if (both[0].revents != 0 && !pass(client, server)) return;
        if (both[1].revents != 0 && !pass(server, client)) return;
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::signal(SIGCHLD, SIG_IGN);
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener, 16) != 0 ||
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        return 1;
    std::printf("%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    while (true) {
        const int client = ::accept(listener, nullptr, nullptr);
        if (client < 0) return 1;
        if (::fork() == 0) {
            ::close(listener);
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            serve(client, std::atoi(argv[1]));
            ::_exit(0);
        }
        ::close(client);
    }
}
