#include "run/builtin.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "db/scratch.hpp"
#include "run/execute.hpp"
#include "run/interrupts.hpp"
#include "sql/project.hpp"
#include "sql/runner.hpp"

namespace migrate {

namespace fs = std::filesystem;

namespace {

/// Everything that a built-in step may use; one function an action.
struct Runner {
    UnitResult& result;
    const Step& step;
    const Target* target;
    db::Database* session;
    BuiltinState& state;
    const ExecuteSettings& settings;

    using Done = std::optional<Error>;

    std::string filled(const std::string& text) const { return fill_holes(text, state); }

    Done no_session() const {
        return Error{"target.unresolved",
                     step.purpose + " needs a database that can be reached from here",
                     "This engine has no client in this program.",
                     {}};
    }

    sql::RunSettings sql_settings() const {
        sql::RunSettings run;
        run.interrupted = [guard = std::make_shared<Interrupts>()] { return guard->count() > 0; };
        return run;
    }

    /// The migration that the step behind this one applies on the same target; "" where it does anything
    /// else.
    std::string next_up() const {
        const auto& steps = result.plan->steps;
        const auto behind = static_cast<std::size_t>(step.n);  // from 1
        if (behind >= steps.size() || steps[behind].target != step.target) return "";
        const auto* apply = std::get_if<ApplyMigration>(&steps[behind].action);
        return apply && !apply->down ? apply->id : "";
    }

    void note_files(const std::string& path) {
        if (std::find(result.files.begin(), result.files.end(), path) == result.files.end())
            result.files.push_back(path);
    }

    Done note_outcome(const Result<sql::RunOutcome>& done) {
        if (!done) return done.error();
        result.changed = Changed::database;
        for (const auto& note : done->notes) result.text += "  " + note + "\n";
        return std::nullopt;
    }

    Done operator()(const Native&) const { return std::nullopt; }  // execute() runs it

    Done operator()(const WriteFile& write) {
        std::string path = filled(write.path);
        auto done = write_file(settings.root / path, filled(write.content), 0644, !write.replace);
        if (!done) return done.error();
        note_files(path);
        return std::nullopt;
    }

    Done operator()(const RemoveFile& remove) {
        std::error_code problem;
        fs::remove(settings.root / filled(remove.path), problem);
        if (problem)
            return Error{"file.unwritable", fmt::format("{}: {}", remove.path, problem.message()), "", {}};
        return std::nullopt;
    }

    Done operator()(const ApplyMigration& apply) {
        if (!session || !target) return no_session();
        auto project = sql::project_of(result.unit, *target);
        sql::RunSettings run = sql_settings();
        run.cache = &state.caches[step.target];
        run.next = next_up();
        run.as_planned = step.n == 1 && settings.unchanged.contains(step.target);
        return note_outcome(sql::apply_migration(*session, project, settings.root, apply, run));
    }

    Done operator()(const ExecuteSql& execute) {
        if (!session) return no_session();
        std::string text = execute.sql;
        if (!execute.path.empty()) {
            auto read = read_file(settings.root / execute.path);
            if (!read)
                return Error{"file.missing", execute.path + " cannot be read", "Nothing was executed.", {}};
            text = std::move(*read);
        }
        const std::string& name = execute.path.empty() ? execute.label : execute.path;
        return note_outcome(sql::execute_script(*session, text, name, execute.transaction, sql_settings()));
    }

    Done operator()(const ChangeHistory& change) {
        if (!session) return no_session();
        std::string script;
        for (const auto& statement : change.sql) script += statement + ";\n";
        return note_outcome(sql::execute_script(*session, script, "history", true, sql_settings()));
    }

