#include "run/traceback.hpp"

#include <algorithm>

namespace migrate {

namespace {

/// "sqlalchemy.exc.ProgrammingError: text" and "EOFError", at the beginning of a line.
bool names_exception(std::string_view line) {
    std::string_view name = line.substr(0, line.find(':'));
    if (name.empty() || !(name[0] >= 'A' && name[0] <= 'Z') && name.find('.') == std::string_view::npos)
        return false;
    for (char c : name)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
              c == '.'))
            return false;
    std::string_view last = name.substr(name.rfind('.') + 1);
    for (std::string_view ending : {"Error", "Exception", "Interrupt", "Exit", "History"})
        if (last.ends_with(ending)) return true;
    return false;
}

/// `  File "/srv/shop/versions/x.py", line 12, in upgrade` -> "versions/x.py:12", where it is the project's.
std::string frame_of(std::string_view line, const std::string& root) {
    constexpr std::string_view kFile = "  File \"";
    if (!line.starts_with(kFile)) return "";
    line.remove_prefix(kFile.size());
    std::size_t end = line.find("\", line ");
    if (end == std::string_view::npos) return "";
    std::string_view path = line.substr(0, end);
    if (!path.starts_with(root) || path.find("site-packages") != std::string_view::npos ||
        path.find("/.venv/") != std::string_view::npos)
        return "";
    std::string_view number = line.substr(end + 8);
    number = number.substr(0, number.find(','));
    return std::string(path.substr(root.size())) + ":" + std::string(number);
}

}  // namespace

std::optional<std::string> traceback_line(std::string_view text, const std::filesystem::path& root) {
    if (text.find("Traceback (most recent call last)") == std::string_view::npos) return std::nullopt;
    const std::string below = root.string() + "/";
    std::string frame, exception;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (std::string at = frame_of(line, below); !at.empty()) frame = std::move(at);
        if (names_exception(line)) exception = line;
    }
    if (exception.empty()) return std::nullopt;
    return frame.empty() ? exception : frame + ": " + exception;
}

}  // namespace migrate
