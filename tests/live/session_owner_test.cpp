#include "live/session_owner.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

using namespace migrate;

TEST_CASE("a session belongs to a process only where the server sees the very end of its socket") {
    const std::vector<TcpSocket> sockets{{"10.0.0.7", 5432, true, "socket:[1]"},
                                         {"10.0.0.7", 40001, false, "socket:[2]"},
                                         {"10.0.0.7", 40002, false, "socket:[3]"},
                                         {"10.0.0.7", 40003, false, "socket:[4]"}};
    const std::set<std::string> ours{"socket:[2]"}, theirs{"socket:[3]"};
    const auto path = direct_path({"10.0.0.7", 40001}, sockets, ours);
    REQUIRE(path);
    CHECK(is_owner({"10.0.0.7", 40002}, *path, sockets, theirs));
    CHECK_FALSE(is_owner({"10.0.0.7", 40003}, *path, sockets, theirs));
    // Another machine's program may have the same port.
    CHECK_FALSE(is_owner({"10.0.0.8", 40002}, *path, sockets, theirs));
    CHECK_FALSE(is_owner({"", 0}, *path, sockets, theirs));

    SUBCASE("a server that has names for addresses") {
        const auto named = direct_path({"app-1", 40001}, sockets, ours);
        REQUIRE(named);
        CHECK(is_owner({"app-1", 40002}, *named, sockets, theirs));
        CHECK_FALSE(is_owner({"app-2", 40002}, *named, sockets, theirs));
    }
    SUBCASE("behind a pooler, a tunnel or a local socket nothing is proven") {
        CHECK_FALSE(direct_path({"127.0.0.1", 51000}, sockets, ours));
        CHECK_FALSE(direct_path({"10.0.0.7", 40003}, sockets, ours));
        CHECK_FALSE(direct_path({"localhost", 0}, sockets, ours));
    }
}

TEST_CASE("the sockets of this process are found with their addresses, in IPv4 and IPv6") {
    for (const int family : {AF_INET, AF_INET6}) {
        const int listener = ::socket(family, SOCK_STREAM, 0);
        REQUIRE(listener >= 0);
        REQUIRE(::listen(listener, 1) == 0);
        const auto held = sockets_of("self");
        const auto all = tcp_sockets();
        const std::string wanted = family == AF_INET ? "0.0.0.0" : "::";
        CHECK(std::any_of(all.begin(), all.end(), [&](const TcpSocket& one) {
            return one.listens && one.address == wanted && one.port > 0 && held.contains(one.inode);
        }));
        ::close(listener);
    }
    const auto mine = processes_of_session(::getsid(0));
    CHECK(std::find(mine.begin(), mine.end(), std::to_string(::getpid())) != mine.end());
}
