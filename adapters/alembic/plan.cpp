// run, rollback, redo and reset: always to explicit revisions.
#include <algorithm>

#include "adapters/alembic/work.hpp"
#include "adapters/support/node_steps.hpp"
#include "adapters/support/py_steps.hpp"

namespace migrate::alembic {

namespace {

Ids minus(const Ids& a, const Ids& b) {
    Ids result;
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::inserter(result, result.end()));
    return result;
}

std::string joined(const std::vector<std::string>& ids) {
    std::string list;
    for (const auto& id : ids) list += (list.empty() ? "" : ", ") + id;
    return list;
}

std::string newest_first(std::vector<std::string> ids) {
    std::reverse(ids.begin(), ids.end());
    return joined(ids);
}

/// version_num is VARCHAR(32): what is longer fails at the very end of the revision, except on SQLite.
/// Where a longer one is applied, somebody has widened the column.
std::optional<Error> too_long(const Work& work, const Ids& wanted) {
    if (!work.target || work.target->connection.engine == Engine::sqlite) return std::nullopt;
    auto is_long = [](const std::string& id) { return id.size() > 32; };
    if (std::any_of(work.applied.begin(), work.applied.end(), is_long)) return std::nullopt;
    auto found = std::find_if(wanted.begin(), wanted.end(), is_long);
    if (found == wanted.end()) return std::nullopt;
    return Error{"migration.id_too_long",
                 work.graph.find(*found)->files.front() + ": the id " + *found +
                     " is longer than the 32 characters that the version table holds",
                 "It would fail after its last statement. Give the revision a shorter id.",
                 {}};
}

std::optional<Error> irreversible(const Work& work, const Ids& wanted) {
    for (const auto& id : wanted) {
        const MigrationFile* file = work.graph.find(id);
        if (!file || file->reversible != false) continue;
        Error error{"migration.irreversible",
                    file->files.front() + ": downgrade() of " + id + " undoes nothing",
                    "Alembic would take the revision out of the version table and leave the schema as it is. "
                    "Write the way back, or restore a backup.",
                    {}};
        error.next.push_back({By::you, {"migrate", "restore", "-u", work.unit.id}, "", "a backup, beside"});
        error.next.push_back({By::you,
                              {"migrate", "resolve", "--rolled-back", id, "-u", work.unit.id},
                              "the schema was set back by hand",
                              "takes the revision out of the version table"});
        return error;
    }
    return std::nullopt;
}

/// One downgrade, or one for each revision where no single target means exactly these.
Result<Steps> downgrades(const Work& work, Verb verb, const Ids& wanted) {
    if (auto error = irreversible(work, wanted)) return tl::unexpected(*error);
    std::vector<Ids> parts{wanted};
    if (!work.graph.downgrade_target(wanted, work.applied)) {
        parts.clear();
        for (const auto& id : work.graph.ordered(wanted)) parts.insert(parts.begin(), Ids{id});
    }
    Steps steps;
    Ids applied = work.applied;
    for (const Ids& part : parts) {
        auto target = work.graph.downgrade_target(part, applied);
        if (!target)
            return fail("verb.unsupported",
                        work.unit.id + ": no `alembic downgrade` reverts " +
                            joined(work.graph.ordered(part)) + " alone",
                        "Name the revision to go back to with --to.");
        auto step = work.native(verb, *target == "base" ? (verb == Verb::rollback ? "base" : "") : "",
                                {{"revision", *target}}, "revert " + newest_first(work.graph.ordered(part)));
        if (!step) return tl::unexpected(step.error());
        work.expect(*step, {}, part);
        applied = minus(applied, part);
        step->risk = verb == Verb::reset ? Risk::destroy : py::rollback_risk(work.target, applied.empty());
        steps.push_back(std::move(*step));
    }
    return steps;
}

/// The revisions that `rollback --steps` takes, newest first. Alembic records no order: with two current
/// heads at the start nobody knows which came last.
Result<Ids> newest(const Work& work) {
    std::size_t count = static_cast<std::size_t>(std::max(0, work.request.steps.value_or(1)));
    Ids remaining = work.applied;
    Ids wanted;
    if (count >= remaining.size() && work.request.app.empty()) return remaining;
    std::optional<Ids> branch;
    if (!work.request.app.empty()) {
        auto start = work.graph.resolve(work.request.app);
        if (!start) return tl::unexpected(start.error());
        branch = work.graph.descendants({*start});
    }
    while (wanted.size() < count) {
        std::vector<std::string> tips = work.graph.tips(remaining);
        if (branch) std::erase_if(tips, [&](const std::string& id) { return !branch->contains(id); });
        if (tips.empty()) break;
        if (tips.size() > 1 && wanted.empty()) {
            Error error{
                "migration.ambiguous",
                work.unit.id + ": there are " + std::to_string(tips.size()) +
                    " current heads: " + joined(tips),
                "Alembic does not record which of them was applied last. Name the branch to roll back, or "
                "the revision to go back to.",
                {}};
            for (const auto& tip : tips)
                error.next.push_back({By::you,
                                      {"migrate", "rollback", "--app", tip, "-u", work.unit.id},
                                      "",
                                      "reverts " + tip});
            return tl::unexpected(error);
        }
        wanted.insert(tips.back());
        remaining.erase(tips.back());
    }
    return wanted;
}

Result<Ids> to_revert(const Work& work) {
    if (!work.history)
        return fail("migration.history_unknown",
                    work.unit.id + ": what is applied could not be read, so nothing can be chosen to revert",
                    "`migrate doctor` says what is missing.");
    if (work.request.batch)
        return fail("verb.unsupported", work.unit.id + ": Alembic records no batches",
                    "Use --steps or --to.");
    if (!work.request.to) return newest(work);
    auto id = work.graph.resolve(*work.request.to);
    if (!id) return tl::unexpected(id.error());
    if (!work.applied.contains(*id))
        return fail("migration.unknown", "revision " + *id + " is not applied",
                    "rollback --to ID leaves ID applied; `migrate history` lists what is applied.");
    return work.graph.downgrade_effect(*id, work.applied);
}

}  // namespace

