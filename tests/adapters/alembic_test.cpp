#include "adapters/adapter.hpp"
#include "tests/adapters/cells.hpp"
#include "tests/support/tree.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

const Adapter& alembic() {
    return adapter_of(Tool::alembic);
}

/// A revision file as Alembic writes it.
std::string revision(const std::string& id, const std::string& down, const std::string& more = "",
                     const std::string& downgrade = "op.drop_table('t')") {
    return "\"\"\"message\n\nRevision ID: " + id + "\nCreate Date: 2024-01-01 10:00:00\n\"\"\"\n" +
           "from alembic import op\n\nrevision = '" + id + "'\ndown_revision = " + down + "\n" + more +
           "\n\ndef upgrade() -> None:\n    op.create_table('t')\n\n\ndef downgrade() -> None:\n    " +
           downgrade + "\n";
}

Tree::Files project(const Tree::Files& revisions) {
    Tree::Files files{{"alembic.ini", "[alembic]\nscript_location = migrations\n"},
                      {"migrations/env.py", ""}};
    for (const auto& [name, content] : revisions) files["migrations/versions/" + name + ".py"] = content;
    return files;
}

Unit unit_of(std::string style = "") {
    Unit unit;
    unit.id = ".:alembic";
    unit.tool = Tool::alembic;
    unit.style = std::move(style);
    unit.config = unit.style.empty() ? "alembic.ini" : "migrations/alembic.ini";
    unit.migrations = {{"migrations/versions", std::nullopt}};
    unit.version = Version{1, 20, 1};
    unit.launch = {".venv/bin/python", "-m", "alembic"};
    if (!unit.style.empty())
        unit.launch = {".venv/bin/python", "-m", "flask", "db"};  // as the detector has it
    return unit;
}

/// A project with its database at the given rows of alembic_version.
struct Given {
    Tree tree;
    Unit unit = unit_of();
    Request request;
    Facts facts;

    Given(const Tree::Files& revisions, const std::vector<std::string>& rows, Level level = Level::local)
        : tree(project(revisions)) {
        facts.root = tree.path();
        auto files = alembic().files(unit, tree.path());
        REQUIRE_MESSAGE(files, files.error().message);
        facts.files = *files;
        Target target;
        target.level = level;
        target.connection.engine = Engine::postgresql;
        target.connection.url = "postgresql+asyncpg://app@localhost/app";
        target.variable = "DATABASE_URL";
        facts.targets = {target};
        HistoryRows read;
        read.source = HistorySource::direct;
        read.database_exists = true;
        read.table_exists = !rows.empty();
        for (const auto& id : rows) read.rows.emplace_back().id = id;
        facts.histories["default"] = alembic().compare(unit, facts.files, read);
    }

    Result<std::vector<Step>> plan(Verb verb) {
        request.verb = verb;
        return alembic().plan(unit, request, facts);
    }
    Lines says(Verb verb) { return lines(plan(verb)); }
    const History& history() { return facts.histories.at("default"); }
};

const Tree::Files kLine{
    {"a", revision("r1", "None")}, {"b", revision("r2", "'r1'")}, {"c", revision("r3", "'r2'")}};

/// r1 -> a, b -> m; x1 -> x2, which depends on a.
const Tree::Files kMerged{
    {"1", revision("r1", "None")},
    {"2", revision("aa", "'r1'")},
    {"3", revision("bb", "'r1'")},
    {"4", revision("mm", "('aa',\n  'bb')", "", "pass")},
};

Tree::Files merged() {
    Tree::Files files = kMerged;
    std::string merge = revision("mm", "('aa',\n  'bb')", "", "pass");
    files["4"] = merge.replace(merge.find("op.create_table('t')"), 20, "pass");
    return files;
}

Tree::Files two_heads() {
    Tree::Files files = merged();
    files["5"] = revision("x1", "None", "branch_labels = ('shop',)");
    files["6"] = revision("x2", "'x1'", "depends_on = 'aa'");
    return files;
}

