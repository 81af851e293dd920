// Names and contents of new migrations.
#include <algorithm>

#include "sql/directory.hpp"

namespace migrate::sql {

namespace {

constexpr std::size_t kTimestampDigits = 14;

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Letters, digits, '_', '.', '-' and whatever is not ASCII stay; the rest becomes one '_' a run.
std::string as_name(std::string_view title) {
    std::string name;
    for (const char c : title) {
        const bool plain = is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
                           c == '-' || static_cast<unsigned char>(c) >= 0x80;
        if (plain)
            name += c;
        else if (!name.empty() && name.back() != '_')
            name += '_';
    }
    while (name.ends_with('_') || name.ends_with('.')) name.pop_back();
    return name.empty() ? "migration" : name;
}

std::string next_number(std::string digits) {
    for (std::size_t i = digits.size(); i-- > 0;) {
        if (digits[i] != '9') {
            ++digits[i];
            return digits;
        }
        digits[i] = '0';
    }
    return "1" + digits;
}

/// The newest migration that has a number.
const MigrationName* newest(const MigrationDirectory& directory) {
    const MigrationName* found = nullptr;
    for (const MigrationName& migration : directory.migrations)
        if (!migration.version.empty() &&
            (!found || compare_versions(found->version, migration.version) <= 0))
            found = &migration;
    return found;
}

}  // namespace

std::vector<std::string> new_file_names(const MigrationDirectory& directory, Convention convention,
                                        std::string_view title, std::string_view now) {
    std::string number(now);
    char separator = '_';
    if (const MigrationName* last = newest(directory)) {
        const auto end = std::find_if_not(last->file.begin(), last->file.end(), is_digit);
        const std::string digits(last->file.begin(), end);
        if (end != last->file.end() && *end == '-') separator = '-';
        const bool timestamps = digits.size() == kTimestampDigits;
        // A clock that is behind must not put the new migration before those that are there.
        const bool behind =
            std::all_of(now.begin(), now.end(), is_digit) && compare_versions(now, digits) <= 0;
        if (!timestamps || behind) number = next_number(digits);
    }
    const std::string stem = number + separator + as_name(title);
    if (convention == Convention::golang_migrate) return {stem + ".up.sql", stem + ".down.sql"};
    return {stem + ".sql"};
}

std::vector<std::string> new_file_contents(Convention convention) {
    switch (convention) {
        case Convention::up_down:
            return {"-- UP\n\n\n-- DOWN\n\n"};
        case Convention::dbmate:
            return {"-- migrate:up\n\n\n-- migrate:down\n\n"};
        case Convention::goose:
            return {"-- +goose Up\n\n\n-- +goose Down\n\n"};
        case Convention::sql_migrate:
            return {"-- +migrate Up\n\n\n-- +migrate Down\n\n"};
        case Convention::golang_migrate:
            return {"", ""};
        case Convention::supabase:
        case Convention::plain:
            return {""};
    }
    return {""};
}

}  // namespace migrate::sql
