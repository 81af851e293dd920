#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace migrate::test {

/// A directory of its own under the system's temporary directory, filled from a map of path to content and
/// removed, with everything in it, when the object goes. Parent directories are made as needed; a path that
/// ends in '/' is an empty directory.
///
///     Tree repo{{"alembic.ini", "[alembic]\n"}, {"src/empty/", ""}};
///     Scan scan = detect(repo.path());
class Tree {
  public:
    using Files = std::map<std::string, std::string>;

    Tree() { make(); }
    Tree(std::initializer_list<Files::value_type> files) : Tree(Files(files)) {}
    explicit Tree(const Files& files) {
        make();
        for (const auto& [path, content] : files) write(path, content);
    }
    Tree(const Tree&) = delete;
    Tree& operator=(const Tree&) = delete;
    ~Tree() {
        std::error_code ignored;
        unlock();
        std::filesystem::remove_all(root_, ignored);
    }

    const std::filesystem::path& path() const { return root_; }
    std::filesystem::path path(std::string_view below) const { return root_ / below; }

    /// Writes or replaces one file (or makes an empty directory, where the path ends in '/').
    void write(const std::string& below, std::string_view content) {
        std::filesystem::path target = root_ / below;
        if (below.ends_with('/')) {
            std::filesystem::create_directories(target);
            return;
        }
        std::filesystem::create_directories(target.parent_path());
        std::ofstream out(target, std::ios::binary | std::ios::trunc);
        out.write(content.data(), static_cast<std::streamsize>(content.size()));
    }

    /// The content of a file; "" where there is none.
    std::string read(std::string_view below) const {
        std::ifstream in(root_ / below, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    }

    bool exists(std::string_view below) const { return std::filesystem::exists(root_ / below); }
    void remove(std::string_view below) { std::filesystem::remove_all(root_ / below); }

    /// A symbolic link at `below` that points to `to`, taken literally.
    void link(const std::string& to, const std::string& below) {
        std::filesystem::path at = root_ / below;
        std::filesystem::create_directories(at.parent_path());
        std::filesystem::create_symlink(to, at);
    }

    /// Marks a file as executable.
    void executable(std::string_view below) {
        std::filesystem::permissions(root_ / below, std::filesystem::perms::owner_all);
    }

  private:
    void make() {
        std::string name = (std::filesystem::temp_directory_path() / "migrate-test-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary directory");
        root_ = std::filesystem::canonical(name);
    }

    /// Gives back the rights that a test took away, so that the tree can be removed.
    void unlock() const {
        std::error_code ignored;
        std::filesystem::recursive_directory_iterator it(root_, ignored), end;
        while (!ignored && it != end) {
            if (it->is_directory(ignored) && !it->is_symlink(ignored))
                std::filesystem::permissions(it->path(), std::filesystem::perms::owner_all, ignored);
            it.increment(ignored);
        }
    }

    std::filesystem::path root_;
};

}  // namespace migrate::test
