// Who listens on a port of this machine, as /proc tells it.
#include <dirent.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <sstream>
#include <utility>

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

constexpr std::string_view kListening = "0A";

/// Inodes of the sockets that listen on the port.
std::vector<std::string> listeners(int port, const char* table) {
    std::vector<std::string> inodes;
    std::ifstream file(table);
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode
        std::istringstream words(line);
        std::string slot, local, remote, state, queues, timer, retransmit, user, timeout, inode;
        words >> slot >> local >> remote >> state >> queues >> timer >> retransmit >> user >> timeout >>
            inode;
        const std::size_t colon = local.rfind(':');
        if (state != kListening || colon == std::string::npos) continue;
        int number = 0;
        std::from_chars(local.data() + colon + 1, local.data() + local.size(), number, 16);
        if (number == port) inodes.push_back("socket:[" + inode + "]");
    }
    return inodes;
}

/// The names in a directory of /proc that are numbers.
std::vector<std::string> numbers_in(const std::string& directory) {
    std::vector<std::string> names;
    DIR* open = ::opendir(directory.c_str());
    if (!open) return names;
    while (const dirent* entry = ::readdir(open))
        if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9') names.emplace_back(entry->d_name);
    ::closedir(open);
    return names;
}

bool holds(const std::string& process, const std::vector<std::string>& inodes) {
    const std::string descriptors = "/proc/" + process + "/fd";
    for (const auto& number : numbers_in(descriptors)) {
        char link[64];
        const ssize_t size = ::readlink((descriptors + "/" + number).c_str(), link, sizeof link);
        if (size <= 0) continue;
        const std::string_view target(link, static_cast<std::size_t>(size));
        if (std::find(inodes.begin(), inodes.end(), target) != inodes.end()) return true;
    }
    return false;
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
    for (const auto& process : numbers_in("/proc"))
        if (const std::string program = program_of(process); is_tunnel(program))
            tunnels.emplace_back(process, program);
    if (tunnels.empty()) return {};
    auto inodes = listeners(port, "/proc/net/tcp");
    for (auto& inode : listeners(port, "/proc/net/tcp6")) inodes.push_back(std::move(inode));
    for (const auto& [process, program] : tunnels)
        if (!inodes.empty() && holds(process, inodes))
            return {{"port.tunnel", "this machine",
                     fmt::format("port {} belongs to {} (process {}), which leads to another machine", port,
                                 program, process)}};
    return {};
}

}  // namespace migrate
