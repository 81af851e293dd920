#include "target/host_facts.hpp"

#include <arpa/inet.h>

#include <array>
#include <cstring>
#include <string>

#include "target/url_text.hpp"

namespace migrate {

namespace {

struct ManagedHost {
    std::string_view suffix;
    std::string_view service;
};

/// Suffixes of the host names that providers hand out (their documentation, 2025).
constexpr std::array<ManagedHost, 43> kManaged{{
    {".rds.amazonaws.com", "Amazon RDS"},
    {".rds.amazonaws.com.cn", "Amazon RDS"},
    {".docdb.amazonaws.com", "Amazon DocumentDB"},
    {".redshift.amazonaws.com", "Amazon Redshift"},
    {".database.windows.net", "Azure SQL"},
    {".postgres.database.azure.com", "Azure Database for PostgreSQL"},
    {".mysql.database.azure.com", "Azure Database for MySQL"},
    {".mariadb.database.azure.com", "Azure Database for MariaDB"},
    {".postgres.cosmos.azure.com", "Azure Cosmos DB"},
    {".mongo.cosmos.azure.com", "Azure Cosmos DB"},
    {".documents.azure.com", "Azure Cosmos DB"},
    {".sql.goog", "Google Cloud SQL"},
    {".alloydb.goog", "Google AlloyDB"},
    {".neon.tech", "Neon"},
    {".neon.build", "Neon"},
    {".supabase.co", "Supabase"},
    {".supabase.com", "Supabase"},
    {".psdb.cloud", "PlanetScale"},
    {".render.com", "Render"},
    {".fly.dev", "Fly.io"},
    {".flympg.net", "Fly.io"},
    {".flycast", "Fly.io"},
    {".rlwy.net", "Railway"},
    {".railway.app", "Railway"},
    {".railway.internal", "Railway"},
    {".compute-1.amazonaws.com", "Heroku Postgres"},
    {".db.ondigitalocean.com", "DigitalOcean"},
    {".aivencloud.com", "Aiven"},
    {".cockroachlabs.cloud", "CockroachDB Cloud"},
    {".turso.io", "Turso"},
    {".mongodb.net", "MongoDB Atlas"},
    {".tsdb.cloud.timescale.com", "Timescale"},
    {".crunchybridge.com", "Crunchy Bridge"},
    {".yugabyte.cloud", "YugabyteDB"},
    {".tidbcloud.com", "TiDB Cloud"},
    {".singlestore.com", "SingleStore"},
    {".clickhouse.cloud", "ClickHouse Cloud"},
    {".xata.sh", "Xata"},
    {".prisma.io", "Prisma Postgres"},
    {".skysql.net", "SkySQL"},
    {".scw.cloud", "Scaleway"},
    {".ovh.net", "OVHcloud"},
    {".oraclecloud.com", "Oracle Cloud"},
}};

}  // namespace

bool is_loopback_host(std::string_view host) {
    std::string name = url_text::lower(host);
    while (name.ends_with('.')) name.pop_back();
    if (name == "localhost" || name.ends_with(".localhost") || name == "ip6-localhost") return true;
    in_addr v4{};
    if (inet_pton(AF_INET, name.c_str(), &v4) == 1) {
        auto address = ntohl(v4.s_addr);
        return (address >> 24) == 127 || address == 0;
    }
    in6_addr v6{};
    if (inet_pton(AF_INET6, name.c_str(), &v6) == 1) {
        if (IN6_IS_ADDR_LOOPBACK(&v6) || IN6_IS_ADDR_UNSPECIFIED(&v6)) return true;
        return IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127;
    }
    return false;
}

std::string_view managed_service(std::string_view host) {
    std::string name = url_text::lower(host);
    while (name.ends_with('.')) name.pop_back();
    // Aurora DSQL names its region, Aurora itself is an RDS cluster.
    if (name.ends_with(".on.aws") && name.find(".dsql.") != std::string::npos) return "Amazon Aurora DSQL";
    if (name.ends_with(".rds.amazonaws.com") && name.find(".cluster-") != std::string::npos)
        return "Amazon Aurora";
    for (const auto& [suffix, service] : kManaged)
        if (name.ends_with(suffix)) return service;
    return "";
}

bool is_proxy_socket(std::string_view socket) {
    if (socket.find("cloudsql") != std::string_view::npos || socket.find("alloydb") != std::string_view::npos)
        return true;
    // project:region:instance is how Google's proxy names its sockets wherever they lie.
    std::size_t last = socket.find_last_of('/');
    std::string_view name = last == std::string_view::npos ? socket : socket.substr(last + 1);
    std::size_t first = name.find(':');
    return first != std::string_view::npos && name.find(':', first + 1) != std::string_view::npos;
}

}  // namespace migrate
