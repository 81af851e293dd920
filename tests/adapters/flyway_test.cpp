#include "adapters/flyway/flyway.hpp"
#include "adapters/adapter.hpp"
#include "adapters/flyway/work.hpp"
#include "tests/adapters/cells.hpp"
#include "tests/support/tree.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

const Adapter& adapter() {
    return adapter_of(Tool::flyway);
}

Unit unit_of(std::string style = "") {
    Unit unit;
    unit.id = ".:flyway";
    unit.tool = Tool::flyway;
    unit.style = std::move(style);
    unit.config = unit.style == "maven" ? "pom.xml" : unit.style == "gradle" ? "build.gradle" : "flyway.toml";
    unit.migrations = {{"sql", std::nullopt}};
    unit.version = Version{11, 8, 2};
    return unit;
}

constexpr const char* kToml =
    "[flyway]\nlocations = [\"filesystem:sql\"]\n[environments.default]\nurl = "
    "\"jdbc:postgresql://localhost/app\"\n";

/// The scripts, and the checksums, that Flyway 11.8.2 wrote into a history.
Tree::Files scripts() {
    return {{"flyway.toml", kToml},
            {"sql/V1__a.sql", "create table a(x int);\n"},
            {"sql/sub/V2__b_two.sql", "create table b(x int);\n"},
            {"sql/V3__c.sql", "create table c(x int);\n"},
            {"sql/U3__c.sql", "drop table c;\n"},
            {"sql/R__v_iew.sql", "create view if not exists v as select 1;\n"}};
}

/// A row as the query returns it: version, script, type, checksum.
AppliedRow row(std::string version, std::string script, std::string type, std::string checksum = "",
               bool success = true) {
    AppliedRow made;
    made.id = std::move(script);
    made.key = std::move(version);
    made.detail = std::move(type);
    made.checksum = std::move(checksum);
    if (!success) made.state = AppliedRow::State::failed;
    return made;
}

const AppliedRow k1 = row("1", "V1__a.sql", "SQL", "365469020");
const AppliedRow k2 = row("2", "sub/V2__b_two.sql", "SQL", "742760857");
const AppliedRow k3 = row("3", "V3__c.sql", "SQL", "993965530");
const AppliedRow kR = row("", "R__v_iew.sql", "SQL", "1262266163");

struct Given {
    Tree tree;
    Unit unit = unit_of();
    Request request;
    Facts facts;

    Given(const Tree::Files& files, const std::vector<AppliedRow>& rows, std::string style = "",
          Level level = Level::local)
        : tree(files), unit(unit_of(std::move(style))) {
        facts.root = tree.path();
        auto read = adapter().files(unit, tree.path());
        REQUIRE_MESSAGE(read, read.error().message);
        facts.files = *read;
        Target target;
        target.level = level;
        target.source = "flyway.toml:4";
        target.connection.engine = Engine::postgresql;
        target.connection.host = "localhost";
        target.connection.database = "app";
        facts.targets = {target};
        HistoryRows history;
        history.source = HistorySource::direct;
        history.database_exists = true;
        history.table_exists = !rows.empty();
        history.rows = rows;
        facts.histories["default"] = adapter().compare(unit, facts.files, history);
    }

    Result<std::vector<Step>> plan(Verb verb) {
        request.verb = verb;
        return adapter().plan(unit, request, facts);
    }
    Lines says(Verb verb) { return lines(plan(verb)); }
    const History& history() { return facts.histories.at("default"); }
};

template <class List>
std::vector<std::string> ids(const List& list) {
    std::vector<std::string> result;
    for (const auto& one : list) result.push_back(one.id);
    return result;
}

const std::string kQuiet = " -color=never -skipCheckForUpdate";

}  // namespace

TEST_CASE("flyway: no verb is without an answer in any version") {
    check_complete(adapter(), {{8, 5, 0}, {9, 22, 3}, {10, 22, 0}, {11, 20, 3}, {12, 11, 0}, {13, 0, 0}});
}

