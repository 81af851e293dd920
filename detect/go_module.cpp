#include "detect/go_module.hpp"

#include "detect/paths.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

std::string go_module_file(const Repo& repo, Tree::Dir dir) {
    for (Tree::Dir at = dir; at != Tree::none; at = repo.tree().parent(at))
        if (repo.tree().holds(at, FileKind::go_mod)) return join(repo.tree().path(at), "go.mod");
    return "";
}

FoundVersion go_version(const Repo& repo, const std::string& go_mod, std::string_view module) {
    FoundVersion found;
    each_line(repo.text(go_mod), [&](std::string_view line, int) {
        line = trim(line);
        if (line.starts_with("require ")) line = trim(line.substr(8));
        if (!line.starts_with(module)) return true;
        std::size_t blank = line.find(' ');
        if (blank == std::string_view::npos) return true;
        std::string_view suffix = line.substr(module.size(), blank - module.size());
        if (!suffix.empty() && !suffix.starts_with("/v")) return true;
        std::string_view version = trim(line.substr(blank, line.find("//") - blank));
        if (version.starts_with('v')) version.remove_prefix(1);
        found = {std::string(version), go_mod};
        return false;
    });
    return found;
}

}  // namespace migrate::detection
