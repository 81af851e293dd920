#include "sql/way.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migrate::sql {

namespace {

using Statements = std::span<const Statement>;

bool begins(const Statement& statement) {
    return statement.kind == "BEGIN" || statement.kind == "START TRANSACTION";
}

bool commits(const Statement& statement) {
    return statement.kind == "COMMIT" || statement.kind == "END" || statement.kind == "COMMIT WORK" ||
           statement.kind == "COMMIT TRANSACTION";
}

/// BEGIN first, COMMIT last, and no other: what we would do ourselves.
bool wraps_itself(Statements all) {
    return all.size() >= 2 && begins(all.front()) && commits(all.back()) &&
           std::count_if(all.begin(), all.end(), [](const Statement& s) { return s.transaction_control; }) ==
               2;
}

template <class Predicate>
const Statement* first(Statements all, Predicate is) {
    const auto found = std::find_if(all.begin(), all.end(), is);
    return found == all.end() ? nullptr : &*found;
}

tl::unexpected<Error> invalid(std::string_view name, const Statement& statement, const std::string& what,
                              std::string hint) {
    return fail("migration.invalid", fmt::format("{}:{}{}", name, prefix(statement.position), what),
                std::move(hint));
}

std::string option_of(Convention convention, Direction direction) {
    const bool up = direction == Direction::up;
    switch (convention) {
        case Convention::dbmate:
            return up ? "-- migrate:up transaction:false" : "-- migrate:down transaction:false";
        case Convention::goose:
            return "-- +goose NO TRANSACTION";
        case Convention::sql_migrate:
            return up ? "-- +migrate Up notransaction" : "-- +migrate Down notransaction";
        case Convention::up_down:
            return up ? "-- UP transaction:false" : "-- DOWN transaction:false";
        default:
            return "-- migrate: transaction=false";
    }
}

}  // namespace

Result<Way> way_of(const ParsedMigration& migration, Direction direction, Convention convention,
                   std::string_view name) {
    Statements all = direction == Direction::up ? migration.up : migration.down;
    const bool wanted = direction == Direction::up ? migration.up_transaction : migration.down_transaction;
    const Statement* never =
        first(all, [](const Statement& s) { return s.in_transaction == InTransaction::never; });
    const Statement* ends = first(all, [](const Statement& s) {
        return s.in_transaction == InTransaction::ends && !s.transaction_control;
    });
    Way way;
    auto one_by_one = [&](std::string why) {
        way.transaction = false;
        way.inside = all;
        way.why = std::move(why);
        return way;
    };
    if (!wanted) return one_by_one("the file asks for no transaction");

    if (const Statement* control = first(all, [](const Statement& s) { return s.transaction_control; })) {
        if (!facts_of(convention).keeps_own_transactions)
            return invalid(
                name, *control, fmt::format("{} in a file that is run in a transaction", control->kind),
                fmt::format("Take the file's own BEGIN and COMMIT out: the file and its history row are "
                            "one transaction anyway. Or say that there should be none: {}",
                            option_of(convention, direction)));
        if (!wraps_itself(all) || never || ends) return one_by_one("the file has transactions of its own");
        all = all.subspan(1, all.size() - 2);
    }
    if (never) {
        if (all.size() == 1) return one_by_one(never->kind + " cannot run in a transaction");
        return invalid(
            name, *never,
            fmt::format("{} cannot run in a transaction, so not among other statements", never->kind),
            fmt::format("Move it into a migration of its own. Or give up the transaction of this file: {}",
                        option_of(convention, direction)));
    }
    if (ends) return one_by_one("MySQL commits at every " + ends->kind);

    auto edge = [](const Statement& s) { return s.in_transaction == InTransaction::edge; };
    const auto begin = std::find_if_not(all.begin(), all.end(), edge);
    const auto end = std::find_if_not(all.rbegin(), std::reverse_iterator(begin), edge).base();
    way.before = all.subspan(0, static_cast<std::size_t>(begin - all.begin()));
    way.inside = all.subspan(way.before.size(), static_cast<std::size_t>(end - begin));
    way.after = all.subspan(way.before.size() + way.inside.size());
    if (const Statement* middle = first(way.inside, edge))
        return invalid(name, *middle, "this PRAGMA has no effect inside a transaction",
                       "Put it before the first or behind the last of the other statements.");
    return way;
}

}  // namespace migrate::sql