std::vector<std::string> ids(const std::vector<MigrationFile>& files) {
    std::vector<std::string> result;
    for (const auto& file : files) result.push_back(file.id);
    return result;
}
std::vector<std::string> ids(const std::vector<AppliedRow>& rows) {
    std::vector<std::string> result;
    for (const auto& row : rows) result.push_back(row.id);
    return result;
}

}  // namespace

TEST_CASE("alembic: no verb is without an answer in any version") {
    check_complete(alembic(), {{1, 4, 0}, {1, 8, 1}, {1, 9, 0}, {1, 13, 2}, {1, 16, 5}, {1, 20, 1}});
    CHECK(support(alembic(), Verb::diff, Version{1, 8, 1})->how == How::unsupported);
    CHECK(support(alembic(), Verb::diff, Version{1, 9, 0})->how == How::native);
}

TEST_CASE("alembic: what command lines would do") {
    const std::pair<std::string, std::string> cases[] = {
        {"upgrade head", "run apply"},
        {"upgrade heads", "run apply"},
        {"upgrade +2", "run apply"},
        {"upgrade ae10", "run apply"},
        {"upgrade head --sql", "run read"},
        {"upgrade ae10:head --sql", "run read"},
        {"upgrade head --tag x", "run apply"},
        {"-c other.ini upgrade head", "run apply >"},
        {"-n shop upgrade head", "run apply >"},
        {"-x tenant=a upgrade head", "run apply >"},
        {"--raiseerr upgrade head", "run apply"},
        {"upgrade head --force", "run apply ?--force"},
        {"upgrade", "unclassified"},
        {"downgrade -1", "rollback revert"},
        {"downgrade ae10", "rollback revert"},
        {"downgrade ae10-1", "rollback revert"},
        {"downgrade base", "rollback destroy"},
        {"downgrade shop@base", "rollback destroy"},
        {"downgrade shop@-1", "rollback revert"},
        {"downgrade ae10:base --sql", "rollback read"},
        {"stamp head", "baseline revert"},
        {"stamp a b", "resolve revert"},
        {"stamp base", "resolve destroy"},
        {"stamp --purge head", "resolve destroy"},
        {"stamp head --purge", "resolve destroy"},
        {"revision -m add_users", "generate files"},
        {"revision --autogenerate -m add_users", "generate apply"},
        {"revision --autogenerate", "generate apply"},
        {"merge heads -m join", "generate files"},
        {"merge a b --rev-id c", "generate files"},
        {"edit head", "- files"},
        {"current", "status read"},
        {"current -v", "status read"},
        {"heads", "- read"},
        {"heads --resolve-dependencies", "- read"},
        {"branches", "- read"},
        {"show head", "- read"},
        {"history -r a:b -v", "history read"},
        {"check", "diff apply"},
        {"list_templates", "- read"},
        {"ensure_version", "- apply"},
        {"ensure_version --sql", "- read"},
        {"init migrations", "init files"},
        {"frobnicate", "unclassified"},
    };
    for (const auto& one : cases) {
        const auto& [command, expected] = one;
        CAPTURE(one.first);
        CHECK(judged(alembic(), command) == expected);
    }
    CHECK(judged(alembic(), "-q current", Version{1, 10, 0}) == "status read ?-q");
    CHECK(judged(alembic(), "-q current", Version{1, 11, 0}) == "status read");
    CHECK(judged(alembic(), "current --check-heads", Version{1, 17, 0}) == "status read ?--check-heads");
    CHECK(judged(alembic(), "current --check-heads", Version{1, 17, 1}) == "status read");
    CHECK(judged(alembic(), "merge --splice a", Version{1, 18, 4}) == "generate files ?--splice");
    CHECK(judged(alembic(), "check", Version{1, 8, 1}) == "unclassified");
}