TEST_CASE("flyway: what command lines would do") {
    const std::pair<std::string, std::string> cases[] = {
        {"migrate", "run apply"},
        {"migrate -target=3", "run apply"},
        {"migrate -outOfOrder=true", "run apply"},
        {"migrate -baselineOnMigrate=true", "run revert"},
        {"migrate -validateOnMigrate=false", "run revert"},
        {"migrate -validateOnMigrate=true", "run apply"},
        {"migrate -skipExecutingMigrations=true", "run revert"},
        {"migrate -dryRunOutput=x.sql", "run apply"},
        {"info -dryRunOutput=x.sql", "status apply"},
        {"migrate -cleanDisabled=false", "run destroy"},
        {"migrate -cleanDisabled=False", "run destroy"},
        {"migrate -cleanDisabled=true", "run apply"},
        {"migrate -initSql=x", "run destroy"},
        {"migrate -placeholders.a=b", "run apply"},
        {"migrate -ignoreMigrationPatterns=*:*", "run revert"},
        {"migrate -url=jdbc:x", "run apply >"},
        {"migrate -environment=prod", "run apply >"},
        {"-configFiles=x.toml migrate", "run apply >"},
        {"migrate -nonsense=1", "run apply ?-nonsense=1"},
        {"clean", "reset destroy"},
        {"clean migrate", "reset destroy"},
        {"migrate clean", "reset destroy"},
        {"info validate clean", "reset destroy"},
        {"migrate info", "run apply ?info"},
        {"info", "status read"},
        {"info -outputType=json", "status read"},
        {"validate", "diff read"},
        {"undo", "rollback revert"},
        {"baseline -baselineVersion=1", "baseline revert"},
        {"repair", "resolve revert"},
        {"check -changes", "- destroy ?-changes"},
        {"diff", "diff destroy"},
        {"deploy", "- destroy"},
        {"generate", "generate files"},
        {"model", "pull files"},
        {"snapshot", "- files"},
        {"testConnection", "- read"},
        {"help migrate", "- read"},
        {"flyway:migrate", "run apply"},
        {"flyway:clean", "reset destroy"},
        {"flyway:migrate -Dflyway.cleanDisabled=false", "run destroy"},
        {"flyway:migrate -Dflyway.url=jdbc:x", "run apply >"},
        {"flyway:info flyway:clean", "reset destroy"},
        {"flyway:validate", "diff read"},
        {"flyway:repair", "resolve revert"},
        {"flyway:undo", "rollback revert"},
        {"flywayMigrate", "run apply"},
        {"flywayMigrate -Pflyway.outOfOrder=true", "run apply"},
        {"flywayClean flywayMigrate", "reset destroy"},
        {"flywayBaseline", "baseline revert"},
        {"frobnicate", "unclassified"},
    };
    for (const auto& one : cases) {
        const auto& [command, expected] = one;
        CAPTURE(one.first);
        CHECK(judged(adapter(), command) == expected);
    }
    CHECK(judged(adapter(), "migrate -cleanOnValidationError=true", Version{10, 0, 0}) == "run destroy");
    CHECK(judged(adapter(), "migrate -cleanOnValidationError=true", Version{11, 0, 0}) ==
          "run apply ?-cleanOnValidationError=true");
    CHECK(judged(adapter(), "testConnection", Version{10, 0, 0}) == "unclassified");
}

TEST_CASE("flyway: versions are compared by number") {
    using flyway::MigrationVersion;
    auto less = [](const char* a, const char* b) {
        return *MigrationVersion::parse(a) < *MigrationVersion::parse(b);
    };
    CHECK(less("2", "10"));
    CHECK(less("1_1", "1.2"));
    CHECK(less("1.9", "1.10"));
    CHECK(less("1", "1.0.1"));
    CHECK(less("20240101", "20240101120000"));
    CHECK_FALSE(less("1", "1.0"));
    CHECK(*MigrationVersion::parse("1") == *MigrationVersion::parse("001.0"));
    CHECK(MigrationVersion::parse("1_1")->text() == "1.1");
    CHECK_FALSE(MigrationVersion::parse("1.x"));
    CHECK_FALSE(MigrationVersion::parse(""));
    CHECK_FALSE(MigrationVersion::parse("1."));
}

