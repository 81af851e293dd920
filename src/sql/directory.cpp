#include "sql/directory.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "base/files.hpp"

namespace migrate::sql {

namespace {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::size_t leading_digits(std::string_view name) {
    std::size_t count = 0;
    while (count < name.size() && is_digit(name[count])) ++count;
    return count;
}

std::string without_zeros(std::string_view digits) {
    const std::size_t first = digits.find_first_not_of('0');
    if (first == std::string_view::npos) return digits.empty() ? "" : "0";
    return std::string(digits.substr(first));
}

bool is_no_migration(std::string_view name) {
    return name.empty() || name.front() == '.' || name.ends_with('~') || name.ends_with(".bak") ||
           name == "schema.sql" || name == "structure.sql" ||
           (name.starts_with("seed") && name.ends_with(".sql"));
}

bool is_pair_name(std::string_view name) {
    return leading_digits(name) > 0 && (name.ends_with(".up.sql") || name.ends_with(".down.sql"));
}

std::string title_of(std::string_view name) {
    name.remove_prefix(leading_digits(name));
    while (!name.empty() && (name.front() == '_' || name.front() == '-')) name.remove_prefix(1);
    for (const std::string_view ending : {".up.sql", ".down.sql", ".sql", ".go"})
        if (name.ends_with(ending)) return std::string(name.substr(0, name.size() - ending.size()));
    return std::string(name);
}

/// Whether a file's name follows the convention (the sources in convention.hpp).
bool follows(std::string_view name, Convention convention) {
    const std::size_t digits = leading_digits(name);
    const bool separated = digits > 0 && digits < name.size() && (name[digits] == '_' || name[digits] == '-');
    switch (convention) {
        case Convention::sql_migrate:
            return name.ends_with(".sql");
        case Convention::dbmate:
            return digits > 0 && name.ends_with(".sql");
        case Convention::goose:
            return digits > 0 && name[digits] == '_' &&
                   (name.ends_with(".sql") || (name.ends_with(".go") && !name.ends_with("_test.go")));
        case Convention::supabase:
            return digits > 0 && name[digits] == '_' && name.ends_with(".sql");
        case Convention::golang_migrate:
            return digits > 0 && name[digits] == '_' && is_pair_name(name);
        case Convention::up_down:
        case Convention::plain:
            return separated && name.ends_with(".sql");
    }
    return false;
}

std::string id_of(std::string_view name, Convention convention) {
    const std::string_view digits = name.substr(0, leading_digits(name));
    switch (convention) {
        case Convention::dbmate:
        case Convention::supabase:
            return std::string(digits);
        case Convention::goose:
        case Convention::golang_migrate:
            return without_zeros(digits);
        default:
            return std::string(name);
    }
}

tl::unexpected<Error> doubled(const std::filesystem::path& directory, const std::string& a,
                              const std::string& b, const std::string& version) {
    return fail("migration.invalid",
                directory.filename().string() + ": " + a + " and " + b + " are both version " + version,
                "The history table can hold a version only once. Give one of them another number.");
}

/// golang-migrate's two files of one migration become one entry.
Result<void> join_pairs(const std::filesystem::path& directory, std::vector<MigrationName>& migrations) {
    std::map<std::string, MigrationName> by_version;
    for (MigrationName& half : migrations) {
        const bool down = half.file.ends_with(".down.sql");
        MigrationName& whole = by_version[half.version];
        std::string& place = down ? whole.down_file : whole.file;
        if (!place.empty()) return doubled(directory, place, half.file, half.version);
        place = half.file;
        whole.id = half.id;
        whole.version = half.version;
        if (!down || whole.title.empty()) whole.title = half.title;
    }
    migrations.clear();
    for (auto& [version, whole] : by_version) {
        if (whole.file.empty())
            return fail("migration.invalid",
                        directory.filename().string() + ": " + whole.down_file + " has no .up.sql beside it",
                        "Rename it as its way forward is named, or delete it.");
        migrations.push_back(std::move(whole));
    }
    return {};
}

}  // namespace

std::strong_ordering compare_versions(std::string_view a, std::string_view b) {
    a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
    b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
    if (a.size() != b.size()) return a.size() <=> b.size();
    return a.compare(b) <=> 0;
}

bool is_before(std::string_view a, std::string_view b, Convention convention) {
    if (!facts_of(convention).sorted_by_name) {
        const std::string_view of_a = a.substr(0, leading_digits(a)), of_b = b.substr(0, leading_digits(b));
        // sql-migrate puts names without a number behind all others.
        if (of_a.empty() != of_b.empty()) return of_b.empty();
        if (const auto order = compare_versions(of_a, of_b); order != 0) return order < 0;
    }
    return a < b;
}

Result<MigrationDirectory> list_migrations(const std::filesystem::path& directory, Convention convention) {
    MigrationDirectory result;
    const auto names = list_directory(directory);
    result.migrations.reserve(names.size());
    for (const std::string& name : names) {
        if (is_no_migration(name)) continue;
        if (follows(name, convention)) {
            if (convention != Convention::golang_migrate && is_pair_name(name) &&
                convention != Convention::sql_migrate)
                return fail("migration.invalid",
                            directory.filename().string() + ": " + name +
                                " is named as half of a pair, among files of " +
                                std::string(facts_of(convention).title),
                            "Its .up and .down would both be run as ways forward. One folder follows one "
                            "convention.");
            MigrationName migration;
            migration.id = id_of(name, convention);
            migration.version = without_zeros(std::string_view(name).substr(0, leading_digits(name)));
            migration.title = title_of(name);
            migration.file = name;
            migration.code = name.ends_with(".go");
            result.migrations.push_back(std::move(migration));
        } else if (name.ends_with(".sql")) {
            result.unmatched.push_back(name);
        }
    }
    if (convention == Convention::golang_migrate)
        if (auto joined = join_pairs(directory, result.migrations); !joined)
            return tl::unexpected(joined.error());
    auto before = [&](const MigrationName& a, const MigrationName& b) {
        return is_before(a.file, b.file, convention);
    };
    // Names of one length come in order already.
    if (!std::is_sorted(result.migrations.begin(), result.migrations.end(), before))
        std::sort(result.migrations.begin(), result.migrations.end(), before);

    const bool ascending = std::adjacent_find(result.migrations.begin(), result.migrations.end(),
                                              [](const MigrationName& a, const MigrationName& b) {
                                                  return compare_versions(a.version, b.version) >= 0;
                                              }) == result.migrations.end();
    if (ascending) return result;  // no version comes twice
    std::unordered_map<std::string_view, const MigrationName*> by_version;
    by_version.reserve(result.migrations.size());
    for (const MigrationName& migration : result.migrations) {
        if (migration.version.empty()) continue;
        const auto [other, is_new] = by_version.emplace(migration.version, &migration);
        if (is_new) continue;
        if (facts_of(convention).keyed_by_version)
            return doubled(directory, other->second->file, migration.file, migration.version);
        result.doubled.push_back(migration.id);
    }
    return result;
}

}  // namespace migrate::sql
