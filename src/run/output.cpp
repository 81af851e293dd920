#include "run/output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/utf8.hpp"

namespace migrate {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestPiece = 64 * 1024;
constexpr auto kProgressEvery = std::chrono::milliseconds(200);

/// The first line feed or carriage return. Two passes of memchr are much faster than find_first_of.
std::size_t line_end(std::string_view bytes) {
    std::size_t feed = bytes.find('\n');
    std::size_t carriage = bytes.substr(0, feed).find('\r');
    return std::min(feed, carriage);
}

/// Makes the directory if need be. False where others could enter it or put something in its place.
bool make_private_directory(const fs::path& path) {
    std::error_code problem;
    fs::create_directories(path.parent_path(), problem);
    if (::mkdir(path.c_str(), 0700) == 0) return true;
    struct stat info {};
    if (errno != EEXIST || ::lstat(path.c_str(), &info) != 0) return false;
    if (!S_ISDIR(info.st_mode) || info.st_uid != ::geteuid()) return false;
    return (info.st_mode & 077) == 0 || ::chmod(path.c_str(), 0700) == 0;
}

}  // namespace

void LineSplitter::feed(std::string_view bytes, Clock::time_point now) {
    while (!bytes.empty()) {
        if (returned_) {
            returned_ = false;
            if (bytes.front() != '\n' && bytes.front() != '\r') overwrite(now);
        }
        std::size_t end = line_end(bytes);
        take(bytes.substr(0, end));
        if (end == std::string_view::npos) return;
        if (bytes[end] == '\r')
            returned_ = true;
        else
            deliver(OutputLine::End::newline, line_.size());
        bytes.remove_prefix(end + 1);
    }
}

void LineSplitter::take(std::string_view text) {
    while (line_.size() + text.size() > kLongestPiece) {
        std::size_t fits = kLongestPiece - line_.size();
        line_ += text.substr(0, fits);
        text.remove_prefix(fits);
        deliver(OutputLine::End::open, line_.size() - unfinished_utf8(line_));
    }
    line_ += text;
}

void LineSplitter::overwrite(Clock::time_point now) {
    if (!line_.empty() && shown_ == 0 && now - last_progress_ >= kProgressEvery) {
        last_progress_ = now;
        deliver(OutputLine::End::overwritten, line_.size());
    }
    line_.clear();
    shown_ = 0;
}

void LineSplitter::quiet() {
    if (!has_half_line()) return;
    if (returned_) {
        // Nobody knows yet whether this was progress: show it, and keep it in case its line end follows.
        if (handler_) handler_({stream_, valid_utf8(line_), OutputLine::End::overwritten});
        shown_ = line_.size();
    } else {
        deliver(OutputLine::End::open, line_.size() - unfinished_utf8(line_));
    }
}

void LineSplitter::finish() {
    if (returned_)
        quiet();
    else if (!line_.empty())
        deliver(OutputLine::End::open, line_.size());
    line_.clear();
    returned_ = false;
}

void LineSplitter::deliver(OutputLine::End end, std::size_t length) {
    if (end == OutputLine::End::open && length == 0) return;
    if (handler_) handler_({stream_, valid_utf8(std::string_view(line_).substr(0, length)), end});
    line_.erase(0, length);
    shown_ = 0;
}

void Kept::feed(std::string_view bytes) {
    if (!cut_) {
        std::size_t fits = std::min(bytes.size(), limit_ - head_.size());
        head_ += bytes.substr(0, fits);
        bytes.remove_prefix(fits);
        if (bytes.empty()) return;
        // More than fits: the second half of what was kept is the beginning of the tail.
        cut_ = true;
        tail_ = head_.substr(limit_ / 2);
        head_.resize(limit_ / 2);
    }
    std::size_t room = limit_ - limit_ / 2;
    if (bytes.size() >= room) {
        tail_ = bytes.substr(bytes.size() - room);
        return;
    }
    tail_ += bytes;
    if (tail_.size() > 2 * room) tail_.erase(0, tail_.size() - room);
}

std::string Kept::head() const {
    return head_;
}

std::string Kept::tail() const {
    std::size_t room = limit_ - limit_ / 2;
    return tail_.size() > room ? tail_.substr(tail_.size() - room) : tail_;
}

PrivateLog::PrivateLog(fs::path directory, std::string name, std::uint64_t limit)
    : directory_(std::move(directory)), name_(std::move(name)), left_(directory_.empty() ? 0 : limit) {}

PrivateLog::~PrivateLog() {
    if (fd_ >= 0) ::close(fd_);
}

bool PrivateLog::open() {
    if (!make_private_directory(directory_)) return false;
    constexpr int kTries = 1000;  // several runs may use one directory
    for (int n = 1; n <= kTries; ++n) {
        fs::path path = directory_ / (n == 1 ? name_ : name_ + "." + std::to_string(n));
        fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd_ >= 0) path_ = path;
        if (fd_ >= 0 || errno != EEXIST) break;
    }
    return fd_ >= 0;
}

void PrivateLog::feed(std::string_view bytes) {
    if (left_ == 0 || bytes.empty()) return;
    if (fd_ < 0 && !open()) left_ = 0;
    bytes = bytes.substr(0, std::min<std::uint64_t>(bytes.size(), left_));
    while (!bytes.empty()) {
        ssize_t put = ::write(fd_, bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) {
            left_ = 0;
            return;
        }
        bytes.remove_prefix(static_cast<std::size_t>(put));
        left_ -= static_cast<std::uint64_t>(put);
    }
}

OutputStream::OutputStream(Stream stream, const ProcessSpec& spec, const OutputHandler& handler)
    : lines_(stream, handler),
      kept_(spec.keep),
      log_(spec.log_dir, spec.log_name + "." + std::string(to_string(stream)), spec.log_limit) {
    if (spec.redactor) filter_.emplace(*spec.redactor);
}

void OutputStream::feed(std::string_view bytes, LineSplitter::Clock::time_point now) {
    bytes_ += bytes.size();
    if (!filter_) return pass_on(bytes, now);
    clean_.clear();
    filter_->feed(bytes, clean_);
    pass_on(clean_, now);
}

void OutputStream::finish() {
    if (filter_) {
        clean_.clear();
        filter_->finish(clean_);
        pass_on(clean_, LineSplitter::Clock::now());
    }
    lines_.finish();
}

void OutputStream::pass_on(std::string_view text, LineSplitter::Clock::time_point now) {
    kept_.feed(text);
    log_.feed(text);
    lines_.feed(text, now);
}

Captured OutputStream::captured() const {
    return {kept_.head(), kept_.tail(), bytes_, log_.path()};
}

}  // namespace migrate
