// The one pass over the directory tree.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <optional>

#include "base/files.hpp"
#include "detect/glob.hpp"
#include "detect/paths.hpp"
#include "detect/tree.hpp"

namespace migrate::detection {

namespace {

/// A file descriptor is open for each level; deeper trees are a mistake or an attack.
constexpr int kDeepest = 200;

/// Calls `entry(name, d_type)` for everything in a directory but "." and "..". Returns 0 or errno.
#ifdef __linux__
template <class Entry>
int list(int fd, std::vector<char>& buffer, Entry entry) {
    while (true) {
        ssize_t got = ::getdents64(fd, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno;
        if (got == 0) return 0;
        for (ssize_t at = 0; at < got;) {
            const auto* raw = reinterpret_cast<const dirent64*>(buffer.data() + at);
            at += raw->d_reclen;
            const char* name = raw->d_name;
            if (name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]))) continue;
            entry(std::string_view(name), raw->d_type);
        }
    }
}
#else
template <class Entry>
int list(int fd, std::vector<char>&, Entry entry) {
    int copy = ::dup(fd);
    DIR* stream = copy < 0 ? nullptr : ::fdopendir(copy);
    if (!stream) return errno;
    errno = 0;
    while (const dirent* raw = ::readdir(stream)) {
        std::string_view name = raw->d_name;
        if (name != "." && name != "..") entry(name, raw->d_type);
    }
    int error = errno;
    ::closedir(stream);
    return error;
}
#endif

}  // namespace

class Walker {
  public:
    explicit Walker(Tree& tree) : tree_(tree), buffer_(64 * 1024) {}

    void walk() {
        tree_.dirs_.emplace_back();
        enter(AT_FDCWD, tree_.root_.c_str(), 0, 0);
    }

  private:
    std::uint32_t keep(std::string_view name) {
        auto at = static_cast<std::uint32_t>(tree_.names_.size());
        tree_.names_ += name;
        return at;
    }

    /// A name with a line break or an escape sequence in it could pass for something else wherever it is
    /// shown or handed on; no project has one on purpose.
    bool is_plain(std::string_view name, Tree::Dir dir) {
        if (!has_control_character(name)) return true;
        tree_.unreadable_.push_back({tree_.path(dir), "holds a name with a control character: \"" +
                                                          printable(name) + "\" is not looked at"});
        return false;
    }

    void unreadable(Tree::Dir dir, int error) {
        tree_.unreadable_.push_back(
            {tree_.path(dir), std::string("the directory could not be read: ") + std::strerror(error)});
    }

    void enter(int at, const char* name, Tree::Dir dir, int depth) {
        // The root may be reached through a link; nothing below it may.
        int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (depth > 0 ? O_NOFOLLOW : 0);
        int fd = ::openat(at, name, flags);
        if (fd < 0) {
            if (errno != ENOENT || depth == 0) unreadable(dir, errno);
            return;
        }
        if (int error = read(fd, dir)) unreadable(dir, error);
        Tree::Dir first = tree_.dirs_[dir].first_child;
        std::uint32_t count = tree_.dirs_[dir].child_count;
        if (count > 0 && depth >= kDeepest) {
            tree_.unreadable_.push_back({tree_.path(dir), "more than 200 directories deep: not entered"});
            count = 0;
        }
        for (Tree::Dir child = first; child < first + count; ++child) {
            char below[256];
            std::string_view own = tree_.name(child);
            std::memcpy(below, own.data(), own.size());
            below[own.size()] = '\0';
            enter(fd, below, child, depth + 1);
        }
        ::close(fd);
    }

