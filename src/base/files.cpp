#include "base/files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace migrate {

namespace fs = std::filesystem;

std::optional<std::string> read_file(const fs::path& path, std::uintmax_t limit) {
    int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return std::nullopt;
    struct stat info {};
    if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) ||
        static_cast<std::uintmax_t>(info.st_size) > limit) {
        ::close(fd);
        return std::nullopt;
    }
    std::string content(static_cast<std::size_t>(info.st_size), '\0');
    std::size_t done = 0;
    while (done < content.size()) {
        ssize_t got = ::read(fd, content.data() + done, content.size() - done);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        done += static_cast<std::size_t>(got);
    }
    ::close(fd);
    content.resize(done);
    return content;
}

bool file_holds(const fs::path& path, std::string_view content) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return false;
    struct stat info {};
    bool same = ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode) &&
                static_cast<std::uintmax_t>(info.st_size) == content.size();
    std::string part(same ? std::size_t{1} << 18 : 0, '\0');
    while (same && !content.empty()) {
        const ssize_t got = ::read(fd, part.data(), part.size());
        if (got < 0 && errno == EINTR) continue;
        same =
            got > 0 && content.starts_with(std::string_view(part).substr(0, static_cast<std::size_t>(got)));
        if (same) content.remove_prefix(static_cast<std::size_t>(got));
    }
    ::close(fd);
    return same;
}

std::vector<std::string> list_directory(const fs::path& path) {
    std::vector<std::string> names;
    DIR* directory = ::opendir(path.c_str());
    if (directory == nullptr) return names;
    while (const dirent* entry = ::readdir(directory)) {
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") names.emplace_back(name);
    }
    ::closedir(directory);
    std::sort(names.begin(), names.end());
    return names;
}

Result<void> write_file(const fs::path& path, const std::string& content, unsigned mode, bool exclusive) {
    auto problem = [&](const char* what) {
        return fail("file.unwritable", path.string() + ": " + what + ": " + std::strerror(errno),
                    "Nothing was written there.");
    };
    std::error_code made;
    if (path.has_parent_path()) fs::create_directories(path.parent_path(), made);
    std::string temporary = path.string() + ".XXXXXX";
    int fd = ::mkostemp(temporary.data(), O_CLOEXEC);
    if (fd < 0) return problem("cannot create a file beside it");
    auto give_up = [&](const char* what) {
        auto error = problem(what);
        ::close(fd);
        ::unlink(temporary.c_str());
        return error;
    };
    std::size_t done = 0;
    while (done < content.size()) {
        ssize_t put = ::write(fd, content.data() + done, content.size() - done);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return give_up("cannot write");
        done += static_cast<std::size_t>(put);
    }
    if (::fchmod(fd, mode) != 0 || ::fsync(fd) != 0) return give_up("cannot save");
    if (exclusive) {
        // link() refuses an existing name in one step; rename() would replace it.
        if (::link(temporary.c_str(), path.c_str()) != 0) {
            bool exists = errno == EEXIST;
            auto error = give_up("cannot save");
            if (exists)
                return fail("file.exists", path.string() + " exists already", "It was left as it is.");
            return error;
        }
        ::unlink(temporary.c_str());
    } else if (::rename(temporary.c_str(), path.c_str()) != 0) {
        return give_up("cannot rename");
    }
    ::close(fd);
    return {};
}

int line_at(const std::string& text, std::size_t offset) {
    offset = std::min(offset, text.size());
    return 1 + static_cast<int>(
                   std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

}  // namespace migrate
