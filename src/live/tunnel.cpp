// Who listens on a port of this machine, as /proc tells it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <utility>

#include "live/processes.hpp"
#include "live/signs.hpp"
#include "target/host_facts.hpp"
#include "target/url.hpp"

namespace migrate {

namespace {

/// Programs whose listening port is another machine's. What publishes ports of containers is not among them
/// (docker-proxy, rootlessport, pasta): that is how a local database is reached.
constexpr std::array<std::string_view, 25> kTunnels{"ssh",
                                                    "autossh",
                                                    "sshd",
                                                    "kubectl",
                                                    "oc",
                                                    "kubefwd",
                                                    "cloud-sql-proxy",
                                                    "cloud_sql_proxy",
                                                    "alloydb-auth-proxy",
                                                    "gcloud",
                                                    "session-manager-plugin",
                                                    "aws",
                                                    "fly",
                                                    "flyctl",
                                                    "pscale",
                                                    "heroku",
                                                    "railway",
                                                    "tsh",
                                                    "boundary",
                                                    "cloudflared",
                                                    "stunnel",
                                                    "stunnel4",
                                                    "chisel",
                                                    "ngrok",
                                                    "socat"};

/// Inodes of the sockets that listen on the port.
std::vector<std::string> listeners(int port) {
    std::vector<std::string> inodes;
    for (const TcpSocket& socket : tcp_sockets())
        if (socket.listens && socket.port == port) inodes.push_back(socket.inode);
    return inodes;
}

/// The name of the program that a process runs, as it was started.
std::string program_of(const std::string& process) {
    std::ifstream file("/proc/" + process + "/cmdline");
    std::string first;
    std::getline(file, first, '\0');
    // sshd renames itself: "sshd: alice@pts/0".
    first = first.substr(0, first.find(':'));
    return first.substr(first.find_last_of('/') + 1);
}

}  // namespace

bool is_tunnel(std::string_view program) {
    return std::find(kTunnels.begin(), kTunnels.end(), program) != kTunnels.end();
}

std::vector<LevelEvidence> signs_of_tunnel(const Connection& connection) {
    const int port = effective_port(connection);
    if (!connection.socket.empty() || port == 0) return {};
    const auto hosts = hosts_of(connection);
    const bool here =
        std::any_of(hosts.begin(), hosts.end(), [](const auto& host) { return is_loopback_host(host); });
    if (!here) return {};
    // The names first: reading every process's descriptors, or the tables of all connections, would take
    // longer than the rest.
    std::vector<std::pair<std::string, std::string>> tunnels;
    for (const auto& process : all_processes())
        if (const std::string program = program_of(process); is_tunnel(program))
            tunnels.emplace_back(process, program);
    if (tunnels.empty()) return {};
    const auto inodes = listeners(port);
    if (inodes.empty()) return {};
    for (const auto& [process, program] : tunnels) {
        const auto held = sockets_of(process);
        if (std::any_of(inodes.begin(), inodes.end(), [&](const auto& one) { return held.contains(one); }))
            return {{"port.tunnel", "this machine",
                     fmt::format("port {} belongs to {} (process {}), which leads to another machine", port,
                                 program, process)}};
    }
    return {};
}

}  // namespace migrate
