#include "select/affected.hpp"

#include "run/process.hpp"

namespace migrate {

namespace {

struct Git {
    std::filesystem::path root;
    const Environment& env;

    ProcessResult operator()(std::vector<std::string> args) const {
        ProcessSpec spec;
        spec.argv = {"git", "-c", "core.quotePath=false"};
        spec.argv.insert(spec.argv.end(), args.begin(), args.end());
        spec.cwd = root;
        for (const auto& [name, value] : env.variables) spec.env[name] = value;
        spec.timeout = std::chrono::seconds(60);
        spec.collect = 64u << 20;
        return run_process(spec);
    }
};

void add_names(std::set<std::string>& files, const std::string& text) {
    std::size_t at = 0;
    while (at < text.size()) {
        std::size_t end = std::min(text.find('\0', at), text.size());
        if (end > at) files.insert(text.substr(at, end - at));
        at = end + 1;
    }
}

std::string line_of(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    return text;
}

}  // namespace

Result<std::set<std::string>> files_changed_since(const std::filesystem::path& root, const std::string& ref,
                                                  const Environment& env) {
    Git git{root, env};
    std::string base;
    std::vector<std::string> candidates =
        ref.empty() ? std::vector<std::string>{"@{upstream}", "origin/HEAD"} : std::vector<std::string>{ref};
    for (const auto& candidate : candidates) {
        auto found = git({"merge-base", "HEAD", candidate});
        if (found.end == ProcessResult::End::not_started) return tl::unexpected(found.start_error);
        if (found.ok()) base = line_of(found.collected);
        if (!base.empty()) break;
    }
    if (base.empty())
        return fail(
            "usage",
            ref.empty() ? "--affected: this branch has no upstream and there is no origin/HEAD"
                        : "--affected=" + ref + ": no merge base with HEAD",
            "Name a branch or commit that HEAD has a common ancestor with; a shallow clone may lack it "
            "(git fetch --unshallow).");
    std::set<std::string> files;
    auto changed = git({"diff", "--name-only", "-z", "--relative", base});
    auto untracked = git({"ls-files", "--others", "--exclude-standard", "-z"});
    if (!changed.ok()) return tl::unexpected(error_of(changed, "git"));
    if (!untracked.ok()) return tl::unexpected(error_of(untracked, "git"));
    add_names(files, changed.collected);
    add_names(files, untracked.collected);
    return files;
}

}  // namespace migrate
