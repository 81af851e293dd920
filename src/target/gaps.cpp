#include "target/gaps.hpp"

#include "target/url_text.hpp"

namespace migrate {

void name_history_table(const TargetSource& source, const Scopes& scopes, Connection& connection) {
    for (const char* name : {"x-migrations-table", "x-migrations-schema"}) {
        if (connection.parameters.contains(name)) continue;
        std::string value;
        if (auto written = source.fields.parameters.find(name); written != source.fields.parameters.end())
            value = written->second;
        if (auto names = source.field_variables.find(name); names != source.field_variables.end())
            for (const auto& candidate : names->second)
                if (auto variable = scopes.find(candidate); variable && !variable->value.empty()) {
                    value = variable->value;
                    break;
                }
        if (!value.empty()) connection.parameters[name] = value;
    }
}

std::string real_file(const std::filesystem::path& root_of_scan, const std::string& file) {
    std::error_code failed;
    namespace fs = std::filesystem;
    auto inside = [](const fs::path& path, const fs::path& root) {
        fs::path relative = path.lexically_relative(root);
        return !relative.empty() && *relative.begin() != "..";
    };
    if (file == ":memory:" || !inside(file, root_of_scan.lexically_normal())) return file;
    fs::path real = fs::weakly_canonical(file, failed), root = fs::weakly_canonical(root_of_scan, failed);
    return failed || inside(real, root) ? file : real.string();
}

Result<void> fill_from_pg_variables(const Unit& unit, const Scopes& scopes, Connection& connection) {
    auto value = [&](std::string_view name) {
        auto variable = scopes.find(name);
        return variable ? variable->value : std::string();
    };
    const bool nowhere = connection.host.empty() && connection.socket.empty();
    if (connection.parameters.contains("service") || (nowhere && !value("PGSERVICE").empty()))
        return fail("target.unknown", unit.id + ": a service file of libpq says where the database is",
                    "Write host and database into the URL.");
    if (nowhere) {
        std::string host = value("PGHOST"), address = value("PGHOSTADDR");
        if (!host.empty() && !url_text::read_hosts(host, connection))
            return fail("target.unresolved", unit.id + ": PGHOST is no host name", "");
        if (!address.empty()) connection.parameters["hostaddr"] = address;
    }
    if (connection.port == 0 && !url_text::apply_parameters({{"port", value("PGPORT")}}, connection))
        return fail("target.unresolved", unit.id + ": PGPORT is no port", "");
    if (connection.database.empty()) connection.database = value("PGDATABASE");
    if (connection.user.empty()) connection.user = value("PGUSER");
    if (connection.password.empty()) connection.password = value("PGPASSWORD");
    return {};
}

}  // namespace migrate
