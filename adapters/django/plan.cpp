// run, rollback and redo: by app and name, the same on every database that the project migrates.
#include <algorithm>

#include "adapters/django/work.hpp"
#include "adapters/support/node_steps.hpp"
#include "adapters/support/py_steps.hpp"

namespace migrate::django {

namespace {

std::optional<Error> inconsistent(const Work& work) {
    if (!work.history || work.history->out_of_order.empty()) return std::nullopt;
    const std::string& id = work.history->out_of_order.front();
    std::string later;
    for (const auto& other : work.graph.backwards(id))
        if (other != id && work.applied.contains(other)) later = other;
    Error error{"migration.inconsistent",
                work.unit.id + ": " + later + " is applied, and " + id + ", which it needs, is not",
                "Django refuses such a history. If what " + id + " does is there, record it as applied.",
                {}};
    error.next.push_back({By::you,
                          {"migrate", "resolve", "--applied", id, "-u", work.unit.id},
                          "what it does is in the database",
                          "writes the row and runs nothing"});
    return error;
}

std::optional<Error> blocked(const Work& work) {
    if (auto error = work.conflict()) return error;
    return inconsistent(work);
}

/// `migrate APP NAME`, forwards; `added` in the order of application.
Result<Step> forward(const Work& work, const std::string& id, const std::vector<std::string>& added) {
    auto step = work.native(Verb::run, "to",
                            {{"app", std::string(app_of(id))}, {"migration", std::string(name_of(id))}},
                            "apply " + node::count_of(added.size()) + " up to " + id);
    if (!step) return step;
    work.expect(*step, added, {});
    return step;
}

std::vector<std::string> pending_below(const Work& work, const std::string& id, const Ids& applied) {
    std::vector<std::string> added;
    for (auto& one : work.graph.forwards(id))
        if (!applied.contains(one)) added.push_back(std::move(one));
    return added;
}

/// What is to be reverted, newest first, by the order of the rows.
Result<std::vector<std::string>> to_revert(const Work& work) {
    if (!work.history)
        return fail("migration.history_unknown",
                    work.unit.id + ": what is applied could not be read, so nothing can be chosen to revert",
                    "`migrate doctor` says what is missing.");
    if (work.request.batch)
        return fail("verb.unsupported", work.unit.id + ": Django records no batches", "Use --steps or --to.");
    std::vector<std::string> newest;
    for (auto row = work.history->applied.rbegin(); row != work.history->applied.rend(); ++row) {
        bool in_app = work.request.app.empty() || app_of(row->id) == work.request.app;
        if (in_app && work.applied.contains(row->id)) newest.push_back(row->id);
    }
    if (work.request.to) {
        auto id = work.resolve(*work.request.to);
        if (!id) return tl::unexpected(id.error());
        auto found = std::find(newest.begin(), newest.end(), *id);
        if (found == newest.end())
            return fail("migration.unknown", *id + " is not applied",
                        "rollback --to ID leaves ID applied; `migrate history` lists what is applied.");
        newest.erase(found, newest.end());
        return newest;
    }
    std::size_t count = static_cast<std::size_t>(std::max(0, work.request.steps.value_or(1)));
    if (count < newest.size()) newest.resize(count);
    return newest;
}

std::optional<Error> irreversible(const Work& work, const std::vector<std::string>& ids) {
    for (const auto& id : ids) {
        const MigrationFile* file = work.file(id);
        if (!file || file->reversible != false) continue;
        Error error{
            "migration.irreversible",
            file->files.front() + ": " + id + " has an operation without a way back",
            "Django would stop there with IrreversibleError. Give RunPython or RunSQL its reverse, or "
            "restore a backup.",
            {}};
        error.next.push_back({By::you, {"migrate", "restore", "-u", work.unit.id}, "", "a backup, beside"});
        return error;
    }
    return std::nullopt;
}

/// Runs of the same app become one command; what Django takes along from other apps must be named too.
Result<Steps> backwards(const Work& work, const std::vector<std::string>& newest_first) {
    if (auto error = irreversible(work, newest_first)) return tl::unexpected(*error);
    Steps steps;
    Ids applied = work.applied;
    for (std::size_t i = 0; i < newest_first.size();) {
        std::string_view app = app_of(newest_first[i]);
        std::size_t end = i + 1;
        while (end < newest_first.size() && app_of(newest_first[end]) == app) ++end;
        // The longest run that one command means exactly.
        std::optional<std::string> target;
        for (; end > i; --end) {
            Ids part(newest_first.begin() + static_cast<std::ptrdiff_t>(i),
                     newest_first.begin() + static_cast<std::ptrdiff_t>(end));
            if ((target = work.graph.backward_target(part, applied))) break;
        }
        if (!target) {
            const std::string& id = newest_first[i];
            std::string along;
            for (const auto& other : work.graph.backwards(id))
                if (other != id && applied.contains(other)) along += (along.empty() ? "" : ", ") + other;
            return fail("verb.unsupported", work.unit.id + ": " + id + " cannot be reverted alone",
                        along.empty()
                            ? "It has a sibling that Django would revert with it. Name the migration to go "
                              "back to with --to."
                            : "Django would also revert what needs it: " + along +
                                  ". Name the migration to go back to with --to.");
        }
        std::vector<std::string> removed(newest_first.begin() + static_cast<std::ptrdiff_t>(i),
                                         newest_first.begin() + static_cast<std::ptrdiff_t>(end));
        Holes holes{{"app", std::string(app)}, {"migration", *target}};
        if (steps.empty()) {
            auto look = work.native(Verb::rollback, "preflight", holes, "show what would be reverted");
            if (!look) return tl::unexpected(look.error());
            steps.push_back(std::move(*look));
        }
        bool zero = *target == "zero";
        std::string ids;
        for (const auto& id : removed) ids += (ids.empty() ? "" : ", ") + id;
        auto step = work.native(Verb::rollback, zero ? "zero" : "", holes, "revert " + ids);
        if (!step) return tl::unexpected(step.error());
        work.expect(*step, {}, removed);
        step->risk = py::rollback_risk(work.target, zero);
        for (const auto& id : removed) applied.erase(id);
        steps.push_back(std::move(*step));
        i = end;
    }
    return steps;
}

}  // namespace

Result<Steps> plan_run(const Work& work) {
    if (auto error = blocked(work)) return tl::unexpected(*error);
    std::vector<std::string> pending;
    for (const auto& id : work.graph.ordered()) {
        bool in_app = work.request.app.empty() || app_of(id) == work.request.app;
        if (in_app && !work.applied.contains(id)) pending.push_back(id);
    }
    Steps steps;
    if (work.request.to) {
        auto id = work.resolve(*work.request.to);
        if (!id) return tl::unexpected(id.error());
        pending = pending_below(work, *id, work.applied);
        if (pending.empty()) return steps;
        if (work.request.steps && static_cast<std::size_t>(*work.request.steps) < pending.size())
            return fail("usage", "--to and --steps name different migrations", "Give one of them.");
        auto step = forward(work, *id, pending);
        if (!step) return tl::unexpected(step.error());
        steps.push_back(std::move(*step));
    } else if (work.request.steps || !work.request.app.empty()) {
        std::size_t count =
            work.request.steps ? static_cast<std::size_t>(std::max(0, *work.request.steps)) : pending.size();
        if (count < pending.size()) pending.resize(count);
        Ids applied = work.applied;
        for (std::size_t i = 0; i < pending.size(); ++i) {
            // A migration that the next one of its app takes along is not named.
            bool taken = false;
            if (i + 1 < pending.size() && app_of(pending[i + 1]) == app_of(pending[i]))
                taken = node::contains(pending_below(work, pending[i + 1], applied), pending[i]);
            std::vector<std::string> added = pending_below(work, pending[i], applied);
            if (taken || added.empty()) continue;
            auto step = forward(work, pending[i], added);
            if (!step) return tl::unexpected(step.error());
            applied.insert(added.begin(), added.end());
            steps.push_back(std::move(*step));
        }
    } else {
        // Also with nothing pending here: installed packages may have brought migrations of their own, and
        // only Django knows them.
        auto step = work.native(Verb::run, "", {},
                                pending.empty() ? "apply what installed packages have pending, if anything"
                                                : "apply " + node::count_of(pending.size()));
        if (!step) return tl::unexpected(step.error());
        work.expect(*step, pending, {});
        if (pending.empty()) std::get<Native>(step->action).nothing_when = "No migrations to apply.";
        steps.push_back(std::move(*step));
    }
    if (!work.history)
        for (Step& step : steps) step.expect = {};
    return steps;
}

Result<Steps> plan_rollback(const Work& work) {
    if (auto error = blocked(work)) return tl::unexpected(*error);
    auto newest_first = to_revert(work);
    if (!newest_first) return tl::unexpected(newest_first.error());
    return backwards(work, *newest_first);
}

Result<Steps> plan_redo(const Work& work) {
    if (auto error = blocked(work)) return tl::unexpected(*error);
    auto newest_first = to_revert(work);
    if (!newest_first) return tl::unexpected(newest_first.error());
    auto steps = backwards(work, *newest_first);
    if (!steps) return steps;
    Ids applied = work.applied;
    for (const auto& id : *newest_first) applied.erase(id);
    for (auto id = newest_first->rbegin(); id != newest_first->rend(); ++id) {
        std::vector<std::string> added = pending_below(work, *id, applied);
        if (added.empty()) continue;
        auto step = forward(work, *id, added);
        if (!step) return tl::unexpected(step.error());
        applied.insert(added.begin(), added.end());
        steps->push_back(std::move(*step));
    }
    return steps;
}

Needs needs(const Unit&, const Request& request) {
    Needs needs;
    switch (request.verb) {
        case Verb::init:
        case Verb::push:
            return needs;
        case Verb::generate:
            needs.files = true;
            return needs;
        case Verb::pull:
        case Verb::diff:
        case Verb::reset:
            needs.target = true;
            needs.files = request.verb == Verb::diff;
            return needs;
        case Verb::seed:
            needs.target = needs.seeds = true;
            return needs;
        default:
            needs.target = needs.history = needs.files = true;
            return needs;
    }
}

Result<Steps> plan(const Unit& unit, const Request& request, const Facts& facts) {
    auto one = [&](const Work& work, Verb verb, std::string_view variant,
                   std::string purpose) -> Result<Steps> {
        auto step = work.native(verb, variant, {}, std::move(purpose));
        if (!step) return tl::unexpected(step.error());
        if (verb == Verb::diff) std::get<Native>(step->action).finding = "Migrations for '";
        return Steps{*step};
    };
    auto for_target = [&](const Target* target) -> Result<Steps> {
        Work work(unit, request, facts, target);
        switch (request.verb) {
            case Verb::status:
                return one(work, Verb::status, "native", "ask Django for the state of its migrations");
            case Verb::history:
                return one(work, Verb::history, "native", "ask Django for the state of its migrations");
            case Verb::diff:
                return one(work, Verb::diff, "", "compare the models with the migrations");
            case Verb::generate:
                return plan_generate(work);
            case Verb::init:
                return plan_init(work);
            case Verb::pull:
                return plan_pull(work);
            case Verb::run:
                return plan_run(work);
            case Verb::rollback:
                return plan_rollback(work);
            case Verb::redo:
                return plan_redo(work);
            case Verb::seed:
                return plan_seed(work);
            case Verb::baseline:
                return plan_baseline(work);
            case Verb::resolve:
                return plan_resolve(work);
            case Verb::reset:
                return plan_reset(work);
            case Verb::push:
                break;
        }
        return work.cannot(request.verb, "");
    };
    bool of_files = request.verb == Verb::generate || request.verb == Verb::init ||
                    request.verb == Verb::diff || request.verb == Verb::push;
    if (of_files || facts.targets.empty())
        return for_target(facts.targets.empty() ? nullptr : &facts.targets.front());
    Steps steps;
    for (const Target& target : facts.targets) {
        if (!target.migrated) continue;
        auto part = for_target(&target);
        if (!part) return part;
        steps.insert(steps.end(), part->begin(), part->end());
    }
    return steps;
}

}  // namespace migrate::django
