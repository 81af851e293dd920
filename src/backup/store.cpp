#include "backup/store.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "base/sha256.hpp"

namespace migrate {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr std::string_view kRecord = ".json";
constexpr std::string_view kPartial = ".partial-";

Json to_record(const Backup& backup) {
    return {{"backup", 1},
            {"id", backup.id},
            {"fingerprint", backup.fingerprint},
            {"target", backup.target},
            {"unit", backup.unit},
            {"engine", to_string(backup.engine)},
            {"database", backup.database},
            {"taken_at", backup.taken_at},
            {"finished_at", backup.finished_at},
            {"format", backup.format},
            {"file", backup.path.filename().string()},
            {"bytes", backup.bytes},
            {"sha256", backup.sha256},
            {"made_by", backup.made_by},
            {"server", backup.server},
            {"verified", backup.verified}};
}

std::optional<Backup> read_record(const fs::path& file) {
    auto text = read_file(file);
    if (!text) return std::nullopt;
    const Json json = Json::parse(*text, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    auto word = [&](const char* key) {
        auto at = json.find(key);
        return at != json.end() && at->is_string() ? at->get<std::string>() : std::string();
    };
    auto number = [&](const char* key) {
        auto at = json.find(key);
        return at != json.end() && at->is_number_integer() ? at->get<std::int64_t>() : std::int64_t{0};
    };
    auto engine = engine_from(word("engine"));
    const std::string name = word("file");
    if (!engine || word("id").empty() || name.empty() || name.find('/') != std::string::npos)
        return std::nullopt;
    Backup backup;
    backup.id = word("id");
    backup.fingerprint = word("fingerprint");
    backup.target = word("target");
    backup.unit = word("unit");
    backup.engine = *engine;
    backup.database = word("database");
    backup.taken_at = number("taken_at");
    backup.finished_at = number("finished_at");
    backup.format = word("format");
    backup.path = file.parent_path() / name;
    std::error_code error;
    if (!fs::exists(backup.path, error)) return std::nullopt;
    backup.bytes = static_cast<std::uintmax_t>(number("bytes"));
    backup.sha256 = word("sha256");
    backup.made_by = word("made_by");
    backup.server = word("server");
    backup.verified = word("verified");
    return backup;
}

/// The process that writes a partial dump, by its name. SQLite puts a journal beside ("...-journal").
std::optional<pid_t> writer_of(const std::string& name) {
    const std::size_t at = name.rfind(kPartial);
    if (at == std::string::npos) return std::nullopt;
    pid_t pid = 0;
    const char* end = name.data() + name.size();
    auto [stop, error] = std::from_chars(name.data() + at + kPartial.size(), end, pid);
    if (error != std::errc() || (stop != end && *stop != '-') || pid <= 0) return std::nullopt;
    return pid;
}

fs::path record_of(const Backup& backup) {
    return backup.path.parent_path() / (backup.id + std::string(kRecord));
}

fs::path directory_of(const fs::path& directory, const std::string& fingerprint) {
    return directory / sha256_hex(fingerprint).substr(0, 16);
}

}  // namespace

Result<fs::path> BackupStore::place(const std::string& fingerprint) const {
    const fs::path path = directory_of(directory, fingerprint);
    std::error_code error;
    fs::create_directories(path, error);
    if (!error) fs::permissions(directory, fs::perms::owner_all, error);
    if (!error) fs::permissions(path, fs::perms::owner_all, error);
    if (error)
        return fail("file.unwritable", fmt::format("{}: {}", path.string(), error.message()),
                    "Backups are kept below the state directory (XDG_STATE_HOME).");
    return path;
}

std::vector<Backup> BackupStore::list(const std::string& fingerprint) const {
    std::vector<fs::path> places;
    if (!fingerprint.empty())
        places.push_back(directory_of(directory, fingerprint));
    else
        for (const auto& name : list_directory(directory)) places.push_back(directory / name);
    std::vector<Backup> found;
    for (const auto& place : places) {
        for (const auto& name : list_directory(place)) {
            if (!name.ends_with(kRecord)) continue;
            auto backup = read_record(place / name);
            if (backup && (fingerprint.empty() || backup->fingerprint == fingerprint))
                found.push_back(std::move(*backup));
        }
    }
    std::sort(found.begin(), found.end(), [](const Backup& a, const Backup& b) {
        return a.taken_at != b.taken_at ? a.taken_at < b.taken_at : a.id < b.id;
    });
    return found;
}

std::optional<Backup> BackupStore::find(const std::string& id) const {
    for (auto& backup : list())
        if (backup.id == id) return backup;
    return std::nullopt;
}

Result<void> BackupStore::keep(const Backup& backup, const fs::path& partial) const {
    if (auto written = write_file(record_of(backup), to_record(backup).dump(2) + "\n", 0600); !written)
        return written;
    std::error_code error;
    fs::rename(partial, backup.path, error);
    if (!error) return {};
    std::error_code ignored;
    fs::remove(record_of(backup), ignored);
    return fail("backup.failed", fmt::format("{}: {}", backup.path.string(), error.message()));
}

std::vector<Backup> BackupStore::prune(const std::string& fingerprint, int keep) const {
    std::vector<Backup> all = list(fingerprint), removed;
    for (std::size_t i = 0; i + static_cast<std::size_t>(keep) < all.size(); ++i) {
        std::error_code error;
        // A directory that is half removed must not count.
        const fs::path going = partial_of(all[i].path);
        fs::rename(all[i].path, going, error);
        if (!error) fs::remove_all(going, error);
        if (!error) fs::remove(record_of(all[i]), error);
        if (!error) removed.push_back(all[i]);
    }
    return removed;
}

void BackupStore::sweep() const {
    for (const auto& place : list_directory(directory)) {
        for (const auto& name : list_directory(directory / place)) {
            auto pid = writer_of(name);
            if (!pid || ::kill(*pid, 0) == 0 || errno != ESRCH) continue;
            std::error_code ignored;
            const fs::path dump = directory / place / name.substr(0, name.rfind(kPartial));
            if (!fs::exists(dump, ignored))
                fs::remove(dump.parent_path() / (dump.stem().string() + std::string(kRecord)), ignored);
            fs::remove_all(directory / place / name, ignored);
        }
    }
}

fs::path partial_of(const fs::path& path) {
    return path.string() + std::string(kPartial) + std::to_string(::getpid());
}

std::uintmax_t size_of(const fs::path& path) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
        const std::uintmax_t size = fs::file_size(path, error);
        return error ? 0 : size;
    }
    std::uintmax_t total = 0;
    for (fs::recursive_directory_iterator at(path, error), end; !error && at != end; at.increment(error))
        if (at->is_regular_file(error)) total += at->file_size(error);
    return total;
}

}  // namespace migrate