TEST_CASE("flyway: names of scripts, and what is none") {
    using flyway::FileName;
    auto name = flyway::parse_name("V1_2__add_users.sql");
    REQUIRE(name);
    CHECK(name->version == "1.2");
    CHECK(name->raw_version == "1_2");
    CHECK(name->description == "add users");
    CHECK(flyway::parse_name("R__view.sql")->kind == FileName::Kind::repeatable);
    CHECK(flyway::parse_name("U1__x.sql")->kind == FileName::Kind::undo);
    CHECK(flyway::parse_name("B2__x.sql")->kind == FileName::Kind::baseline);
    CHECK(flyway::parse_name("V2__Java.java")->suffix == ".java");
    for (const char* other : {"README.sql", "BeforeMigrate.java", "V__x.sql", "Vx__y.sql", "V1__x.sql.conf",
                              "afterMigrate.sql", "R1__x.sql", ".sql", "V1__x.txt"}) {
        CAPTURE(std::string(other));
        CHECK_FALSE(flyway::parse_name(other));
    }
}

TEST_CASE("flyway: checksums are those that Flyway writes") {
    CHECK(flyway::checksum_of("create table a(x int);\n") == 365469020);
    CHECK(flyway::checksum_of("create table a(x int);\r\n") == 365469020);
    CHECK(flyway::checksum_of("create table a(x int);") == 365469020);
    CHECK(flyway::checksum_of("\xEF\xBB\xBF"
                              "create table a(x int);\n") == 365469020);
    CHECK(flyway::checksum_of("drop table c;\n") != 365469020);
    CHECK(flyway::checksum_of("") == 0);
}

TEST_CASE("flyway: scripts in their order, with undo files beside them") {
    Tree::Files files = scripts();
    files["sql/V10__ten.sql"] = "select 1;\n";
    files["sql/V10__ten.sql.conf"] = "executeInTransaction=false\n";
    files["sql/notes.txt"] = "";
    Tree tree(files);
    auto read = adapter().files(unit_of(), tree.path());
    REQUIRE(read);
    CHECK(ids(*read) == Lines{"V1__a.sql", "sub/V2__b_two.sql", "V3__c.sql", "V10__ten.sql", "R__v_iew.sql"});
    CHECK((*read)[0].checksum == "365469020");
    CHECK((*read)[0].reversible == false);
    CHECK((*read)[1].files == Lines{"sql/sub/V2__b_two.sql"});
    CHECK((*read)[1].key == "2");
    CHECK((*read)[2].down_file == "sql/U3__c.sql");
    CHECK((*read)[2].reversible == true);
    CHECK((*read)[3].files == Lines{"sql/V10__ten.sql", "sql/V10__ten.sql.conf"});
    CHECK((*read)[4].key.empty());
    tree.write("sql/R__v_iew.sql", "create view v as select '${name}';\n");
    CHECK(adapter().files(unit_of(), tree.path())->back().checksum.empty());
    tree.write("sql/V01__again.sql", "x");
    auto twice = adapter().files(unit_of(), tree.path());
    REQUIRE_FALSE(twice);
    CHECK(twice.error().code == "migration.duplicate");
}

