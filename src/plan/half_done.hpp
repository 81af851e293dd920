#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "adapters/adapter.hpp"
#include "plan/ask_native.hpp"
#include "plan/read_sessions.hpp"

namespace migrate {

/// How much may be done to learn the statements of a migration.
struct HalfDoneSearch {
    std::filesystem::path log;        ///< the audit log of this machine
    const NativeCall* ask = nullptr;  ///< to ask a tool for its SQL where it is worth a start
    bool everywhere = false;          ///< look too where nothing says that something stopped
    bool killed_only = false;         ///< look only where the log says that the last command was killed
};

/// Looks for a migration that was begun and is not through, and what is there of it: in what the tool's own
/// history calls failed, in the first pending one, and after a `rollback` that stopped, in the last applied
/// one. Where neither history nor log says that anything stopped, only on databases that keep the first half
/// of a migration (MySQL, MariaDB), and not without a history; `everywhere` looks on all. A tool that must be
/// started to print its SQL (Alembic, Django) is so for
/// `everywhere`, and where something stopped. Fills `history.half_done`, and sets
/// the state to `failed` where a part is certainly there (or gone). Raw SQL keeps a record of
/// its own: there only what it calls failed is looked at, for `everywhere`. Reads only, and never fails: what
/// cannot be known is said in `HalfDone::unknown`.
void find_half_done(History& history, const Unit& unit, const Facts& facts, const Target& target,
                    const HalfDoneSearch& search, ReadSessions& sessions);

/// How far to look for a verb: `status` is quick, `run` looks behind a command that was killed, `resolve`
/// without an option and with --undo is thorough, others do not look (nullopt). `with` must outlive the
/// search.
std::optional<HalfDoneSearch> half_done_search(const Request& request, const std::filesystem::path& state_dir,
                                               const NativeCall& with);

/// `target.busy` where the log says that the last command was killed, and the server has not yet ended the
/// statement that it sent: MySQL and MariaDB go on to its end, PostgreSQL until it would answer.
std::optional<Error> still_executed(const Unit& unit, const Target& target, const std::filesystem::path& log,
                                    db::Database& database);

/// `migration.failed` where `run` would meet what a killed command has left of the migration that is next.
std::optional<Error> meets_half_done(const Unit& unit, const Request& request, const Facts& facts);

/// The steps of `resolve --undo ID`: what the half-done migration has made is dropped, newest first, and
/// what the tool's history says of it is taken out as `--rolled-back` does. Errors: `migration.unknown`
/// where it is not half done, `verb.unsupported` where a part of it cannot be undone by a statement.
Result<std::vector<Step>> undo_steps(const Unit& unit, const Request& request, const Facts& facts);

}  // namespace migrate
