#include "adapters/support/node_plan.hpp"

#include <algorithm>

#include "adapters/support/js_migration.hpp"
#include "base/files.hpp"

namespace migrate::node {

namespace {

bool is_applied(const History& history, std::string_view id) {
    return std::any_of(history.applied.begin(), history.applied.end(),
                       [&](const AppliedRow& row) { return row.id == id; });
}

tl::unexpected<Error> unknown(const Unit& unit, const std::string& id, std::string_view what) {
    return fail("migration.unknown", unit.id + ": " + std::string(what) + " is called " + id,
                "Ids are those that `migrate history` and `migrate status` print.");
}

}  // namespace

std::vector<std::string> HistoryChange::added() const {
    auto ids = ids_of(add);
    if (renamed_to) ids.push_back(renamed_to->id);
    return ids;
}

std::vector<std::string> HistoryChange::removed() const {
    auto ids = remove;
    if (renamed_to) ids.push_back(renamed_from);
    return ids;
}

Result<HistoryChange> baseline_change(const Request& request, const History& history) {
    auto chosen = migrations_to_run(request, history);
    if (!chosen) return tl::unexpected(chosen.error());
    HistoryChange change;
    change.add = std::move(*chosen);
    change.purpose = "mark " + count_of(change.add.size()) + " as applied without running anything";
    return change;
}

Result<HistoryChange> resolve_change(const Unit& unit, const Request& request, const Facts& facts,
                                     const History& history) {
    HistoryChange change;
    if (request.applied) {
        const MigrationFile* file = file_of(facts.files, *request.applied);
        if (!file) return unknown(unit, *request.applied, "no migration file");
        if (is_applied(history, file->id))
            return fail("usage", file->id + " is already recorded as applied",
                        "There is nothing to resolve.");
        change.add.push_back(*file);
        change.purpose = "record " + file->id + " as applied";
    } else if (request.rolled_back) {
        if (!is_applied(history, *request.rolled_back))
            return unknown(unit, *request.rolled_back, "no applied migration");
        change.remove.push_back(*request.rolled_back);
        change.purpose = "record " + *request.rolled_back + " as not applied";
    } else if (request.forget) {
        if (!is_applied(history, *request.forget))
            return unknown(unit, *request.forget, "no applied migration");
        if (!contains(history.missing, *request.forget))
            return fail("usage", "the file of " + *request.forget + " is there",
                        "--forget is for rows whose file is gone; --rolled-back ID makes this one pending.");
        change.remove.push_back(*request.forget);
        change.purpose = "forget " + *request.forget + ", whose file is gone";
    } else if (request.renamed_from && request.renamed_to) {
        if (!is_applied(history, *request.renamed_from))
            return unknown(unit, *request.renamed_from, "no applied migration");
        const MigrationFile* file = file_of(facts.files, *request.renamed_to);
        if (!file) return unknown(unit, *request.renamed_to, "no migration file");
        if (is_applied(history, file->id))
            return fail("usage", file->id + " has a row of its own",
                        "Two rows cannot have one id; --forget the old one if both mean the same.");
        change.renamed_from = *request.renamed_from;
        change.renamed_to = *file;
        change.purpose = "rename the row of " + change.renamed_from + " to " + file->id;
    }
    return change;
}

void expect_applied(Step& step, const std::vector<MigrationFile>& files, const std::filesystem::path& root) {
    step.migrations = ids_of(files);
    step.expect.applied_added = step.migrations;
    step.reversible = reversible(files);
    for (const auto& file : files) {
        if (file.files.empty()) continue;
        auto text = read_file(root / file.files.front(), 1u << 20);
        if (!text) continue;
        std::string name = std::filesystem::path(file.files.front()).filename().string();
        for (const auto& part : js::destructive_parts(*text)) step.destructive.push_back(name + ": " + part);
    }
}

void expect_reverted(Step& step, const std::vector<AppliedRow>& rows,
                     const std::vector<MigrationFile>& files) {
    step.migrations = ids_of(rows);
    step.expect.applied_removed = step.migrations;
    for (const auto& row : rows) {
        const MigrationFile* file = file_of(files, row.id);
        if (file && file->reversible == false)
            step.purpose +=
                "; " + (rows.size() == 1 ? std::string("it") : row.id) + " has no way back of its own";
    }
}

tl::unexpected<Error> missing_files(const Unit& unit, const std::vector<std::string>& ids, std::string why) {
    std::string list;
    for (const auto& id : ids) list += (list.empty() ? "" : ", ") + id;
    std::vector<Next> next;
    for (const auto& id : ids)
        next.push_back({By::you,
                        {"migrate", "plan", "resolve", "--forget", id, "-u", unit.id},
                        "the file is gone for good",
                        "drops its row from the history"});
    return fail("migration.missing", unit.id + ": files of applied migrations are gone: " + list,
                std::move(why) + " Restore them from version control, or forget the rows.", std::move(next));
}

tl::unexpected<Error> unread_history(const Unit& unit, Verb verb) {
    return fail("verb.unsupported",
                std::string(to_string(verb)) + " of " + unit.id +
                    " cannot choose migrations: the history of its database cannot be read",
                "Without --to, --steps and --batch the tool itself decides.");
}

tl::unexpected<Error> no_target(const Unit& unit) {
    return fail("target.unresolved", "the database of " + unit.id + " is not known",
                "`migrate explain --target -u " + unit.id + "` says what was looked for.");
}

bool asks_for_part(const Request& request) {
    return request.to || request.steps || request.batch;
}

}  // namespace migrate::node
