#include "target/compose_service.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include "base/files.hpp"
#include "target/dotenv.hpp"
#include "target/expand.hpp"
#include "target/host_facts.hpp"
#include "target/level_words.hpp"
#include "target/url.hpp"

namespace migrate {

namespace fs = std::filesystem;

namespace {

/// What `docker compose` reads without -f: the first of these that is there, and the override file of the
/// same kind of name (compose-spec, 03-compose-file).
constexpr std::array<std::string_view, 4> kUsual{"compose.yaml", "compose.yml", "docker-compose.yml",
                                                 "docker-compose.yaml"};

std::string_view stem_of(std::string_view file) {
    return file.substr(0, file.rfind('.'));
}

bool is_yaml(std::string_view file) {
    return file.ends_with(".yml") || file.ends_with(".yaml");
}

std::optional<int> number(std::string_view text) {
    int value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > 65535)
        return std::nullopt;
    return value;
}

/// "5432", or all of "5432-5435".
void add_ports(std::string_view text, std::set<int>& ports) {
    const std::size_t dash = text.find('-');
    auto first = number(text.substr(0, dash));
    auto last = dash == std::string_view::npos ? first : number(text.substr(dash + 1));
    if (!first || !last) return;
    for (int port = *first; port <= *last; ++port) ports.insert(port);
}

/// The published part of "[HOST_IP:]PUBLISHED:TARGET[/PROTOCOL]"; a target alone gets a random port.
std::string_view published_in(std::string_view entry) {
    entry = entry.substr(0, entry.find('/'));
    const std::size_t target = entry.rfind(':');
    if (target == std::string_view::npos) return "";
    entry = entry.substr(0, target);
    const std::size_t ip = entry.rfind(':');
    return ip == std::string_view::npos ? entry : entry.substr(ip + 1);
}

class Reader {
  public:
    Reader(fs::path directory, const Environment& process) : directory_(std::move(directory)) {
        auto file = read_dotenv(directory_ / ".env", ".env", process);
        if (file && *file) dotenv_ = std::move(**file);
        lookup_ = [this, &process](std::string_view name) -> std::optional<Binding> {
            if (auto value = process.get(name)) return Binding{*value};
            if (const DotenvValue* value = dotenv_.find(name)) return Binding{value->value};
            return std::nullopt;
        };
    }

    /// Adds what the file says to `services`; those that are there already get its ports too.
    void read(const std::string& file, bool usual, std::vector<ComposeService>& services) const {
        auto text = read_file(directory_ / file, 1u << 20);
        if (!text) return;
        try {
            YAML::Node document = YAML::Load(*text);
            if (!document.IsMap()) return;
            YAML::Node all = document["services"];
            if (!all.IsDefined() || !all.IsMap()) return;
            for (const auto& entry : all) {
                if (!entry.first.IsScalar() || !entry.second.IsMap()) continue;
                add(entry.first.Scalar(), entry.second, file, usual, services);
            }
        } catch (const YAML::Exception&) {
            return;
        }
    }

  private:
    std::string text_of(const YAML::Node& node) const {
        if (!node.IsDefined() || !node.IsScalar()) return "";
        return expand(node.Scalar(), Expand::all, lookup_).value_or("");
    }

    void add(const std::string& name, const YAML::Node& node, const std::string& file, bool usual,
             std::vector<ComposeService>& services) const {
        auto found = std::find_if(services.begin(), services.end(),
                                  [&](const ComposeService& one) { return one.name == name; });
        if (found == services.end())
            found = services.insert(
                found, {.name = name, .directory = {}, .file = file, .usual = usual, .ports = {}});
        const YAML::Node ports = node["ports"];
        if (!ports.IsDefined() || !ports.IsSequence()) return;
        for (const auto& entry : ports) {
            if (entry.IsMap())
                add_ports(text_of(entry["published"]), found->ports);
            else
                add_ports(published_in(text_of(entry)), found->ports);
        }
    }

    fs::path directory_;
    Dotenv dotenv_;
    Lookup lookup_;
};

}  // namespace

std::vector<ComposeService> compose_services_at(const fs::path& root,
                                                const std::vector<std::string>& directories,
                                                const Environment& process) {
    std::vector<ComposeService> all;
    for (const auto& directory : directories) {
        const std::vector<std::string> names = list_directory(root / directory);
        const Reader reader(root / directory, process);
        auto take = [&](std::vector<ComposeService> services) {
            for (auto& service : services) {
                service.directory = directory;
                all.push_back(std::move(service));
            }
        };
        const auto is_there = [&](std::string_view name) {
            return std::find(names.begin(), names.end(), name) != names.end();
        };
        const auto usual = std::find_if(kUsual.begin(), kUsual.end(), is_there);
        std::set<std::string_view> read;
        if (usual != kUsual.end()) {
            std::vector<ComposeService> services;
            reader.read(std::string(*usual), true, services);
            read.insert(*usual);
            for (const auto& name : names) {
                if (!is_yaml(name) || stem_of(name) != std::string(stem_of(*usual)) + ".override") continue;
                reader.read(name, true, services);
                read.insert(name);
            }
            take(std::move(services));
        }
        for (const auto& name : names) {
            const bool compose = name.starts_with("compose") || name.starts_with("docker-compose");
            if (!compose || !is_yaml(name) || read.contains(name) || says_production(name)) continue;
            std::vector<ComposeService> services;
            reader.read(name, false, services);
            take(std::move(services));
        }
    }
    return all;
}

const ComposeService* service_of(const std::vector<ComposeService>& services, const Connection& connection) {
    if (is_file_engine(connection) || !connection.socket.empty()) return nullptr;
    const auto hosts = hosts_of(connection);
    const std::string host = hosts.empty() ? "localhost" : hosts.front();
    const bool here = is_loopback_host(host) || host == "host.docker.internal";
    const int port = effective_port(connection);
    auto found = std::find_if(services.begin(), services.end(), [&](const ComposeService& service) {
        return here ? service.ports.contains(port) : service.name == host;
    });
    return found == services.end() ? nullptr : &*found;
}

}  // namespace migrate