TEST_CASE("flask db: what command lines would do") {
    const std::pair<std::string, std::string> cases[] = {
        {"db upgrade", "run apply"},
        {"db upgrade ae10", "run apply"},
        {"db upgrade --sql", "run read"},
        {"db downgrade", "rollback revert"},
        {"db downgrade -1", "rollback revert"},
        {"db downgrade base", "rollback destroy"},
        {"db migrate -m x", "generate apply"},
        {"db migrate", "generate apply"},
        {"db revision -m x", "generate files"},
        {"db revision --autogenerate", "generate apply"},
        {"db merge a b -m x", "generate files"},
        {"db stamp", "resolve revert"},
        {"db stamp head", "baseline revert"},
        {"db stamp --purge", "resolve destroy"},
        {"db stamp head --purge", "resolve destroy"},
        {"db upgrade -d other", "run apply >"},
        {"db current", "status read"},
        {"db history -i", "history read"},
        {"db heads", "- read"},
        {"db check", "diff apply"},
        {"db init --multidb", "init files"},
        {"db show", "unclassified"},
        {"db list-templates", "- read"},
        {"run", "unclassified"},
    };
    for (const auto& one : cases) {
        const auto& [command, expected] = one;
        CAPTURE(one.first);
        CHECK(judged(alembic(), command) == expected);
    }
}

TEST_CASE("alembic: a straight line of revisions is run, rolled back and redone by explicit ids") {
    CHECK(Given(kLine, {}).says(Verb::run) == Lines{"alembic upgrade head"});
    CHECK(Given(kLine, {"r3"}).says(Verb::run).empty());
    CHECK(Given(kLine, {"r3"}).says(Verb::rollback) == Lines{"alembic downgrade r2"});
    CHECK(Given(kLine, {"r1"}).says(Verb::rollback) == Lines{"alembic downgrade base"});
    CHECK(Given(kLine, {}).says(Verb::rollback).empty());
    CHECK(Given(kLine, {"r3"}).says(Verb::redo) == Lines{"alembic downgrade r2", "alembic upgrade r3"});
    CHECK(Given(kLine, {"r2"}).says(Verb::reset) == Lines{"alembic downgrade base", "alembic upgrade head"});
    CHECK(Given(kLine, {}).says(Verb::reset) == Lines{"alembic upgrade head"});

    Given to(kLine, {});
    to.request.to = "r2";
    CHECK(to.says(Verb::run) == Lines{"alembic upgrade r2"});
    CHECK(to.plan(Verb::run)->front().expect.applied_added == Lines{"r1", "r2"});
    to.request.to = "r9";
    CHECK(to.says(Verb::run) == Lines{"error migration.unknown"});

    Given steps(kLine, {});
    steps.request.steps = 2;
    CHECK(steps.says(Verb::run) == Lines{"alembic upgrade r2"});
    steps.request.steps = 9;
    CHECK(steps.says(Verb::run) == Lines{"alembic upgrade r3"});

    Given back(kLine, {"r3"});
    back.request.steps = 2;
    CHECK(back.says(Verb::rollback) == Lines{"alembic downgrade r1"});
    CHECK(back.plan(Verb::rollback)->front().expect.applied_removed == Lines{"r3", "r2"});
    back.request.steps = std::nullopt;
    back.request.to = "r1";
    CHECK(back.says(Verb::rollback) == Lines{"alembic downgrade r1"});
    back.request.batch = true;
    CHECK(back.says(Verb::rollback) == Lines{"error verb.unsupported"});
}

TEST_CASE("alembic: a rollback that leaves nothing destroys a protected database, and only that") {
    CHECK(Given(kLine, {"r1"}).plan(Verb::rollback)->front().risk == Risk::revert);
    CHECK(Given(kLine, {"r1"}, Level::production).plan(Verb::rollback)->front().risk == Risk::destroy);
    CHECK(Given(kLine, {"r2"}, Level::production).plan(Verb::rollback)->front().risk == Risk::revert);
    CHECK(Given(kLine, {"r2"}).plan(Verb::reset)->front().risk == Risk::destroy);
}

