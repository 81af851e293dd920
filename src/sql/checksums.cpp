#include "sql/checksums.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <mutex>
#include <thread>

#include "base/sha256.hpp"
#include "sql/text.hpp"

namespace migrate::sql {

namespace {

constexpr std::size_t kLargestFile = std::size_t{1} << 30;
/// So many files a thread are worth starting it.
constexpr std::size_t kShare = 500;
constexpr std::size_t kMostThreads = 4;

/// Reads into `buffer`, which only ever grows; false where that cannot be. What fits is read without asking
/// for its size: there are many, and they are small. `status` is the file's once it was read.
bool read_into(std::string& buffer, std::size_t& size, struct stat& status, int directory, const char* name) {
    const int file = ::openat(directory, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) return false;
    bool good = true;
    for (size = 0; good;) {
        const ssize_t got = ::read(file, buffer.data() + size, buffer.size() - size);
        if (got < 0 && errno == EINTR) continue;
        good = got >= 0 && size <= kLargestFile;
        size += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
        if (size < buffer.size()) break;  // a file gives all that it has
        good = good && ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
        buffer.resize(std::max(2 * size, static_cast<std::size_t>(status.st_size) + 1));
    }
    good = good && ::fstat(file, &status) == 0;
    ::close(file);
    return good;
}

std::string checksum_of_bytes(std::string_view bytes) {
    // What needs no change is not copied.
    const bool plain = bytes.find('\r') == std::string_view::npos &&
                       bytes.find('\0') == std::string_view::npos && !bytes.starts_with('\xEF') &&
                       !bytes.starts_with('\xFE') && !bytes.starts_with('\xFF');
    if (plain) return checksum_of(bytes);
    auto text = normalised(bytes);
    return text ? checksum_of(*text) : sha256_hex(bytes);
}

}  // namespace

std::vector<std::string> checksums_of(const std::filesystem::path& directory,
                                      const std::vector<std::string>& names, KnownSums& known) {
    std::vector<std::string> checksums(names.size());
    std::vector<std::pair<std::size_t, struct stat>> read;
    std::mutex reading;
    const std::int64_t began = std::time(nullptr);
    const int at = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (at < 0) return checksums;
    std::atomic<std::size_t> next = 0;
    auto work = [&] {
        constexpr std::size_t kPiece = 64;
        std::string buffer(16u << 10, '\0');
        for (std::size_t begin = next.fetch_add(kPiece); begin < names.size(); begin = next.fetch_add(kPiece))
            for (std::size_t i = begin; i < std::min(begin + kPiece, names.size()); ++i) {
                struct stat status {};
                if (::fstatat(at, names[i].c_str(), &status, 0) != 0) continue;
                if (auto sum = known.find(status)) {
                    checksums[i] = std::move(*sum);
                    continue;
                }
                std::size_t size = 0;
                if (!read_into(buffer, size, status, at, names[i].c_str())) continue;
                checksums[i] = checksum_of_bytes({buffer.data(), size});
                const std::lock_guard guard(reading);
                read.emplace_back(i, status);
            }
    };
    const std::size_t threads = std::min(
        {names.size() / kShare, kMostThreads, static_cast<std::size_t>(std::thread::hardware_concurrency())});
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back(work);
    work();
    others.clear();
    ::close(at);
    for (const auto& [i, status] : read) known.note(status, checksums[i], began);
    return checksums;
}

}  // namespace migrate::sql
