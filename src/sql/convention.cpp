#include "sql/convention.hpp"

#include <array>

namespace migrate::sql {

namespace {

constexpr std::array<ConventionFacts, 7> kFacts{{
    {.convention = Convention::up_down,
     .name = "up-down",
     .title = "migrate's own convention",
     .own_table = true,
     .keyed_by_version = false,
     .sorted_by_name = false,
     .keeps_own_transactions = false,
     .sections = true,
     .empty_is_error = true},
    {.convention = Convention::dbmate,
     .name = "dbmate",
     .title = "dbmate",
     .own_table = false,
     .keyed_by_version = true,
     .sorted_by_name = true,
     .keeps_own_transactions = false,
     .sections = true,
     .empty_is_error = false},
    {.convention = Convention::goose,
     .name = "goose",
     .title = "goose",
     .own_table = false,
     .keyed_by_version = true,
     .sorted_by_name = false,
     .keeps_own_transactions = false,
     .sections = true,
     .empty_is_error = false},
    {.convention = Convention::golang_migrate,
     .name = "golang-migrate",
     .title = "golang-migrate",
     .own_table = false,
     .keyed_by_version = true,
     .sorted_by_name = false,
     .keeps_own_transactions = true,
     .sections = false,
     .empty_is_error = false},
    {.convention = Convention::sql_migrate,
     .name = "sql-migrate",
     .title = "sql-migrate",
     .own_table = false,
     .keyed_by_version = false,
     .sorted_by_name = false,
     .keeps_own_transactions = false,
     .sections = true,
     .empty_is_error = false},
    {.convention = Convention::supabase,
     .name = "supabase",
     .title = "Supabase",
     .own_table = false,
     .keyed_by_version = true,
     .sorted_by_name = true,
     .keeps_own_transactions = true,
     .sections = false,
     .empty_is_error = false},
    {.convention = Convention::plain,
     .name = "plain",
     .title = "plain SQL files",
     .own_table = true,
     .keyed_by_version = false,
     .sorted_by_name = false,
     .keeps_own_transactions = true,
     .sections = false,
     .empty_is_error = true},
}};

}  // namespace

const ConventionFacts& facts_of(Convention convention) {
    for (const ConventionFacts& facts : kFacts)
        if (facts.convention == convention) return facts;
    return kFacts.front();
}

std::string_view to_string(Convention convention) {
    return facts_of(convention).name;
}

std::optional<Convention> convention_from(std::string_view style) {
    for (const ConventionFacts& facts : kFacts)
        if (facts.name == style) return facts.convention;
    return std::nullopt;
}

}  // namespace migrate::sql
