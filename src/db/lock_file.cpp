#include "db/lock_file.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

namespace migrate::db {

namespace {

constexpr std::chrono::milliseconds kPause{50};

/// Another user's file may be readable only; flock does not mind.
int open_lock_file(const char* path) {
    const int descriptor = ::open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (descriptor >= 0 || errno != EACCES) return descriptor;
    return ::open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

/// Whether the locked file is still the one that the name stands for: a holder removes the file on release,
/// and a lock on the removed one would exclude nobody.
bool is_current(int descriptor, const char* path) {
    struct stat ours {};
    struct stat named {};
    return fstat(descriptor, &ours) == 0 && lstat(path, &named) == 0 && ours.st_dev == named.st_dev &&
           ours.st_ino == named.st_ino;
}

void write_holder(int descriptor) {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const std::string text =
        fmt::format("pid {} on {} since {:%Y-%m-%dT%H:%M:%SZ}\n", getpid(), host.data(), now);
    // Only a courtesy to whoever waits: a lock without a name is still a lock.
    if (ftruncate(descriptor, 0) == 0 && pwrite(descriptor, text.data(), text.size(), 0) < 0) return;
}

std::string read_holder(int descriptor) {
    std::array<char, 512> text{};
    const ssize_t size = pread(descriptor, text.data(), text.size(), 0);
    std::string holder(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    holder.resize(std::min(holder.find('\n'), holder.size()));
    return holder.empty() ? "another process" : holder;
}

}  // namespace

Result<bool> LockFile::acquire(const std::filesystem::path& path, int wait_ms, std::string& holder) {
    if (descriptor_ >= 0) return true;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms);
    for (;;) {
        const int descriptor = open_lock_file(path.c_str());
        if (descriptor < 0)
            return fail("target.unreachable",
                        fmt::format("the lock file {} cannot be opened: {}", path.string(), strerror(errno)),
                        "the lock that keeps two migrators apart lies beside the database file, so its "
                        "directory must be writable");
        const bool locked = flock(descriptor, LOCK_EX | LOCK_NB) == 0;
        if (locked && is_current(descriptor, path.c_str())) {
            write_holder(descriptor);
            descriptor_ = descriptor;
            path_ = path;
            return true;
        }
        if (!locked) holder = read_holder(descriptor);
        close(descriptor);
        if (locked) continue;  // the holder removed the file just now: the name is free again
        if (std::chrono::steady_clock::now() >= deadline) return false;
        std::this_thread::sleep_for(kPause);
    }
}

void LockFile::release() {
    if (descriptor_ < 0) return;
    // Removed before it is unlocked: whoever waits on the removed file sees that and opens the name anew.
    if (is_current(descriptor_, path_.c_str())) ::unlink(path_.c_str());
    close(descriptor_);
    descriptor_ = -1;
}

std::filesystem::path lock_file_of(const std::string& sqlite_file) {
    std::error_code error;
    std::filesystem::path real = std::filesystem::weakly_canonical(sqlite_file, error);
    if (error) real = sqlite_file;
    return real.concat(".migrate-lock");
}

}  // namespace migrate::db
