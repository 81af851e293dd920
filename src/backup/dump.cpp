#include "backup/dump.hpp"
#include "backup/rehearse.hpp"

#include <fmt/format.h>

#include <random>

#include "base/sha256.hpp"
#include "target/url.hpp"

namespace migrate {

namespace fs = std::filesystem;

namespace {

/// What is left free whatever the dump needs: a full disk stops more than a backup.
constexpr std::uintmax_t kReserve = 64u << 20;

/// A name that is safe in a file's: what is not a letter, digit, '_', '-' or '.' becomes '_'.
std::string file_name(std::string text) {
    text = fs::path(text).filename().string();
    for (char& c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '_' || c == '-' || c == '.';
        if (!plain) c = '_';
    }
    return text.substr(0, 60);
}

std::string_view suffix_of(std::string_view format) {
    if (format == "custom") return ".dump";
    if (format == "directory") return ".dir";
    return format == "sqlite" ? ".db" : ".sql";
}

struct Maker {
    std::string format;
    Result<Dumped> (*dump)(const Connection&, const fs::path&, const DumpSettings&) = nullptr;
};

Result<Maker> maker_of(const Connection& connection, const std::string& format) {
    if (!connection.engine) return fail("target.unresolved", "the kind of database is not known");
    const Engine engine = *connection.engine;
    if (!format.empty() && engine != Engine::postgresql)
        return fail("usage", "--format is for PostgreSQL; others have one form", "Nothing was done.");
    switch (engine) {
        case Engine::postgresql:
            return Maker{format.empty() ? "custom" : format, dump_postgresql};
        case Engine::mysql:
        case Engine::mariadb:
            return Maker{"sql", dump_mysql};
        case Engine::sqlite:
            return Maker{"sqlite", dump_sqlite};
        default:
            return fail("backup.unsupported", fmt::format("{} cannot be dumped from here", to_string(engine)),
                        "Its own tools make the backup. A provider's snapshot can be proven by "
                        "backup.command in the policy file.");
    }
}

}  // namespace

Result<void> room_for(const fs::path& file, std::uintmax_t bytes) {
    std::error_code error;
    const fs::space_info space = fs::space(file.parent_path(), error);
    if (error || space.available >= bytes + kReserve) return {};
    return fail("backup.no_space",
                fmt::format("{} has {} MB free, and the dump may need {} MB", file.parent_path().string(),
                            space.available >> 20, (bytes + kReserve) >> 20),
                "Nothing was done. Make room, or let XDG_STATE_HOME name a directory that has it.");
}

Result<Backup> take_backup(const Target& target, const std::string& fingerprint, const std::string& unit,
                           const DumpSettings& settings) {
    auto maker = maker_of(target.connection, settings.format);
    if (!maker) return tl::unexpected(maker.error());
    auto place = settings.store.place(fingerprint);
    if (!place) return tl::unexpected(place.error());
    settings.store.sweep();

    Backup backup;
    std::random_device random;
    backup.id =
        fmt::format("{}_{}_{:04x}", settings.name, file_name(target.connection.database), random() & 0xffffu);
    backup.fingerprint = fingerprint;
    backup.target = display(target.connection);
    backup.unit = unit;
    backup.engine = *target.connection.engine;
    backup.database = target.connection.database;
    backup.taken_at = settings.now;
    backup.format = maker->format;
    backup.path = *place / (backup.id + std::string(suffix_of(maker->format)));

    const fs::path partial = partial_of(backup.path);
    DumpSettings own = settings;
    own.format = maker->format;
    auto dumped = maker->dump(target.connection, partial, own);
    std::error_code error;
    if (dumped) {
        auto digest = sha256_of_file(partial);
        backup.bytes = size_of(partial);
        if (digest)
            backup.sha256 = *digest;
        else
            dumped = fail("backup.failed", partial.string() + " cannot be read back");
    }
    if (dumped && settings.rehearse) {
        Backup unfinished = backup;
        unfinished.path = partial;
        auto rehearsed = rehearse(target, unfinished, dumped->rows, settings);
        if (rehearsed)
            dumped->verified += "; " + *rehearsed;
        else
            dumped = tl::unexpected(rehearsed.error());
    }
    if (!dumped) {
        fs::remove_all(partial, error);
        return tl::unexpected(dumped.error());
    }
    backup.made_by = dumped->made_by;
    backup.server = dumped->server;
    backup.verified = dumped->verified;
    backup.finished_at = static_cast<std::int64_t>(std::time(nullptr));
    fs::permissions(partial,
                    fs::is_directory(partial, error) ? fs::perms::owner_all
                                                     : fs::perms::owner_read | fs::perms::owner_write,
                    error);
    auto kept = settings.store.keep(backup, partial);
    if (!kept) {
        fs::remove_all(partial, error);
        return tl::unexpected(kept.error());
    }
    return backup;
}

}  // namespace migrate
