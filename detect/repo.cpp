#include "detect/repo.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/files.hpp"

namespace migrate {

namespace {

std::string absolute(const Tree& tree, std::string_view path) {
    std::string full = tree.root().string();
    full += '/';
    full += path;
    return full;
}

/// Closes itself; -1 where nothing is open.
struct Descriptor {
    int fd;
    explicit Descriptor(int opened) : fd(opened) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd >= 0) ::close(fd);
    }
};

std::size_t fill(int fd, char* to, std::size_t size) {
    std::size_t done = 0;
    while (done < size) {
        ssize_t got = ::read(fd, to + done, size - done);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

}  // namespace

Repo::Repo(Tree tree) : tree_(std::move(tree)) {
    for (const Tree::Unreadable& gap : tree_.unreadable())
        report(gap.path, 0, "scan.unreadable", "the directory could not be read: " + gap.why);
}

std::string Repo::head(std::string_view path, std::size_t bytes) const {
    if (auto known = texts_.find(path); known != texts_.end()) return known->second.substr(0, bytes);
    // O_NONBLOCK: a named pipe must not stop the scan.
    Descriptor file(::open(absolute(tree_, path).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
    if (file.fd < 0) return {};
    std::string content(bytes, '\0');
    content.resize(fill(file.fd, content.data(), bytes));
    return content;
}

const std::string& Repo::text(std::string_view path, std::size_t limit) const {
    if (auto known = texts_.find(path); known != texts_.end()) return known->second;
    std::string& content = texts_[std::string(path)];
    Descriptor file(::open(absolute(tree_, path).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
    if (file.fd < 0) {
        if (errno != ENOENT)
            report(std::string(path), 0, "scan.unreadable",
                   std::string("the file could not be read: ") + std::strerror(errno));
        return content;
    }
    struct stat info {};
    if (::fstat(file.fd, &info) != 0 || !S_ISREG(info.st_mode)) return content;
    auto size = static_cast<std::size_t>(info.st_size);
    if (size > limit) {
        report(std::string(path), 0, "scan.unreadable",
               "larger than " + std::to_string(limit >> 20) + " MB: not read");
        return content;
    }
    content.resize(size);
    content.resize(fill(file.fd, content.data(), size));
    return content;
}

bool Repo::exists(std::string_view path) const {
    return ::access(absolute(tree_, path).c_str(), F_OK) == 0;
}

std::vector<std::string> Repo::list(std::string_view path) const {
    return list_directory(absolute(tree_, path));
}

void Repo::report(std::string path, int line, std::string code, std::string message, std::string unit) const {
    problems_.push_back({std::move(path), line, std::move(code), std::move(message), std::move(unit)});
}

}  // namespace migrate
