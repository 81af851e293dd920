#include "live/signs.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "target/host_facts.hpp"
#include "target/url.hpp"

namespace migrate {

namespace {

/// A name that only one provider's servers have, and the provider.
struct Sign {
    std::string_view what;  ///< "setting", "superuser", "schema", "database": as the query below prints it
    std::string_view name;
    std::string_view service;
};

/// PostgreSQL. The roles count as superusers only: whoever restores a dump of such a service at home makes
/// roles of these names, but no superusers.
constexpr std::array kPostgresql{
    Sign{"setting", "rds.extensions", "Amazon RDS"},
    Sign{"setting", "rds.superuser_variables", "Amazon RDS"},
    Sign{"setting", "cloudsql.iam_authentication", "Google Cloud SQL"},
    Sign{"setting", "cloudsql.supported_extensions", "Google Cloud SQL"},
    Sign{"setting", "alloydb.iam_authentication", "Google AlloyDB"},
    Sign{"setting", "azure.extensions", "Azure Database for PostgreSQL"},
    Sign{"setting", "azure.accepted_password_auth_method", "Azure Database for PostgreSQL"},
    Sign{"setting", "neon.tenant_id", "Neon"},
    Sign{"setting", "neon.timeline_id", "Neon"},
    Sign{"superuser", "rdsadmin", "Amazon RDS"},
    Sign{"superuser", "cloudsqladmin", "Google Cloud SQL"},
    Sign{"superuser", "alloydbadmin", "Google AlloyDB"},
    Sign{"superuser", "azuresu", "Azure Database for PostgreSQL"},
    Sign{"superuser", "azure_superuser", "Azure Database for PostgreSQL"},
    Sign{"superuser", "cloud_admin", "Neon"},
    Sign{"superuser", "flypgadmin", "Fly.io"},
    Sign{"schema", "heroku_ext", "Heroku Postgres"},
    Sign{"database", "rdsadmin", "Amazon RDS"},
    Sign{"database", "cloudsqladmin", "Google Cloud SQL"},
    Sign{"database", "alloydbadmin", "Google AlloyDB"},
    Sign{"database", "azure_maintenance", "Azure Database for PostgreSQL"},
    Sign{"database", "_dodb", "DigitalOcean"},
    Sign{"database", "_aiven", "Aiven"},
};

/// MySQL and MariaDB: variables, and what their values hold ("" for any).
struct VariableSign {
    std::string_view name;
    std::string_view holds;
    std::string_view service;
};
constexpr std::array kMysql{
    VariableSign{"basedir", "/rdsdbbin", "Amazon RDS"},
    VariableSign{"aurora_version", "", "Amazon Aurora"},
    VariableSign{"version_comment", "(Google)", "Google Cloud SQL"},
    VariableSign{"cloudsql_iam_authentication", "", "Google Cloud SQL"},
    VariableSign{"aad_auth_only", "", "Azure Database for MySQL"},
    VariableSign{"azure_server_name", "", "Azure Database for MySQL"},
    VariableSign{"version", "-vitess", "PlanetScale"},
    VariableSign{"version", "-PlanetScale", "PlanetScale"},
    VariableSign{"version", "-TiDB-Serverless", "TiDB Cloud"},
};

/// How a server is asked for a sign without an error where it knows no such thing. "" for a database: there
/// is no function that looks for one.
std::string_view function_for(std::string_view what) {
    if (what == "setting") return "current_setting('{}', true)";
    if (what == "superuser") return "pg_catalog.to_regrole('{}')";
    return what == "schema" ? "pg_catalog.to_regnamespace('{}')" : "";
}

/// One column for each sign that a function looks for, and the server's own address: looking into catalogs
/// takes a new session ten times as long. A role counts as a superuser only, which has_superuser() asks.
std::string postgresql_query() {
    std::string columns;
    for (const auto& sign : kPostgresql)
        if (const auto function = function_for(sign.what); !function.empty())
            columns += fmt::format(fmt::runtime(function), sign.name) + " IS NOT NULL, ";
    return fmt::format("SELECT {}host(inet_server_addr())", columns);
}

/// True also where that cannot be asked.
bool has_superuser(db::Database& database, const std::string& name) {
    auto rows = database.query("SELECT 1 FROM pg_catalog.pg_roles WHERE rolsuper AND rolname = ?",
                               std::array<db::Value, 1>{name});
    return !rows || !rows->rows.empty();
}

LevelEvidence managed(std::string text) {
    return {"server.managed", "the server", std::move(text)};
}

std::vector<LevelEvidence> signs_of_mysql(db::Database& database) {
    std::vector<LevelEvidence> signs;
    std::string names;
    for (const auto& sign : kMysql) names += fmt::format("{}'{}'", names.empty() ? "" : ", ", sign.name);
    auto rows = database.query(fmt::format("SHOW GLOBAL VARIABLES WHERE Variable_name IN ({})", names));
    if (!rows) return signs;
    for (const auto& row : rows->rows)
        for (const auto& sign : kMysql) {
            if (row[0] != sign.name) continue;
            if (!sign.holds.empty() && row[1].value_or("").find(sign.holds) == std::string::npos) continue;
            signs.push_back(managed(fmt::format("its variable {} is that of {}", sign.name, sign.service)));
        }
    return signs;
}

/// Whether an address is one that the whole internet knows.
bool is_public(const std::string& address) {
    in_addr v4{};
    if (inet_pton(AF_INET, address.c_str(), &v4) == 1) {
        const std::uint32_t ip = ntohl(v4.s_addr);
        const auto within = [&](std::uint32_t net, int bits) {
            return (ip >> (32 - bits)) == net >> (32 - bits);
        };
        return !(within(0x00000000, 8) || within(0x0A000000, 8) || within(0x7F000000, 8) ||
                 within(0xA9FE0000, 16) || within(0xAC100000, 12) || within(0xC0A80000, 16) ||
                 within(0x64400000, 10));
    }
    in6_addr v6{};
    if (inet_pton(AF_INET6, address.c_str(), &v6) != 1) return false;
    // 2000::/3 is what is routed (RFC 4291).
    return (v6.s6_addr[0] & 0xE0) == 0x20;
}

bool through_loopback(const Connection& connection) {
    const auto hosts = hosts_of(connection);
    return connection.socket.empty() && !hosts.empty() &&
           std::all_of(hosts.begin(), hosts.end(), [](const auto& host) { return is_loopback_host(host); });
}

/// Where a loopback address leads elsewhere: the server's own address is a public one. A private one is no
/// sign, every published port of a container has it.
void add_distance(std::vector<LevelEvidence>& signs, const db::Value& address, const Connection& connection) {
    if (!address || !is_public(*address) || !through_loopback(connection)) return;
    signs.push_back(
        {"server.address", "the server",
         fmt::format("its own address is {}, and the connection goes to {}", *address, connection.host)});
}

std::vector<LevelEvidence> signs_of_postgresql(db::Database& database, const Connection& connection) {
    std::vector<LevelEvidence> signs;
    const auto add = [&](const Sign& sign) {
        if (sign.what != "superuser" || has_superuser(database, std::string(sign.name)))
            signs.push_back(
                managed(fmt::format("it has the {} {}, as {} has", sign.what, sign.name, sign.service)));
    };
    // Names that are compared here: a condition would take a new session as long again.
    constexpr std::string_view kDatabases = "SELECT datname FROM pg_catalog.pg_database";
    const std::string query = postgresql_query();
    database.expect(std::array<db::Sent, 2>{{{query}, {kDatabases}}});
    if (auto answer = database.query(query); answer && !answer->rows.empty()) {
        auto column = answer->rows[0].begin();
        for (const auto& sign : kPostgresql)
            if (!function_for(sign.what).empty() && *column++ == "t") add(sign);
        add_distance(signs, *column, connection);
    }
    (void)database.each(kDatabases, {}, [&](const db::RowView& row) {
        for (const auto& sign : kPostgresql)
            if (sign.what == "database" && row.values[0] == sign.name) add(sign);
    });
    return signs;
}

}  // namespace

std::vector<LevelEvidence> signs_of_server(db::Database& database, const Connection& connection) {
    switch (database.engine()) {
        case Engine::postgresql:
            return signs_of_postgresql(database, connection);
        case Engine::mysql:
        case Engine::mariadb:
            return signs_of_mysql(database);
        default:
            return {};
    }
}

}  // namespace migrate
