// What `prisma migrate status` prints, as 5.22, 6.19 and 7.10 do.
#include <algorithm>

#include "adapters/native_status.hpp"
#include "adapters/prisma/prisma.hpp"
#include "adapters/support/node_files.hpp"

namespace migrate::prisma {

namespace {

using Names = std::vector<std::string>;

struct Said {
    bool understood = false;
    bool unmanaged = false;
    Names pending, failed, missing;
};

bool contains(std::string_view line, std::string_view words) {
    return line.find(words) != std::string_view::npos;
}

/// Names stand one a line below a heading, up to an empty line.
void read(std::string_view output, Said& said) {
    Names* list = nullptr;
    for (const auto& line : node::plain_lines(output)) {
        Names* heading = contains(line, "have not yet been applied:")                ? &said.pending
                         : contains(line, "have failed:")                            ? &said.failed
                         : contains(line, "from the database are not found locally") ? &said.missing
                                                                                     : nullptr;
        if (heading) {
            list = heading;
            said.understood = true;
        } else if (line.empty()) {
            list = nullptr;
        } else if (list) {
            list->push_back(line);
        }
        said.unmanaged |= contains(line, "is not managed by Prisma Migrate");
        said.understood |= said.unmanaged || contains(line, "Database schema is up to date!");
    }
}

bool holds(const Names& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Result<History> native_history(const Unit& unit, const std::vector<MigrationFile>& files,
                               const NativeAnswer& answer) {
    Said said;
    read(answer.out, said);
    read(answer.err, said);
    if (!said.understood) return node::not_understood(unit, "prisma migrate status");
    HistoryRows rows;
    rows.source = HistorySource::native;
    rows.database_exists = true;
    rows.table_exists = !said.unmanaged;
    // It names what is not applied; everything else is.
    for (const auto& file : files)
        if (!said.unmanaged && !holds(said.pending, file.id) && !holds(said.failed, file.id))
            rows.rows.push_back(node::applied_row(file.id));
    for (const auto& name : said.missing) rows.rows.push_back(node::applied_row(name));
    for (const auto& name : said.failed) {
        AppliedRow row = node::applied_row(name);
        row.state = AppliedRow::State::failed;
        rows.rows.push_back(std::move(row));
    }
    History history = compare_by_id(files, std::move(rows));
    std::erase_if(history.pending, [&](const auto& file) { return holds(said.failed, file.id); });
    history.ordered_by_file = true;
    history.state = state_of(history);
    return history;
}

}  // namespace migrate::prisma
