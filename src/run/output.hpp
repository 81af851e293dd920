#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "run/process.hpp"
#include "run/redact.hpp"

namespace migrate {

/// Cuts one output stream into lines. A lone carriage return makes what stood before it progress that the
/// next text overwrites: of it only the last before each line end is delivered, and now and then one in
/// between. Drives nothing itself: the owner feeds bytes and says when the stream has gone quiet.
class LineSplitter {
  public:
    using Clock = std::chrono::steady_clock;

    LineSplitter(Stream stream, const OutputHandler& handler) : stream_(stream), handler_(handler) {}

    void feed(std::string_view bytes, Clock::time_point now);
    /// The child has been quiet for a while: delivers a half line (a prompt, dots of progress).
    void quiet();
    /// The stream is over: delivers what is left.
    void finish();
    /// Whether `quiet` would deliver something.
    bool has_half_line() const { return !line_.empty() && line_.size() > shown_; }

  private:
    void take(std::string_view text);
    void overwrite(Clock::time_point now);
    void deliver(OutputLine::End end, std::size_t length);

    Stream stream_;
    const OutputHandler& handler_;
    std::string line_;
    std::size_t shown_ = 0;  // so much of line_ has been delivered as progress
    bool returned_ = false;  // the last byte was a carriage return: the next one decides what it means
    Clock::time_point last_progress_{};
};

/// The first and the last bytes of a stream, up to `limit` in all.
class Kept {
  public:
    explicit Kept(std::size_t limit) : limit_(limit) {}
    void feed(std::string_view bytes);
    std::string head() const;
    std::string tail() const;

  private:
    std::size_t limit_;
    std::string head_, tail_;
    bool cut_ = false;
};

/// A file that only its owner can read, made when the first byte comes, in a directory that only its owner
/// can enter. Where it cannot be written the output is simply not kept: a full disk stops no migration.
class PrivateLog {
  public:
    /// No file at all where `directory` is empty.
    PrivateLog(std::filesystem::path directory, std::string name, std::uint64_t limit);
    ~PrivateLog();
    PrivateLog(const PrivateLog&) = delete;
    PrivateLog& operator=(const PrivateLog&) = delete;

    void feed(std::string_view bytes);
    /// "" where nothing was written.
    const std::filesystem::path& path() const { return path_; }

  private:
    bool open();

    std::filesystem::path directory_, path_;
    std::string name_;
    std::uint64_t left_;
    int fd_ = -1;
};

/// All that happens to one output stream of a child: redaction first, then lines, log and what is kept.
class OutputStream {
  public:
    OutputStream(Stream stream, const ProcessSpec& spec, const OutputHandler& handler);

    void feed(std::string_view bytes, LineSplitter::Clock::time_point now);
    void quiet() { lines_.quiet(); }
    bool has_half_line() const { return lines_.has_half_line(); }
    void finish();
    Captured captured() const;

  private:
    void pass_on(std::string_view text, LineSplitter::Clock::time_point now);

    std::optional<Redactor::Filter> filter_;
    std::string clean_;
    LineSplitter lines_;
    Kept kept_;
    PrivateLog log_;
    std::uint64_t bytes_ = 0;
};

}  // namespace migrate
