#include "policy/log.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/sha256.hpp"
#include "model/target.hpp"

namespace migrate {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr std::string_view kFirst = "0000000000000000000000000000000000000000000000000000000000000000";

/// The end of the file: its last whole line, and what stands behind it without a line end.
struct Tail {
    std::string last;
    std::string torn;
};

Tail tail_of(int fd) {
    off_t size = ::lseek(fd, 0, SEEK_END);
    std::string text;
    for (off_t chunk = 64 * 1024; size > 0; chunk *= 4) {
        off_t from = size > chunk ? size - chunk : 0;
        text.resize(static_cast<std::size_t>(size - from));
        if (::pread(fd, text.data(), text.size(), from) != static_cast<ssize_t>(text.size())) return {};
        std::size_t end = text.rfind('\n');
        if (from == 0 ||
            (end != std::string::npos && end > 0 && text.rfind('\n', end - 1) != std::string::npos))
            break;
    }
    Tail tail;
    std::size_t end = text.rfind('\n');
    if (end == std::string::npos) return {"", text};
    tail.torn = text.substr(end + 1);
    std::size_t begin = end == 0 ? std::string::npos : text.rfind('\n', end - 1);
    begin = begin == std::string::npos ? 0 : begin + 1;
    tail.last = text.substr(begin, end - begin);
    return tail;
}

std::string line_of(const LogEntry& entry, const std::string& previous) {
    Json json{{"at", entry.at},           {"user", entry.user},       {"caller", entry.caller},
              {"command", entry.command}, {"unit", entry.unit},       {"target", entry.target},
              {"level", entry.level},     {"plan_id", entry.plan_id}, {"outcome", entry.outcome},
              {"detail", entry.detail},   {"pid", entry.pid},         {"previous", previous}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

tl::unexpected<Error> unwritable(const fs::path& file) {
    return fail(
        "file.unwritable", "the audit log " + file.string() + " cannot be written: " + std::strerror(errno),
        "What was done is done, but there is no record of it there. --log FILE writes one elsewhere.");
}

/// A killed process loses no line that it wrote. That the machine itself may stop is worth waiting for the
/// disk where more than one person's own data is at stake.
bool must_outlive_power(const LogEntry& entry) {
    const auto level = level_from(entry.level);
    return !level || *level > Level::local;
}

}  // namespace

Result<void> append_log(const fs::path& file, const std::vector<LogEntry>& entries) {
    if (entries.empty()) return {};
    std::error_code ignored;
    if (file.has_parent_path()) fs::create_directories(file.parent_path(), ignored);
    int fd = ::open(file.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return unwritable(file);
    while (::flock(fd, LOCK_EX) != 0 && errno == EINTR) {
    }
    Tail tail = tail_of(fd);
    std::string text;
    std::string previous = tail.last.empty() ? std::string(kFirst) : sha256_hex(tail.last);
    // Of the last line only the line end may be missing; then it is a link like any other.
    auto whole = Json::parse(tail.torn, nullptr, false);
    if (whole.is_object() && whole.value("previous", "") == previous) {
        text = "\n";
        previous = sha256_hex(tail.torn);
    } else if (!tail.torn.empty()) {
        // The cut line gets its end, and the next one says that it is no link of the chain.
        Json note{{"torn", sha256_hex(tail.torn)}, {"previous", previous}};
        std::string line = note.dump();
        text = "\n" + line + "\n";
        previous = sha256_hex(line);
    }
    for (const auto& entry : entries) {
        std::string line = line_of(entry, previous);
        text += line + "\n";
        previous = sha256_hex(line);
    }
    bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (std::any_of(entries.begin(), entries.end(), must_outlive_power)) written &= ::fsync(fd) == 0;
    ::close(fd);
    if (!written) return unwritable(file);
    return {};
}

std::vector<std::string> read_log(const fs::path& file, std::size_t limit) {
    std::ifstream in(file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
        if (lines.size() > limit) lines.erase(lines.begin());
    }
    return lines;
}

namespace {

std::optional<LogEntry> entry_of(std::string_view line) {
    auto json = Json::parse(line.begin(), line.end(), nullptr, false);
    if (!json.is_object() || !json.contains("at")) return std::nullopt;
    auto text = [&](const char* key) { return json.value(key, std::string()); };
    return LogEntry{text("at"),      text("user"),   text("caller"),       text("command"),
                    text("unit"),    text("target"), text("level"),        text("plan_id"),
                    text("outcome"), text("detail"), json.value("pid", 0), text("previous")};
}

/// Whether the process that wrote the line lives: one of this program, as far as /proc says.
bool is_alive(const LogEntry& entry) {
    if (entry.pid <= 0) return false;
    std::ifstream name(fs::path("/proc") / std::to_string(entry.pid) / "comm");
    std::string text;
    return std::getline(name, text) && text == "migrate";
}

/// The last `bytes` of the file: the first line may be cut.
std::string end_of(const fs::path& file, std::streamoff bytes) {
    std::ifstream in(file, std::ios::binary | std::ios::ate);
    const std::streamoff size = in ? std::min<std::streamoff>(in.tellg(), bytes) : 0;
    std::string text(static_cast<std::size_t>(size), '\0');
    in.seekg(-size, std::ios::end);
    in.read(text.data(), size);
    text.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, in.gcount())));
    return text;
}

/// Takes the last line off.
std::string_view last_line(std::string_view& text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    const std::size_t before = text.rfind('\n');
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    const std::string_view line = text.substr(begin);
    text = text.substr(0, begin);
    return line;
}

/// Whether a text stands in JSON as it is.
bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

bool changes_history(std::string_view command) {
    constexpr std::string_view kCommands[] = {"run",   "rollback", "redo",    "deploy", "setup",
                                              "apply", "baseline", "resolve", "reset",  "push"};
    return std::find(std::begin(kCommands), std::end(kCommands), command) != std::end(kCommands);
}

}  // namespace