TEST_CASE("alembic: a merge is rolled back to one of its parents, which leaves both current") {
    Given at_merge(merged(), {"mm"});
    CHECK(at_merge.says(Verb::rollback) == Lines{"alembic downgrade aa"});
    CHECK(at_merge.plan(Verb::rollback)->front().expect.applied_removed == Lines{"mm"});
    at_merge.request.steps = 2;
    // Only one side of the merge can go: that is said by naming the branch.
    CHECK(at_merge.says(Verb::rollback) == Lines{"alembic downgrade bb@r1"});
    CHECK(at_merge.plan(Verb::rollback)->front().expect.applied_removed == Lines{"mm", "bb"});
    at_merge.request.steps = 3;
    CHECK(at_merge.says(Verb::rollback) == Lines{"alembic downgrade r1"});
    at_merge.request.steps = 4;
    CHECK(at_merge.says(Verb::rollback) == Lines{"alembic downgrade base"});
    CHECK(Given(merged(), {"mm"}).says(Verb::redo) == Lines{"alembic downgrade aa", "alembic upgrade mm"});
}

TEST_CASE("alembic: with two current heads a rollback must name the branch") {
    Given two(two_heads(), {"mm", "x2"});
    CHECK(two.history().state == State::current);
    auto plan = two.plan(Verb::rollback);
    REQUIRE_FALSE(plan);
    CHECK(plan.error().code == "migration.ambiguous");
    CHECK(plan.error().message.find("mm, x2") != std::string::npos);
    CHECK(plan.error().next.size() == 2);
    two.request.app = "shop";
    CHECK(two.says(Verb::rollback) == Lines{"alembic downgrade x1"});
    two.request.app = "mm";
    CHECK(two.says(Verb::rollback) == Lines{"alembic downgrade aa"});
    two.request.app = "";
    two.request.to = "r1";
    // x2 depends on a: Alembic takes it along, and the plan says so.
    CHECK(two.says(Verb::rollback) == Lines{"alembic downgrade r1"});
    CHECK(two.plan(Verb::rollback)->front().expect.applied_removed == Lines{"x2", "mm", "bb", "aa"});
}

TEST_CASE("alembic: two heads are upgraded together, or one branch alone with what it depends on") {
    Given two(two_heads(), {});
    CHECK(two.says(Verb::run) == Lines{"alembic upgrade heads"});
    two.request.app = "shop";
    CHECK(two.says(Verb::run) == Lines{"alembic upgrade x2"});
    CHECK(two.plan(Verb::run)->front().expect.applied_added == Lines{"r1", "aa", "x1", "x2"});
    two.request.app = "";
    two.request.steps = 3;
    CHECK(two.says(Verb::run) == Lines{"alembic upgrade aa", "alembic upgrade bb"});
    two.request.app = "nobody";
    CHECK(two.says(Verb::run) == Lines{"error migration.unknown"});
}

TEST_CASE("alembic: a downgrade() that undoes nothing is not run") {
    Tree::Files files = kLine;
    files["c"] = revision("r3", "'r2'", "", "pass");
    CHECK(Given(files, {"r3"}).says(Verb::rollback) == Lines{"error migration.irreversible"});
    files["c"] = revision("r3", "'r2'", "", "raise NotImplementedError()");
    CHECK(Given(files, {"r3"}).says(Verb::rollback) == Lines{"error migration.irreversible"});
    CHECK(Given(files, {"r2"}).says(Verb::rollback) == Lines{"alembic downgrade r1"});
}

