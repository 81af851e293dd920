#include <sys/stat.h>
#include <unistd.h>

#include "run/process.hpp"

namespace migrate {

namespace fs = std::filesystem;

namespace {

bool is_program(const fs::path& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::optional<fs::path> find_program(std::string_view name, std::string_view path, const fs::path& cwd) {
    if (name.empty()) return std::nullopt;
    if (name.find('/') != std::string_view::npos) {
        fs::path file = cwd / name;  // an absolute name stays as it is
        return is_program(file) ? std::optional(file) : std::nullopt;
    }
    while (true) {
        std::size_t colon = path.find(':');
        fs::path file = cwd / path.substr(0, colon) / name;
        if (is_program(file)) return file;
        if (colon == std::string_view::npos) return std::nullopt;
        path.remove_prefix(colon + 1);
    }
}

}  // namespace migrate
