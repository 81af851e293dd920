#pragma once
#include <set>
#include <string>
#include <vector>

namespace migrate {

/// One TCP socket of this machine. Addresses of IPv4 stand as such also where the socket is one of IPv6.
struct TcpSocket {
    std::string address;  ///< the local end's: "127.0.0.1", "::1"
    int port = 0;         ///< the local end's
    bool listens = false;
    std::string inode;  ///< as /proc/PID/fd names it: "socket:[4711]"
};

/// All TCP sockets in this process's network namespace. Linux: reads /proc/net; elsewhere none.
std::vector<TcpSocket> tcp_sockets();

/// The numbers of all processes that /proc shows.
std::vector<std::string> all_processes();

/// The processes of a session, and what descends from them.
std::vector<std::string> processes_of_session(int leader);

/// Inodes of the sockets that a process holds ("self" for this one); empty where it may not be seen.
std::set<std::string> sockets_of(const std::string& process);

}  // namespace migrate