TEST_CASE("alembic: a revision that no file has stops run and rollback, and names where to look") {
    Given lost(kLine, {"gone"});
    CHECK(lost.history().state == State::diverged);
    CHECK(lost.history().missing == Lines{"gone"});
    CHECK(lost.says(Verb::run) == Lines{"error migration.missing"});
    CHECK(lost.says(Verb::rollback) == Lines{"error migration.missing"});
    lost.request.renamed_from = "gone";
    lost.request.renamed_to = "r2";
    CHECK(lost.says(Verb::resolve) == Lines{"copy-history alembic_version", "change-history +r2 -gone"});
    auto plan = lost.plan(Verb::resolve);
    CHECK(plan->back().expect.applied_added == Lines{"r1", "r2"});
    CHECK(plan->back().expect.applied_removed == Lines{"gone"});
    CHECK(std::get<ChangeHistory>(plan->back().action).sql ==
          Lines{"DELETE FROM \"alembic_version\" WHERE version_num = 'gone'",
                "INSERT INTO \"alembic_version\" (version_num) VALUES ('r2')"});
    lost.request.renamed_from = lost.request.renamed_to = std::nullopt;
    lost.request.forget = "gone";
    CHECK(lost.says(Verb::resolve) == Lines{"error migration.last_row"});
    Given beside(kLine, {"gone", "r2"});
    beside.request.forget = "gone";
    CHECK(beside.says(Verb::resolve) == Lines{"copy-history alembic_version", "change-history -gone"});
}

TEST_CASE("alembic: resolve records revisions as applied or not, by stamp where stamp means just that") {
    CHECK(Given(kLine, {"r1"}).says(Verb::resolve).empty());
    Given applied(kLine, {"r1"});
    applied.request.applied = "r3";
    CHECK(applied.says(Verb::resolve) == Lines{"copy-history alembic_version", "alembic stamp r3"});
    CHECK(applied.plan(Verb::resolve)->back().expect.applied_added == Lines{"r2", "r3"});
    CHECK(applied.plan(Verb::resolve)->back().risk == Risk::revert);
    applied.request.applied = "r1";
    CHECK(applied.says(Verb::resolve) == Lines{"error migration.applied"});

    Given reverted(kLine, {"r3"});
    reverted.request.rolled_back = "r2";
    CHECK(reverted.says(Verb::resolve) == Lines{"copy-history alembic_version", "alembic stamp r1"});
    CHECK(reverted.plan(Verb::resolve)->back().expect.applied_removed == Lines{"r3", "r2"});
    reverted.request.rolled_back = "r1";
    CHECK(reverted.says(Verb::resolve) == Lines{"copy-history alembic_version", "change-history -r3"});

    // From two tips stamp crashes half way (seen in 1.8.1 and 1.20.1): the rows are changed directly.
    Given merge(merged(), {"aa", "bb"});
    merge.request.applied = "mm";
    CHECK(merge.says(Verb::resolve) == Lines{"copy-history alembic_version", "change-history +mm -aa -bb"});
    Given edited(kLine, {"r3"});
    edited.request.edited = "r3";
    CHECK(edited.says(Verb::resolve) == Lines{"error verb.unsupported"});
}

TEST_CASE("alembic: baseline stamps a database that Alembic does not know, and no other") {
    CHECK(Given(kLine, {}).says(Verb::baseline) == Lines{"alembic stamp head"});
    CHECK(Given(two_heads(), {}).says(Verb::baseline) == Lines{"alembic stamp heads"});
    Given to(kLine, {});
    to.request.to = "r2";
    CHECK(to.says(Verb::baseline) == Lines{"alembic stamp r2"});
    CHECK(to.plan(Verb::baseline)->front().expect.applied_added == Lines{"r1", "r2"});
    CHECK(Given(kLine, {"r1"}).says(Verb::baseline) == Lines{"error migration.applied"});
}

