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

std::string in_list(std::string_view what) {
    std::string list;
    for (const auto& sign : kPostgresql)
        if (sign.what == what) list += fmt::format("{}'{}'", list.empty() ? "" : ", ", sign.name);
    return list;
}

/// One question for all of them. A setting that its extension has not defined is no row of pg_settings.
std::string postgresql_query() {
    std::string settings;
    for (const auto& sign : kPostgresql)
        if (sign.what == "setting")
            settings += fmt::format("{}('{}', current_setting('{}', true))", settings.empty() ? "" : ", ",
                                    sign.name, sign.name);
    // A role counts as a superuser only, which has_superuser() asks: a new session takes longer to open that
    // view than for all of this.
    return fmt::format(
        "SELECT 'setting', name FROM (VALUES {}) AS known(name, value) WHERE value IS NOT NULL "
        "UNION ALL SELECT 'superuser', name FROM unnest(ARRAY[{}]) AS name "
        "WHERE pg_catalog.to_regrole(name) IS NOT NULL "
        "UNION ALL SELECT 'schema', name FROM unnest(ARRAY[{}]) AS name "
        "WHERE pg_catalog.to_regnamespace(name) IS NOT NULL "
        "UNION ALL SELECT 'database', datname FROM pg_catalog.pg_database WHERE datname IN ({})",
        settings, in_list("superuser"), in_list("schema"), in_list("database"));
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

std::vector<LevelEvidence> signs_of_postgresql(db::Database& database) {
    std::vector<LevelEvidence> signs;
    auto rows = database.query(postgresql_query());
    if (!rows) return signs;
    for (const auto& row : rows->rows)
        for (const auto& sign : kPostgresql)
            if (row[0] == sign.what && row[1] == sign.name &&
                (sign.what != "superuser" || has_superuser(database, *row[1])))
                signs.push_back(
                    managed(fmt::format("it has the {} {}, as {} has", sign.what, sign.name, sign.service)));
    return signs;
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

}  // namespace

std::vector<LevelEvidence> signs_of_service(db::Database& database) {
    switch (database.engine()) {
        case Engine::postgresql:
            return signs_of_postgresql(database);
        case Engine::mysql:
        case Engine::mariadb:
            return signs_of_mysql(database);
        default:
            return {};
    }
}

std::vector<LevelEvidence> signs_of_distance(db::Database& database, const Connection& connection) {
    if (database.engine() != Engine::postgresql || !through_loopback(connection)) return {};
    auto rows = database.query("SELECT host(inet_server_addr())");
    if (!rows || rows->rows.empty() || !rows->rows[0][0] || !is_public(*rows->rows[0][0])) return {};
    return {{"server.address", "the server",
             fmt::format("its own address is {}, and the connection goes to {}", *rows->rows[0][0],
                         connection.host)}};
}

}  // namespace migrate
