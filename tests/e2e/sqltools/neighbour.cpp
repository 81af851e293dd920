#include "tests/e2e/sqltools/neighbour.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cctype>
#include <cstdlib>

#include "run/process.hpp"
#include "tests/support/tools.hpp"

namespace migrate::test {

namespace {

using enum Neighbour;

Connection database_of(Engine engine, const Tree& tree) {
    if (engine == Engine::postgresql) return PostgresServer::shared().fresh_database();
    if (engine == Engine::mariadb) return MariaDbServer::shared().fresh_database();
    Connection connection;
    connection.engine = Engine::sqlite;
    connection.database = (tree.path() / "app.db").string();
    return connection;
}

/// go-sql-driver's form.
std::string go_address(const Connection& at) {
    return fmt::format("{}:{}@tcp({}:{})/{}", at.user, at.password, at.host, at.port, at.database);
}

std::string joined(const db::Rows& rows, std::string_view between) {
    std::string text;
    for (const auto& row : rows.rows) {
        for (const auto& value : row) text += value.value_or("NULL") + std::string(between);
        text += '\n';
    }
    return text;
}

}  // namespace

const char* name_of(Neighbour neighbour) {
    switch (neighbour) {
        case dbmate:
            return "dbmate";
        case goose:
            return "goose";
        case golang_migrate:
            return "golang-migrate";
        case sql_migrate:
            return "sql-migrate";
    }
    return "";
}

Project::Project(Neighbour of, Engine on, std::string option)
    : neighbour(of), engine(on), connection(database_of(on, tree)), option_table_(std::move(option)) {
    tree.write("db/migrations/", "");
    const std::string postgres =
        fmt::format("postgres://{}:{}@{}:{}/{}?sslmode=disable", connection.user, connection.password,
                    connection.host, connection.port, connection.database);
    switch (neighbour) {
        case dbmate:
            table = "schema_migrations";
            environment_["DATABASE_URL"] = engine == Engine::postgresql ? postgres
                                           : engine == Engine::sqlite
                                               ? "sqlite:" + connection.database
                                               : MariaDbServer::shared().url(connection);
            if (!option_table_.empty()) environment_["DBMATE_MIGRATIONS_TABLE"] = option_table_;
            break;
        case goose:
            table = "goose_db_version";
            environment_["GOOSE_DRIVER"] = engine == Engine::postgresql ? "postgres"
                                           : engine == Engine::sqlite   ? "sqlite3"
                                                                        : "mysql";
            environment_["GOOSE_DBSTRING"] = engine == Engine::postgresql ? postgres
                                             : engine == Engine::sqlite
                                                 ? "./app.db"
                                                 : go_address(connection) + "?parseTime=true";
            environment_["GOOSE_MIGRATION_DIR"] = "db/migrations";
            if (!option_table_.empty()) environment_["GOOSE_TABLE"] = option_table_;
            break;
        case golang_migrate: {
            table = "schema_migrations";
            std::string url = engine == Engine::postgresql ? postgres
                              : engine == Engine::sqlite   ? "sqlite://app.db?"
                                                           : "mysql://" + go_address(connection) + "?";
            if (!option_table_.empty()) url += "&x-migrations-table=" + option_table_;
            environment_["DATABASE_URL"] = url;
            // Only its command line says where things are: a project keeps that in a script.
            tree.write("Makefile", "up:\n\tmigrate -path db/migrations -database $(DATABASE_URL) up\n");
            break;
        }
        case sql_migrate: {
            table = "gorp_migrations";
            const char* dialect = engine == Engine::postgresql ? "postgres"
                                  : engine == Engine::sqlite   ? "sqlite3"
                                                               : "mysql";
            environment_["APP_DATABASE"] = engine == Engine::postgresql ? postgres
                                           : engine == Engine::sqlite
                                               ? "app.db"
                                               : go_address(connection) + "?parseTime=true";
            tree.write("dbconfig.yml",
                       fmt::format("staging:\n  dialect: {0}\n  datasource: nowhere\n  dir: db/migrations\n"
                                   "  table: other_table\n"
                                   "development:\n  dialect: {0}\n  datasource: ${{APP_DATABASE}}\n"
                                   "  dir: db/migrations\n{1}",
                                   dialect, option_table_.empty() ? "" : "  table: " + option_table_ + "\n"));
            break;
        }
    }
    if (option_table_.empty()) return;
    const std::size_t dot = option_table_.find('.');
    table = option_table_.substr(dot == std::string::npos ? 0 : dot + 1);
    if (dot != std::string::npos) schema = option_table_.substr(0, dot);
    // goose does not quote it.
    if (neighbour == goose && engine == Engine::postgresql)
        for (char& c : table) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

std::string Project::file(int number) const {
    switch (neighbour) {
        case golang_migrate:
            return fmt::format("{:06}_m{}.up.sql", number, number);
        case goose:
            return fmt::format("{:05}_m{}.sql", number, number);
        default:
            return fmt::format("20240101{:06}{}m{}.sql", number, neighbour == sql_migrate ? "-" : "_",
                               number);
    }
}

std::string Project::path(int number) const {
    return "db/migrations/" + file(number);
}

std::string Project::down_path(int number) const {
    if (neighbour != golang_migrate) return path(number);
    return fmt::format("db/migrations/{:06}_m{}.down.sql", number, number);
}

std::string Project::id(int number) const {
    switch (neighbour) {
        case golang_migrate:
        case goose:
            return std::to_string(number);
        case sql_migrate:
            return file(number);
        case dbmate:
            return fmt::format("20240101{:06}", number);
    }
    return "";
}

void Project::add(int number, const std::string& up, const std::string& down) {
    switch (neighbour) {
        case golang_migrate:
            tree.write(path(number), up);
            tree.write(down_path(number), down);
            return;
        case goose:
            tree.write(path(number), "-- +goose Up\n" + up + "\n-- +goose Down\n" + down);
            return;
        case sql_migrate:
            tree.write(path(number), "-- +migrate Up\n" + up + "\n-- +migrate Down\n" + down);
            return;
        case dbmate:
            tree.write(path(number), "-- migrate:up\n" + up + "\n-- migrate:down\n" + down);
            return;
    }
}

void Project::add(int number) {
    add(number, fmt::format("CREATE TABLE m{} (id INT);\n", number),
        fmt::format("DROP TABLE m{};\n", number));
}

void Project::add_broken(int number) {
    add(number, fmt::format("CREATE TABLE m{} (id INT);\nCREATE TABEL broken (id INT);\n", number),
        fmt::format("DROP TABLE m{};\n", number));
}

void Project::move_to_files() {
    std::string lines;
    for (const auto& [name, value] : environment_) lines += name + "=" + value + "\n";
    tree.write(".env", lines);
    environment_.clear();
}

Ran Project::ours(std::vector<std::string> arguments) const {
    return migrate_in(tree, std::move(arguments), environment_);
}

Ran Project::theirs(std::vector<std::string> command) const {
    ProcessSpec spec;
    spec.argv = {test_tool(std::string("go/") + name_of(neighbour)).string()};
    if (neighbour == dbmate) spec.argv.insert(spec.argv.end(), {"--no-dump-schema"});
    if (neighbour == golang_migrate)
        spec.argv.insert(spec.argv.end(),
                         {"-path", "db/migrations", "-database", environment_.at("DATABASE_URL")});
    spec.argv.insert(spec.argv.end(), command.begin(), command.end());
    spec.cwd = tree.path();
    spec.env = {{"PATH", std::getenv("PATH")}, {"HOME", tree.path(".home").string()}};
    for (const auto& [name, value] : environment_) spec.env[name] = value;
    spec.keep = 1u << 20;
    spec.timeout = std::chrono::seconds(120);
    const ProcessResult done = run_process(spec);
    return {done.end == ProcessResult::End::exited ? done.exit_code : -1, done.out.text(), done.err.text()};
}

void Project::up(bool by_us) const {
    const Ran ran = by_us ? ours({"run"}) : theirs({"up"});
    CHECK_MESSAGE(ran.status == 0, ran.out << ran.err);
}

void Project::down(bool by_us) const {
    const Ran ran = by_us                         ? ours({"rollback", "--yes"})
                    : neighbour == golang_migrate ? theirs({"down", "1"})
                                                  : theirs({neighbour == dbmate ? "rollback" : "down"});
    CHECK_MESSAGE(ran.status == 0, ran.out << ran.err);
}

void Project::fail_and_settle(int number, bool by_us, bool settled_by_us) const {
    const Ran failed = by_us ? ours({"run"}) : theirs({"up"});
    CHECK_MESSAGE(failed.status != 0, failed.out << failed.err);
    // On PostgreSQL and SQLite our failures leave nothing to settle, nor do theirs but golang-migrate's.
    const bool marked = by_us ? engine == Engine::mariadb : neighbour == golang_migrate;
    const Ran status = ours({"status"});
    const bool seen = status.out.find(marked ? "failed" : "pending") != std::string::npos;
    CHECK_MESSAGE(seen, status.out << status.err);
    if (marked) {
        // golang-migrate alone has a word for it, and sees what we left half done.
        const Ran settled = settled_by_us || neighbour != golang_migrate
                                ? ours({"resolve", "--rolled-back", id(number), "--yes"})
                                : theirs({"force", std::to_string(number - 1)});
        CHECK_MESSAGE(settled.status == 0, settled.out << settled.err);
    }
    CHECK(has_table(fmt::format("m{}", number)) == (engine == Engine::mariadb));
    if (engine == Engine::mariadb) execute(fmt::format("DROP TABLE m{}", number));
}

std::string Project::quoted_table() const {
    const char* quote = engine == Engine::mariadb ? "`" : "\"";
    return (schema.empty() ? "" : schema + ".") + quote + table + quote;
}

std::string Project::definition() const {
    auto database = connect(connection);
    auto ask = [&](const std::string& sql) {
        auto rows = database->query(sql);
        REQUIRE_MESSAGE(rows, rows.error().message);
        return joined(*rows, " ");
    };
    if (engine == Engine::mariadb) {
        std::string text = ask("SHOW CREATE TABLE " + quoted_table());
        // The next number is no part of the definition.
        if (const std::size_t at = text.find(" AUTO_INCREMENT="); at != std::string::npos)
            text.erase(at, text.find(' ', at + 1) - at);
        return text;
    }
    if (engine == Engine::sqlite) {
        std::string text = ask(fmt::format("SELECT * FROM pragma_table_info('{}')", table)) +
                           ask(fmt::format("SELECT name, \"unique\", origin, partial FROM "
                                           "pragma_index_list('{}')",
                                           table)) +
                           ask(fmt::format("SELECT i.name, c.seqno, c.name FROM pragma_index_list('{}') i, "
                                           "pragma_index_info(i.name) c",
                                           table)) +
                           ask(fmt::format("SELECT sql LIKE '%AUTOINCREMENT%' FROM sqlite_schema WHERE "
                                           "name = '{}'",
                                           table));
        return text;
    }
    const std::string regclass = fmt::format("'{}'::regclass", quoted_table());
    return ask(fmt::format("SELECT attname, format_type(atttypid, atttypmod), attnotnull, attidentity, "
                           "pg_get_expr(adbin, adrelid) FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = "
                           "attrelid AND adnum = attnum WHERE attrelid = {} AND attnum > 0 AND NOT "
                           "attisdropped ORDER BY attnum",
                           regclass)) +
           ask(fmt::format("SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = {} "
                           "ORDER BY 1",
                           regclass)) +
           ask(fmt::format("SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = {} ORDER BY 1",
                           regclass));
}

std::string Project::rows() const {
    const std::string from = quoted_table();
    switch (neighbour) {
        case dbmate:
            return value("SELECT version FROM " + from + " ORDER BY version");
        case goose:
            return value("SELECT id, version_id, is_applied FROM " + from + " ORDER BY id") +
                   "times: " + value("SELECT count(tstamp) FROM " + from);
        case golang_migrate:
            return value("SELECT version, dirty FROM " + from);
        case sql_migrate:
            return value("SELECT id FROM " + from + " ORDER BY id") +
                   "times: " + value("SELECT count(applied_at) FROM " + from);
    }
    return "";
}

bool Project::has_table(const std::string& name) const {
    return *connect(connection)->table_exists("", name);
}

void Project::execute(const std::string& statement) const {
    test::execute(connection, {statement});
}

std::string Project::value(const std::string& query) const {
    auto rows = connect(connection)->query(query);
    REQUIRE_MESSAGE(rows, rows.error().message);
    return joined(*rows, " ");
}

}  // namespace migrate::test
