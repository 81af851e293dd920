#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detect/names.hpp"

namespace migrate::detection {

/// The names of a directory tree, read in one pass: no file is opened, no symbolic link is followed, nothing
/// is asked of the system but the listing itself. Caches and dependencies are left out (see entering()).
/// Names lie in one block of memory; a file costs eight bytes besides its name.
class Tree {
  public:
    using Dir = std::uint32_t;  ///< 0 is the root
    static constexpr Dir none = ~Dir{0};

    struct File {
        std::uint32_t name;
        std::uint8_t length;
        FileKind kind;
    };

    /// A file in its directory.
    struct Place {
        Dir dir;
        std::uint32_t file;  ///< index into files(dir)
    };

    /// A directory that was not read, or not in full, and why: a sentence.
    struct Unreadable {
        std::string path;
        std::string why;
    };

    /// Walks the tree. A root that cannot be read gives an empty tree and one Unreadable.
    static Tree walk(const std::filesystem::path& root);

    const std::filesystem::path& root() const { return root_; }
    std::size_t directory_count() const { return dirs_.size(); }
    std::size_t file_count() const { return files_.size(); }
    const std::vector<Unreadable>& unreadable() const { return unreadable_; }

    Dir parent(Dir dir) const { return dirs_[dir].parent; }
    std::string_view name(Dir dir) const { return {names_.data() + dirs_[dir].name, dirs_[dir].length}; }
    std::string_view name(const File& file) const { return {names_.data() + file.name, file.length}; }
    std::string_view name(Place place) const { return name(files(place.dir)[place.file]); }

    /// Relative to the root, "." for the root.
    std::string path(Dir dir) const;
    std::string path(Place place) const;

    std::span<const File> files(Dir dir) const {
        return {files_.data() + dirs_[dir].first_file, dirs_[dir].file_count};
    }
    /// The subdirectories are the ids [first, first + count).
    Dir first_child(Dir dir) const { return dirs_[dir].first_child; }
    std::uint32_t child_count(Dir dir) const { return dirs_[dir].child_count; }

    /// Which kinds of files the directory itself holds: an or of bit(kind).
    std::uint64_t kinds(Dir dir) const { return dirs_[dir].kinds; }
    bool holds(Dir dir, FileKind kind) const { return (dirs_[dir].kinds & bit(kind)) != 0; }

    /// Looks a path up in the tree; `none` where there is no such directory.
    Dir find(std::string_view path) const;
    Dir child(Dir dir, std::string_view name) const;
    /// Whether a regular file of this name is in the directory.
    bool has(Dir dir, std::string_view file) const;
    bool has_file(std::string_view path) const;

    /// Calls `file(Place)` for every file of a kind, in no order: for kinds with thousands of files.
    template <class Visit>
    void each_of_kind(FileKind kind, Visit file) const {
        for (Dir dir = 0; dir < dirs_.size(); ++dir) {
            if (!holds(dir, kind)) continue;
            auto all = files(dir);
            for (std::uint32_t at = 0; at < all.size(); ++at)
                if (all[at].kind == kind) file(Place{dir, at});
        }
    }
    /// All files of a kind, sorted by path.
    std::vector<Place> of_kind(FileKind kind) const;
    /// All directories that hold a file of one of these kinds, sorted by path.
    std::vector<Dir> holding(std::uint64_t kinds) const;
    /// The directory and everything below it, parents first, without entering directories that `stop` names.
    template <class Stop>
    std::vector<Dir> below(Dir top, Stop stop) const {
        std::vector<Dir> found{top};
        for (std::size_t at = 0; at < found.size(); ++at)
            for (Dir child = first_child(found[at]); child < first_child(found[at]) + child_count(found[at]);
                 ++child)
                if (!stop(child)) found.push_back(child);
        return found;
    }
    /// Names of the files of a directory, sorted bytewise.
    std::vector<std::string_view> sorted_files(Dir dir) const;
    std::vector<Dir> sorted_children(Dir dir) const;

    void sort_by_path(std::vector<Dir>& dirs) const;

    /// Whether `dir` is `above` or lies below it.
    bool within(Dir dir, Dir above) const;

  private:
    friend class Walker;
    struct Directory {
        Dir parent = none;
        std::uint32_t name = 0;
        std::uint32_t first_file = 0;
        std::uint32_t file_count = 0;
        Dir first_child = 0;
        std::uint32_t child_count = 0;
        std::uint64_t kinds = 0;
        std::uint8_t length = 0;
    };

    std::filesystem::path root_;
    std::string names_;
    std::vector<Directory> dirs_;
    std::vector<File> files_;
    std::vector<Unreadable> unreadable_;
};

}  // namespace migrate::detection
