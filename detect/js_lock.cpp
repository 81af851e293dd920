#include "detect/js_lock.hpp"

#include <algorithm>

#include "detect/text.hpp"
#include "model/version.hpp"

namespace migrate::detection {

namespace {

constexpr auto npos = std::string_view::npos;

/// The text between `from` and the first of `ends` after it.
std::string_view until(std::string_view text, std::size_t from, std::string_view ends) {
    std::size_t end = std::min(text.find_first_of(ends, from), text.size());
    return text.substr(from, end - from);
}

/// Takes peers ("4.1.0(react@18)", "4.1.0_react@18"), quotes and prefixes off; "" for links and files.
std::string plain_version(std::string_view text) {
    text = unquote(trim(text));
    if (text.starts_with("link:") || text.starts_with("file:")) return "";
    text = text.substr(0, text.find('('));
    if (std::size_t peers = text.find('_'); peers != npos) text = text.substr(0, peers);
    // An alias: "npm:other@1.2.3", "/other@1.2.3".
    if (std::size_t at = text.rfind('@'); at != npos && at > 0) text = text.substr(at + 1);
    return std::string(text);
}

void keep_newer(std::string& best, std::string_view candidate) {
    auto theirs = parse_version(candidate), ours = parse_version(best);
    if (theirs && (!ours || *ours < *theirs)) best = std::string(candidate);
}

/// The lines of `text` from `start` that are indented deeper than `indent` spaces.
std::string_view block(std::string_view text, std::size_t start, std::size_t indent) {
    std::size_t at = start;
    while (at < text.size()) {
        std::size_t end = std::min(text.find('\n', at), text.size());
        std::string_view line = text.substr(at, end - at);
        std::size_t depth = line.find_first_not_of(' ');
        if (depth != npos && depth <= indent) break;
        at = std::min(end + 1, text.size());
    }
    return text.substr(start, at - start);
}

/// A YAML key of a given indentation: where the text behind its colon starts.
std::size_t after_key(std::string_view text, std::string_view key, std::size_t indent, std::size_t from = 0) {
    for (std::string_view quote : {"", "'", "\""}) {
        std::string wanted =
            std::string(indent, ' ') + std::string(quote) + std::string(key) + std::string(quote) + ':';
        for (std::size_t at = find_part(text, wanted, from); at != npos; at = find_part(text, wanted, at + 1))
            if (at == 0 || text[at - 1] == '\n') return at + wanted.size();
    }
    return npos;
}

/// The version of a dependency in one importer's block.
std::string pnpm_dependency(std::string_view lines, std::string_view package, std::size_t indent) {
    std::size_t at = npos;
    for (std::size_t from = 0;; from = at) {
        at = after_key(lines, package, indent, from);
        if (at == npos) return "";
        std::string_view same_line = trim(until(lines, at, "\n"));
        std::string found;
        if (!same_line.empty()) {
            found = plain_version(same_line);
        } else {
            std::string_view inner =
                block(lines, std::min(lines.find('\n', at), lines.size() - 1) + 1, indent);
            if (std::size_t version = after_key(inner, "version", indent + 2); version != npos)
                found = plain_version(until(inner, version, "\n"));
        }
        // Version 5 lists the ranges first, under `specifiers`: there the value is no plain version.
        if (!found.empty() && found[0] >= '0' && found[0] <= '9') {
            std::size_t title = lines.rfind("specifiers:", at);
            std::size_t other = lines.rfind("ependencies:", at);
            if (title == npos || (other != npos && other > title)) return found;
        }
    }
}

}  // namespace

std::string npm_locked(std::string_view lock, std::string_view package,
                       const std::vector<std::string>& directories) {
    for (const std::string& directory : directories) {
        std::string key = '"' + directory + (directory.empty() ? "" : "/") + "node_modules/" +
                          std::string(package) + "\": {";
        std::size_t at = find_part(lock, key);
        if (at == npos) continue;
        std::string_view entry = lock.substr(at + key.size(), 400);
        std::size_t version = entry.find("\"version\": \"");
        if (version != npos && version < entry.find('}'))
            return std::string(until(entry, version + 12, "\""));
    }
    // Version 1 has one tree; its top level is indented by four.
    std::string key = "\n    \"" + std::string(package) + "\": {";
    std::size_t at = find_part(lock, key);
    if (at == npos) return "";
    std::string_view entry = lock.substr(at + key.size(), 400);
    std::size_t version = entry.find("\"version\": \"");
    if (version == npos || version > entry.find('}')) return "";
    return std::string(until(entry, version + 12, "\""));
}

std::string pnpm_locked(std::string_view lock, std::string_view package, std::string_view importer) {
    std::size_t importers = after_key(lock, "importers", 0);
    if (importers != npos) {
        std::string_view all = block(lock, std::min(lock.find('\n', importers), lock.size() - 1) + 1, 0);
        if (std::size_t own = after_key(all, importer, 2); own != npos) {
            std::string_view lines = block(all, std::min(all.find('\n', own), all.size() - 1) + 1, 2);
            if (std::string found = pnpm_dependency(lines, package, 6); !found.empty()) return found;
        }
    } else {
        std::string_view top = lock.substr(0, find_part(lock, "\npackages:"));
        if (std::string found = pnpm_dependency(top, package, 2); !found.empty()) return found;
    }
    std::string best;
    for (std::string_view before : {"\n  ", "\n  '", "\n  /", "\n  '/"}) {
        for (char separator : {'@', '/'}) {
            std::string key = std::string(before) + std::string(package) + separator;
            for (std::size_t at = find_part(lock, key); at != npos; at = find_part(lock, key, at + 1))
                keep_newer(best, plain_version(until(lock, at + key.size(), ":'\n(")));
        }
    }
    return best;
}

std::string yarn_locked(std::string_view lock, std::string_view package, std::string_view range) {
    std::string best;
    const std::string key = std::string(package) + '@';
    for (std::size_t at = find_part(lock, key); at != npos; at = find_part(lock, key, at + 1)) {
        const std::size_t start = at > 0 && lock[at - 1] == '"' ? at - 1 : at;
        if (start > 0 && lock[start - 1] != '\n') continue;
        std::string_view header = until(lock, start, "\n");
        std::string_view entry = block(lock, start + header.size() + 1, 0);
        std::size_t version = entry.find("  version");
        if (version == npos) continue;
        std::string_view found =
            unquote(trim(trim(until(entry, version + 9, "\n"))
                             .substr(entry.substr(version + 9).starts_with(':') ? 1 : 0)));
        if (header.find("@workspace:") != npos || header.find("@patch:") != npos) continue;
        for (std::string_view descriptor : split(header, ",")) {
            while (!descriptor.empty() && (descriptor.back() == ':' || descriptor.back() == '"'))
                descriptor.remove_suffix(1);
            std::size_t sign = descriptor.rfind('@');
            if (sign == npos) continue;
            std::string_view wanted = descriptor.substr(sign + 1);
            if (wanted.starts_with("npm:")) wanted.remove_prefix(4);
            if (!range.empty() && wanted == range) return std::string(found);
        }
        keep_newer(best, found);
    }
    return best;
}

std::string bun_locked(std::string_view lock, std::string_view package) {
    std::string key = '"' + std::string(package) + "\": [\"" + std::string(package) + '@';
    std::size_t at = find_part(lock, key);
    return at == npos ? "" : std::string(until(lock, at + key.size(), "\""));
}

std::string catalog_range(std::string_view workspace, std::string_view package, std::string_view range) {
    if (!range.starts_with("catalog:")) return std::string(range);
    std::string_view name = range.substr(8);
    std::string_view lines;
    std::size_t indent = 2;
    if (name.empty() || name == "default") {
        std::size_t at = after_key(workspace, "catalog", 0);
        if (at != npos)
            lines = block(workspace, std::min(workspace.find('\n', at), workspace.size() - 1) + 1, 0);
    }
    if (lines.empty()) {
        std::size_t at = after_key(workspace, "catalogs", 0);
        if (at == npos) return "";
        std::string_view all =
            block(workspace, std::min(workspace.find('\n', at), workspace.size() - 1) + 1, 0);
        at = after_key(all, name.empty() ? "default" : name, 2);
        if (at == npos) return "";
        lines = block(all, std::min(all.find('\n', at), all.size() - 1) + 1, 2);
        indent = 4;
    }
    std::size_t at = after_key(lines, package, indent);
    return at == npos ? "" : std::string(unquote(trim(until(lines, at, "\n"))));
}

}  // namespace migrate::detection