TEST_CASE("flyway: every state of a history") {
    CHECK(Given(scripts(), {}).history().state == State::uninitialised);
    Given current(scripts(), {k1, k2, k3, kR});
    CHECK(current.history().state == State::current);
    CHECK(ids(current.history().applied) ==
          Lines{"V1__a.sql", "sub/V2__b_two.sql", "V3__c.sql", "R__v_iew.sql"});
    CHECK(current.history().edited_known);
    Given pending(scripts(), {k1, kR});
    CHECK(ids(pending.history().pending) == Lines{"sub/V2__b_two.sql", "V3__c.sql"});

    Given edited(scripts(), {row("1", "V1__a.sql", "SQL", "17"), k2, k3, kR});
    CHECK(edited.history().state == State::edited);
    CHECK(edited.history().edited == Lines{"V1__a.sql"});
    // A repeatable script that changed is pending again, not edited.
    Given changed(scripts(), {k1, k2, k3, row("", "R__v_iew.sql", "SQL", "17")});
    CHECK(changed.history().edited.empty());
    CHECK(ids(changed.history().pending) == Lines{"R__v_iew.sql"});
    // Of several runs of a repeatable script the last one counts.
    Given again(scripts(), {k1, row("", "R__v_iew.sql", "SQL", "17"), k2, k3, kR});
    CHECK(again.history().state == State::current);

    Given failed(scripts(), {k1, row("2", "sub/V2__b_two.sql", "SQL", "742760857", false)});
    CHECK(failed.history().state == State::failed);
    CHECK(ids(failed.history().failed) == Lines{"sub/V2__b_two.sql"});
    CHECK(ids(failed.history().pending) == Lines{"V3__c.sql", "R__v_iew.sql"});

    Given missing(scripts(), {k1, row("1.5", "V1_5__gone.sql", "SQL", "1"), k2, k3, kR});
    CHECK(missing.history().state == State::diverged);
    CHECK(missing.history().missing == Lines{"V1_5__gone.sql"});
    // repair has marked it as deleted: nothing is missing any more.
    Given deleted(scripts(), {k1, row("1.5", "V1_5__gone.sql", "SQL", "1"), k2, k3, kR,
                              row("1.5", "V1_5__gone.sql", "DELETE")});
    CHECK(deleted.history().state == State::current);
    // A paid edition's undo: pending again.
    Given undone(scripts(), {k1, k2, k3, kR, row("3", "U3__c.sql", "UNDO_SQL", "1")});
    CHECK(ids(undone.history().pending) == Lines{"V3__c.sql"});

    Tree::Files late = scripts();
    late["sql/V1_5__late.sql"] = "x";
    Given skipped(late, {k1, k2, k3, kR});
    CHECK(skipped.history().state == State::pending);
    CHECK(skipped.history().will_skip == Lines{"V1_5__late.sql"});
    CHECK(skipped.history().out_of_order == Lines{"V1_5__late.sql"});
    CHECK(skipped.history().pending.empty());
    late["flyway.toml"] = std::string("[flyway]\noutOfOrder = true\nlocations = [\"filesystem:sql\"]\n");
    Given ordered(late, {k1, k2, k3, kR});
    CHECK(ids(ordered.history().pending) == Lines{"V1_5__late.sql"});
    CHECK(ordered.history().will_skip.empty());

    Given schema(scripts(), {row("", "\"app\"", "SCHEMA"), k1, k2, k3, kR});
    CHECK(schema.history().state == State::current);
    CHECK(schema.history().missing.empty());
}

TEST_CASE("flyway: a baseline stands for what is below it") {
    Given baseline(scripts(), {row("2", "baseline", "BASELINE")});
    CHECK(ids(baseline.history().pending) == Lines{"V3__c.sql", "R__v_iew.sql"});
    CHECK(baseline.history().missing.empty());
    Tree::Files files = scripts();
    files["sql/B2__base.sql"] = "x";
    // Into an empty history the baseline script goes, and not what it stands for.
    Given fresh(files, {});
    CHECK(ids(fresh.history().pending) == Lines{"B2__base.sql", "V3__c.sql", "R__v_iew.sql"});
    Given applied(files, {row("2", "B2__base.sql", "SQL_BASELINE"), kR});
    CHECK(ids(applied.history().pending) == Lines{"V3__c.sql"});
    Given old(files, {k1, kR});
    CHECK(ids(old.history().pending) == Lines{"sub/V2__b_two.sql", "V3__c.sql"});
}

