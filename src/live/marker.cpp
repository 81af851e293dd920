#include "live/marker.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <filesystem>

#include "db/timestamps.hpp"

namespace migrate {

namespace {

using db::Value;

bool is_mysql(const db::Database& database) {
    return database.engine() == Engine::mysql || database.engine() == Engine::mariadb;
}

bool is_sqlite(const db::Database& database) {
    return database.engine() == Engine::sqlite || database.engine() == Engine::libsql;
}

/// Schema and name, as table_exists() takes them.
std::pair<std::string_view, std::string_view> name_on(const db::Database& database) {
    if (is_mysql(database) || is_sqlite(database)) return {"", "_migrate_marker"};
    return {"_migrate", "marker"};
}

std::string table_on(const db::Database& database) {
    const auto [schema, table] = name_on(database);
    return schema.empty() ? database.quoted(table) : database.quoted(schema) + "." + database.quoted(table);
}

std::int64_t number(const Value& value) {
    std::int64_t result = 0;
    if (value) std::from_chars(value->data(), value->data() + value->size(), result);
    return result;
}

Result<void> make_table(db::Database& database) {
    const auto [schema, table] = name_on(database);
    auto there = database.table_exists(schema, table);
    if (!there) return tl::unexpected(there.error());
    if (*there) return {};
    const char* key = is_mysql(database) ? "VARCHAR(190)" : "TEXT";
    const std::string create = fmt::format(
        "CREATE TABLE {} (kind {} NOT NULL, id {} NOT NULL, value TEXT NOT NULL, who TEXT NOT NULL, made_at "
        "BIGINT NOT NULL, until_at BIGINT NOT NULL, identity TEXT NOT NULL, PRIMARY KEY (kind, id))",
        table_on(database), is_mysql(database) ? "VARCHAR(32)" : "TEXT", key);
    if (schema.empty()) return database.execute(create);
    for (const std::string& statement :
         {fmt::format("CREATE SCHEMA IF NOT EXISTS {}", database.quoted(schema)), create,
          fmt::format("GRANT USAGE ON SCHEMA {} TO PUBLIC", database.quoted(schema)),
          fmt::format("GRANT SELECT ON {} TO PUBLIC", table_on(database))})
        if (auto done = database.execute(statement); !done) return done;
    return {};
}

struct Statement {
    std::string sql;
    std::vector<Value> values;
};

Statement insert(const db::Database& database, std::vector<Value> values) {
    return {fmt::format("INSERT INTO {} (kind, id, value, who, made_at, until_at, identity) VALUES (?, ?, ?, "
                        "?, ?, ?, ?)",
                        table_on(database)),
            std::move(values)};
}

Statement remove(const db::Database& database, std::string_view kind, const std::string& id = "") {
    Statement statement{fmt::format("DELETE FROM {} WHERE kind = ?", table_on(database)),
                        {std::string(kind)}};
    if (id.empty()) return statement;
    statement.sql += " AND id = ?";
    statement.values.emplace_back(id);
    return statement;
}

Result<void> write(db::Database& database, const std::vector<Statement>& statements) {
    if (auto made = make_table(database); !made) return made;
    if (auto begun = database.execute("BEGIN"); !begun) return begun;
    for (const auto& statement : statements)
        if (auto done = database.query(statement.sql, statement.values); !done) {
            (void)database.execute("ROLLBACK");
            return tl::unexpected(done.error());
        }
    return database.execute("COMMIT");
}

std::string identity_of_postgresql(db::Database& database) {
    // Asked for first: a function that the role may not call would end the transaction.
    auto may = database.query("SELECT has_function_privilege('pg_catalog.pg_control_system()', 'execute')");
    const bool system = may && !may->rows.empty() && may->rows[0][0] == "t";
    auto rows = database.query(
        fmt::format("SELECT {}, oid FROM pg_catalog.pg_database WHERE datname = current_database()",
                    system ? "(SELECT system_identifier FROM pg_catalog.pg_control_system())" : "'?'"));
    if (!rows || rows->rows.empty()) return "";
    return fmt::format("postgresql {}/{}", rows->rows[0][0].value_or("?"), rows->rows[0][1].value_or("?"));
}

std::string identity_of_mysql(db::Database& database, const Connection& connection) {
    auto rows = database.query(
        "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('server_uuid', 'server_uid', 'hostname', 'datadir')");
    std::string own, place;
    if (rows)
        for (const auto& row : rows->rows)
            (row[0].value_or("").starts_with("server_") ? own : place) += " " + row[1].value_or("");
    return fmt::format("mysql{}/{}", own.empty() ? place : own, connection.database);
}

std::string identity_of_sqlite(const Connection& connection) {
    std::array<char, 256> host{};
    (void)::gethostname(host.data(), host.size() - 1);
    std::error_code error;
    auto path = std::filesystem::weakly_canonical(connection.database, error);
    return fmt::format("sqlite {}:{}", host.data(), error ? connection.database : path.string());
}

}  // namespace

std::string time_text(std::int64_t at) {
    return db::rfc3339_utc(std::to_string(at));
}

std::string identity_of(db::Database& database, const Connection& connection) {
    if (is_sqlite(database)) return identity_of_sqlite(connection);
    return is_mysql(database) ? identity_of_mysql(database, connection) : identity_of_postgresql(database);
}

Result<Marker> read_marker(db::Database& database, const Connection& connection, std::int64_t now) {
    Marker marker;
    const auto [schema, table] = name_on(database);
    auto there = database.table_exists(schema, table);
    if (!there) return tl::unexpected(there.error());
    if (!*there) return marker;
    marker.identity = identity_of(database, connection);
    auto rows =
        database.query(fmt::format("SELECT kind, id, value, who, made_at, until_at, identity FROM {} WHERE "
                                   "kind <> 'used' ORDER BY kind, "
                                   "id",
                                   table_on(database)));
    if (!rows) {
        marker.readable = false;
        return marker;
    }
    for (const auto& row : rows->rows) {
        const std::string kind = row[0].value_or(""), id = row[1].value_or(""), value = row[2].value_or("");
        const std::string who = row[3].value_or("");
        const std::int64_t at = number(row[4]), until = number(row[5]);
        if (kind == "mark" && (until == 0 || now < until))
            // A word that no level has was written by somebody who meant something.
            marker.mark = MarkRow{
                level_from(value).value_or(Level::production), id, who, at, until, row[6].value_or("")};
        else if (kind == "freeze")
            marker.freeze = FreezeRow{value, who, at};
        else if (kind == "key" && row[6] == marker.identity)
            marker.keys.push_back({id, {value}, who, "the database's marker"});
    }
    return marker;
}

Mark mark_of(const MarkRow& row, const std::string& identity) {
    Mark mark;
    mark.level = row.level;
    mark.foreign = row.identity != identity;
    mark.text =
        fmt::format("marked {} by {} on {}", to_string(row.level), row.who, time_text(row.at).substr(0, 10));
    if (row.until != 0) mark.text += fmt::format(", until {}", time_text(row.until));
    if (mark.foreign) mark.text += ", when it was another database: this one is a copy";
    return mark;
}

Result<void> write_mark(db::Database& database, const MarkRow& row) {
    return write(database,
                 {remove(database, "mark"),
                  insert(database, {"mark", row.id, std::string(to_string(row.level)), row.who,
                                    std::to_string(row.at), std::to_string(row.until), row.identity})});
}

Result<void> write_key(db::Database& database, const ApprovalKey& key, const MarkRow& by) {
    std::vector<Statement> statements{remove(database, "key", key.public_key)};
    for (const auto& environment : key.environments)
        statements.push_back(insert(
            database, {"key", key.public_key, environment, by.who, std::to_string(by.at), "0", by.identity}));
    return write(database, statements);
}

Result<void> write_freeze(db::Database& database, const FreezeRow& row, const std::string& identity) {
    return write(database,
                 {remove(database, "freeze"), insert(database, {"freeze", "freeze", row.reason, row.who,
                                                                std::to_string(row.at), "0", identity})});
}

Result<bool> remove_freeze(db::Database& database) {
    auto marker =
        database.query(fmt::format("SELECT count(*) FROM {} WHERE kind = 'freeze'", table_on(database)));
    if (!marker) return tl::unexpected(marker.error());
    if (marker->rows.empty() || marker->rows[0][0] == "0") return false;
    if (auto done = write(database, {remove(database, "freeze")}); !done) return tl::unexpected(done.error());
    return true;
}

Result<bool> use_signature(db::Database& database, const std::string& signature_sha256,
                           const std::string& plan_id, const std::string& who, std::int64_t now) {
    if (auto made = make_table(database); !made) return tl::unexpected(made.error());
    auto there =
        database.query(fmt::format("SELECT 1 FROM {} WHERE kind = 'used' AND id = ?", table_on(database)),
                       std::array<Value, 1>{signature_sha256});
    if (!there) return tl::unexpected(there.error());
    if (!there->rows.empty()) return false;
    // Of two at once the second meets the primary key.
    const Statement row =
        insert(database, {"used", signature_sha256, plan_id, who, std::to_string(now), "0", ""});
    auto done = database.query(row.sql, row.values);
    if (done) return true;
    auto again =
        database.query(fmt::format("SELECT 1 FROM {} WHERE kind = 'used' AND id = ?", table_on(database)),
                       std::array<Value, 1>{signature_sha256});
    if (again && !again->rows.empty()) return false;
    return tl::unexpected(done.error());
}

}  // namespace migrate