TEST_CASE("alembic: what compares models runs on a scratch database and cannot reach another") {
    Given given(kLine, {"r3"});
    given.request.name = "Add users!";
    CHECK(given.says(Verb::generate) == Lines{"create-scratch-database", "python - upgrade head",
                                              "python - revision --autogenerate -m Add users!",
                                              "drop-scratch-database"});
    auto plan = given.plan(Verb::generate);
    const Step& step = (*plan)[2];
    CHECK(step.risk == Risk::files);
    CHECK(step.expect.files == Lines{"migrations/versions/*_add_users.py"});
    CHECK(step.env.at("MIGRATE_SCRATCH_URL").secret);
    CHECK(step.env.at("MIGRATE_SCRATCH_URL").value == "{scratch_url}");
    CHECK(step.env.at("MIGRATE_SCRATCH_VARIABLE").value == "DATABASE_URL");
    CHECK(step.env.at("MIGRATE_SCRATCH_DRIVER").value == "postgresql+asyncpg");
    const Native& native = std::get<Native>(step.action);
    CHECK(native.launch == Lines{".venv/bin/python"});
    CHECK(native.answers.find("_exit(97)") != std::string::npos);
    CHECK((*plan)[1].risk == Risk::read);

    CHECK(given.says(Verb::diff) == Lines{"create-scratch-database", "python - upgrade head",
                                          "python - check", "drop-scratch-database"});
    CHECK(std::get<Native>((*given.plan(Verb::diff))[2].action).finding == "New upgrade operations detected");
    given.unit.version = Version{1, 8, 1};
    CHECK(given.says(Verb::diff) == Lines{"error verb.unsupported"});
    given.request.empty = true;
    CHECK(given.says(Verb::generate) == Lines{"alembic revision -m Add users!"});
}

TEST_CASE("alembic: a new revision on several heads asks for a merge or a branch") {
    Given two(two_heads(), {});
    two.request.name = "add_users";
    auto plan = two.plan(Verb::generate);
    REQUIRE_FALSE(plan);
    CHECK(plan.error().code == "migration.heads");
    CHECK(plan.error().message.find("mm, x2") != std::string::npos);
    two.request.empty = true;
    two.request.app = "shop";
    CHECK(two.says(Verb::generate) == Lines{"alembic revision -m add_users --head x2"});
    two.request.app = "";
    two.request.answers = {"merge"};
    CHECK(two.says(Verb::generate) == Lines{"alembic merge -m add_users mm x2"});
}

TEST_CASE("alembic: seeds, init and what it cannot do") {
    Given given(kLine, {});
    CHECK(given.says(Verb::seed) == Lines{"error verb.unsupported"});
    given.unit.seeds = "app/initial_data.py";
    CHECK(given.says(Verb::seed) == Lines{"python app/initial_data.py"});
    CHECK(given.says(Verb::pull) == Lines{"error verb.unsupported"});
    CHECK(given.says(Verb::push) == Lines{"error verb.unsupported"});
    CHECK(given.says(Verb::status) == Lines{"alembic current"});
    CHECK(given.says(Verb::history) == Lines{"alembic history -i"});
    CHECK(given.says(Verb::init) == Lines{"write-file alembic.ini", "write-file migrations/env.py",
                                          "write-file migrations/script.py.mako",
                                          "write-file migrations/versions/.gitkeep"});
}

TEST_CASE("flask db: the same verbs in its own words") {
    Given given(kLine, {"r2"});
    given.unit = unit_of("flask-migrate");
    CHECK(given.says(Verb::run) == Lines{"flask db upgrade"});
    CHECK(std::get<Native>(given.plan(Verb::run)->front().action).launch ==
          Lines{".venv/bin/python", "-m", "flask"});
    CHECK(given.says(Verb::rollback) == Lines{"flask db downgrade r1"});
    CHECK(given.says(Verb::redo) == Lines{"flask db downgrade r1", "flask db upgrade r2"});
    CHECK(given.says(Verb::reset) == Lines{"flask db downgrade base", "flask db upgrade"});
    CHECK(given.says(Verb::status) == Lines{"flask db current"});
    CHECK(given.says(Verb::diff) == Lines{"create-scratch-database", "python - db upgrade",
                                          "python - db check", "drop-scratch-database"});
    given.request.name = "x";
    CHECK(given.says(Verb::generate) == Lines{"create-scratch-database", "python - db upgrade",
                                              "python - db migrate -m x", "drop-scratch-database"});
    CHECK((*given.plan(Verb::generate))[2].env.at("MIGRATE_PROGRAM").value == "flask");
    given.facts.targets.front().variable = "";
    CHECK(given.says(Verb::generate) == Lines{"error target.unresolved"});
    given.request.applied = "r3";
    CHECK(given.says(Verb::resolve) == Lines{"copy-history alembic_version", "flask db stamp r3"});
}

