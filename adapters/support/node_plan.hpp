#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/support/node_steps.hpp"

// Decisions that the Node tools' plans have in common; how a decision becomes steps is each tool's own.
namespace migrate::node {

/// Rows of the history that a baseline or a resolve changes, and nothing else.
struct HistoryChange {
    std::vector<MigrationFile> add;           ///< to be inserted, in this order
    std::vector<std::string> remove;          ///< ids to be deleted
    std::string renamed_from;                 ///< row that gets another id ...
    std::optional<MigrationFile> renamed_to;  ///< ... that of this file
    std::string purpose;
    bool any() const { return !add.empty() || !remove.empty() || renamed_to; }
    std::vector<std::string> added() const;    ///< ids that are new afterwards
    std::vector<std::string> removed() const;  ///< ids that are gone afterwards
};

/// `baseline`: everything pending up to --to counts as applied. Errors: `migration.unknown`.
Result<HistoryChange> baseline_change(const Request& request, const History& history);

/// `resolve` with --applied, --rolled-back, --forget or --renamed; nothing for --edited, for these tools keep
/// no checksums. Errors: `migration.unknown`, `usage` (the option does not fit what is there).
Result<HistoryChange> resolve_change(const Unit& unit, const Request& request, const Facts& facts,
                                     const History& history);

/// Fills what a step that applies `files` must do: migrations, expect, reversible, destructive (what the
/// sources say, each behind its file's name).
void expect_applied(Step& step, const std::vector<MigrationFile>& files, const std::filesystem::path& root);

/// Fills what a step that reverts `rows` must do; the purpose says where a file has no way back.
void expect_reverted(Step& step, const std::vector<AppliedRow>& rows,
                     const std::vector<MigrationFile>& files);

/// `migration.missing`: the tool cannot work while these files are gone. `why` is what it would do.
tl::unexpected<Error> missing_files(const Unit& unit, const std::vector<std::string>& ids, std::string why);

/// `verb.unsupported`: which migrations --to, --steps or --batch mean cannot be told without the history.
tl::unexpected<Error> unread_history(const Unit& unit, Verb verb);

/// `target.unresolved`: the facts hold no target, or none with a known engine.
tl::unexpected<Error> no_target(const Unit& unit);

/// Whether the request asks for some of the migrations only.
bool asks_for_part(const Request& request);

}  // namespace migrate::node