    Done operator()(const CopyHistory& copy) {
        if (!session) return no_session();
        auto rows = session->query("SELECT * FROM " + copy.table);
        if (!rows) return rows.error();
        nlohmann::ordered_json json{
            {"unit", result.unit.id}, {"table", copy.table}, {"columns", rows->columns}};
        json["rows"] = nlohmann::ordered_json::array();
        for (const auto& row : rows->rows) {
            auto values = nlohmann::ordered_json::array();
            for (const auto& value : row) values.push_back(value ? nlohmann::ordered_json(*value) : nullptr);
            json["rows"].push_back(std::move(values));
        }
        std::string name = result.unit.id;
        std::replace(name.begin(), name.end(), '/', '_');
        auto file = settings.state_dir / "history" / fmt::format("{}-{}.json", name, settings.now);
        auto done =
            write_file(file, json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n", 0600);
        if (!done) return done.error();
        result.text += fmt::format("  the history table was copied to {}\n", file.string());
        return std::nullopt;
    }

    Done operator()(const CreateScratch&) {
        if (!target) return no_session();
        if (is_protected(target->level))
            return Error{"policy.refused",
                         "a scratch database is never made on the server of a protected target",
                         "Nothing was changed. Use an environment whose database is local.",
                         {}};
        auto made = db::create_scratch(target->connection);
        if (!made) return made.error();
        state.scratch = *made;
        state.holes["{scratch_url}"] = made->url;
        return std::nullopt;
    }

    Done operator()(const DropScratch&) {
        drop_scratch(state);
        return std::nullopt;
    }
};

}  // namespace

std::string fill_holes(std::string text, const BuiltinState& state) {
    for (const auto& [hole, value] : state.holes) {
        std::size_t at = 0;
        while ((at = text.find(hole, at)) != std::string::npos) {
            text.replace(at, hole.size(), value);
            at += value.size();
        }
    }
    return text;
}

std::optional<Error> run_builtin(UnitResult& result, const Step& step, const Target* target,
                                 db::Database* session, BuiltinState& state,
                                 const ExecuteSettings& settings) {
    if (!std::holds_alternative<ApplyMigration>(step.action)) state.caches.erase(step.target);
    return std::visit(Runner{result, step, target, session, state, settings}, step.action);
}

bool is_recorded(const Step& step, db::Database* session, BuiltinState& state) {
    const auto* apply = std::get_if<ApplyMigration>(&step.action);
    const auto cache = state.caches.find(step.target);
    if (!apply || !session || cache == state.caches.end() || !cache->second.journal) return false;
    const std::vector<std::string> one{apply->id}, none;
    if (step.expect.applied_added != (apply->down ? none : one) ||
        step.expect.applied_removed != (apply->down ? one : none))
        return false;
    auto there = cache->second.journal->state_of(apply->id);
    if (!there) return false;
    return apply->down ? !there->has_value() : *there == AppliedRow::State::applied;
}

namespace {

/// Whether one transaction of this session is all that has been written since.
bool was_alone(db::Database& session, std::int64_t version) {
    if (const auto others = session.version_by_others()) return *others == version;
    return session.version() == version + 1;
}

}  // namespace

bool carry_on(History& history, const Step& step, db::Database* session, BuiltinState& state) {
    const auto* apply = std::get_if<ApplyMigration>(&step.action);
    const auto cache = state.caches.find(step.target);
    if (!apply || apply->down || !session || cache == state.caches.end() || !cache->second.journal ||
        !cache->second.script)
        return false;
    const auto version = state.versions.find(step.target);
    if (version == state.versions.end() || !version->second || !was_alone(*session, *version->second))
        return false;
    const bool plain = history.initialised && history.failed.empty() && history.out_of_order.empty() &&
                       history.renamed.empty() && !history.pending.empty();
    if (!plain || history.pending.front().id != apply->id || !step.expect.applied_removed.empty() ||
        step.expect.applied_added != std::vector<std::string>{apply->id})
        return false;
    auto row = cache->second.journal->only_row_of(apply->id, *cache->second.script, *version->second,
                                                  history.applied.size());
    if (!row) return false;
    history.applied.push_back(std::move(*row));
    history.pending.erase(history.pending.begin());
    history.state = state_of(history);
    return true;
}

void drop_scratch(BuiltinState& state) {
    if (state.scratch) (void)db::drop_scratch(*state.scratch);
    state.scratch.reset();
}

namespace {

/// Directories that hold no files of the project: hidden ones, packages, Python's virtual environments.
bool foreign_directory(const fs::path& path) {
    const std::string name = path.filename().string();
    std::error_code ignored;
    return name.starts_with('.') || name == "node_modules" || fs::exists(path / "pyvenv.cfg", ignored);
}

/// The directory and all below it that are the project's own, links left out.
void own_directories(const fs::path& at, std::vector<fs::path>& found) {
    found.push_back(at);
    std::error_code failed;
    for (fs::directory_iterator it(at, failed), end; !failed && it != end; it.increment(failed)) {
        std::error_code ignored;
        if (it->is_directory(ignored) && !it->is_symlink(ignored) && !foreign_directory(it->path()))
            own_directories(it->path(), found);
    }
}

}  // namespace

std::set<fs::path> files_like(const fs::path& root, const std::vector<std::string>& patterns) {
    std::set<fs::path> found;
    std::vector<std::string> plain;
    for (const auto& pattern : patterns) {
        const std::size_t deep = pattern.find("**/");
        if (deep == std::string::npos) {
            plain.push_back(pattern);
            continue;
        }
        std::vector<fs::path> directories;
        own_directories((root / pattern.substr(0, deep)).lexically_normal(), directories);
        for (const auto& directory : directories) {
            auto here = files_like(directory, {pattern.substr(deep + 3)});
            found.insert(here.begin(), here.end());
        }
    }
    for (const auto& pattern : plain) {
        fs::path path = root / pattern;
        std::error_code ignored;
        if (fs::is_directory(path, ignored)) {
            for (fs::recursive_directory_iterator it(path, ignored), end; !ignored && it != end;
                 it.increment(ignored))
                if (it->is_regular_file(ignored)) found.insert(it->path());
            continue;
        }
        const std::size_t star = pattern.find('*');
        if (star == std::string::npos) {
            if (fs::exists(path, ignored)) found.insert(path);
            continue;
        }
        // The star may stand in a directory's name: "drizzle/*_add_age/migration.sql".
        const std::size_t slash = pattern.rfind('/', star), end = pattern.find('/', star);
        const std::size_t begin = slash == std::string::npos ? 0 : slash + 1;
        const fs::path directory = root / pattern.substr(0, begin);
        const std::string head = pattern.substr(begin, star - begin),
                          tail = pattern.substr(star + 1, end == std::string::npos ? end : end - star - 1),
                          below = end == std::string::npos ? "" : pattern.substr(end + 1);
        for (const auto& entry : list_directory(directory)) {
            if (entry.size() < head.size() + tail.size() || !entry.starts_with(head) ||
                !entry.ends_with(tail))
                continue;
            fs::path match = below.empty() ? directory / entry : directory / entry / below;
            if (fs::exists(match, ignored)) found.insert(std::move(match));
        }
    }
    return found;
}

std::vector<std::string> new_files(const fs::path& root, const std::string& pattern,
                                   const std::set<fs::path>& before) {
    std::vector<std::string> made;
    for (const auto& path : files_like(root, {pattern}))
        if (!before.contains(path)) made.push_back(path.lexically_relative(root).generic_string());
    return made;
}

}  // namespace migrate
