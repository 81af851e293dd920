#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "live/lock_waits.hpp"
#include "live/processes.hpp"

namespace migrate {

/// How the server sees the sockets of this machine, learnt from a session of our own.
struct Path {
    ClientEnd seen;       ///< our own end, as the server sees it
    std::string address;  ///< our own end's address here
};

/// nullopt where nothing can be proven: the server sees another port than the one that our socket has here,
/// since a pooler, a tunnel or a container's proxy stands between, or the session goes over a local socket.
std::optional<Path> direct_path(const ClientEnd& own, const std::vector<TcpSocket>& sockets,
                                const std::set<std::string>& own_inodes);

/// Whether a session that the server shows is the other end of a socket that is among `inodes`: address and
/// port are those of the socket. A name that the server has for an address counts as the address where it
/// says the same of ours.
bool is_owner(const ClientEnd& client, const Path& path, const std::vector<TcpSocket>& sockets,
              const std::set<std::string>& inodes);

}  // namespace migrate
