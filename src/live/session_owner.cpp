#include "live/session_owner.hpp"

#include <algorithm>

namespace migrate {

std::optional<Path> direct_path(const ClientEnd& own, const std::vector<TcpSocket>& sockets,
                                const std::set<std::string>& own_inodes) {
    if (own.port == 0) return std::nullopt;
    for (const TcpSocket& socket : sockets)
        if (!socket.listens && socket.port == own.port && own_inodes.contains(socket.inode))
            return Path{own, socket.address};
    return std::nullopt;
}

bool is_owner(const ClientEnd& client, const Path& path, const std::vector<TcpSocket>& sockets,
              const std::set<std::string>& inodes) {
    return std::any_of(sockets.begin(), sockets.end(), [&](const TcpSocket& socket) {
        if (client.port == 0 || socket.listens || socket.port != client.port ||
            !inodes.contains(socket.inode))
            return false;
        return client.host == socket.address ||
               (client.host == path.seen.host && socket.address == path.address);
    });
}

}  // namespace migrate