TEST_CASE(
    "alembic: native steps run unbuffered, without colours, in the unit's root; what reads leaves no .pyc") {
    Given given(kLine, {});
    given.unit.root = "backend";
    given.unit.config = "backend/db.ini";
    Step step = given.plan(Verb::run)->front();
    CHECK(step.cwd == "backend");
    CHECK(step.env.at("PYTHONUNBUFFERED").value == "1");
    CHECK_FALSE(step.env.contains("PYTHONDONTWRITEBYTECODE"));
    CHECK(given.plan(Verb::status)->front().env.at("PYTHONDONTWRITEBYTECODE").value == "1");
    CHECK(given.plan(Verb::diff)->at(2).env.at("PYTHONDONTWRITEBYTECODE").value == "1");
    CHECK(step.env.at("NO_COLOR").value == "1");
}

TEST_CASE("alembic: a configuration or section of another name is named to it") {
    Given given(kLine, {});
    given.tree.write("db.ini",
                     "[alembic]\nscript_location = migrations\n[production]\nscript_location = migrations\n");
    given.unit.config = "db.ini";
    CHECK(given.says(Verb::run) == Lines{"alembic -c db.ini upgrade head"});
    given.request.environment = "production";
    CHECK(given.says(Verb::run) == Lines{"alembic -c db.ini -n production upgrade head"});
}

TEST_CASE("alembic: an id that the version table cannot hold is refused before it runs") {
    Tree::Files files = kLine;
    std::string id(40, 'x');
    files["d"] = revision(id, "'r3'");
    CHECK(Given(files, {"r3"}).says(Verb::run) == Lines{"error migration.id_too_long"});
    CHECK(Given(files, {id}).says(Verb::run).empty());
    Given sqlite(files, {"r3"});
    sqlite.facts.targets.front().connection.engine = Engine::sqlite;
    CHECK(sqlite.says(Verb::run) == Lines{"alembic upgrade head"});
}

TEST_CASE("alembic: the revisions of the directory, parents before children") {
    Tree tree(project(two_heads()));
    auto files = alembic().files(unit_of(), tree.path());
    REQUIRE(files);
    CHECK(ids(*files) == Lines{"r1", "aa", "bb", "mm", "x1", "x2"});
    const MigrationFile& merge = (*files)[3];
    CHECK(merge.parents == Lines{"aa", "bb"});
    CHECK(merge.reversible == true);
    CHECK((*files)[5].parents == Lines{"x1", "aa"});
    CHECK((*files)[5].depends == Lines{"aa"});
    CHECK((*files)[4].labels == Lines{"shop"});
    CHECK(merge.files == Lines{"migrations/versions/4.py"});
}

TEST_CASE("alembic: annotated, older and unusual forms of a revision file are read") {
    Tree tree(
        project({{"a",
                  "revision: str = \"r1\"\ndown_revision: Union[str, None] = None\n"
                  "def upgrade():\n    op.x()\ndef downgrade():\n    \"\"\"nothing\"\"\"\n"},
                 {"b", "revision = 'r2'  # comment\ndown_revision = ['r1']\ndef downgrade():\n    op.y()\n"},
                 {"not_one", "print('hello')\n"},
                 {"__init__", "revision = 'zz'\ndown_revision = None\n"}}));
    auto files = alembic().files(unit_of(), tree.path());
    REQUIRE(files);
    CHECK(ids(*files) == Lines{"r1", "r2"});
    CHECK((*files)[0].reversible == false);
    CHECK((*files)[1].reversible == true);
}

