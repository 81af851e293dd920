#include "adapters/django/work.hpp"

#include <algorithm>

#include "adapters/registry.hpp"
#include "adapters/support/node_steps.hpp"
#include "adapters/support/py_migration.hpp"
#include "adapters/support/py_steps.hpp"
#include "base/files.hpp"

namespace migrate::django {

namespace {

Ids rows_of(const Facts& facts, const Target* target) {
    Ids rows;
    if (!target) return rows;
    auto found = facts.histories.find(target->name);
    if (found == facts.histories.end()) return rows;
    for (const auto& row : found->second.applied) {
        rows.insert(row.id);
        // A squashed migration is counted as one: what it replaces is applied with it.
        for (const auto& file : facts.files)
            if (file.id == row.id) rows.insert(file.replaces.begin(), file.replaces.end());
    }
    return rows;
}

}  // namespace

Work::Work(const Unit& unit_, const Request& request_, const Facts& facts_, const Target* target_)
    : unit(unit_),
      request(request_),
      facts(facts_),
      target(target_),
      graph(facts_.files, rows_of(facts_, target_)) {
    if (!target) return;
    auto found = facts.histories.find(target->name);
    if (found != facts.histories.end() && found->second.source != HistorySource::none) {
        history = &found->second;
        for (const auto& row : history->applied)
            if (graph.has(row.id)) applied.insert(row.id);
    }
}

Result<Step> Work::native(Verb verb, std::string_view variant, Holes holes, std::string purpose) const {
    const Adapter& adapter = django_adapter();
    const Row* row = find_row(adapter, verb, variant, unit.version);
    if (!row || row->how != How::native) return unsupported(adapter, unit, row, verb);
    if (target && target->name != "default") holes.try_emplace("alias", target->name);
    Step step = native_step(adapter, unit, *row, holes, std::move(purpose));
    py::set_environment(step);
    if (target) step.target = target->name;
    return step;
}

tl::unexpected<Error> Work::cannot(Verb verb, std::string_view variant) const {
    const Adapter& adapter = django_adapter();
    return unsupported(adapter, unit, find_row(adapter, verb, variant, unit.version), verb);
}

const MigrationFile* Work::file(std::string_view id) const {
    return node::file_of(facts.files, id);
}

void Work::expect(Step& step, const std::vector<std::string>& added,
                  const std::vector<std::string>& removed) const {
    step.expect.applied_added = added;
    step.expect.applied_removed = removed;
    step.migrations = added;
    step.migrations.insert(step.migrations.end(), removed.begin(), removed.end());
    std::vector<MigrationFile> concerned;
    for (const auto& id : step.migrations)
        if (const MigrationFile* found = file(id)) concerned.push_back(*found);
    step.reversible = node::reversible(concerned);
    const Engine engine =
        target ? target->connection.engine.value_or(Engine::postgresql) : Engine::postgresql;
    for (const auto& id : added)
        if (const MigrationFile* found = file(id))
            if (auto source = read_file(facts.root / found->files.front(), 1u << 20))
                for (const auto& line : py::lost_by_django(*source, engine))
                    step.destructive.push_back(id + ": " + line);
}

Result<std::string> Work::resolve(const std::string& name) const {
    if (graph.has(name)) return name;
    bool with_app = name.find('.') != std::string::npos;
    std::vector<std::string> found;
    for (const auto& id : graph.ordered()) {
        bool in_app = request.app.empty() || app_of(id) == request.app;
        if (with_app ? id.starts_with(name) : in_app && name_of(id).starts_with(name)) found.push_back(id);
    }
    if (found.size() == 1) return found.front();
    if (found.empty())
        return fail("migration.unknown", "no migration of the project is called " + name,
                    "Ids are written app.name, as `migrate status` prints them.");
    std::string list;
    for (const auto& id : found) list += (list.empty() ? "" : ", ") + id;
    return fail("migration.unknown", name + " begins several migrations: " + list,
                "Write the full id, app.name.");
}

std::optional<Error> Work::conflict() const {
    auto conflicts = graph.conflicts();
    if (conflicts.empty()) return std::nullopt;
    std::string list;
    for (const auto& [app, names] : conflicts) {
        list += (list.empty() ? "" : "; ") + app + ": ";
        for (const auto& name : names) list += (name == names.front() ? "" : ", ") + name;
    }
    Error error{
        "migration.conflict",
        unit.id + ": several leaf migrations of one app: " + list,
        "Usually two branches were merged in version control. Django does nothing until they are joined.",
        {}};
    error.next.push_back({By::you,
                          {"migrate", "generate", "merge", "--answer", "merge", "-u", unit.id},
                          "",
                          "writes a migration that joins them"});
    return error;
}

std::vector<std::string> apps_of(const std::vector<MigrationFile>& files) {
    Ids apps;
    for (const auto& file : files) apps.emplace(app_of(file.id));
    return {apps.begin(), apps.end()};
}

}  // namespace migrate::django
