#include "plan/half_done.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "db/database.hpp"
#include "plan/half_done_statements.hpp"
#include "policy/log.hpp"
#include "sql/ledger.hpp"
#include "sql/look.hpp"
#include "sql/touched.hpp"
#include "sql/undo.hpp"
#include "target/url.hpp"

namespace migrate {

namespace {

bool keeps_first_half(const Target& target) {
    return target.connection.engine == Engine::mysql || target.connection.engine == Engine::mariadb;
}

bool has_catalog(const Target& target) {
    switch (target.connection.engine.value_or(Engine::mongodb)) {
        case Engine::postgresql:
        case Engine::mysql:
        case Engine::mariadb:
        case Engine::sqlite:
            return true;
        default:
            return false;
    }
}

/// Whether all that a statement touches goes with what is dropped.
bool goes_with(const sql::Touched& touched, const std::vector<sql::Effect>& dropped) {
    auto is_dropped = [&](sql::Effect::Kind kind, const std::string& table, const std::string& name) {
        return std::any_of(dropped.begin(), dropped.end(), [&](const sql::Effect& one) {
            return one.kind == kind && one.table == table && one.name == name;
        });
    };
    if (is_dropped(sql::Effect::Kind::relation, "", touched.table)) return true;
    return !touched.columns.empty() &&
           std::all_of(touched.columns.begin(), touched.columns.end(), [&](const std::string& column) {
               return is_dropped(sql::Effect::Kind::column, touched.table, column);
           });
}

/// SET, MySQL's DO, and a SELECT that calls nothing.
bool changes_nothing(std::string_view text, sql::Dialect dialect) {
    const std::string_view first = text.substr(0, text.find_first_of(" \t\r\n("));
    if (sql::is_keyword(first, "SET")) return true;
    if (sql::is_keyword(first, "DO")) return dialect == sql::Dialect::mysql;
    return sql::is_keyword(first, "SELECT") && text.find('(') == std::string_view::npos;
}

/// What the catalog does not show. A table that is not there cannot have been touched, and what was done to
/// something that is dropped goes with it. What may have come into other tables stays, unless a statement
/// before it is absent already: they run one after another.
void settle(db::Database& database, const MigrationStatements& texts, std::vector<FoundStatement>& found) {
    const sql::Dialect dialect = sql::dialect_of(database.engine());
    std::vector<sql::Effect> dropped;
    bool reached = true;
    for (std::size_t i = 0; i < found.size(); ++i) {
        FoundStatement& one = found[i];
        const std::string_view text = texts.statements[i].text;
        if (one.state == "unknown" && !one.undo.empty()) {
            reached = one.settled = true;
        } else if (one.state == "there") {
            reached = true;
            one.settled = !one.undo.empty();
            if (!one.settled) continue;
            const auto effects = sql::effects_of(text, dialect);
            dropped.insert(dropped.end(), effects.begin(), effects.end());
        } else if (one.state == "absent") {
            reached = false;
        } else if (changes_nothing(text, dialect)) {
            one.why = "it changes nothing";
        } else if (const auto touched = sql::touched_by(text, dialect)) {
            std::string ignored;
            const sql::Effect table{sql::Effect::Kind::relation, touched->schema, "", touched->table};
            if (sql::exists(database, table, ignored) == false) {
                one.state = "absent";
                one.why = "there is no table " + touched->table;
                reached = false;
            } else if (goes_with(*touched, dropped)) {
                one.why = "it goes with what is dropped by --undo";
            } else {
                one.settled = !reached;
            }
        } else {
            one.settled = !reached;
        }
    }
}

/// What drops the invalid index that a failed CREATE INDEX CONCURRENTLY has left; empty where there is none.
std::vector<std::string> room_for_invalid(db::Database& database, std::string_view statement) {
    std::vector<std::string> drops;
    if (database.engine() != Engine::postgresql) return drops;
    for (const auto& effect : sql::effects_of(statement, sql::Dialect::postgresql)) {
        std::string why;
        if (effect.kind != sql::Effect::Kind::index || sql::exists(database, effect, why) || why.empty())
            continue;
        const std::string schema = effect.schema.empty() ? "" : database.quoted(effect.schema) + ".";
        drops.push_back("DROP INDEX " + schema + database.quoted(effect.name));
    }
    return drops;
}

/// What is there of each statement, and what would take it away again.
std::vector<FoundStatement> look(db::Database& database, const MigrationStatements& texts,
                                 const std::string& id) {
    const sql::Dialect dialect = sql::dialect_of(database.engine());
    const auto looks = sql::look_at(database, texts.statements);
    std::vector<FoundStatement> found(looks.size());
    for (std::size_t i = 0; i < looks.size(); ++i) {
        FoundStatement& one = found[i];
        one.migration = id;
        one.n = static_cast<int>(i) + 1;
        one.place = texts.places[i];
        one.sql = sql::brief(texts.statements[i].text, dialect, 60);
        one.state = to_string(looks[i].presence);
        one.why = looks[i].why;
        if (looks[i].presence == sql::Presence::unknown)
            one.undo = room_for_invalid(database, texts.statements[i].text);
        if (looks[i].presence != sql::Presence::there) continue;
        auto effects = sql::effects_of(texts.statements[i].text, dialect);
        for (auto effect = effects.rbegin(); effect != effects.rend(); ++effect) {
            auto undo = sql::undo_of(database, *effect);
            if (!undo) {
                one.undo.clear();
                break;
            }
            one.undo.push_back(std::move(undo->sql));
            one.loses = one.loses || undo->loses;
        }
    }
    settle(database, texts, found);
    return found;
}

/// An index that is there and cannot be used: nothing else is both unknown and can be taken away.
bool is_invalid(const FoundStatement& one) {
    return one.state == "unknown" && !one.undo.empty();
}

std::size_t count(const HalfDone& half, std::string_view state) {
    return static_cast<std::size_t>(
        std::count_if(half.statements.begin(), half.statements.end(),
                      [&](const FoundStatement& one) { return one.state == state; }));
}

/// IF [NOT] EXISTS: that it is so proves nothing of its own.
bool is_conditional(const sql::Statement& statement) {
    std::string head(statement.text.substr(0, 200));
    for (char& c : head) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return head.find(" IF NOT EXISTS") != std::string::npos || head.find(" IF EXISTS") != std::string::npos;
}

/// A change of the schema that another session of this database is executing, on one line; "" for none.
std::string running_change(db::Database& database) {
    Result<db::Rows> rows = db::Rows{};
    const sql::Dialect dialect = sql::dialect_of(database.engine());
    if (dialect == sql::Dialect::postgresql)
        rows = database.query(
            "SELECT query FROM pg_catalog.pg_stat_activity WHERE datname = current_database() AND pid <> "
            "pg_backend_pid() AND state = 'active' AND query ~* "
            "'^\\s*(create|alter|drop|truncate|rename|reindex)\\M' ORDER BY query_start LIMIT 1");
    else if (dialect == sql::Dialect::mysql)
        rows = database.query(
            "SELECT info FROM information_schema.processlist WHERE db = DATABASE() AND id <> "
            "CONNECTION_ID() AND command = 'Query' AND info REGEXP "
            "'^[[:space:]]*(create|alter|drop|truncate|rename|optimize)[[:space:]]' ORDER BY time DESC LIMIT "
            "1");
    if (!rows || rows->rows.empty()) return "";
    return sql::brief(rows->rows[0][0].value_or(""), dialect, 60);
}

struct Candidate {
    HalfDone half;
    bool told = false;  ///< the tool's history or the log says that it stopped
};

std::optional<Candidate> candidate_of(const History& history, const Unit& unit, const Target& target,
                                      const HalfDoneSearch& search) {
    Candidate candidate;
    HalfDone& half = candidate.half;
    auto stop = stopped(search.log, unit.id, display(target.connection));
    if (search.killed_only && !(stop && stop->outcome == "never ended")) return std::nullopt;
    if (stop) {
        half.since = stop->at;
        half.outcome = stop->outcome;
        candidate.told = true;
    }
    if (!history.failed.empty()) {
        const auto far =
            unit.tool == Tool::sql ? sql::read_how_far(history.failed.front().detail) : std::nullopt;
        if (far && far->down) return std::nullopt;
        half.id = history.failed.front().id;
        candidate.told = true;
        return candidate;
    }
    const bool back = stop && (stop->command == "rollback" || stop->command == "redo");
    if (back && !history.applied.empty()) {
        half.id = history.applied.back().id;
        half.down = true;
        return candidate;
    }
    if (history.pending.empty()) return std::nullopt;
    half.id = history.pending.front().id;
    if (candidate.told) return candidate;
    if (!history.initialised || (!search.everywhere && !keeps_first_half(target))) return std::nullopt;
    return candidate;
}

}  // namespace

void find_half_done(History& history, const Unit& unit, const Facts& facts, const Target& target,
                    const HalfDoneSearch& search, ReadSessions& sessions) {
    // Raw SQL keeps a record of its own, which `status` and the ways out of `resolve` read.
    if (unit.tool == Tool::sql && (history.failed.empty() || !search.everywhere)) return;
    if (history.source == HistorySource::none) return;
    auto candidate = candidate_of(history, unit, target, search);
    if (!candidate) return;
    HalfDone& half = candidate->half;
    bool firm = false;  // something is there that only this migration says
    if (!has_catalog(target)) {
        half.unknown = "what its operations did cannot be looked at from here";
    } else {
        MigrationStatements texts;
        const bool worth_a_start = search.everywhere || candidate->told;
        auto unknown =
            read_statements(texts, unit, facts, target, half.id, worth_a_start ? search.ask : nullptr);
        half.unknown = unknown.value_or("");
        if (!unknown) {
            db::Database* lent = sessions.lent(target);
            auto session = lent ? Result<db::Database*>(lent) : sessions.open(target);
            if (!session) return;
            if (half.outcome == "never ended" && !running_change(**session).empty())
                half.outcome = "is still at work";
            half.statements = look(**session, texts, half.id);
            for (std::size_t i = 0; i < half.statements.size(); ++i)
                firm = firm || (half.statements[i].state == "there" && !half.statements[i].undo.empty() &&
                                !is_conditional(texts.statements[i]));
        }
    }
    const std::size_t there = count(half, "there"), absent = count(half, "absent");
    const bool invalid = std::any_of(half.statements.begin(), half.statements.end(), is_invalid);
    const bool known = half.unknown.empty() && (there + absent > 0 || invalid);
    const bool certain = invalid || (half.down ? absent > 0 : there > 0);
    firm = firm || invalid;
    const bool doubtful = std::any_of(half.statements.begin(), half.statements.end(),
                                      [](const FoundStatement& one) { return !one.settled; });
    if (known && !certain) {
        // It left nothing.
        if (history.failed.empty() && !(doubtful && candidate->told && keeps_first_half(target))) return;
    } else if (!known && history.failed.empty()) {
        // A database that takes back what fails has nothing left of it.
        if (!candidate->told || (has_catalog(target) && !keeps_first_half(target))) return;
    }
    if (!candidate->told && !firm) return;
    if (certain) history.state = worst(history.state, State::failed);
    history.half_done.push_back(std::move(half));
}

std::optional<HalfDoneSearch> half_done_search(const Request& request, const std::filesystem::path& state_dir,
                                               const NativeCall& with) {
    HalfDoneSearch search{state_dir / "log.jsonl", &with};
    if (request.verb == Verb::status) return search;
    search.killed_only = request.verb == Verb::run;
    if (search.killed_only) return search;
    const bool other_way = request.applied || request.rolled_back || request.edited || request.renamed_from ||
                           request.forget || request.resume || request.unlock;
    if (request.verb != Verb::resolve || other_way) return std::nullopt;
    search.everywhere = true;
    return search;
}

std::optional<Error> meets_half_done(const Unit& unit, const Request& request, const Facts& facts) {
    if (request.verb != Verb::run) return std::nullopt;
    for (const auto& [name, history] : facts.histories)
        for (const auto& half : history.half_done) {
            const std::size_t there =
                count(half, "there") + static_cast<std::size_t>(std::count_if(
                                           half.statements.begin(), half.statements.end(), is_invalid));
            if (half.down || there == 0 || !history.failed.empty()) continue;
            return Error{
                "migration.failed",
                fmt::format("{}: {} is pending, and {} of its {} statements {} there already{}", unit.id,
                            half.id, there, half.statements.size(), there == 1 ? "is" : "are",
                            half.since.empty() ? "" : ": what was begun at " + half.since + " never ended"),
                "Nothing was started: it would fail at what is there.",
                {{By::you,
                  {"migrate", "resolve", "-u", unit.id},
                  "",
                  "what is there of it, and the ways out"}}};
        }
    return std::nullopt;
}

std::optional<Error> still_executed(const Unit& unit, const Target& target, const std::filesystem::path& log,
                                    db::Database& database) {
    const auto stop = stopped(log, unit.id, display(target.connection));
    if (!stop || stop->outcome != "never ended") return std::nullopt;
    const std::string change = running_change(database);
    if (change.empty()) return std::nullopt;
    return Error{"target.busy",
                 fmt::format("{}: the server is still executing what a killed {} may have sent: {}", unit.id,
                             stop->command, change),
                 "Nothing was changed. Wait until it has ended; `migrate status` then says what is there.",
                 {{By::you, {"migrate", "status", "-u", unit.id}, "it has ended", "how things stand then"}}};
}

}  // namespace migrate