TEST_CASE("alembic: a graph that Alembic could not load is an error with the file") {
    auto problem = [](const Tree::Files& files) {
        Tree tree(project(files));
        auto read = alembic().files(unit_of(), tree.path());
        REQUIRE_FALSE(read);
        return read.error().code + " " + read.error().message;
    };
    CHECK(
        problem({{"a", revision("r2", "'r1'")}})
            .starts_with("migration.parent_missing migrations/versions/a.py:9: revision r2 goes on from r1"));
    CHECK(problem({{"a", revision("r1", "None")}, {"b", revision("r1", "None")}})
              .starts_with("migration.duplicate migrations/versions/b.py"));
    CHECK(problem({{"a", revision("r1", "'r2'")}, {"b", revision("r2", "'r1'")}})
              .starts_with("migration.cycle"));
}

TEST_CASE("alembic: version_locations, recursion and pyproject.toml say where revisions lie") {
    Tree tree{
        {"alembic.ini",
         "[alembic]\nscript_location = %(here)s/db\nversion_locations = %(here)s/db/versions:%(here)s/more\n"
         "path_separator = :\nrecursive_version_locations = true\n"},
        {"db/versions/a.py", revision("r1", "None")},
        {"more/2024/b.py", revision("r2", "'r1'")}};
    Unit unit = unit_of();
    unit.migrations.clear();
    auto files = alembic().files(unit, tree.path());
    REQUIRE_MESSAGE(files, files.error().message);
    CHECK(ids(*files) == Lines{"r1", "r2"});

    Tree toml{{"api/pyproject.toml", "[tool.alembic]\nscript_location = \"%(here)s/db\"\n"},
              {"api/db/versions/a.py", revision("r1", "None")}};
    unit.root = "api";
    unit.config = "api/pyproject.toml";
    files = alembic().files(unit, toml.path());
    REQUIRE(files);
    CHECK(ids(*files) == Lines{"r1"});
    CHECK_FALSE(alembic().fits(unit, toml.path()));
    unit.version = Version{1, 15, 2};
    CHECK(alembic().fits(unit, toml.path())->code == "tool.layout");
}

TEST_CASE("alembic: rows are tips, and everything below them is applied") {
    Given merge(two_heads(), {"x2"});
    CHECK(ids(merge.history().applied) == Lines{"r1", "aa", "x1", "x2"});
    CHECK(ids(merge.history().pending) == Lines{"bb", "mm"});
    CHECK(merge.history().state == State::pending);
    CHECK(merge.history().ordered_by_file);
    Given none(kLine, {});
    CHECK(none.history().state == State::uninitialised);
    Given all(kLine, {"r3"});
    CHECK(all.history().state == State::current);
    CHECK_FALSE(all.history().edited_known);
}

TEST_CASE("alembic: the version table is read under the name that env.py gives it") {
    Tree tree(project(kLine));
    Target target;
    target.connection.engine = Engine::postgresql;
    auto query = alembic().history(unit_of(), tree.path(), target);
    REQUIRE(query);
    CHECK(query->select == "SELECT version_num AS id FROM \"alembic_version\" ORDER BY version_num");
    tree.write("migrations/env.py",
               "SCHEMA = 'shop'\ncontext.configure(connection=c, version_table='shop_version',\n"
               "    version_table_schema=SCHEMA)\n");
    query = alembic().history(unit_of(), tree.path(), target);
    CHECK(query->table == "shop_version");
    CHECK(query->schema == "shop");
    CHECK(query->select == "SELECT version_num AS id FROM \"shop\".\"shop_version\" ORDER BY version_num");
    tree.write("migrations/env.py", "context.configure(version_table=settings.TABLE)\n");
    CHECK_FALSE(alembic().history(unit_of(), tree.path(), target));
    target.connection.engine = Engine::oracle;
    CHECK_FALSE(alembic().history(unit_of(), tree.path(), target));
}

TEST_CASE("alembic: what `alembic current` printed") {
    auto rows = alembic().read_status(unit_of(),
                                      "27c6a30d7c24 (head)\nloading settings: ok\nae10 (mergepoint)\nr1\n");
    REQUIRE(rows);
    CHECK(ids(rows->rows) == Lines{"27c6a30d7c24", "ae10", "r1"});
    CHECK_FALSE(alembic().read_status(unit_of(), "FAILED: Can't locate revision identified by 'x'\n"));
}
