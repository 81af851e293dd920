// What a process that has ended means, in words.
#include <fmt/format.h>

#include <cstring>

#include "base/utf8.hpp"
#include "run/process.hpp"

namespace migrate {

namespace {

/// The shell's, env's and npm's answer to a command that they cannot find (POSIX, XCU 2.8.2).
constexpr int kCommandNotFound = 127;

std::string last_lines(const Captured& captured) {
    constexpr std::size_t kLines = 12, kBytes = 1500;
    std::string text = plain_text(captured.cut() ? captured.tail : captured.head);
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    std::size_t begin = text.size();
    for (std::size_t lines = 0; begin > 0 && lines < kLines && text.size() - begin < kBytes; ++lines) {
        std::size_t end = text.rfind('\n', begin - 1);
        if (end == std::string::npos) {
            begin = 0;
        } else {
            begin = end == 0 ? 0 : end;
        }
    }
    text.erase(0, begin);
    while (!text.empty() && text.front() == '\n') text.erase(0, 1);
    return text;
}

std::string seconds(std::chrono::milliseconds time) {
    return fmt::format("{:.1f} s", static_cast<double>(time.count()) / 1000);
}

}  // namespace

std::string_view to_string(Stream stream) {
    return stream == Stream::out ? "stdout" : "stderr";
}

std::string Captured::text() const {
    if (!cut()) return plain_text(head);
    std::string where = log.empty() ? "" : "; all of it is in " + log.string();
    return plain_text(head) +
           fmt::format("\n[... {} bytes left out{} ...]\n",
                       bytes - std::min<std::uint64_t>(bytes, head.size() + tail.size()), where) +
           plain_text(tail);
}

Error error_of(const ProcessResult& result, std::string_view program) {
    std::string said = last_lines(result.err);
    if (said.empty()) said = last_lines(result.out);
    switch (result.end) {
        case ProcessResult::End::not_started:
            return result.start_error;
        case ProcessResult::End::interrupted:
            return {"interrupted",
                    fmt::format("{} was interrupted by SIG{}", program, ::sigabbrev_np(result.signal)),
                    said,
                    {}};
        case ProcessResult::End::timed_out:
            return {
                "tool.timeout",
                fmt::format("{} was ended after {}, its time was over", program, seconds(result.duration)),
                said,
                {}};
        case ProcessResult::End::signalled:
            return {"tool.failed",
                    fmt::format("{} was killed by SIG{}", program, ::sigabbrev_np(result.signal)),
                    said,
                    {}};
        case ProcessResult::End::exited:
            break;
    }
    if (result.exit_code == kCommandNotFound)
        return {"tool.missing",
                fmt::format("{} could not find a program that it needs (exit status 127)", program),
                said,
                {}};
    return {"tool.failed", fmt::format("{} ended with exit status {}", program, result.exit_code), said, {}};
}

}  // namespace migrate
