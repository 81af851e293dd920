#include "sql/ways_out.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/files.hpp"
#include "sql/ledger.hpp"
#include "sql/look.hpp"
#include "sql/migration_file.hpp"
#include "sql/session.hpp"

namespace migrate::sql {

namespace {

constexpr std::uintmax_t kLargestFile = std::uintmax_t{1} << 30;

class Report {
  public:
    Report(db::Database& database, const Unit& unit, const std::filesystem::path& root,
           std::span<const MigrationFile> files)
        : database_(database),
          unit_(unit),
          root_(root),
          files_(files),
          project_(project_of(unit, database.engine())) {}

    void half_done(const AppliedRow& row);
    void others(const History& history);
    WaysOut take() { return std::move(out_); }

  private:
    struct Source {
        std::string name;
        ParsedMigration parsed;
        bool edited = false;
    };
    Result<Source> source(const AppliedRow& row, bool down) const;
    void list(const AppliedRow& row, const Source& source, const HowFar& far,
              std::span<const Statement> statements);
    void offer(std::vector<std::string> words, std::string when, std::string why) {
        std::vector<std::string> argv{"migrate", "resolve"};
        argv.insert(argv.end(), words.begin(), words.end());
        argv.insert(argv.end(), {"-u", unit_.id});
        out_.next.push_back({By::you, std::move(argv), std::move(when), std::move(why)});
    }
    const MigrationFile* file_of(const std::string& id) const {
        const auto found = std::find_if(files_.begin(), files_.end(),
                                        [&](const MigrationFile& file) { return file.id == id; });
        return found == files_.end() ? nullptr : &*found;
    }

    db::Database& database_;
    const Unit& unit_;
    const std::filesystem::path& root_;
    std::span<const MigrationFile> files_;
    Project project_;
    WaysOut out_;
};

/// The text that was being executed: the file, or the way back that was stored.
Result<Report::Source> Report::source(const AppliedRow& row, bool down) const {
    Source source;
    std::optional<std::string> bytes;
    Part part = Part::whole;
    const MigrationFile* file = file_of(row.id);
    const bool pair = project_.convention == Convention::golang_migrate;
    if (file) {
        source.name = down && pair ? file->down_file : file->files.front();
        if (down && pair) part = Part::down_file;
        bytes = read_file(root_ / source.name, kLargestFile);
        source.edited = !row.checksum.empty() && row.checksum != file->checksum;
    } else if (down && !row.down_sql.empty()) {
        source.name = "stored way back of " + row.id;
        part = Part::stored_down;
        bytes = row.down_sql;
    } else {
        return fail("migration.missing", "its file is gone");
    }
    if (!bytes) return fail("migration.missing", source.name + " cannot be read");
    auto parsed =
        parse_migration(*bytes, project_.convention, dialect_of(database_.engine()), source.name, part);
    if (!parsed) return tl::unexpected(parsed.error());
    source.parsed = std::move(*parsed);
    return source;
}

void Report::list(const AppliedRow& row, const Source& source, const HowFar& far,
                  std::span<const Statement> statements) {
    const auto looks = look_at(database_, statements);
    for (std::size_t i = 0; i < statements.size(); ++i) {
        FoundStatement found;
        found.migration = row.id;
        found.n = static_cast<int>(i) + 1;
        found.place = fmt::format("{}:{}", source.name, statements[i].position.line);
        found.sql = brief(statements[i].text, dialect_of(database_.engine()), 60);
        found.state = std::string(to_string(looks[i].presence));
        found.why = looks[i].why;
        const bool recorded = found.n <= far.done;
        std::string remark = found.why;
        if (recorded && looks[i].presence == Presence::unknown)
            remark = "the history says it is done";
        else if (recorded && looks[i].presence == Presence::absent)
            remark = "the history says it was done: somebody has undone it";
        else if (found.n == far.started)
            remark = (remark.empty() ? "" : remark + "; ") + "it was started";
        else if (!recorded && looks[i].presence == Presence::there)
            remark = "it was there before, or somebody did it by hand";
        out_.text += fmt::format("    {:>3}  {:<8} {}{}\n", found.n, found.state, found.sql,
                                 remark.empty() ? "" : "  (" + remark + ")");
        out_.statements.push_back(std::move(found));
    }
}

void Report::half_done(const AppliedRow& row) {
    const auto far = read_how_far(row.detail);
    const bool down = far && far->down;
    out_.text += fmt::format("  {} was begun and is not through{}\n", row.id,
                             row.detail.empty() ? "" : ": " + row.detail);
    auto found = source(row, down);
    if (!found) {
        out_.text += fmt::format("    {}: {}\n", row.id, found.error().message);
    } else {
        const auto& statements = down ? found->parsed.down : found->parsed.up;
        list(row, *found, far.value_or(HowFar{}), statements);
        if (found->edited) {
            out_.text +=
                fmt::format("    {} was edited since: the list is of the file as it is now\n", found->name);
        } else if (far) {
            int next = far->done + 1;
            const auto& looks = out_.statements;
            const std::size_t first = looks.size() - statements.size();
            const auto started = static_cast<std::size_t>(far->started);
            if (far->started == next && started <= statements.size() &&
                looks[first + started - 1].state == to_string(Presence::there))
                ++next;
            offer({"--resume"}, "the file should be finished",
                  static_cast<std::size_t>(next) > statements.size()
                      ? "all statements are done: records it"
                      : fmt::format("goes on with statement {} of {}", next, statements.size()));
        }
    }
    offer({"--applied", row.id},
          down ? "it should stay applied, and what was reverted is there again by hand"
               : "the rest of it was done by hand",
          "records it as applied");
    offer({"--rolled-back", row.id},
          down ? "the rest of the way back was done by hand" : "what it did was undone by hand",
          "records it as not applied");
}

void Report::others(const History& history) {
    for (const std::string& id : history.edited) {
        out_.text += fmt::format("  {} was edited after it was applied\n", id);
        offer({"--edited", id}, "the database is as the file says now",
              "takes the file as it is; or bring it back as it was");
    }
    for (const auto& [from, to] : history.renamed) {
        out_.text += fmt::format("  {} is applied, and {} has its content: it was renamed\n", from, to);
        offer({"--renamed", from + "=" + to}, "", "gives the row the file's new name");
    }
    for (const std::string& id : history.missing) {
        if (std::any_of(history.renamed.begin(), history.renamed.end(),
                        [&](const auto& pair) { return pair.first == id; }))
            continue;
        out_.text += fmt::format("  {} is applied, and its file is gone\n", id);
        offer({"--forget", id}, "the file is gone for good", "drops its row; or bring the file back");
    }
    for (const std::string& id : history.out_of_order)
        out_.text += fmt::format(
            "  {} is pending and older than the last applied one: `migrate run` applies it "
            "late\n",
            id);
}

}  // namespace

WaysOut ways_out(db::Database& database, const Unit& unit, const std::filesystem::path& root,
                 const History& history, std::span<const MigrationFile> files) {
    Report report(database, unit, root, files);
    for (const AppliedRow& row : history.failed) report.half_done(row);
    report.others(history);
    return report.take();
}

}  // namespace migrate::sql
