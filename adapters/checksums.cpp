#include "adapters/checksums.hpp"

#include "base/sha256.hpp"
#include "sql/checksums.hpp"

namespace migrate {

namespace fs = std::filesystem;

void add_checksums(const Unit& unit, const fs::path& root, const fs::path& kept,
                   std::vector<MigrationFile>& files) {
    if (unit.tool != Tool::sql || files.empty()) return;
    const fs::path directory = root / fs::path(files.front().files.front()).parent_path();
    std::vector<std::string> names;
    std::vector<MigrationFile*> owners;
    for (auto& file : files) {
        const std::string& path = file.files.front();
        if (path.ends_with(".go")) continue;  // goose's code, which only the project's program can run
        names.push_back(path.substr(path.rfind('/') + 1));
        owners.push_back(&file);
    }
    KnownSums known(kept.empty() ? kept : kept / sha256_hex(directory.string()).substr(0, 16));
    auto sums = sql::checksums_of(directory, names, known);
    for (std::size_t i = 0; i < sums.size(); ++i) owners[i]->checksum = std::move(sums[i]);
    known.keep();
}

}  // namespace migrate