TEST_CASE("flyway: run goes to the end, to a version, or so many scripts far") {
    Given given(scripts(), {k1});
    CHECK(given.says(Verb::run) == Lines{"flyway migrate" + kQuiet});
    CHECK(given.plan(Verb::run)->front().expect.applied_added ==
          Lines{"sub/V2__b_two.sql", "V3__c.sql", "R__v_iew.sql"});
    given.request.to = "2";
    CHECK(given.says(Verb::run) == Lines{"flyway migrate -target=2" + kQuiet});
    // Repeatable scripts run with any target.
    CHECK(given.plan(Verb::run)->front().expect.applied_added == Lines{"sub/V2__b_two.sql", "R__v_iew.sql"});
    given.request.to = "sub/V2__b_two.sql";
    CHECK(given.says(Verb::run) == Lines{"flyway migrate -target=2" + kQuiet});
    given.request.to = "V1__a.sql";
    CHECK(given.says(Verb::run).empty());
    given.request.to = "99";
    CHECK(given.says(Verb::run) == Lines{"error migration.unknown"});
    given.request.to = std::nullopt;
    given.request.steps = 1;
    CHECK(given.says(Verb::run) == Lines{"flyway migrate -target=2" + kQuiet});
    given.request.steps = 9;
    CHECK(given.says(Verb::run) == Lines{"flyway migrate -target=3" + kQuiet});
    CHECK(Given(scripts(), {k1, k2, k3, kR}).says(Verb::run).empty());
    given.request.steps = std::nullopt;
    given.unit.version = Version{9, 22, 3};
    CHECK(given.says(Verb::run) == Lines{"flyway migrate" + kQuiet + " -reportEnabled=false"});
    CHECK(given.says(Verb::run).front().find("dryRun") == std::string::npos);
}

TEST_CASE("flyway: what Flyway would refuse is refused before, with the way out") {
    auto error = [](const std::vector<AppliedRow>& rows) { return Given(scripts(), rows).says(Verb::run); };
    CHECK(error({row("1", "V1__a.sql", "SQL", "17")}) == Lines{"error migration.edited"});
    CHECK(error({row("1", "V1__a.sql", "SQL", "365469020", false)}) == Lines{"error migration.failed"});
    CHECK(error({k1, row("1.5", "V1_5__gone.sql", "SQL", "1")}) == Lines{"error migration.missing"});
    // A newer version than all files is only a warning of Flyway's.
    CHECK(Given(scripts(), {k1, k2, k3, row("9", "V9__gone.sql", "SQL", "1"), kR}).says(Verb::run).empty());
    Tree::Files late = scripts();
    late["sql/V1_5__late.sql"] = "x";
    CHECK(Given(late, {k1, k2, kR}).says(Verb::run) == Lines{"error migration.out_of_order"});
    late["flyway.toml"] =
        "[flyway]\nlocations = [\"filesystem:sql\"]\nignoreMigrationPatterns = [\"*:ignored\"]\n";
    CHECK(Given(late, {k1, k2, kR}).says(Verb::run) == Lines{"flyway migrate" + kQuiet});
}

TEST_CASE("flyway: an index that is built concurrently must not wait for Flyway's own lock") {
    Tree::Files files = scripts();
    files["sql/V4__index.sql"] = "create index concurrently i on a(x);\n";
    Given given(files, {k1, k2, k3, kR});
    CHECK(given.says(Verb::run) == Lines{"flyway migrate -postgresql.transactional.lock=false" + kQuiet});
    given.facts.targets.front().connection.engine = Engine::mysql;
    CHECK(given.says(Verb::run) == Lines{"flyway migrate" + kQuiet});
}

TEST_CASE("flyway: rollback executes the U file and takes the row out") {
    Given given(scripts(), {k1, k2, k3, kR});
    CHECK(given.says(Verb::rollback) == Lines{"copy-history flyway_schema_history",
                                              "execute-sql sql/U3__c.sql", "change-history -V3__c.sql"});
    auto plan = given.plan(Verb::rollback);
    CHECK(plan->back().expect.applied_removed == Lines{"V3__c.sql"});
    CHECK(std::get<ChangeHistory>(plan->back().action).sql ==
          Lines{"DELETE FROM \"flyway_schema_history\" WHERE \"version\" = '3'"});
    CHECK((*plan)[1].risk == Risk::revert);
    given.request.steps = 2;
    auto none = given.plan(Verb::rollback);
    REQUIRE_FALSE(none);
    CHECK(none.error().code == "verb.unsupported");
    CHECK(none.error().hint.find("U2__NAME.sql") != std::string::npos);
    CHECK_FALSE(none.error().next.empty());
    given.request.steps = std::nullopt;
    given.request.to = "2";
    CHECK(given.says(Verb::rollback).size() == 3);
    CHECK(Given(scripts(), {k1, k2, k3, kR}).says(Verb::redo) ==
          Lines{"copy-history flyway_schema_history", "execute-sql sql/U3__c.sql",
                "change-history -V3__c.sql", "flyway migrate -target=3" + kQuiet});
    CHECK(Given(scripts(), {}).says(Verb::rollback).empty());

    Given placeholders(scripts(), {k1, k2, k3, kR});
    placeholders.tree.write("sql/U3__c.sql", "drop table ${name};\n");
    CHECK(placeholders.says(Verb::rollback) == Lines{"error verb.unsupported"});
    Given alone({{"flyway.toml", kToml},
                 {"sql/V1__a.sql", "create table a(x int);\n"},
                 {"sql/U1__a.sql", "drop table a;"}},
                {k1}, "", Level::production);
    CHECK((*alone.plan(Verb::rollback))[1].risk == Risk::destroy);
}

