#include "plan/gather.hpp"

#include "adapters/checksums.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <set>

#include "adapters/probes.hpp"
#include "db/history_reader.hpp"
#include "plan/half_done.hpp"
#include "plan/live.hpp"
#include "plan/make.hpp"
#include "plan/native_status.hpp"
#include "run/process.hpp"
#include "run/schedule.hpp"
#include "target/assess.hpp"
#include "target/environment.hpp"
#include "target/probe.hpp"
#include "target/resolve.hpp"
#include "target/url.hpp"

namespace migrate {

namespace {

/// Units whose readers may wait for their turn in memory: some 60 MB of Node each. Of more, each is started
/// again when its unit is worked at.
constexpr std::size_t kReadersKeptOpen = 4;

ResolveInputs inputs_for(const GatherSettings& settings, const EnvironmentName& name) {
    ResolveInputs inputs;
    inputs.root = settings.root;
    inputs.environment = name.name;
    inputs.named = named_by_caller(name);
    inputs.url_env = settings.url_env;
    inputs.process = settings.process;
    inputs.config = settings.config;
    return inputs;
}

/// Keeps only the target that -u ID@NAME chose.
std::optional<Error> choose_target(std::vector<Target>& targets, const std::string& name, const Unit& unit) {
    if (name.empty()) return std::nullopt;
    std::erase_if(targets, [&](const Target& target) { return target.name != name; });
    if (!targets.empty()) return std::nullopt;
    return Error{
        "unit.none", unit.id + " has no target called " + name, "`migrate explain --target` lists them.", {}};
}

/// A configuration that names a directory which is not there has no migrations, and would pass for current.
/// Not for the verbs that make the directory.
std::optional<Error> missing_directory(const Unit& unit, Verb verb, std::span<const Problem> problems) {
    if (verb == Verb::generate || verb == Verb::init || verb == Verb::pull) return std::nullopt;
    auto concerns = [&](const Problem& problem) {
        if (problem.code != "config.missing_directory") return false;
        return problem.unit.empty() ? !unit.config.empty() && problem.path == unit.config
                                    : problem.unit == unit.id;
    };
    auto found = std::find_if(problems.begin(), problems.end(), concerns);
    if (found == problems.end()) return std::nullopt;
    const std::string line = found->line > 0 ? ":" + std::to_string(found->line) : "";
    return Error{
        "config.invalid",
        found->path + line + ": " + found->message,
        "Nothing was changed. Correct the path, or make the directory; without it nothing can be said "
        "about its migrations.",
        {{By::you, {"migrate", "generate", "NAME", "-u", unit.id}, "there is none yet", "makes it"}}};
}

/// Where no file of the project says which version it is, the program on PATH does.
void find_version(Unit& unit, const GatherSettings& settings) {
    if (unit.version || unit.launch.size() != 1) return;
    auto program = find_program(unit.launch.front(), settings.process.get("PATH").value_or(""),
                                settings.root / unit.root);
    if (!program) return;
    unit.version = installed_version(unit, *program);
    if (!unit.version) return;
    unit.version_text =
        fmt::format("{}.{}.{}", unit.version->major, unit.version->minor, unit.version->patch);
    unit.version_source = program->string();
}

/// Whether a variable chooses another configuration than the one that was read.
bool chosen_otherwise(const Probe& probe, const std::vector<TargetSource>& sources,
                      const ResolveInputs& inputs, const std::map<std::string, EnvValue>& child_env) {
    if (probe.chooser.empty() || sources.empty()) return false;
    auto given = child_env.find(probe.chooser);
    auto value = given != child_env.end() ? given->second.value : inputs.process.get(probe.chooser);
    return value && *value != sources.front().environment_section;
}

/// What needs no database starts the tool all the same, which reads its configuration and may print it.
void know_secrets(const Unit& unit, const EnvironmentName& name, const GatherSettings& settings,
                  Redactor& redactor) {
    const auto sources = adapter_of(unit.tool).targets(unit, settings.root, name.name);
    if (!sources) return;
    const auto targets = resolve_targets(unit, *sources, inputs_for(settings, name));
    if (!targets) return;
    for (const auto& target : *targets) redactor.add(target.connection);
}

/// Of the variables that every tool inherits: passwords, tokens, and URLs that hold one. What is short may be
/// a word of any output, and a path is none.
void know_variables(const Environment& environment, Redactor& redactor) {
    constexpr std::size_t kShortest = 8;
    constexpr std::string_view kWords[] = {"PASSWORD", "PASSWD",     "_PWD",   "SECRET",
                                           "TOKEN",    "CREDENTIAL", "API_KEY"};
    for (const auto& [name, value] : environment.variables) {
        std::string upper = name;
        for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        const bool named = std::any_of(std::begin(kWords), std::end(kWords), [&](std::string_view word) {
            return upper.find(word) != std::string::npos;
        });
        const bool is_url = value.find("://") != std::string::npos;
        if (is_url || (named && value.size() >= kShortest && value.front() != '/'))
            redactor.add_secret(value);
    }
}

/// The migration files, as far as the verb needs them.
std::optional<Error> read_files(GatheredUnit& one, const GatherSettings& settings) {
    const Unit& unit = one.selected.unit;
    const Needs needs = needs_of(unit, one.request);
    if (!needs.files && !needs.history) return std::nullopt;
    auto files = adapter_of(unit.tool).files(unit, settings.root);
    if (!files) return files.error();
    add_checksums(unit, settings.root, settings.state_dir.empty() ? "" : settings.state_dir / "sums", *files);
    one.facts.files = std::move(*files);
    if (!one.facts.files.empty()) return std::nullopt;
    return missing_directory(unit, one.request.verb, settings.problems);
}

/// The targets: read statically where that is possible, else the project's own configuration is asked.
/// Nothing is connected to yet.
std::optional<Error> resolve(GatheredUnit& one, const GatherSettings& settings,
                             std::vector<TargetSource>& sources, Redactor& redactor) {
    const Unit& unit = one.selected.unit;
    const Adapter& adapter = adapter_of(unit.tool);
    auto name = environment_name(settings.environment_flag, settings.process, &unit,
                                 settings.config->default_environment);
    if (!name) return name.error();
    one.request.environment = name->name;
    one.facts.root = settings.root;
    if (auto misfit = adapter.fits(unit, settings.root)) return misfit;

    const Needs needs = needs_of(unit, one.request);
    if (!needs.target && !needs.history) {
        know_secrets(unit, *name, settings, redactor);
        return std::nullopt;
    }
    auto found = adapter.targets(unit, settings.root, name->name);
    if (!found) return found.error();
    sources = std::move(*found);
    ResolveInputs inputs = inputs_for(settings, *name);
    auto targets = resolve_targets(unit, sources, inputs);
    auto child = child_environment(unit, sources, inputs);
    auto probe = probe_of(unit, settings.root, name->name);
    const bool asked = !targets ? targets.error().code == "target.unknown"
                                : child && probe && chosen_otherwise(*probe, sources, inputs, *child);
    if (probe && asked) {
        for (const auto& source : sources)
            probe->dotenv.insert(probe->dotenv.end(), source.dotenv.begin(), source.dotenv.end());
        child = probe_environment(unit, *probe, inputs);
        if (!child) return child.error();
        auto answer = ask_project(unit, *probe, inputs, *child, redactor);
        if (!answer) return answer.error();
        targets = std::move(answer->targets);
        if (!answer->settings.empty())
            for (auto& source : sources) source.environment_section = answer->settings;
    }
    if (!targets) return targets.error();
    if (auto error = choose_target(*targets, one.selected.target, unit)) return error;
    if (!child) return child.error();
    one.child_env = std::move(*child);
    const auto declared = settings.policy ? settings.policy->targets : std::vector<DeclaredLevel>{};
    const LevelFacts facts = level_facts_of(unit, sources, *name, inputs, declared);
    for (auto& target : *targets) {
        one.level_facts[target.name] = facts;
        if (auto error = assess(target, facts)) return error;
    }
    one.facts.targets = std::move(*targets);
    return std::nullopt;
}

/// What is read of the units once their targets are known.
struct Wanted {
    bool histories = false, live = false;
};

/// By target: what is read from the databases while the files are read.
struct Answers {
    std::map<std::string, Result<HistoryRows>> histories;
    LiveAnswers live;
};

bool has_begun(const HistoryRows& history) {
    return std::any_of(history.rows.begin(), history.rows.end(),
                       [](const AppliedRow& row) { return row.state == AppliedRow::State::applied; });
}

Answers ask_databases(const GatheredUnit& one, const GatherSettings& settings, const Wanted& wanted,
                      ReadSessions& sessions) {
    Answers answers;
    const MachineAnswers machine = wanted.live ? begin_to_ask_machine(one) : MachineAnswers{};
    const Unit& unit = one.selected.unit;
    std::set<std::string> begun;
    for (const auto& [target, before, error] : one.result.targets) {
        if (!wanted.histories || !target.migrated ||
            status_step(unit, settings.root, target, one.request.environment))
            continue;
        auto rows = read_unit_rows(unit, target, settings.root, sessions);
        if (rows && has_begun(*rows)) begun.insert(target.name);
        answers.histories.emplace(target.name, std::move(rows));
    }
    if (wanted.live) answers.live = ask_targets(one, settings.now, begun, machine, sessions);
    return answers;
}

void compare_histories(GatheredUnit& one, const GatherSettings& settings, const Redactor& redactor,
                       Answers& answers, ReadSessions& sessions) {
    const NativeCall with{&settings.process, &one.child_env, &redactor, one.request.environment,
                          one.readers.get()};
    const Unit& unit = one.selected.unit;
    one.result.state = State::current;
    for (auto& status : one.result.targets) {
        if (!status.target.migrated) continue;
        const auto rows = answers.histories.find(status.target.name);
        const bool by_tool = rows == answers.histories.end();
        if (by_tool && settings.ask_tool) continue;
        Result<History> history =
            by_tool ? read_history_of(unit, one.facts.files, status.target, settings.root, with, sessions)
                    : std::move(rows->second).map([&](HistoryRows&& read) {
                          return adapter_of(unit.tool).compare(unit, one.facts.files, std::move(read));
                      });
        if (!history) {
            status.error = history.error();
            status.history.state = State::error;
            if (!one.result.error) one.result.error = history.error();
        } else {
            if (auto search = half_done_search(one.request, settings.state_dir, with))
                find_half_done(*history, unit, one.facts, status.target, *search, sessions);
            status.history = *history;
            one.facts.histories[status.target.name] = std::move(*history);
        }
        one.result.state = worst(one.result.state, status.history.state);
    }
}

/// Everything that a plan is made from. While a server is asked, the files are read by another thread, which
/// for a database in a file would cost more than it saves.
void read_unit(GatheredUnit& one, const GatherSettings& settings, const Wanted& wanted,
               const Redactor& redactor) {
    ReadSessions sessions(settings.keep_sessions);
    const bool over_network =
        std::any_of(one.facts.targets.begin(), one.facts.targets.end(),
                    [](const Target& target) { return !is_file_engine(target.connection); });
    one.other_histories = histories_of_others(one, settings);
    auto files = std::async(over_network ? std::launch::async : std::launch::deferred,
                            [&] { return read_files(one, settings); });
    Answers answers = ask_databases(one, settings, wanted, sessions);
    if (auto error = files.get()) {
        one.result.error = std::move(error);
        one.result.state = State::error;
        return;
    }
    if (wanted.histories) compare_histories(one, settings, redactor, answers, sessions);
    if (wanted.live) decide_levels(one, std::move(answers.live));
    if (settings.keep_sessions) one.sessions = std::move(sessions);
}

}  // namespace

Result<HistoryRows> read_unit_rows(const Unit& unit, const Target& target, const std::filesystem::path& root,
                                   ReadSessions& sessions) {
    const Adapter& adapter = adapter_of(unit.tool);
    const auto query = adapter.read ? std::nullopt : adapter.history(unit, root, target);
    if (!adapter.read && !query) return HistoryRows{};
    auto read = [&](db::Database& session) {
        return adapter.read ? adapter.read(unit, root, target, session) : db::read_history(session, *query);
    };
    if (db::Database* lent = sessions.lent(target))
        if (auto rows = read(*lent)) return rows;
    HistoryRows rows;
    rows.source = HistorySource::direct;
    if (query) rows.table = query->schema.empty() ? query->table : query->schema + "." + query->table;
    if (auto session = sessions.open(target)) {
        auto there = read(**session);
        if (!there) return tl::unexpected(there.error());
        rows = std::move(*there);
    } else if (session.error().code != "target.missing") {
        return tl::unexpected(session.error());
    }
    return rows;
}

Result<History> read_unit_history(const Unit& unit, const std::vector<MigrationFile>& files,
                                  const Target& target, const std::filesystem::path& root,
                                  ReadSessions& sessions) {
    auto rows = read_unit_rows(unit, target, root, sessions);
    if (!rows) return tl::unexpected(rows.error());
    return adapter_of(unit.tool).compare(unit, files, std::move(*rows));
}

std::vector<GatheredUnit> gather(const std::vector<SelectedUnit>& units, const Request& request,
                                 const GatherSettings& settings, Redactor& redactor,
                                 std::vector<Error>& errors) {
    std::vector<GatheredUnit> gathered;
    std::vector<std::vector<TargetSource>> sources(units.size());
    know_variables(settings.process, redactor);
    for (std::size_t i = 0; i < units.size(); ++i) {
        GatheredUnit one;
        one.selected = units[i];
        one.readers = std::make_shared<NativeReaders>();
        find_version(one.selected.unit, settings);
        one.request = request;
        one.result.unit = one.selected.unit;
        if (auto error = resolve(one, settings, sources[i], redactor)) {
            one.result.error = std::move(error);
            one.result.state = State::error;
        }
        for (const auto& target : one.facts.targets) {
            redactor.add(target.connection);
            one.result.targets.push_back({target, {}, std::nullopt});
        }
        for (const auto& [name, value] : one.child_env)
            if (value.secret) redactor.add_secret(value.value);
        gathered.push_back(std::move(one));
    }
    std::vector<UnitSources> all;
    for (std::size_t i = 0; i < units.size(); ++i) all.push_back({&units[i].unit, sources[i]});
    auto name = environment_name(settings.environment_flag, settings.process, nullptr,
                                 settings.config->default_environment);
    if (name)
        if (auto conflict = conflict_between(all, inputs_for(settings, *name)))
            errors.push_back(std::move(*conflict));
    if (!errors.empty()) return gathered;

    const bool live = settings.ask_live || changes_something(request.verb);
    const bool kept_open = changes_something(request.verb) && gathered.size() <= kReadersKeptOpen;
    std::vector<Task> tasks;
    for (auto& one : gathered) {
        if (one.result.error) continue;
        const bool histories = settings.read_histories && needs_of(one.selected.unit, one.request).history;
        tasks.push_back({{}, "", [&one, &settings, &redactor, wanted = Wanted{histories, live}, kept_open] {
                             read_unit(one, settings, wanted, redactor);
                             if (!kept_open) one.readers->clear();
                             return true;
                         }});
    }
    run_tasks(tasks, settings.jobs, Continue::always);
    return gathered;
}

}  // namespace migrate
