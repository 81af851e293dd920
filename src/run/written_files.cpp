#include "run/written_files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migrate {

namespace fs = std::filesystem;

bool may_write(const Step& step) {
    const auto* native = std::get_if<Native>(&step.action);
    return native && step.risk == Risk::files && native->capture_to.empty() && step.target != "scratch";
}

Written written_files(const Unit& unit, const std::vector<std::string>& patterns, const fs::path& root) {
    std::set<std::string> places;
    std::error_code ignored;
    if (fs::is_regular_file(root / unit.schema, ignored)) places.insert(unit.schema);
    for (const auto& directory : unit.migrations) places.insert(directory.path);
    for (const auto& pattern : patterns)
        places.insert(pattern.substr(0, pattern.rfind('/', std::min(pattern.find('*'), pattern.size()))));
    Written written;
    for (const auto& path : files_like(root, {places.begin(), places.end()}))
        if (path.parent_path().filename() != "__pycache__")
            written.emplace(path, fs::last_write_time(path, ignored));
    return written;
}

void note_written(UnitResult& result, const Written& before, const Written& after, const fs::path& root) {
    for (const auto& [path, time] : after) {
        auto known = before.find(path);
        if (known != before.end() && known->second == time) continue;
        std::string file = path.lexically_relative(root).generic_string();
        if (std::find(result.files.begin(), result.files.end(), file) == result.files.end())
            result.files.push_back(std::move(file));
    }
}

std::optional<Error> verify_files(UnitResult& result, const Step& step, const BuiltinState& state,
                                  const ExecuteSettings& settings, const std::set<fs::path>& before) {
    for (const auto& pattern : step.expect.files) {
        std::string expected = fill_holes(pattern, state);
        auto made = new_files(settings.root, expected, before);
        if (made.empty())
            return Error{
                "run.unverified",
                fmt::format("{} ended without an error, but wrote no file like {}", step.purpose, expected),
                "Nothing was applied. The tool's output says why; it may have wanted to ask something.",
                {}};
        for (auto& file : made)
            if (std::find(result.files.begin(), result.files.end(), file) == result.files.end())
                result.files.push_back(std::move(file));
    }
    return std::nullopt;
}

}  // namespace migrate
