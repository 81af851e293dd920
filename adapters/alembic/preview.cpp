// What a step would execute, as Alembic's offline mode prints it.
#include <algorithm>

#include "adapters/alembic/work.hpp"

namespace migrate::alembic {

namespace {

/// The revisions that `id` goes on from; depends_on does not count.
std::vector<std::string> lineage(const MigrationFile& file) {
    std::vector<std::string> parents = file.parents;
    std::erase_if(parents, [&](const std::string& id) {
        return std::find(file.depends.begin(), file.depends.end(), id) != file.depends.end();
    });
    return parents;
}

/// One line of ancestors at a time, since FROM:TO means everything between them: `ids` parents first.
Result<std::vector<std::vector<std::string>>> lines_of(const Graph& graph,
                                                       const std::vector<std::string>& ids) {
    std::vector<std::vector<std::string>> lines;
    for (const auto& id : ids) {
        const MigrationFile* file = graph.find(id);
        if (!file) return fail("sql.unknown", "the file of revision " + id + " is gone");
        auto parents = lineage(*file);
        if (parents.size() > 1) {
            lines.push_back({id});
        } else if (!lines.empty() && parents.size() == 1 && lines.back().back() == parents.front()) {
            lines.back().push_back(id);
        } else {
            lines.push_back({id});
        }
    }
    return lines;
}

}  // namespace

Result<std::vector<Preview>> previews(const Unit& unit, const Request& request, const Facts& facts,
                                      const Step& step) {
    const Work work(unit, request, facts);
    const bool down = !step.expect.applied_removed.empty();
    std::vector<std::string> ids = step.migrations;
    if (down) std::reverse(ids.begin(), ids.end());
    auto lines = lines_of(work.graph, ids);
    if (!lines) return tl::unexpected(lines.error());
    if (down) std::reverse(lines->begin(), lines->end());
    std::vector<Preview> result;
    for (auto& line : *lines) {
        auto parents = lineage(*work.graph.find(line.front()));
        if (parents.size() > 1)
            return fail("sql.unknown",
                        "revision " + line.front() +
                            " joins branches: Alembic prints SQL only for one line of ancestors");
        const std::string before = parents.empty() ? "base" : parents.front();
        auto ask = down ? work.native(Verb::rollback, "sql", {{"from", line.back()}, {"to", before}}, "SQL")
                        : work.native(Verb::run, "sql", {{"from", before}, {"to", line.back()}}, "SQL");
        if (!ask) return tl::unexpected(ask.error());
        result.push_back({std::move(line), std::move(*ask)});
    }
    return result;
}

}  // namespace migrate::alembic
