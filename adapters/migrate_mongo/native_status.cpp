// `migrate-mongo status`: a table for people, drawn with box characters (11.0, 12.1 and 14.0).
#include <algorithm>

#include "adapters/migrate_mongo/migrate_mongo.hpp"
#include "adapters/support/node_files.hpp"

namespace migrate::migrate_mongo {

namespace {

/// The cells of "| a | b |", with its vertical lines in UTF-8; empty where the line has none.
std::vector<std::string> cells(std::string_view line) {
    constexpr std::string_view kBar = "\u2502";
    std::vector<std::string> found;
    std::size_t at = line.find(kBar);
    while (at != std::string_view::npos) {
        const std::size_t begin = at + kBar.size();
        at = line.find(kBar, begin);
        if (at == std::string_view::npos) break;
        std::string_view cell = line.substr(begin, at - begin);
        while (!cell.empty() && cell.front() == ' ') cell.remove_prefix(1);
        while (!cell.empty() && cell.back() == ' ') cell.remove_suffix(1);
        found.emplace_back(cell);
    }
    return found;
}

}  // namespace

Step native_status(const Unit& unit, const Step& planned) {
    const Adapter& adapter = adapter_of(Tool::migrate_mongo);
    Holes holes;
    const std::string config = from_unit_root(unit, unit.config);
    if (config != "migrate-mongo-config.js") holes["config"] = config;
    Step step = native_step(adapter, unit, *find_row(adapter, Verb::status, "native", unit.version), holes,
                            "ask migrate-mongo");
    step.env = planned.env;
    step.target = planned.target;
    return step;
}

Result<HistoryRows> read_table(const Unit& unit, std::string_view output) {
    HistoryRows rows;
    rows.source = HistorySource::native;
    std::vector<std::string> head;
    auto column = [&](std::string_view name) {
        return static_cast<std::size_t>(std::find(head.begin(), head.end(), name) - head.begin());
    };
    for (const auto& line : node::plain_lines(output)) {
        auto row = cells(line);
        if (row.empty()) continue;
        if (head.empty()) {
            if (row.front() != "Filename") break;
            head = std::move(row);
            continue;
        }
        const std::size_t at = column("Applied At");
        if (at >= row.size() || row[at] == "PENDING") continue;
        AppliedRow applied = node::applied_row(row.front());
        applied.at = row[at];
        if (const std::size_t block = column("Migration block"); block < row.size())
            applied.batch = row[block];
        rows.rows.push_back(std::move(applied));
    }
    if (head.empty()) return node::not_understood(unit, "migrate-mongo status");
    std::stable_sort(rows.rows.begin(), rows.rows.end(),
                     [](const auto& a, const auto& b) { return a.at < b.at; });
    rows.database_exists = rows.table_exists = true;
    return rows;
}

}  // namespace migrate::migrate_mongo
