#include "adapters/alembic/work.hpp"

#include <algorithm>

#include "adapters/alembic/guard.hpp"
#include "adapters/registry.hpp"
#include "adapters/support/node_steps.hpp"
#include "adapters/support/py_migration.hpp"
#include "adapters/support/py_steps.hpp"
#include "base/files.hpp"

namespace migrate::alembic {

namespace {

std::string flask_variant(const Unit& unit, std::string_view variant) {
    if (!is_flask(unit)) return std::string(variant);
    return variant.empty() ? "flask" : "flask-" + std::string(variant);
}

/// Alembic's multidb template migrates several databases by one command: what holds for the most protected
/// one holds for the command.
const Target* strictest(const std::vector<Target>& targets) {
    auto found = std::max_element(targets.begin(), targets.end(),
                                  [](const Target& a, const Target& b) { return a.level < b.level; });
    return found == targets.end() ? nullptr : &*found;
}

}  // namespace

std::vector<std::string> launch_of(const Unit& unit) {
    std::vector<std::string> launch = unit.launch;
    if (is_flask(unit) && !launch.empty() && launch.back() == "db") launch.pop_back();
    if (launch.size() >= 2 && launch[launch.size() - 2] == "-n") launch.resize(launch.size() - 2);
    return launch;
}

Work::Work(const Unit& unit_, const Request& request_, const Facts& facts_)
    : unit(unit_),
      request(request_),
      facts(facts_),
      config(read_config(unit_, facts_.root, request_.environment)),
      graph(facts_.files),
      target(strictest(facts_.targets)) {
    if (!target) return;
    auto found = facts.histories.find(target->name);
    if (found == facts.histories.end() || found->second.source == HistorySource::none) return;
    history = &found->second;
    for (const AppliedRow& row : history->applied)
        if (graph.find(row.id)) applied.insert(row.id);
}

Result<Step> Work::native(Verb verb, std::string_view variant, Holes holes, std::string purpose) const {
    const Adapter& adapter = alembic_adapter();
    const Row* row = find_row(adapter, verb, flask_variant(unit, variant), unit.version);
    if (!row || row->how != How::native) return unsupported(adapter, unit, row, verb);
    std::string file = config.file.empty() ? "" : from_unit_root(unit, config.file);
    if (file != "alembic.ini" && file != "pyproject.toml") holes.try_emplace("config", file);
    if (config.section != "alembic") holes.try_emplace("section", config.section);
    Step step = native_step(adapter, unit, *row, holes, std::move(purpose));
    Native& native = std::get<Native>(step.action);
    native.launch = launch_of(unit);
    if (is_flask(unit)) native.program = "flask";
    py::set_environment(step);
    if (target) step.target = target->name;
    return step;
}

tl::unexpected<Error> Work::cannot(Verb verb, std::string_view variant) const {
    const Adapter& adapter = alembic_adapter();
    return unsupported(adapter, unit, find_row(adapter, verb, variant, unit.version), verb);
}

Step Work::on_scratch(const Step& step, Risk risk) const {
    Step moved = step;
    Native& native = std::get<Native>(moved.action);
    moved.env["MIGRATE_PROGRAM"] = {native.program};
    moved.env["MIGRATE_SCRATCH_URL"] = {"{scratch_url}", true};
    if (target) {
        const std::string& url = target->connection.url;
        std::string scheme = url.substr(0, url.find("://"));
        // The scratch address is that of a plain database; the project's driver may be another one.
        if (scheme.size() < url.size() && scheme.find('+') != std::string::npos)
            moved.env["MIGRATE_SCRATCH_DRIVER"] = {scheme};
        if (!target->variable.empty()) moved.env["MIGRATE_SCRATCH_VARIABLE"] = {target->variable};
    }
    native.args.insert(native.args.begin(), "-");
    native.launch = py::python_launch(native.launch);
    native.program = "python";
    native.answers = guard_script();
    moved.risk = risk;
    if (risk == Risk::read) moved.env["PYTHONDONTWRITEBYTECODE"] = {"1"};
    moved.purpose += " (scratch database)";
    return moved;
}

void Work::expect(Step& step, const Ids& added, const Ids& removed) const {
    step.expect.applied_added = graph.ordered(added);
    step.expect.applied_removed = graph.ordered(removed);
    std::reverse(step.expect.applied_removed.begin(), step.expect.applied_removed.end());
    step.migrations = step.expect.applied_added;
    step.migrations.insert(step.migrations.end(), step.expect.applied_removed.begin(),
                           step.expect.applied_removed.end());
    std::vector<MigrationFile> concerned;
    for (const auto& id : step.migrations)
        if (const MigrationFile* file = graph.find(id)) concerned.push_back(*file);
    step.reversible = node::reversible(concerned);
    const Engine engine =
        target ? target->connection.engine.value_or(Engine::postgresql) : Engine::postgresql;
    for (const auto& id : step.expect.applied_added)
        if (const MigrationFile* file = graph.find(id))
            if (auto source = read_file(facts.root / file->files.front(), 1u << 20))
                for (const auto& line : py::lost_by_alembic(*source, engine))
                    step.destructive.push_back(id + ": " + line);
}

std::optional<Error> Work::lost() const {
    if (!history || history->missing.empty()) return std::nullopt;
    std::string ids;
    for (const auto& id : history->missing) ids += (ids.empty() ? "" : ", ") + id;
    Error error{
        "migration.missing",
        unit.id + ": the database is at revision " + ids + ", which no file has",
        "Alembic cannot locate it and does nothing. The file is on another branch or was deleted: bring "
        "it back, or tell the database by which revision it was replaced.",
        {}};
    error.next.push_back({By::you,
                          {"git", "log", "--all", "--oneline", "-S", history->missing.front()},
                          "",
                          "the commits that have had this revision"});
    error.next.push_back({By::you, {"migrate", "resolve", "-u", unit.id}, "", "the ways out"});
    return error;
}

Result<std::vector<std::string>> Work::heads() const {
    std::vector<std::string> heads = graph.heads();
    if (request.app.empty()) return heads;
    auto start = graph.resolve(request.app);
    if (!start) return tl::unexpected(start.error());
    Ids below = graph.descendants({*start});
    std::erase_if(heads, [&](const std::string& id) { return !below.contains(id); });
    return heads;
}

Result<Step> Work::upgrade(std::string_view revision, const Ids& wanted) const {
    std::string_view variant = revision == "head" ? "" : revision == "heads" ? "heads" : "to";
    auto step = native(
        Verb::run, variant, {{"revision", std::string(revision)}},
        wanted.empty() ? "upgrade to " + std::string(revision) : "apply " + node::count_of(wanted.size()));
    if (step) expect(*step, wanted, {});
    return step;
}

}  // namespace migrate::alembic
