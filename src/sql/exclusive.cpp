#include "sql/exclusive.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <thread>

namespace migrate::sql {

namespace {

constexpr std::chrono::seconds kLongest{2};
/// The longest of the delays in sqlite3_busy_timeout()'s handler (SQLite 3.40, main.c).
constexpr std::chrono::milliseconds kPause{110};

constexpr std::size_t kMostText = 64u << 10;
/// What takes no time where tables are empty, or hold what statements wrote that stand in files.
constexpr std::array<std::string_view, 10> kQuick{
    "CREATE TABLE", "CREATE INDEX", "CREATE VIEW", "CREATE TRIGGER", "ALTER TABLE",
    "DROP TABLE",   "DROP INDEX",   "DROP VIEW",   "DROP TRIGGER",   "INSERT"};

bool holds_select(std::string_view text) {
    constexpr std::string_view kSelect = "select";
    return std::search(text.begin(), text.end(), kSelect.begin(), kSelect.end(),
                       [](char a, char b) { return (a | 0x20) == b; }) != text.end();
}

bool says(db::Database& database, std::string_view query, std::string_view answer) {
    auto rows = database.query(query);
    return rows && rows->rows.size() == 1 && rows->rows[0][0].value_or("") == answer;
}

}  // namespace

std::unique_ptr<Exclusive> Exclusive::take(db::Database& database) {
    if (database.engine() != Engine::sqlite) return nullptr;
    if (!says(database, "PRAGMA main.journal_mode", "delete") ||
        !says(database, "PRAGMA main.locking_mode", "normal") ||
        !says(database, "SELECT count(*) FROM main.sqlite_schema", "0"))
        return nullptr;
    std::unique_ptr<Exclusive> held(new Exclusive(database));
    held->hold();
    return held;
}

bool Exclusive::suits(const Way& way) {
    if (!way.transaction || !way.before.empty() || !way.after.empty()) return false;
    std::size_t size = 0;
    for (const Statement& statement : way.inside) {
        size += statement.text.size();
        if (size > kMostText) return false;
        const bool names_rows = statement.kind == "CREATE VIEW" || statement.kind == "CREATE TRIGGER";
        if (!names_rows && holds_select(statement.text)) return false;
        if (std::find(kQuick.begin(), kQuick.end(), statement.kind) == kQuick.end()) return false;
    }
    return true;
}

Exclusive::~Exclusive() {
    release();
}

void Exclusive::hold() {
    (void)database_.query("PRAGMA main.locking_mode = EXCLUSIVE");
    since_ = std::chrono::steady_clock::now();
}

/// The lock goes with the next read.
void Exclusive::release() {
    (void)database_.query("PRAGMA main.locking_mode = NORMAL");
    (void)database_.query("PRAGMA main.schema_version");
}

void Exclusive::let_others() {
    if (std::chrono::steady_clock::now() - since_ < kLongest) return;
    release();
    std::this_thread::sleep_for(kPause);
    hold();
}

}  // namespace migrate::sql
