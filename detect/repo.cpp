#include "detect/repo.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/files.hpp"
#include "detect/paths.hpp"

namespace migrate::detection {

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
    for (const Tree::Unreadable& gap : tree_.unreadable()) report(gap.path, 0, "scan.unreadable", gap.why);
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

bool Repo::is_ignored(std::string_view path, bool directory) const {
    // Each directory on the way may be ignored as a whole; the rules nearest to it decide.
    for (std::size_t end = path.find('/');; end = path.find('/', end + 1)) {
        std::string_view part = path.substr(0, end);
        bool whole = end == std::string_view::npos;
        Tree::Dir above = tree_.find(parent_of(part));
        std::string below(name_of_path(part));
        for (Tree::Dir at = above; at != Tree::none; at = tree_.parent(at)) {
            if (tree_.holds(at, FileKind::gitignore)) {
                auto known = ignore_rules_.find(at);
                if (known == ignore_rules_.end())
                    known = ignore_rules_.emplace(at, text(join(tree_.path(at), ".gitignore"))).first;
                int verdict = known->second.judge(below, !whole || directory);
                if (verdict > 0) return true;
                if (verdict < 0) break;
            }
            below = std::string(tree_.name(at)) + '/' + below;
        }
        if (whole) return false;
    }
}

void Repo::report(std::string path, int line, std::string code, std::string message, std::string unit) const {
    problems_.push_back({std::move(path), line, std::move(code), std::move(message), std::move(unit)});
}

}  // namespace migrate::detection
