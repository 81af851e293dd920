// The version table: its rows are the tips of what is applied.
#include "adapters/alembic/alembic.hpp"
#include "adapters/support/history_sql.hpp"
#include "adapters/support/py_config.hpp"
#include "base/files.hpp"

namespace migrate::alembic {

namespace {

/// version_table and version_table_schema, where env.py gives them to context.configure as they are.
struct Table {
    std::string name = "alembic_version";
    std::string schema;
    bool known = true;
};

void read_setting(const py::Module& module, std::string_view keyword, std::string& into, bool& known) {
    for (const auto& call : module.calls) {
        if (!call.text.ends_with("configure")) continue;
        const py::Value* given = call.member(keyword);
        if (!given) continue;
        py::Value value = py::resolve(module, *given);
        if (value.is(py::Value::Kind::string))
            into = value.text;
        else if (!value.none())
            known = false;
    }
}

Table table_of(const Unit& unit, const std::filesystem::path& root) {
    Table table;
    std::string file = env_file(unit, read_config(unit, root, ""), root);
    if (file.empty()) return table;
    auto source = read_file(root / file, 1u << 20);
    if (!source) return table;
    py::Module module = py::parse_module(*source);
    read_setting(module, "version_table", table.name, table.known);
    read_setting(module, "version_table_schema", table.schema, table.known);
    return table;
}

}  // namespace

std::optional<HistoryQuery> history(const Unit& unit, const std::filesystem::path& root,
                                    const Target& target) {
    Engine engine = target.connection.engine.value_or(Engine::postgresql);
    if (!has_sql_client(engine)) return std::nullopt;
    Table table = table_of(unit, root);
    if (!table.known) return std::nullopt;
    return HistoryQuery{table.schema, table.name,
                        "SELECT version_num AS id FROM " + qualified_name(engine, table.schema, table.name) +
                            " ORDER BY version_num"};
}

History compare(const Unit&, const std::vector<MigrationFile>& files, HistoryRows rows) {
    History history;
    history.source = rows.source;
    history.initialised = rows.table_exists;
    history.database_exists = rows.database_exists;
    history.ordered_by_file = true;
    Graph graph(files);
    std::vector<std::string> tips;
    for (const AppliedRow& row : rows.rows) {
        if (graph.find(row.id))
            tips.push_back(row.id);
        else
            history.missing.push_back(row.id);
    }
    Ids applied = graph.closure(tips);
    for (const MigrationFile& file : files) {
        if (applied.contains(file.id)) {
            AppliedRow row;
            row.id = file.id;
            history.applied.push_back(std::move(row));
        } else {
            history.pending.push_back(file);
        }
    }
    for (const std::string& id : history.missing) {
        AppliedRow row;
        row.id = id;
        history.applied.push_back(std::move(row));
    }
    history.state = state_of(history);
    return history;
}

Result<HistoryRows> read_status(const Unit&, std::string_view output) {
    // "27c6a30d7c24 (head)" or "ae1027a6acf (mergepoint)", one a line; anything else is somebody's print().
    HistoryRows rows;
    rows.source = HistorySource::native;
    rows.database_exists = rows.table_exists = true;
    while (!output.empty()) {
        std::string_view line = output.substr(0, output.find('\n'));
        output.remove_prefix(std::min(line.size() + 1, output.size()));
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
        std::size_t end = line.find(' ');
        std::string_view id = line.substr(0, end);
        bool marked = end == std::string_view::npos || line[end + 1] == '(';
        bool plain = !id.empty() && id.find_first_of(":=/[]{}\"'<>") == std::string_view::npos;
        if (line.starts_with("FAILED:"))
            return fail("tool.failed", "alembic current: " + std::string(line.substr(8)));
        if (!marked || !plain) continue;
        AppliedRow row;
        row.id = id;
        rows.rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace migrate::alembic