TEST_CASE("flyway: baseline, reset, diff and what it cannot do") {
    Given fresh(scripts(), {});
    CHECK(fresh.says(Verb::baseline) ==
          Lines{"flyway baseline -baselineVersion=3 -baselineDescription=baseline" + kQuiet});
    CHECK(fresh.plan(Verb::baseline)->front().expect.applied_added == Lines{"V3__c.sql"});
    fresh.request.to = "2";
    CHECK(fresh.says(Verb::baseline) ==
          Lines{"flyway baseline -baselineVersion=2 -baselineDescription=baseline" + kQuiet});
    Given current(scripts(), {k1, k2, k3, kR});
    CHECK(current.says(Verb::baseline) == Lines{"error migration.applied"});
    CHECK(current.says(Verb::reset) ==
          Lines{"flyway clean -cleanDisabled=false" + kQuiet, "flyway migrate" + kQuiet});
    CHECK(current.plan(Verb::reset)->front().risk == Risk::destroy);
    CHECK(current.says(Verb::diff) ==
          Lines{"flyway validate -ignoreMigrationPatterns=*:pending,*:future" + kQuiet});
    CHECK(current.says(Verb::status) == Lines{"flyway info -outputType=json" + kQuiet});
    CHECK(current.says(Verb::seed) == Lines{"error verb.unsupported"});
    CHECK(current.says(Verb::pull) == Lines{"error verb.unsupported"});
    CHECK(current.says(Verb::push) == Lines{"error verb.unsupported"});
}

TEST_CASE("flyway: resolve uses repair where it does just that, and one row else") {
    const AppliedRow failed = row("2", "sub/V2__b_two.sql", "SQL", "742760857", false);
    const AppliedRow edited = row("1", "V1__a.sql", "SQL", "17");
    Given one(scripts(), {k1, failed});
    CHECK(one.says(Verb::resolve).empty());
    one.request.rolled_back = "2";
    CHECK(one.says(Verb::resolve) == Lines{"copy-history flyway_schema_history", "flyway repair" + kQuiet});
    Given two(scripts(), {edited, failed});
    two.request.rolled_back = "2";
    CHECK(std::get<ChangeHistory>(two.plan(Verb::resolve)->back().action).sql ==
          Lines{"DELETE FROM \"flyway_schema_history\" WHERE \"version\" = '2'"});
    two.request.rolled_back = std::nullopt;
    two.request.edited = "V1__a.sql";
    CHECK(std::get<ChangeHistory>(two.plan(Verb::resolve)->back().action).sql ==
          Lines{"UPDATE \"flyway_schema_history\" SET \"checksum\" = 365469020 WHERE \"version\" = '1'"});
    Given changed(scripts(), {edited, k2, k3, kR});
    changed.request.edited = "1";
    CHECK(changed.says(Verb::resolve).back() == "flyway repair" + kQuiet);

    Given applied(scripts(), {k1, failed});
    applied.request.applied = "2";
    CHECK(std::get<ChangeHistory>(applied.plan(Verb::resolve)->back().action).sql ==
          Lines{"UPDATE \"flyway_schema_history\" SET \"success\" = TRUE, \"checksum\" = 742760857 WHERE "
                "\"version\" = '2'"});
    CHECK(applied.plan(Verb::resolve)->back().expect.applied_added == Lines{"sub/V2__b_two.sql"});
    Given absent(scripts(), {k1});
    absent.request.applied = "2";
    std::string insert = std::get<ChangeHistory>(absent.plan(Verb::resolve)->back().action).sql.front();
    CHECK(insert.starts_with("INSERT INTO \"flyway_schema_history\""));
    CHECK(insert.find("'2', 'b two', 'SQL', 'sub/V2__b_two.sql', 742760857, 'migrate', 0, TRUE") !=
          std::string::npos);

    Given gone(scripts(), {k1, row("1.5", "V1_5__gone.sql", "SQL", "1"), k2, k3, kR});
    gone.request.forget = "V1_5__gone.sql";
    CHECK(gone.says(Verb::resolve).back() == "change-history -V1_5__gone.sql");
    gone.request.forget = "V1__a.sql";
    CHECK(gone.says(Verb::resolve) == Lines{"error migration.unknown"});
    gone.request.forget = std::nullopt;
    gone.request.unlock = true;
    CHECK(gone.says(Verb::resolve) == Lines{"error verb.unsupported"});
}

