#include "base/known_sums.hpp"

#include <algorithm>

#include "base/files.hpp"

namespace migrate {

namespace {

constexpr std::string_view kFormat = "migrate sums 1\n";
constexpr std::size_t kWorthKeeping = 32;  ///< new sums
constexpr std::size_t kMostKept = 100'000;
constexpr std::int64_t kLeftAlone = 2;  ///< seconds

std::int64_t nanoseconds(const timespec& time) {
    return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

std::array<std::int64_t, 5> key_of(const struct stat& status) {
    return {static_cast<std::int64_t>(status.st_dev), static_cast<std::int64_t>(status.st_ino),
            status.st_size, nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
}

}  // namespace

KnownSums::KnownSums(std::filesystem::path file) : file_(std::move(file)) {
    const auto bytes = read_file(file_, kFormat.size() + kMostKept * sizeof(Record));
    if (!bytes || !bytes->starts_with(kFormat) || (bytes->size() - kFormat.size()) % sizeof(Record) != 0)
        return;
    known_.resize((bytes->size() - kFormat.size()) / sizeof(Record));
    std::copy(bytes->begin() + kFormat.size(), bytes->end(), reinterpret_cast<char*>(known_.data()));
}

std::optional<std::string> KnownSums::find(const struct stat& status) const {
    const auto key = key_of(status);
    const auto found =
        std::lower_bound(known_.begin(), known_.end(), key,
                         [](const Record& record, const auto& wanted) { return record.key < wanted; });
    if (found == known_.end() || found->key != key) return std::nullopt;
    return std::string(found->sum.begin(), found->sum.end());
}

void KnownSums::note(const struct stat& status, const std::string& sum, std::int64_t began) {
    Record record{key_of(status), {}};
    if (!S_ISREG(status.st_mode) || sum.size() != record.sum.size() ||
        status.st_ctim.tv_sec + kLeftAlone >= began || status.st_mtim.tv_sec + kLeftAlone >= began)
        return;
    std::copy(sum.begin(), sum.end(), record.sum.begin());
    noted_.push_back(record);
}

void KnownSums::keep() const {
    if (file_.empty() || noted_.size() < kWorthKeeping) return;
    // A file has one record: its newest.
    auto all = noted_;
    if (noted_.size() + known_.size() <= kMostKept) all.insert(all.end(), known_.begin(), known_.end());
    auto place = [](const Record& record) { return std::pair(record.key[0], record.key[1]); };
    std::stable_sort(all.begin(), all.end(),
                     [&](const Record& a, const Record& b) { return place(a) < place(b); });
    all.erase(std::unique(all.begin(), all.end(),
                          [&](const Record& a, const Record& b) { return place(a) == place(b); }),
              all.end());
    if (all.size() > kMostKept) return;
    std::string bytes(kFormat);
    bytes.append(reinterpret_cast<const char*>(all.data()), all.size() * sizeof(Record));
    (void)write_file(file_, bytes, 0600);
}

}  // namespace migrate