namespace {

/// Whether what the line tells of has made good what was begun and never ended.
bool makes_good(const LogEntry& line, const LogEntry& begun) {
    if (line.outcome != "done" || line.unit != begun.unit || line.target != begun.target ||
        begun.command == "restore")
        return false;
    return line.command == begun.command || (changes_history(line.command) && changes_history(begun.command));
}

std::vector<LogEntry> never_ended(const fs::path& file, std::size_t limit, bool resolved_too) {
    std::vector<LogEntry> open;
    for (const auto& line : read_log(file, limit)) {
        auto entry = entry_of(line);
        if (!entry) continue;
        if (entry->outcome == "started") {
            open.push_back(std::move(*entry));
            continue;
        }
        auto same = std::find_if(open.rbegin(), open.rend(), [&](const LogEntry& one) {
            return one.command == entry->command && one.unit == entry->unit && one.target == entry->target &&
                   one.plan_id == entry->plan_id && one.pid == entry->pid;
        });
        if (same != open.rend()) open.erase(std::next(same).base());
        if (!resolved_too)
            std::erase_if(open, [&](const LogEntry& begun) { return makes_good(*entry, begun); });
    }
    return open;
}

}  // namespace

std::vector<LogEntry> unfinished(const fs::path& file, std::size_t limit) {
    return never_ended(file, limit, true);
}

std::vector<LogEntry> unresolved(const fs::path& file, std::size_t limit) {
    return never_ended(file, limit, false);
}

std::optional<LogEntry> stopped(const fs::path& file, const std::string& unit, const std::string& target) {
    const std::string text = end_of(file, 256 * 1024);
    // The newest first, as far back as something ended well: reading all would take longer each time.
    std::vector<LogEntry> since;
    for (std::string_view rest = text; !rest.empty();) {
        const std::string_view line = last_line(rest);
        const auto lacks = [&](const std::string& word) {
            return is_plain(word) && line.find(word) == std::string_view::npos;
        };
        if (lacks(unit) || lacks(target)) continue;
        auto entry = entry_of(line);
        if (!entry || entry->unit != unit || entry->target != target || !changes_history(entry->command))
            continue;
        if (entry->outcome == "done") break;
        since.push_back(std::move(*entry));
    }
    std::optional<LogEntry> last;
    for (auto entry = since.rbegin(); entry != since.rend(); ++entry) {
        if (entry->outcome == "started") {
            entry->outcome = is_alive(*entry) ? "is still at work" : "never ended";
            last = std::move(*entry);
        } else if (entry->outcome == "failed") {
            // A `resolve` that failed leaves what was to be resolved.
            if (last && (last->pid == entry->pid || entry->command == "resolve"))
                last->outcome = "failed";
            else if (entry->command != "resolve")
                last = std::move(*entry);
        }
    }
    return last;
}

LogCheck verify_log(const fs::path& file) {
    LogCheck check;
    std::ifstream in(file);
    std::string previous(kFirst), held;
    bool holding = false;
    auto broken = [&](std::size_t line, std::string why) {
        check.broken_line = line;
        check.why = std::move(why);
        return check;
    };
    for (std::string line; std::getline(in, line);) {
        ++check.lines;
        auto json = Json::parse(line, nullptr, false);
        if (holding) {
            // Behind a line that is no link there must be the note that names it.
            if (!json.is_object() || json.value("torn", "") != sha256_hex(held))
                return broken(check.lines - 1, "is no entry of this log");
            ++check.torn;
            holding = false;
        }
        if (!json.is_object()) {
            holding = true;
            held = line;
            continue;
        }
        if (json.value("previous", "") != previous)
            return broken(check.lines,
                          "does not follow from the line before it: a line was changed, added or removed");
        previous = sha256_hex(line);
    }
    if (holding) ++check.torn;  // cut by a crash just now; the next entry will name it
    return check;
}

}  // namespace migrate
