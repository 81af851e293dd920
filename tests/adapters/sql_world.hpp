#pragma once
#include <doctest/doctest.h>

#include "adapters/adapter.hpp"
#include "adapters/checksums.hpp"
#include "base/files.hpp"
#include "db/database.hpp"
#include "sql/project.hpp"
#include "sql/runner.hpp"
#include "tests/support/tree.hpp"

namespace migrate::test {

/// A repository with one unit of raw SQL, and its database: plans are made from what is really there, and
/// executed by the real runner.
struct SqlWorld {
    Tree tree;
    Unit unit;
    Target target;
    Request request;

    explicit SqlWorld(const std::string& style = "up-down") {
        tree.write("m/", "");
        unit.id = ".:sql";
        unit.tool = Tool::sql;
        unit.style = style;
        unit.migrations = {{"m", std::nullopt}};
        unit.engines = {Engine::sqlite};
        target.connection.engine = Engine::sqlite;
        target.connection.database = (tree.path() / "db.sqlite").string();
    }

    const Adapter& adapter() const { return adapter_of(Tool::sql); }

    std::unique_ptr<db::Database> connect() const {
        db::OpenOptions options;
        options.read_only = false;
        options.create = true;
        auto opened = db::open(target.connection, options);
        REQUIRE_MESSAGE(opened, opened.error().message);
        return std::move(*opened);
    }
    void execute(std::string_view sql) const {
        auto done = connect()->execute(sql);
        REQUIRE_MESSAGE(done, done.error().message);
    }
    /// All values of a query, separated by '|'.
    std::string value(std::string_view sql) const {
        auto rows = connect()->query(sql);
        REQUIRE_MESSAGE(rows, rows.error().message);
        std::string result;
        for (const auto& row : rows->rows)
            for (const auto& cell : row) result += (result.empty() ? "" : "|") + cell.value_or("NULL");
        return result;
    }

    void file(const std::string& name, std::string_view content) { tree.write("m/" + name, content); }

    Facts facts() const {
        Facts facts;
        facts.root = tree.path();
        facts.targets = {target};
        auto files = adapter().files(unit, tree.path());
        REQUIRE_MESSAGE(files, files.error().message);
        add_checksums(unit, tree.path(), "", *files);
        facts.files = *files;
        auto database = connect();
        auto rows = adapter().read(unit, tree.path(), target, *database);
        REQUIRE_MESSAGE(rows, rows.error().message);
        facts.histories["default"] = adapter().compare(unit, *files, *rows);
        return facts;
    }
    History history() const { return facts().histories.at("default"); }

    Result<std::vector<Step>> plan(Verb verb) {
        request.verb = verb;
        return adapter().plan(unit, request, facts());
    }
    std::vector<Step> steps(Verb verb) {
        auto planned = plan(verb);
        REQUIRE_MESSAGE(planned, planned.error().message);
        return *planned;
    }
    std::string error(Verb verb) {
        auto planned = plan(verb);
        REQUIRE_FALSE(planned);
        return planned.error().code + ": " + planned.error().message;
    }

    std::optional<Error> execute_step(const Step& step) const {
        auto database = connect();
        auto outcome_of = [](const auto& result) {
            return result ? std::optional<Error>() : std::optional<Error>(result.error());
        };
        if (const auto* apply = std::get_if<ApplyMigration>(&step.action))
            return outcome_of(
                sql::apply_migration(*database, sql::project_of(unit, target), tree.path(), *apply));
        if (const auto* script = std::get_if<ExecuteSql>(&step.action))
            return outcome_of(
                sql::execute_script(*database, tree.read(script->path), script->path, script->transaction));
        if (const auto* write = std::get_if<WriteFile>(&step.action))
            return outcome_of(write_file(tree.path() / write->path, write->content, 0644, true));
        if (const auto* change = std::get_if<ChangeHistory>(&step.action)) {
            if (auto begun = database->execute("BEGIN"); !begun) return begun.error();
            for (const auto& sql : change->sql)
                if (auto done = database->execute(sql); !done) return done.error();
            return outcome_of(database->execute("COMMIT"));
        }
        return std::nullopt;
    }

    /// Plans and executes; what the history says before and after must be what every step promised.
    void run(Verb verb) {
        for (const Step& step : steps(verb)) {
            CAPTURE(step.purpose);
            std::set<std::string> before = applied();
            auto error = execute_step(step);
            REQUIRE_MESSAGE(!error, error->message);
            for (const auto& id : step.expect.applied_added) before.insert(id);
            for (const auto& id : step.expect.applied_removed) before.erase(id);
            CHECK(applied() == before);
        }
    }
    std::set<std::string> applied() const {
        std::set<std::string> ids;
        for (const auto& row : history().applied) ids.insert(row.id);
        return ids;
    }
};

}  // namespace migrate::test