TEST_CASE("flyway: a new script follows the version style of the project") {
    CHECK(flyway::next_version({}, "20240203040506") == "1");
    CHECK(flyway::next_version({"1", "9"}, "20240203040506") == "10");
    CHECK(flyway::next_version({"007"}, "20240203040506") == "008");
    CHECK(flyway::next_version({"1_3"}, "20240203040506") == "1_4");
    CHECK(flyway::next_version({"1.2.9"}, "20240203040506") == "1.2.10");
    CHECK(flyway::next_version({"20230101000000"}, "20240203040506") == "20240203040506");
    CHECK(flyway::next_version({"202301010000"}, "20240203040506") == "202402030405");
    CHECK(flyway::next_version({"20990101000000"}, "20240203040506") == "20990101000001");
    CHECK(flyway::next_version({"20230101000000"}, "{now}") == "{now}");
    Given given(scripts(), {});
    given.request.name = "Add e-mail";
    CHECK(given.says(Verb::generate) ==
          Lines{"write-file sql/V4__Add_e_mail.sql", "write-file sql/U4__Add_e_mail.sql"});
    Given plain({{"flyway.toml", kToml}, {"sql/V1__a.sql", "x"}}, {});
    plain.request.name = "b";
    CHECK(plain.says(Verb::generate) == Lines{"write-file sql/V2__b.sql"});
    CHECK(plain.says(Verb::init) == Lines{"write-file flyway.toml", "write-file sql/.gitkeep"});
    plain.unit.version = Version{9, 22, 3};
    CHECK(plain.says(Verb::init).front() == "write-file flyway.conf");
}

TEST_CASE("flyway: Maven and Gradle in their own words") {
    Tree::Files files = scripts();
    files["pom.xml"] = "<project/>";
    Given maven(files, {k1, k2, kR}, "maven");
    CHECK(maven.says(Verb::run) == Lines{"mvn -B flyway:migrate"});
    maven.request.to = "3";
    CHECK(maven.says(Verb::run) == Lines{"mvn -B flyway:migrate -Dflyway.target=3"});
    CHECK(maven.says(Verb::reset) ==
          Lines{"mvn -B flyway:clean -Dflyway.cleanDisabled=false", "mvn -B flyway:migrate"});
    CHECK(maven.says(Verb::diff) ==
          Lines{"mvn -B flyway:validate -Dflyway.ignoreMigrationPatterns=*:pending,*:future"});
    CHECK(maven.says(Verb::status) == Lines{"mvn -B flyway:info"});
    Given gradle(scripts(), {k1, k2, kR}, "gradle");
    CHECK(gradle.says(Verb::run) == Lines{"gradle --console=plain flywayMigrate"});
    gradle.request.steps = 1;
    CHECK(gradle.says(Verb::run) == Lines{"gradle --console=plain flywayMigrate -Pflyway.target=3"});
    CHECK(gradle.says(Verb::reset).front() ==
          "gradle --console=plain flywayClean -Pflyway.cleanDisabled=false");
}

