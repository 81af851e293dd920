#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detect/repo.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

/// What a package.json says that detection wants to know.
struct Manifest {
    std::string name;
    bool module = false;                                           ///< "type": "module"
    std::string package_manager;                                   ///< "pnpm@9.1.0+sha512..."
    std::map<std::string, std::string, std::less<>> dependencies;  ///< of every kind; name -> range
    std::vector<std::pair<std::string, std::string>> scripts;      ///< in the order of the file
    std::vector<std::string> workspaces;                           ///< globs
    bool has_workspaces = false;
    bool has_prisma = false;  ///< a "prisma" section
    std::string prisma_schema;
    std::string prisma_seed;
    std::vector<std::string> engines;  ///< names below "engines": "pnpm"
};

/// One package.json. Its text is searched before it is parsed: most have nothing to do with databases.
struct Package {
    Tree::Dir dir = 0;
    std::string path;  ///< of the directory
    std::string file;  ///< of the package.json
    const std::string* text = nullptr;

    bool mentions(std::string_view word) const { return contains(*text, word); }
};

/// All package.json files of the tree, and who is whose.
class Packages {
  public:
    explicit Packages(const Repo& repo);

    const std::vector<Package>& all() const { return packages_; }
    /// The package.json in a directory, or the nearest one above it; nullptr where there is none.
    const Package* at(Tree::Dir dir) const;
    const Package* nearest(Tree::Dir dir) const;
    /// The nearest at or above whose text has the word.
    const Package* nearest_with(Tree::Dir dir, std::string_view word) const;

    /// Parsed on first use; a broken one is reported and empty.
    const Manifest& manifest(const Package& package) const;
    /// Declares the dependency itself.
    bool depends(const Package& package, std::string_view name) const;
    /// Range of a dependency in the nearest package.json at or above that has it, and that package.
    std::pair<const Package*, std::string> dependency(Tree::Dir dir, std::string_view name) const;
    /// 1-based line of a script or dependency in the file.
    static int line_of_key(const Package& package, std::string_view key);

  private:
    const Repo& repo_;
    std::vector<Package> packages_;
    std::map<Tree::Dir, std::size_t> by_dir_;
    mutable std::map<std::size_t, Manifest> manifests_;
};

}  // namespace migrate::detection
