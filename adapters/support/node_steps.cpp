#include "adapters/support/node_steps.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/files.hpp"

namespace migrate::node {

namespace {

bool is_word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool loads_typescript(const Unit& unit) {
    if (unit.config.ends_with("ts")) return true;
    return std::any_of(unit.launch.begin(), unit.launch.end(),
                       [](const std::string& word) { return word.find("ts-node") != std::string::npos; });
}

}  // namespace

Known known(const Facts& facts) {
    Known result;
    if (facts.targets.empty()) return result;
    result.target = &facts.targets.front();
    auto found = facts.histories.find(result.target->name);
    if (found != facts.histories.end()) result.history = &found->second;
    return result;
}

Result<Step> step(const Adapter& adapter, const Unit& unit, const Request& request, const Target* target,
                  Verb verb, std::string_view variant, const Holes& holes, std::string purpose) {
    const Row* row = find_row(adapter, verb, variant, unit.version);
    if (!row || row->how != How::native) return unsupported(adapter, unit, row, verb);
    Step made = native_step(adapter, unit, *row, holes, std::move(purpose));
    made.env["NO_COLOR"] = {"1"};
    made.env["NODE_ENV"] = {request.environment};
    if (loads_typescript(unit)) made.env["TS_NODE_TRANSPILE_ONLY"] = {"true"};
    if (target) made.target = target->name;
    return made;
}

std::vector<std::string> ids_of(const std::vector<MigrationFile>& files) {
    std::vector<std::string> ids;
    for (const auto& file : files) ids.push_back(file.id);
    return ids;
}

std::vector<std::string> ids_of(const std::vector<AppliedRow>& rows) {
    std::vector<std::string> ids;
    for (const auto& row : rows) ids.push_back(row.id);
    return ids;
}

std::optional<bool> reversible(const std::vector<MigrationFile>& files) {
    bool all_known = !files.empty();
    for (const auto& file : files) {
        if (file.reversible == false) return false;
        if (!file.reversible) all_known = false;
    }
    return all_known ? std::optional(true) : std::nullopt;
}

const MigrationFile* file_of(const std::vector<MigrationFile>& files, std::string_view id) {
    auto found = std::find_if(files.begin(), files.end(), [&](const auto& file) { return file.id == id; });
    return found == files.end() ? nullptr : &*found;
}

bool contains(const std::vector<std::string>& ids, std::string_view id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

std::string count_of(std::size_t n) {
    return std::to_string(n) + (n == 1 ? " migration" : " migrations");
}

Result<std::string> safe_name(std::string_view name) {
    std::string safe;
    for (char c : name) {
        if (is_word_char(c) && !(safe.empty() && c == '-'))
            safe += c;
        else if (!safe.empty() && safe.back() != '_')
            safe += '_';
    }
    while (!safe.empty() && (safe.back() == '_' || safe.back() == '-')) safe.pop_back();
    if (safe.empty())
        return fail("usage", "a migration needs a name of letters and digits",
                    "For example: migrate generate add_email_to_users");
    return safe;
}

bool is_module_package(const std::filesystem::path& root, const std::string& directory) {
    std::filesystem::path at = std::filesystem::path(directory).lexically_normal();
    for (;;) {
        if (auto text = read_file(root / at / "package.json")) {
            auto json = nlohmann::json::parse(*text, nullptr, false);
            return json.is_object() && json.contains("type") && json["type"] == "module";
        }
        if (at.empty() || at == "." || *at.begin() == "..") return false;
        at = at.parent_path();
    }
}

std::string in_unit(const Unit& unit, std::string_view name) {
    return (std::filesystem::path(unit.root) / name).lexically_normal().generic_string();
}

Step write_step(std::string path, std::string content) {
    Step step;
    step.purpose = "write " + path;
    step.expect.files = {path};
    step.action = WriteFile{std::move(path), std::move(content)};
    step.risk = Risk::files;
    return step;
}

}  // namespace migrate::node
