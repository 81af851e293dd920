#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "detect/detect.hpp"
#include "detect/glob.hpp"
#include "detect/tree.hpp"

namespace migrate::detection {

/// What the detectors read from: the tree, and the content of those of its files that they ask for. Files
/// that several of them need are read once. Reading never fails: what cannot be read is empty, and noted.
class Repo {
  public:
    explicit Repo(Tree tree);
    Repo(const Repo&) = delete;
    Repo& operator=(const Repo&) = delete;

    const Tree& tree() const { return tree_; }

    /// The first `bytes` of a file, without keeping them.
    std::string head(std::string_view path, std::size_t bytes = 4096) const;
    /// A whole file, kept. Larger ones than `limit` are `scan.unreadable` and empty.
    const std::string& text(std::string_view path, std::size_t limit = kMost) const;
    /// Lock files are large and needed once or twice.
    static constexpr std::size_t kMost = 4u << 20;
    static constexpr std::size_t kMostOfLock = 64u << 20;

    /// Whether something of that name is on the disk, whether the walk went there or not (node_modules,
    /// .venv).
    bool exists(std::string_view path) const;
    /// Names in a directory that the walk left out, sorted.
    std::vector<std::string> list(std::string_view path) const;

    /// Whether git would ignore a path of the tree, by the .gitignore files at and above it.
    bool is_ignored(std::string_view path, bool directory) const;

    /// What was found once under `key` in a large file, for the other units that ask the same.
    template <class Find>
    const std::string& once(std::string key, Find&& find) const {
        auto [at, fresh] = answers_.try_emplace(std::move(key));
        if (fresh) at->second = find();
        return at->second;
    }

    void report(std::string path, int line, std::string code, std::string message,
                std::string unit = "") const;
    std::vector<Problem>& problems() const { return problems_; }

  private:
    Tree tree_;
    mutable std::map<std::string, std::string, std::less<>> texts_;
    mutable std::map<std::string, std::string, std::less<>> answers_;
    mutable std::map<Tree::Dir, IgnoreRules> ignore_rules_;
    mutable std::vector<Problem> problems_;
};

}  // namespace migrate::detection