    /// Appends the directory's entries: its files, then its subdirectories, each in one run.
    int read(int fd, Tree::Dir dir) {
        auto first_file = static_cast<std::uint32_t>(tree_.files_.size());
        auto first_child = static_cast<Tree::Dir>(tree_.dirs_.size());
        std::uint64_t kinds = 0;
        bool doubtful = false;
        int error = list(fd, buffer_, [&](std::string_view name, unsigned char type) {
            if (type == DT_UNKNOWN) type = type_of(fd, name.data());
            if (name.size() > 255) return;
            if (type == DT_REG) {
                FileKind kind = kind_of(name);
                if (kind != FileKind::other && !is_plain(name, dir)) return;
                kinds |= bit(kind);
                tree_.files_.push_back({keep(name), static_cast<std::uint8_t>(name.size()), kind});
            } else if (type == DT_DIR) {
                Entering how = entering(name, tree_.name(dir));
                if (how == Entering::never || !is_plain(name, dir)) return;
                doubtful = doubtful || how == Entering::unless_ignored;
                Tree::Directory child;
                child.parent = dir;
                child.name = keep(name);
                child.length = static_cast<std::uint8_t>(name.size());
                tree_.dirs_.push_back(child);
            }
        });
        Tree::Directory& self = tree_.dirs_[dir];
        self.first_file = first_file;
        self.first_child = first_child;
        self.file_count = static_cast<std::uint32_t>(tree_.files_.size()) - first_file;
        self.child_count = static_cast<std::uint32_t>(tree_.dirs_.size()) - first_child;
        self.kinds = kinds;
        // A virtual environment, a vendored tree or a build's output, whatever its name.
        if (kinds & (bit(FileKind::venv_mark) | bit(FileKind::generated_mark))) {
            tree_.dirs_.resize(first_child);
            tree_.files_.resize(first_file);
            self.child_count = self.file_count = 0;
            self.kinds = 0;
        } else if (doubtful) {
            drop_generated(dir);
        }
        return error;
    }

    static unsigned char type_of(int fd, const char* name) {
        struct stat info {};
        if (::fstatat(fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0) return DT_UNKNOWN;
        if (S_ISREG(info.st_mode)) return DT_REG;
        return S_ISDIR(info.st_mode) ? DT_DIR : DT_UNKNOWN;
    }

    /// Takes out those subdirectories with a doubtful name that git ignores or a build makes.
    void drop_generated(Tree::Dir dir) {
        Tree::Dir first = tree_.dirs_[dir].first_child;
        Tree::Dir kept = first;
        for (Tree::Dir child = first; child < first + tree_.dirs_[dir].child_count; ++child) {
            std::string_view name = tree_.name(child);
            if (entering(name, tree_.name(dir)) == Entering::unless_ignored &&
                (is_output_of_build(dir, name) || is_ignored(dir, name)))
                continue;
            if (kept != child) tree_.dirs_[kept] = tree_.dirs_[child];
            ++kept;
        }
        tree_.dirs_.resize(kept);
        tree_.dirs_[dir].child_count = kept - first;
    }

    bool is_output_of_build(Tree::Dir dir, std::string_view name) const {
        if (name == "target") return tree_.holds(dir, FileKind::pom) || tree_.has(dir, "Cargo.toml");
        if (name == "build") return tree_.holds(dir, FileKind::gradle);
        if (name == "obj") return tree_.holds(dir, FileKind::csproj);
        return false;
    }

    bool is_ignored(Tree::Dir dir, std::string_view name) {
        std::string path(name);
        for (Tree::Dir at = dir; at != Tree::none; at = tree_.parent(at)) {
            if (const IgnoreRules* rules = rules_of(at)) {
                int verdict = rules->judge(path, true);
                if (verdict != 0) return verdict > 0;
            }
            path.insert(0, std::string(tree_.name(at)) + '/');
        }
        return false;
    }

    const IgnoreRules* rules_of(Tree::Dir dir) {
        if (!tree_.holds(dir, FileKind::gitignore)) return nullptr;
        auto [found, fresh] = rules_.try_emplace(dir);
        if (fresh) {
            std::string below = dir == 0 ? ".gitignore" : tree_.path(dir) + "/.gitignore";
            found->second.emplace(read_file(tree_.root_ / below, 1 << 20).value_or(""));
        }
        return &*found->second;
    }

    Tree& tree_;
    std::vector<char> buffer_;
    std::map<Tree::Dir, std::optional<IgnoreRules>> rules_;
};

Tree Tree::walk(const std::filesystem::path& root) {
    Tree tree;
    tree.root_ = root;
    Walker(tree).walk();
    return tree;
}

}  // namespace migrate::detection
