// Processes and their TCP sockets, as /proc shows them.
#include "live/processes.hpp"

#include <arpa/inet.h>
#include <dirent.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>

namespace migrate {

namespace {

constexpr std::string_view kListening = "0A";
constexpr std::string_view kMapped = "::ffff:";

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

int hexadecimal(std::string_view digits) {
    std::uint32_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
    return static_cast<int>(number);
}

/// "0100007F" -> "127.0.0.1": words of four bytes, each in the machine's own order.
std::string address_text(std::string_view digits) {
    std::array<char, 16> bytes{};
    const std::size_t words = digits.size() / 8;
    if (words != 1 && words != 4) return "";
    for (std::size_t i = 0; i < words; ++i) {
        const int word = hexadecimal(digits.substr(i * 8, 8));
        std::memcpy(bytes.data() + i * 4, &word, 4);
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(words == 1 ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size());
    std::string_view address(text.data());
    if (address.starts_with(kMapped) && address.find('.') != std::string_view::npos)
        address.remove_prefix(kMapped.size());
    return std::string(address);
}

void read_table(const char* table, std::vector<TcpSocket>& sockets) {
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
        if (colon == std::string::npos) continue;
        sockets.push_back({address_text(std::string_view(local).substr(0, colon)),
                           hexadecimal(std::string_view(local).substr(colon + 1)), state == kListening,
                           "socket:[" + inode + "]"});
    }
}

/// Parent and session of a process; the program's name before them may hold anything.
struct Kin {
    int parent = 0, session = 0;
};
Kin kin_of(const std::string& process) {
    std::ifstream file("/proc/" + process + "/stat");
    std::string line;
    std::getline(file, line);
    const std::size_t name_end = line.rfind(')');
    if (name_end == std::string::npos) return {};
    std::istringstream words(line.substr(name_end + 1));
    std::string state;
    int group = 0;
    Kin kin;
    words >> state >> kin.parent >> group >> kin.session;
    return kin;
}

}  // namespace

std::vector<TcpSocket> tcp_sockets() {
    std::vector<TcpSocket> sockets;
    read_table("/proc/net/tcp", sockets);
    read_table("/proc/net/tcp6", sockets);
    return sockets;
}

std::vector<std::string> all_processes() {
    return numbers_in("/proc");
}

std::vector<std::string> processes_of_session(int leader) {
    std::map<int, Kin> all;
    for (const auto& process : all_processes()) all[std::stoi(process)] = kin_of(process);
    std::set<int> found;
    for (const auto& [process, kin] : all)
        if (kin.session == leader) found.insert(process);
    for (bool more = true; more;) {
        more = false;
        for (const auto& [process, kin] : all)
            if (found.contains(kin.parent)) more = found.insert(process).second || more;
    }
    std::vector<std::string> names;
    for (const int process : found) names.push_back(std::to_string(process));
    return names;
}

std::set<std::string> sockets_of(const std::string& process) {
    std::set<std::string> inodes;
    const std::string descriptors = "/proc/" + process + "/fd";
    for (const auto& number : numbers_in(descriptors)) {
        std::array<char, 64> link{};
        const ssize_t size = ::readlink((descriptors + "/" + number).c_str(), link.data(), link.size());
        if (size <= 0) continue;
        const std::string_view target(link.data(), static_cast<std::size_t>(size));
        if (target.starts_with("socket:")) inodes.emplace(target);
    }
    return inodes;
}

}  // namespace migrate
