#include "sql/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace migrate::sql {

namespace {

std::string one_value(db::Database& database, std::string_view query) {
    auto rows = database.query(query);
    if (!rows || rows->rows.empty() || rows->rows[0].empty()) return "";
    return rows->rows[0][0].value_or("");
}

}  // namespace

std::vector<std::string> restore_statements(db::Database& database) {
    std::vector<std::string> restore;
    // The server itself writes the statements that put things back, quotes included.
    auto keep = [&](std::string_view query) { restore.push_back(one_value(database, query)); };
    switch (dialect_of(database.engine())) {
        case Dialect::postgresql:
            keep(
                "SELECT format('SELECT set_config(''search_path'', %L, false), set_config(''role'', %L, "
                "false)', "
                "current_setting('search_path'), current_setting('role'))");
            break;
        case Dialect::mysql:
            keep(
                "SELECT concat('SET SESSION foreign_key_checks = ', @@foreign_key_checks, ', unique_checks = "
                "', "
                "@@unique_checks, ', autocommit = ', @@autocommit, ', sql_mode = ', quote(@@sql_mode), "
                "', time_zone = ', quote(@@time_zone))");
            keep("SELECT concat('USE `', replace(database(), '`', '``'), '`')");
            break;
        case Dialect::sqlite:
            restore.push_back("PRAGMA foreign_keys = " + one_value(database, "PRAGMA foreign_keys"));
            break;
    }
    std::erase(restore, "");
    return restore;
}

SessionGuard::~SessionGuard() {
    if (dismissed_) return;
    for (const std::string& statement : restore_) (void)database_.execute(statement);
}

Result<void> restore_session(db::Database& database) {
    if (dialect_of(database.engine()) != Dialect::postgresql) return {};
    return database.execute("RESET ROLE");
}

int broken_references(db::Database& database, const Way& way) {
    if (way.before.empty() || dialect_of(database.engine()) != Dialect::sqlite) return 0;
    auto rows = database.query("PRAGMA foreign_key_check");
    return rows ? static_cast<int>(rows->rows.size()) : 0;
}

PatientSession::PatientSession(db::Database& database, const Statement& statement) : database_(database) {
    constexpr std::string_view kWord = "CONCURRENTLY";
    auto same = [](char a, char b) { return (a >= 'a' && a <= 'z' ? a - 32 : a) == b; };
    if (database.engine() != Engine::postgresql || statement.in_transaction != InTransaction::never ||
        std::search(statement.text.begin(), statement.text.end(), kWord.begin(), kWord.end(), same) ==
            statement.text.end())
        return;
    patient_ = one_value(database, "SHOW lock_timeout") == "5s" && database.execute("SET lock_timeout = 0");
}

PatientSession::~PatientSession() {
    if (patient_) (void)database_.execute("SET lock_timeout = '5s'");
}

std::string invalid_indexes(db::Database& database) {
    if (database.engine() != Engine::postgresql) return "";
    auto rows =
        database.query("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid ORDER BY 1");
    std::string names;
    if (rows)
        for (const auto& row : rows->rows) names += (names.empty() ? "" : ", ") + row[0].value_or("");
    return names;
}

std::string invalid_index_hint(db::Database& database, const Statement& statement) {
    const std::string names = statement.kind == "CREATE INDEX" ? invalid_indexes(database) : "";
    if (names.empty()) return "";
    return "\nAn invalid index is left: " + names +
           ". DROP INDEX CONCURRENTLY removes it; until then IF NOT EXISTS passes over it.";
}

}  // namespace migrate::sql