Result<Steps> plan_run(const Work& work) {
    if (auto error = work.lost()) return tl::unexpected(*error);
    Steps steps;
    auto add = [&](std::string_view revision, const Ids& wanted) -> std::optional<Error> {
        if (auto error = too_long(work, wanted)) return error;
        auto step = work.upgrade(revision, wanted);
        if (!step) return step.error();
        steps.push_back(std::move(*step));
        return std::nullopt;
    };
    auto heads = work.heads();
    if (!heads) return tl::unexpected(heads.error());
    std::optional<Error> error;
    if (work.request.to) {
        auto id = work.graph.resolve(*work.request.to);
        if (!id) return tl::unexpected(id.error());
        Ids wanted = minus(work.graph.closure({*id}), work.applied);
        if (work.request.steps && static_cast<std::size_t>(*work.request.steps) < wanted.size())
            return fail("usage", "--to and --steps name different revisions", "Give one of them.");
        if (!wanted.empty() || !work.history) error = add(*id, wanted);
    } else if (work.request.steps || !work.request.app.empty()) {
        std::vector<std::string> wanted = work.graph.ordered(minus(work.graph.closure(*heads), work.applied));
        if (work.request.steps && static_cast<std::size_t>(*work.request.steps) < wanted.size())
            wanted.resize(static_cast<std::size_t>(std::max(0, *work.request.steps)));
        Ids left(wanted.begin(), wanted.end());
        for (const auto& tip : work.graph.tips(left)) {
            Ids part;
            for (const auto& id : work.graph.closure({tip}))
                if (left.contains(id)) part.insert(id);
            if (part.empty()) continue;
            if ((error = add(tip, part))) break;
            left = minus(left, part);
        }
    } else {
        Ids wanted = minus(work.graph.closure(*heads), work.applied);
        if (!wanted.empty()) error = add(heads->size() == 1 ? "head" : "heads", wanted);
    }
    if (error) return tl::unexpected(*error);
    if (!work.history)  // what cannot be compared is not expected either
        for (Step& step : steps) step.expect = {};
    return steps;
}

Result<Steps> plan_rollback(const Work& work) {
    if (auto error = work.lost()) return tl::unexpected(*error);
    auto wanted = to_revert(work);
    if (!wanted) return tl::unexpected(wanted.error());
    if (wanted->empty()) return Steps{};
    return downgrades(work, Verb::rollback, *wanted);
}

Result<Steps> plan_redo(const Work& work) {
    if (auto error = work.lost()) return tl::unexpected(*error);
    auto wanted = to_revert(work);
    if (!wanted) return tl::unexpected(wanted.error());
    if (wanted->empty()) return Steps{};
    auto steps = downgrades(work, Verb::rollback, *wanted);
    if (!steps) return steps;
    Ids left = *wanted;
    for (const auto& tip : work.graph.tips(*wanted)) {
        Ids part;
        for (const auto& id : work.graph.closure({tip}))
            if (left.contains(id)) part.insert(id);
        if (part.empty()) continue;
        auto step = work.upgrade(tip, part);
        if (!step) return tl::unexpected(step.error());
        steps->push_back(std::move(*step));
        left = minus(left, part);
    }
    return steps;
}

Result<Steps> plan_reset(const Work& work) {
    if (auto error = work.lost()) return tl::unexpected(*error);
    Steps steps;
    if (!work.applied.empty() || !work.history) {
        auto down = downgrades(work, Verb::reset, work.applied);
        if (!down) return down;
        steps = std::move(*down);
    }
    std::vector<std::string> heads = work.graph.heads();
    if (heads.empty()) return steps;
    auto up = work.upgrade(heads.size() == 1 ? "head" : "heads", work.graph.closure(heads));
    if (!up) return tl::unexpected(up.error());
    steps.push_back(std::move(*up));
    return steps;
}

Needs needs(const Unit&, const Request& request) {
    Needs needs;
    switch (request.verb) {
        case Verb::init:
        case Verb::pull:
        case Verb::push:
            return needs;
        case Verb::generate:
            needs.files = true;
            needs.target = !request.empty && request.answers.empty();
            return needs;
        case Verb::diff:
            needs.files = needs.target = true;
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
    Work work(unit, request, facts);
    auto one = [&](Verb verb, std::string purpose) -> Result<Steps> {
        auto step = work.native(verb, "native", {}, std::move(purpose));
        if (!step) return tl::unexpected(step.error());
        return Steps{*step};
    };
    switch (request.verb) {
        case Verb::status:
            return one(Verb::status, "ask Alembic for the current revisions");
        case Verb::history:
            return one(Verb::history, "ask Alembic for its revisions");
        case Verb::diff:
            return plan_diff(work);
        case Verb::generate:
            return plan_generate(work);
        case Verb::init:
            return plan_init(work);
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
        case Verb::pull:
        case Verb::push:
            break;
    }
    return work.cannot(request.verb, "");
}

}  // namespace migrate::alembic
