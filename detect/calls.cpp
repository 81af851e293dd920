#include "detect/calls.hpp"

#include <algorithm>

#include "detect/detect.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

/// A repository with more of them than this is not read through for a line of evidence.
constexpr std::size_t kMostSources = 150;
constexpr std::size_t kMostOfSource = 256 * 1024;
/// Of one file and one word: more say nothing more.
constexpr std::size_t kMostCalls = 100;

/// The target whose recipe a line of a Makefile or justfile belongs to; "" if none.
std::string target_above(std::string_view text, std::size_t at) {
    while (at > 0) {
        std::size_t start = text.rfind('\n', at - 1);
        start = start == std::string_view::npos ? 0 : start + 1;
        std::string_view line = text.substr(start, std::min(text.find('\n', start), text.size()) - start);
        if (!line.empty() && line[0] != '\t' && line[0] != ' ' && line[0] != '#') {
            std::size_t colon = line.find(':');
            if (colon == std::string_view::npos || line.substr(colon, 2) == ":=") return "";
            std::string_view name = trim(line.substr(0, colon));
            return std::string(name.substr(0, name.find(' ')));
        }
        if (start == 0) break;
        at = start - 1;
    }
    return "";
}

/// The task of a Taskfile: the nearest line above that is indented by two and ends with a colon.
std::string task_above(std::string_view text, std::size_t at) {
    std::string name;
    each_line(text.substr(0, at), [&](std::string_view line, int) {
        if (line.size() > 3 && line.starts_with("  ") && line[2] != ' ' && line[2] != '#' &&
            line.ends_with(':'))
            name = std::string(line.substr(2, line.size() - 3));
        return true;
    });
    return name;
}

}  // namespace

std::vector<std::string> option_values(const Call& call, std::initializer_list<std::string_view> options) {
    std::vector<std::string> values;
    std::vector<std::string> words = shell_words(call.text);
    for (std::size_t at = 0; at < words.size(); ++at) {
        for (std::string_view option : options) {
            if (words[at] == option && at + 1 < words.size())
                values.push_back(words[at + 1]);
            else if (words[at].size() > option.size() && words[at].starts_with(option) &&
                     words[at][option.size()] == '=')
                values.push_back(words[at].substr(option.size() + 1));
        }
    }
    return values;
}

const std::vector<Call>& Calls::scripts(std::string_view word) const {
    if (auto known = scripts_.find(word); known != scripts_.end()) return known->second;
    std::vector<Call> found;
    for (const Package& package : packages_.all()) {
        if (!package.mentions(word)) continue;
        std::size_t before = found.size();
        for (const auto& [name, text] : packages_.manifest(package).scripts) {
            if (find_word(text, word) == std::string::npos) continue;
            if (found.size() - before == kMostCalls) break;
            found.push_back({package.file, Packages::line_of_key(package, name), package.dir, name, text,
                             &package, false});
        }
    }
    return scripts_.emplace(std::string(word), std::move(found)).first->second;
}

const std::vector<Calls::Source>& Calls::sources() const {
    if (sources_) return *sources_;
    sources_.emplace();
    for (FileKind kind : {FileKind::makefile, FileKind::dockerfile, FileKind::compose, FileKind::shell,
                          FileKind::project_json}) {
        for (Tree::Place place : repo_.tree().of_kind(kind)) {
            std::string path = repo_.tree().path(place);
            if (is_hidden_path(path) || sources_->size() >= kMostSources) continue;
            sources_->push_back({std::move(path), place.dir, kind});
        }
    }
    return *sources_;
}

const std::vector<Call>& Calls::lines(std::string_view word) const {
    if (auto known = lines_.find(word); known != lines_.end()) return known->second;
    std::vector<Call> found;
    for (const Source& source : sources()) {
        const std::string& text = repo_.text(source.path);
        if (text.size() > kMostOfSource) continue;
        std::size_t before = found.size();
        for (std::size_t at = find_word(text, word);
             at != std::string::npos && found.size() - before < kMostCalls;) {
            std::size_t start = text.rfind('\n', at);
            start = start == std::string::npos ? 0 : start + 1;
            std::size_t end = std::min(text.find('\n', at), text.size());
            std::string_view line = trim(std::string_view(text).substr(start, end - start));
            if (line[0] != '#' && !line.starts_with("//") && !line.starts_with("echo ")) {
                Call call{source.path, line_of(text, at), source.dir, "", std::string(line), nullptr, false};
                if (source.kind == FileKind::makefile) {
                    call.make = true;
                    bool task = lowercase(source.path).ends_with("ml");
                    call.name = task ? task_above(text, start) : target_above(text, start);
                }
                found.push_back(std::move(call));
            }
            at = find_word(text, word, end);
        }
    }
    return lines_.emplace(std::string(word), std::move(found)).first->second;
}

}  // namespace migrate::detection