TEST_CASE("flyway: passwords travel in the environment, and only where Flyway does not know them") {
    Given own(scripts(), {k1});
    const auto env = own.plan(Verb::run)->front().env;
    CHECK(env.size() == 1);
    CHECK(env.contains("FLYWAY_INIT_SQL"));
    Given given(scripts(), {k1});
    Target& target = given.facts.targets.front();
    target.source = ".env.staging:1";
    target.connection.url = "postgresql://app:hush@db/app?sslmode=require";
    target.connection.host = "db";
    target.connection.port = 5433;
    target.connection.user = "app";
    target.connection.password = "hush";
    target.connection.parameters["sslmode"] = "require";
    Step step = given.plan(Verb::run)->front();
    CHECK(step.env.at("FLYWAY_URL").value == "jdbc:postgresql://db:5433/app?sslmode=require");
    CHECK(step.env.at("FLYWAY_USER").value == "app");
    CHECK(step.env.at("FLYWAY_PASSWORD").value == "hush");
    CHECK(step.env.at("FLYWAY_PASSWORD").secret);
    CHECK(line(step).find("hush") == std::string::npos);
}

TEST_CASE("flyway: waiting for a lock has a limit, unless the project or the waiting itself has a reason") {
    auto limit = [](Given& given) {
        const auto env = given.plan(Verb::run)->front().env;
        auto found = env.find("FLYWAY_INIT_SQL");
        return found == env.end() ? std::string() : found->second.value;
    };
    Given given(scripts(), {k1});
    CHECK(limit(given) == "SET lock_timeout = '5s'");
    given.facts.targets.front().connection.port = 6432;  // a pooler hands the setting on to others
    CHECK(limit(given).empty());
    given.facts.targets.front().connection.port = 0;
    given.facts.targets.front().connection.engine = Engine::mariadb;
    CHECK(limit(given) == "SET lock_wait_timeout = 5, innodb_lock_wait_timeout = 5");
    given.facts.targets.front().connection.engine = Engine::sqlite;
    CHECK(limit(given).empty());
    given.facts.targets.front().connection.engine = Engine::postgresql;
    given.tree.write("flyway.toml",
                     given.tree.read("flyway.toml") + "\n[flyway.own]\ninitSql = \"SET ROLE shop\"\n");
    CHECK(limit(given).empty());
}

TEST_CASE("flyway: how the history is read, and what info printed") {
    Tree tree{{"flyway.toml", "[flyway]\ntable = \"log\"\ndefaultSchema = \"shop\"\n"}};
    Target target;
    target.connection.engine = Engine::postgresql;
    auto query = adapter().history(unit_of(), tree.path(), target);
    REQUIRE(query);
    CHECK(query->schema == "shop");
    CHECK(query->table == "log");
    CHECK(query->select.find("CASE WHEN \"success\" THEN") != std::string::npos);
    CHECK(query->select.ends_with("FROM \"shop\".\"log\" ORDER BY \"installed_rank\""));
    target.connection.engine = Engine::mysql;
    CHECK(adapter().history(unit_of(), tree.path(), target)->select.find("`success` = 1") !=
          std::string::npos);
    target.connection.engine = Engine::h2;
    CHECK_FALSE(adapter().history(unit_of(), tree.path(), target));

    auto rows = adapter().read_status(unit_of(),
                                      R"(WARNING: x
{"migrations":[{"version":"1","type":"SQL","state":"Success","installedOnUTC":"2024-01-01T00:00:00Z","filepath":"/x/sql/V1__a.sql"},
{"version":"2","type":"SQL","state":"Failed","installedOnUTC":"2024-01-01T00:00:00Z","filepath":"/x/sql/V2__b.sql"},
{"version":"3","type":"SQL","state":"Pending","installedOnUTC":"","filepath":"/x/sql/V3__c.sql"}, 7]})");
    REQUIRE(rows);
    CHECK(ids(rows->rows) == Lines{"V1__a.sql", "V2__b.sql"});
    CHECK(rows->rows[1].state == AppliedRow::State::failed);
    auto failed =
        adapter().read_status(unit_of(), R"({"error":{"errorCode":"DB_CONNECTION","message":"secret"}})");
    REQUIRE_FALSE(failed);
    CHECK(failed.error().message == "flyway info: DB_CONNECTION");
    CHECK_FALSE(adapter().read_status(unit_of(), "no json"));
}
