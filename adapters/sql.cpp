// Raw SQL, the built-in tool: its table. Everything is a built-in step; what the neighbours' programs would
// do stands in adapters/sql/neighbours.cpp.
#include "adapters/sql/sql.hpp"
#include "adapters/registry.hpp"
#include "adapters/sql/neighbours.hpp"
#include "adapters/support/rows.hpp"

namespace migrate {

namespace {

using namespace rows;

constexpr Row kRows[] = {
    built_in(Verb::status, "", Risk::read,
             "folder and history table are compared; checksums come from our own table or our ledger"),
    built_in(Verb::history, "", Risk::read, "read from the convention's history table"),
    cannot(Verb::diff, "", "raw SQL has no models that a database could be compared with",
           "migrate status -u {unit}"),
    built_in(Verb::generate, "", Risk::files, "a file with the marks and in the numbering of the folder"),
    built_in(Verb::generate, "empty", Risk::files, "the same: raw SQL knows no other"),
    built_in(Verb::init, "", Risk::files, "writes migrations/ with an example to start from"),
    cannot(Verb::pull, "", "raw SQL keeps no schema file that could be updated from the database",
           "migrate status -u {unit}"),
    built_in(
        Verb::run, "", Risk::apply,
        "each file and its history row in one transaction where the database can; else the history says how "
        "far it is"),
    built_in(
        Verb::rollback, "", Risk::revert,
        "executes the DOWN part, or the one that was stored where the file is gone; never another migration "
        "instead"),
    built_in(Verb::redo, "", Risk::revert, "rollback and run of the same migration"),
    built_in(Verb::seed, "", Risk::apply, "executes seeds/*.sql or seed.sql, each in one transaction"),
    built_in(Verb::baseline, "", Risk::revert, "records migrations as applied without running them"),
    built_in(Verb::resolve, "", Risk::revert,
             "settles a half-done, edited, renamed or missing migration; --resume goes on where it stopped"),
    built_in(Verb::reset, "", Risk::destroy,
             "reverts every migration by its DOWN part, then applies all again"),
    cannot(Verb::push, "", "raw SQL has no models that could be pushed", "migrate status -u {unit}"),
};

std::vector<Row> all_rows() {
    std::vector<Row> rows(std::begin(kRows), std::end(kRows));
    for (const Row& row : raw_sql::neighbour_rows()) rows.push_back(row);
    return rows;
}

}  // namespace

const Adapter& sql_adapter() {
    static const std::vector<Row> rows = all_rows();
    static const std::vector<Flag> flags = raw_sql::neighbour_flags();
    static const Adapter adapter{
        .tool = Tool::sql,
        .program = "sql",
        .title = "Raw SQL",
        .rows = rows,
        .flags = flags,
        .traits = {.locks = false,
                   .keeps_checksums = true,
                   .keeps_times = true,
                   .transaction = "each file with its history row (MySQL: files without DDL only)",
                   .lock_timeout = "set on the session"},
        .needs = raw_sql::needs,
        .plan = raw_sql::plan,
        .files = raw_sql::files,
        .history = raw_sql::history,
        .compare = raw_sql::compare,
        .targets = raw_sql::targets,
        .fits = raw_sql::fits,
        .read = raw_sql::read,
    };
    return adapter;
}

}  // namespace migrate
