#include "live/ask.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "db/user_tables.hpp"
#include "live/long_transactions.hpp"
#include "live/marker.hpp"
#include "live/signs.hpp"

namespace migrate {

namespace {

void append(std::vector<LevelEvidence>& to, std::vector<LevelEvidence> from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

/// Whether one of the tables holds a row; nullopt where one cannot be read.
std::optional<bool> any_row(db::Database& database, const std::vector<std::string>& tables) {
    for (const auto& table : tables) {
        auto rows = database.query(fmt::format("SELECT 1 FROM {} LIMIT 1", database.quoted(table)));
        if (!rows) return std::nullopt;
        if (!rows->rows.empty()) return true;
    }
    return false;
}

/// Users' tables: all of them, or where only their being there matters, some.
Result<std::vector<std::string>> user_tables(db::Database& database, const LiveQuestion& question) {
    constexpr std::size_t kSome = 32, kAll = db::Database::kAll;
    for (const std::size_t most : question.rows ? std::vector{kAll} : std::vector{kSome, kAll}) {
        auto tables = database.tables(most);
        if (!tables) return tables;
        auto own = db::user_tables(*tables, question.history_table);
        if (!own.empty() || tables->size() < most) return own;
    }
    return std::vector<std::string>{};
}

bool holds_another_history(db::Database& database, const LiveQuestion& question) {
    return std::any_of(question.others.begin(), question.others.end(), [&](const HistoryQuery& other) {
        if (other.table == question.history_table) return false;
        auto there = database.table_exists(other.schema, other.table);
        return there && *there;
    });
}

void add_marker(LiveFacts& facts, const Marker& marker) {
    if (!marker.readable)
        facts.signs.push_back({"mark.unreadable", "the database",
                               "it holds a mark that this user may not read (SELECT on the marker table)"});
    facts.keys = marker.keys;
    if (marker.mark) {
        facts.mark = mark_of(*marker.mark, marker.identity);
        if (!facts.mark->foreign) facts.marker = marker.mark->id;
    }
    if (!marker.freeze) return;
    facts.frozen = fmt::format("frozen by {} since {}: {}", marker.freeze->who, time_text(marker.freeze->at),
                               marker.freeze->reason);
    facts.remarks.push_back({"frozen", "the database", facts.frozen});
}

}  // namespace

Result<LiveFacts> ask_database(db::Database& database, const Connection& connection,
                               const LiveQuestion& question) {
    const MachineAnswer machine =
        question.machine.valid() ? question.machine : begin_to_ask_machine(connection);
    auto marker = read_marker(database, connection, question.now);
    if (!marker) return tl::unexpected(marker.error());
    auto signs = signs_of_server(database, connection);
    auto others = long_transactions(database);
    std::optional<std::vector<std::string>> own;
    if (question.tables || question.rows) {
        auto found = user_tables(database, question);
        if (!found) return tl::unexpected(found.error());
        own = std::move(*found);
    }
    LiveFacts facts = machine.get();
    add_marker(facts, *marker);
    append(facts.signs, std::move(signs));
    facts.long_transactions = std::move(others);
    if (!own) return facts;
    facts.user_tables = !own->empty();
    if (question.rows) facts.rows = any_row(database, *own);
    if (!own->empty()) facts.explained = holds_another_history(database, question);
    return facts;
}

MachineAnswer begin_to_ask_machine(const Connection& connection) {
    const auto when = connection.host.empty() ? std::launch::deferred : std::launch::async;
    return std::async(when, [&connection] { return ask_machine(connection); });
}

LiveFacts ask_machine(const Connection& connection) {
    LiveFacts facts;
    facts.signs = signs_of_tunnel(connection);
    return facts;
}

}  // namespace migrate
