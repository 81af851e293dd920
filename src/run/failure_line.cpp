#include "run/failure_line.hpp"

#include <algorithm>

namespace migrate {

namespace {

/// "sqlalchemy.exc.ProgrammingError: text" and "EOFError", at the beginning of a line.
bool names_exception(std::string_view line) {
    std::string_view name = line.substr(0, line.find(':'));
    const bool plain = !name.empty() && name[0] >= 'A' && name[0] <= 'Z';
    if (!plain && name.find('.') == std::string_view::npos) return false;
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

std::string_view next_line(std::string_view& text) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

std::optional<std::string> python_line(std::string_view text, const std::string& below) {
    if (text.find("Traceback (most recent call last)") == std::string_view::npos) return std::nullopt;
    std::string frame, exception;
    while (!text.empty()) {
        std::string_view line = next_line(text);
        if (std::string at = frame_of(line, below); !at.empty()) frame = std::move(at);
        if (names_exception(line)) exception = line;
    }
    if (exception.empty()) return std::nullopt;
    return frame.empty() ? exception : frame + ": " + exception;
}

/// "Message    : ERROR: x" -> "ERROR: x" for the key "Message".
std::optional<std::string_view> field_of(std::string_view line, std::string_view key) {
    if (!line.starts_with(key)) return std::nullopt;
    line.remove_prefix(key.size());
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    if (!line.starts_with(": ")) return std::nullopt;
    return line.substr(2);
}

/// Maven puts its own word before each line of the plugin's.
std::optional<std::string> flyway_line(std::string_view text, const std::string& below) {
    constexpr std::string_view kMaven = "[ERROR] ";
    std::string message, location, number;
    while (!text.empty()) {
        std::string_view line = next_line(text);
        if (line.starts_with(kMaven)) line.remove_prefix(kMaven.size());
        if (message.empty())
            if (auto value = field_of(line, "Message")) message = *value;
        if (location.empty())
            if (auto value = field_of(line, "Location")) location = value->substr(0, value->find(" ("));
        if (number.empty())
            if (auto value = field_of(line, "Line")) number = *value;
    }
    if (message.empty() || location.empty()) return std::nullopt;
    if (location.starts_with(below)) location.erase(0, below.size());
    return location + (number.empty() ? "" : ":" + number) + ": " + message;
}

}  // namespace

std::optional<std::string> failure_line(std::string_view output, const std::filesystem::path& root) {
    if (auto line = python_line(output, root.string() + "/")) return line;
    return flyway_line(output, root.string() + "/");
}

}  // namespace migrate
