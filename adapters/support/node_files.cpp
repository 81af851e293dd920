#include "adapters/support/node_files.hpp"

#include <algorithm>
#include <set>

#include "adapters/support/js_migration.hpp"
#include "base/files.hpp"

namespace migrate::node {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string without_sequences(std::string_view line) {
    std::string plain;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\r') continue;
        if (line[i] != '\x1b') {
            plain += line[i];
            continue;
        }
        if (i + 1 < line.size() && line[i + 1] == '[')  // ESC [ parameters final byte
            for (i += 2; i < line.size() && (line[i] < '@' || line[i] > '~');) ++i;
    }
    while (!plain.empty() && plain.back() == ' ') plain.pop_back();
    return plain;
}

}  // namespace

bool looks_like_migration(std::string_view name) {
    if (name.size() < 16 || !std::all_of(name.begin(), name.begin() + 14, is_digit)) return false;
    if (name[14] != '_' && name[14] != '-') return false;
    if (name.find(".d.") != std::string_view::npos) return false;
    for (auto ending : {".js", ".cjs", ".mjs", ".ts", ".cts", ".mts"})
        if (name.ends_with(ending)) return true;
    return false;
}

MigrationFile migration_file(const std::filesystem::path& root, const std::string& directory,
                             const std::string& name) {
    MigrationFile file;
    file.id = name;
    file.files = {(std::filesystem::path(directory) / name).lexically_normal().generic_string()};
    if (auto text = read_file(root / file.files.front(), 1u << 20)) file.reversible = js::has_way_back(*text);
    return file;
}

std::optional<Error> duplicate_error(const Unit& unit, const std::vector<MigrationFile>& files,
                                     std::string_view why) {
    std::set<std::string_view> ids;
    for (const auto& file : files) {
        if (ids.insert(file.id).second) continue;
        std::string where;
        for (const auto& other : files)
            if (other.id == file.id && !other.files.empty())
                where += (where.empty() ? "" : " and ") + other.files.front();
        return Error{"migration.duplicate",
                     "two migrations of " + unit.id + " are called " + file.id + ": " + where,
                     std::string(why) + "; rename the one that was never applied.",
                     {}};
    }
    return std::nullopt;
}

History compare_with_skipped(const std::vector<MigrationFile>& files, HistoryRows rows) {
    std::vector<MigrationFile> loaded;
    std::vector<std::string> skipped;
    for (const auto& file : files) {
        if (file.key == kSkipped)
            skipped.push_back(file.id);
        else
            loaded.push_back(file);
    }
    History history = compare_by_id(loaded, std::move(rows));
    history.will_skip = std::move(skipped);
    return history;
}

std::vector<std::string> plain_lines(std::string_view output) {
    std::vector<std::string> lines;
    while (!output.empty()) {
        std::size_t end = std::min(output.find('\n'), output.size());
        lines.push_back(without_sequences(output.substr(0, end)));
        output.remove_prefix(std::min(end + 1, output.size()));
    }
    return lines;
}

AppliedRow applied_row(std::string_view id) {
    AppliedRow row;
    row.id = id;
    return row;
}

tl::unexpected<Error> not_understood(const Unit& unit, std::string_view command) {
    return fail("tool.failed", "what " + std::string(command) + " printed for " + unit.id + " is no status",
                "Run it by hand to see: the configuration may print something of its own.");
}

}  // namespace migrate::node
