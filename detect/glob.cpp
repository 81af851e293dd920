#include "detect/glob.hpp"

#include <algorithm>

#include "detect/paths.hpp"

namespace migrate::detection {

namespace {

/// Matches one `[...]` set at the start of `glob`; `used` becomes its length. False where it does not match
/// or is not closed.
bool set_matches(std::string_view glob, char c, std::size_t& used) {
    std::size_t at = 1;
    bool negated = at < glob.size() && (glob[at] == '!' || glob[at] == '^');
    if (negated) ++at;
    bool found = false;
    std::size_t first = at;
    for (; at < glob.size() && (glob[at] != ']' || at == first); ++at) {
        if (at + 2 < glob.size() && glob[at + 1] == '-' && glob[at + 2] != ']') {
            found = found || (glob[at] <= c && c <= glob[at + 2]);
            at += 2;
        } else {
            found = found || glob[at] == c;
        }
    }
    if (at >= glob.size()) return false;
    used = at + 1;
    return found != negated && c != '/';
}

/// `budget` bounds the work on hostile patterns.
bool match(std::string_view glob, std::string_view path, int& budget) {
    while (!glob.empty()) {
        if (--budget < 0) return false;
        if (glob.starts_with("**")) {
            glob.remove_prefix(2);
            bool component = glob.starts_with("/");
            if (component) glob.remove_prefix(1);
            if (glob.empty()) return true;
            for (std::size_t at = 0; at <= path.size(); ++at) {
                if ((!component || at == 0 || path[at - 1] == '/') && match(glob, path.substr(at), budget))
                    return true;
            }
            return false;
        }
        if (glob[0] == '*') {
            glob.remove_prefix(1);
            for (std::size_t at = 0; at <= path.size(); ++at) {
                if (match(glob, path.substr(at), budget)) return true;
                if (at < path.size() && path[at] == '/') return false;
            }
            return false;
        }
        if (glob[0] == '{') {
            std::size_t close = glob.find('}');
            if (close != std::string_view::npos) {
                std::string_view choices = glob.substr(1, close - 1), rest = glob.substr(close + 1);
                while (true) {
                    std::size_t comma = std::min(choices.find(','), choices.size());
                    if (match(std::string(choices.substr(0, comma)) + std::string(rest), path, budget))
                        return true;
                    if (comma == choices.size()) return false;
                    choices.remove_prefix(comma + 1);
                }
            }
        }
        if (path.empty()) return false;
        std::size_t used = 1;
        if (glob[0] == '[' && glob.find(']', 2) != std::string_view::npos) {
            if (!set_matches(glob, path[0], used)) return false;
        } else if (glob[0] == '?') {
            if (path[0] == '/') return false;
        } else {
            if (glob[0] == '\\' && glob.size() > 1) glob.remove_prefix(1);
            if (glob[0] != path[0]) return false;
        }
        glob.remove_prefix(used);
        path.remove_prefix(1);
    }
    return path.empty();
}

}  // namespace

bool glob_matches(std::string_view glob, std::string_view path) {
    int budget = 20000;
    return match(glob, path, budget);
}

IgnoreRules::IgnoreRules(std::string_view text) {
    while (!text.empty()) {
        std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
        if (line.empty() || line[0] == '#') continue;
        Rule rule;
        if (line[0] == '!') {
            rule.keep = true;
            line.remove_prefix(1);
        }
        if (line.ends_with('/')) {
            rule.directories_only = true;
            line.remove_suffix(1);
        }
        if (line.empty()) continue;
        rule.anchored = line.find('/') != std::string_view::npos;
        if (line[0] == '/') line.remove_prefix(1);
        rule.glob = std::string(line);
        rules_.push_back(std::move(rule));
    }
}

int IgnoreRules::judge(std::string_view path, bool directory) const {
    for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
        if (rule->directories_only && !directory) continue;
        if (glob_matches(rule->glob, rule->anchored ? path : name_of_path(path))) return rule->keep ? -1 : 1;
    }
    return 0;
}

}  // namespace migrate::detection
