#include "adapters/adapter.hpp"
#include "tests/adapters/cells.hpp"
#include "tests/support/tree.hpp"

using namespace migrate;
using namespace migrate::test;

namespace {

const Adapter& django() {
    return adapter_of(Tool::django);
}

std::string migration(const std::string& dependencies,
                      const std::string& operations = "migrations.CreateModel('X', [])",
                      const std::string& more = "") {
    return "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n" +
           (more.empty() ? "" : "    " + more + "\n") + "    dependencies = [" + dependencies +
           "]\n\n    operations = [\n        " + operations + ",\n    ]\n";
}

constexpr const char* kManage =
    "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')\n";

Unit unit_of(std::vector<std::string> apps = {"blog", "shop"}) {
    Unit unit;
    unit.id = ".:django";
    unit.tool = Tool::django;
    unit.config = "manage.py";
    for (const auto& app : apps) unit.migrations.push_back({app + "/migrations", std::nullopt});
    unit.version = Version{5, 2, 8};
    unit.launch = {".venv/bin/python", "manage.py"};
    return unit;
}

/// blog 1, 2, 3; shop.0001 needs blog.0002.
Tree::Files two_apps() {
    return {{"manage.py", kManage},
            {"config/settings.py",
             "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'x'}}\n"},
            {"blog/migrations/__init__.py", ""},
            {"blog/migrations/0001_initial.py", migration("")},
            {"blog/migrations/0002_title.py", migration("('blog', '0001_initial')")},
            {"blog/migrations/0003_body.py", migration("('blog', '0002_title'), ('auth', '0012_x')")},
            {"shop/migrations/0001_initial.py", migration("('blog', '0002_title')")},
            {"shop/migrations/0002_price.py", migration("('shop', '0001_initial')")}};
}

/// Applied rows as the table would hold them, packages' own among them.
using Rows = std::vector<std::string>;
const Rows kAll{"auth.0001_initial", "blog.0001_initial", "blog.0002_title",
                "shop.0001_initial", "blog.0003_body",    "shop.0002_price"};

struct Given {
    Tree tree;
    Unit unit = unit_of();
    Request request;
    Facts facts;

    Given(const Tree::Files& files, const std::map<std::string, Rows>& rows, Level level = Level::local)
        : tree(files) {
        facts.root = tree.path();
        auto read = django().files(unit, tree.path());
        REQUIRE_MESSAGE(read, read.error().message);
        facts.files = *read;
        for (const auto& [name, applied] : rows) {
            Target target;
            target.name = name;
            target.level = level;
            target.connection.engine = Engine::postgresql;
            facts.targets.push_back(target);
            HistoryRows history;
            history.source = HistorySource::direct;
            history.database_exists = true;
            history.table_exists = !applied.empty();
            for (const auto& id : applied) history.rows.emplace_back().id = id;
            facts.histories[name] = django().compare(unit, facts.files, history);
        }
    }
    Given(const Tree::Files& files, const Rows& rows, Level level = Level::local)
        : Given(files, std::map<std::string, Rows>{{"default", rows}}, level) {}

    Result<std::vector<Step>> plan(Verb verb) {
        request.verb = verb;
        return django().plan(unit, request, facts);
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

}  // namespace

TEST_CASE("django: no verb is without an answer in any version") {
    check_complete(django(), {{2, 2, 0}, {3, 2, 25}, {4, 1, 0}, {4, 2, 28}, {5, 2, 8}, {6, 1, 0}});
}

TEST_CASE("django: what command lines would do") {
    const std::pair<std::string, std::string> cases[] = {
        {"migrate", "run apply"},
        {"migrate --noinput", "run apply"},
        {"migrate --no-input -v 2", "run apply"},
        {"migrate blog", "run apply"},
        {"migrate blog --noinput", "run apply"},
        {"migrate blog 0002_title", "rollback revert"},
        {"migrate blog 0002_title --noinput", "rollback revert"},
        {"migrate blog zero", "rollback destroy"},
        {"migrate blog zero --noinput", "rollback destroy"},
        {"migrate blog zero --fake", "resolve destroy"},
        {"migrate --plan", "run read"},
        {"migrate blog 0002 --plan", "rollback read"},
        {"migrate blog zero --plan", "rollback read"},
        {"migrate --fake", "baseline revert"},
        {"migrate blog 0002 --fake", "baseline revert"},
        {"migrate --fake-initial", "baseline revert"},
        {"migrate blog --prune", "resolve revert"},
        {"migrate --run-syncdb", "push destroy"},
        {"migrate --database=replica", "run apply >"},
        {"migrate --settings=config.production", "run apply >"},
        {"migrate --unknown", "run apply ?--unknown"},
        {"makemigrations", "generate files"},
        {"makemigrations blog -n add_title", "generate files"},
        {"makemigrations blog shop", "generate files"},
        {"makemigrations --noinput", "generate files"},
        {"makemigrations --dry-run", "generate read"},
        {"makemigrations --check --dry-run --noinput", "diff files"},
        {"makemigrations --merge", "generate files"},
        {"makemigrations blog --empty -n x", "generate files"},
        {"squashmigrations blog 0001 0004", "- files"},
        {"optimizemigration blog 0001", "- files"},
        {"showmigrations", "status read"},
        {"sqlmigrate blog 0002 --backwards", "rollback read"},
        {"sqlflush", "- read"},
        {"flush", "reset destroy"},
        {"flush --noinput", "reset destroy"},
        {"reset_db", "reset destroy"},
        {"dbshell", "- destroy"},
        {"shell", "- destroy"},
        {"shell -c print(1)", "- destroy"},
        {"loaddata a.json b.json", "seed revert"},
        {"dumpdata blog", "- read"},
        {"dumpdata -o out.json", "- files"},
        {"inspectdb", "pull read"},
        {"check --deploy", "- read"},
        {"diffsettings", "- read"},
        {"createcachetable", "- apply"},
        {"createcachetable --dry-run", "- read"},
        {"remove_stale_contenttypes --noinput", "- destroy"},
        {"clearsessions", "- revert"},
        {"test", "- apply"},
        {"test --noinput", "- destroy"},
        {"testserver --noinput a.json", "- destroy"},
        {"runserver 0.0.0.0:8000", "- read"},
        {"collectstatic --noinput", "- files"},
        {"startapp blog", "init files"},
        {"createsuperuser", "- apply"},
        {"populate_everything", "unclassified"},
    };
    for (const auto& one : cases) {
        const auto& [command, expected] = one;
        CAPTURE(one.first);
        CHECK(judged(django(), command) == expected);
    }
}

TEST_CASE("django: what a version changes about a command line") {
    const Version old{3, 2, 25}, now{5, 2, 8};
    CHECK(judged(django(), "makemigrations --check", old) == "generate files");
    CHECK(judged(django(), "makemigrations --check", now) == "generate files");  // the careful answer
    CHECK(judged(django(), "makemigrations --check --dry-run", now) == "diff read");
    CHECK(judged(django(), "migrate --check", old) == "run apply");
    CHECK(judged(django(), "migrate --check", now) == "run read");
    CHECK(judged(django(), "migrate --check") == "run apply");
    CHECK(judged(django(), "migrate blog --prune", old) == "run apply ?--prune");
    CHECK(judged(django(), "makemigrations --update", old) == "generate files ?--update");
    CHECK(judged(django(), "optimizemigration blog 0001", old) == "unclassified");
}

TEST_CASE("django: migrations in the order in which Django applies them") {
    Given given(two_apps(), Rows{});
    CHECK(ids(given.facts.files) == Lines{"blog.0001_initial", "blog.0002_title", "blog.0003_body",
                                          "shop.0001_initial", "shop.0002_price"});
    CHECK(given.facts.files[3].parents == Lines{"blog.0002_title"});
    CHECK(given.facts.files[3].files == Lines{"shop/migrations/0001_initial.py"});
    CHECK(given.facts.files[2].parents == Lines{"blog.0002_title"});
}

TEST_CASE("django: run applies everything, or explicit targets with what they need") {
    CHECK(Given(two_apps(), Rows{}).says(Verb::run) == Lines{"manage.py migrate --noinput"});
    Given current(two_apps(), kAll);
    // Installed packages may have pending migrations that no file of the project shows.
    CHECK(current.says(Verb::run) == Lines{"manage.py migrate --noinput"});
    CHECK_FALSE(current.plan(Verb::run)->front().expect.any());

    Given to(two_apps(), Rows{"blog.0001_initial"});
    to.request.to = "shop.0001_initial";
    CHECK(to.says(Verb::run) == Lines{"manage.py migrate shop 0001_initial --noinput"});
    CHECK(to.plan(Verb::run)->front().expect.applied_added == Lines{"blog.0002_title", "shop.0001_initial"});
    to.request.to = "shop.0009";
    CHECK(to.says(Verb::run) == Lines{"error migration.unknown"});
    to.request.to = "000";
    CHECK(to.says(Verb::run) == Lines{"error migration.unknown"});

    Given steps(two_apps(), Rows{});
    steps.request.steps = 2;
    CHECK(steps.says(Verb::run) == Lines{"manage.py migrate blog 0002_title --noinput"});
    steps.request.steps = 4;
    CHECK(steps.says(Verb::run) == Lines{"manage.py migrate blog 0003_body --noinput",
                                         "manage.py migrate shop 0001_initial --noinput"});
    steps.request.steps = std::nullopt;
    steps.request.app = "shop";
    CHECK(steps.says(Verb::run) == Lines{"manage.py migrate shop 0002_price --noinput"});
    CHECK(steps.plan(Verb::run)->front().expect.applied_added ==
          Lines{"blog.0001_initial", "blog.0002_title", "shop.0001_initial", "shop.0002_price"});
}

TEST_CASE("django: rollback goes by the order of the rows, across apps, to explicit targets") {
    Given given(two_apps(), kAll);
    CHECK(given.says(Verb::rollback) == Lines{"manage.py migrate shop 0001_initial --plan",
                                              "manage.py migrate shop 0001_initial --noinput"});
    given.request.steps = 2;
    CHECK(given.says(Verb::rollback) == Lines{"manage.py migrate shop 0001_initial --plan",
                                              "manage.py migrate shop 0001_initial --noinput",
                                              "manage.py migrate blog 0002_title --noinput"});
    given.request.steps = 3;
    auto plan = given.plan(Verb::rollback);
    CHECK(lines(plan).back() == "manage.py migrate shop zero --noinput");
    CHECK(plan->back().expect.applied_removed == Lines{"shop.0001_initial"});
    CHECK(plan->front().risk == Risk::read);
    CHECK((*plan)[1].risk == Risk::revert);
    given.request.steps = std::nullopt;
    given.request.to = "blog.0002_title";
    CHECK(given.says(Verb::rollback) ==
          Lines{"manage.py migrate shop 0001_initial --plan", "manage.py migrate shop 0001_initial --noinput",
                "manage.py migrate blog 0002_title --noinput", "manage.py migrate shop zero --noinput"});
    given.request.to = std::nullopt;
    given.request.app = "blog";
    CHECK(given.says(Verb::rollback) ==
          Lines{"manage.py migrate blog 0002_title --plan", "manage.py migrate blog 0002_title --noinput"});
    given.request.steps = 2;
    // blog.0002 is needed by shop.0001: Django would take that along, which was not asked for.
    CHECK(given.says(Verb::rollback) == Lines{"error verb.unsupported"});
    CHECK(Given(two_apps(), Rows{}).says(Verb::rollback).empty());
}

TEST_CASE("django: zero destroys on a protected database") {
    Rows one{"blog.0001_initial"};
    CHECK(Given(two_apps(), one).plan(Verb::rollback)->back().risk == Risk::revert);
    CHECK(Given(two_apps(), one, Level::production).plan(Verb::rollback)->back().risk == Risk::destroy);
    CHECK(Given(two_apps(), kAll).plan(Verb::reset)->back().risk == Risk::destroy);
}

TEST_CASE("django: redo, reset, seeds, pull, init") {
    Given given(two_apps(), kAll);
    CHECK(given.says(Verb::redo) == Lines{"manage.py migrate shop 0001_initial --plan",
                                          "manage.py migrate shop 0001_initial --noinput",
                                          "manage.py migrate shop 0002_price --noinput"});
    CHECK(given.says(Verb::reset) == Lines{"manage.py flush --noinput"});
    CHECK(given.says(Verb::push) == Lines{"error verb.unsupported"});
    CHECK(given.says(Verb::seed) == Lines{"error verb.unsupported"});
    given.tree.write("blog/fixtures/a.json", "[]");
    given.tree.write("blog/fixtures/b.yaml", "[]");
    given.tree.write("blog/fixtures/notes.txt", "");
    given.unit.seeds = "blog/fixtures";
    CHECK(given.says(Verb::seed) == Lines{"manage.py loaddata blog/fixtures/a.json blog/fixtures/b.yaml"});
    given.unit.seeds = "blog/management/commands/populate.py";
    CHECK(given.says(Verb::seed) == Lines{"manage.py populate"});
    CHECK(given.says(Verb::pull) == Lines{"manage.py inspectdb"});
    CHECK(std::get<Native>(given.plan(Verb::pull)->front().action).capture_to == "inspected_models.py");
    CHECK(given.says(Verb::status) == Lines{"manage.py showmigrations --plan"});
    CHECK(given.says(Verb::history) == Lines{"manage.py showmigrations --list -v 2"});
    CHECK(given.says(Verb::diff) == Lines{"manage.py makemigrations --check --dry-run --noinput"});
    given.request.app = "news";
    CHECK(given.says(Verb::init) == Lines{"write-file news/migrations/__init__.py"});
    given.request.app = "";
    CHECK(given.says(Verb::init).front() == "write-file manage.py");
}

TEST_CASE("django: generate never answers a question about a rename by itself") {
    Given given(two_apps(), kAll);
    given.request.name = "Add e-mail";
    CHECK(given.says(Verb::generate) == Lines{"manage.py makemigrations -n add_e_mail"});
    CHECK(given.plan(Verb::generate)->front().expect.files == Lines{"**/migrations/*_add_e_mail.py"});
    CHECK(std::get<Native>(given.plan(Verb::generate)->front().action).answers.empty());
    given.request.answers = {"y"};
    CHECK(std::get<Native>(given.plan(Verb::generate)->front().action).answers == "y\n");
    given.request.answers.clear();
    given.request.app = "blog";
    CHECK(given.says(Verb::generate) == Lines{"manage.py makemigrations blog -n add_e_mail"});
    CHECK(given.plan(Verb::generate)->front().expect.files == Lines{"blog/migrations/*_add_e_mail.py"});
    given.request.empty = true;
    CHECK(given.says(Verb::generate) == Lines{"manage.py makemigrations blog --empty -n add_e_mail"});
    given.request.app = "";
    CHECK(given.says(Verb::generate) == Lines{"error migration.app"});
    given.request.name = "!!";
    CHECK(given.says(Verb::generate) == Lines{"error usage"});
}

TEST_CASE("django: several leaf migrations of one app are named, and joined on request") {
    Tree::Files files = two_apps();
    files["blog/migrations/0003_other.py"] = migration("('blog', '0002_title')");
    Given given(files, kAll);
    auto plan = given.plan(Verb::run);
    REQUIRE_FALSE(plan);
    CHECK(plan.error().code == "migration.conflict");
    CHECK(plan.error().message.find("blog: 0003_body, 0003_other") != std::string::npos);
    CHECK(given.says(Verb::rollback) == Lines{"error migration.conflict"});
    given.request.name = "merge";
    CHECK(given.says(Verb::generate) == Lines{"error migration.conflict"});
    given.request.answers = {"merge"};
    CHECK(given.says(Verb::generate) == Lines{"manage.py makemigrations --merge --noinput -n merge"});
}

TEST_CASE("django: two databases are two targets of every step") {
    Given given(two_apps(), std::map<std::string, Rows>{{"default", kAll}, {"other", {"blog.0001_initial"}}});
    CHECK(given.says(Verb::run) ==
          Lines{"manage.py migrate --noinput", "manage.py migrate --noinput --database other"});
    auto plan = given.plan(Verb::run);
    CHECK((*plan)[1].target == "other");
    CHECK((*plan)[1].expect.applied_added.size() == 4);
    CHECK(given.says(Verb::rollback) == Lines{"manage.py migrate shop 0001_initial --plan",
                                              "manage.py migrate shop 0001_initial --noinput",
                                              "manage.py migrate blog zero --plan --database other",
                                              "manage.py migrate blog zero --noinput --database other"});
    given.facts.targets[1].migrated = false;
    CHECK(given.says(Verb::run) == Lines{"manage.py migrate --noinput"});
}

TEST_CASE("django: operations without a way back stop a rollback before it starts") {
    auto reversible = [](const std::string& operations) {
        Tree tree{{"blog/migrations/0001_initial.py", migration("", operations)}};
        auto files = django().files(unit_of({"blog"}), tree.path());
        REQUIRE(files);
        return files->front().reversible;
    };
    CHECK(reversible("migrations.RunPython(forwards)") == false);
    CHECK(reversible("migrations.RunPython(forwards, backwards)") == true);
    CHECK(reversible("migrations.RunPython(forwards, reverse_code=migrations.RunPython.noop)") == true);
    CHECK(reversible("migrations.RunSQL('x')") == false);
    CHECK(reversible("migrations.RunSQL('x', reverse_sql='y')") == true);
    CHECK(reversible("migrations.RunSQL('x', None)") == false);
    CHECK(reversible("SomethingOfOurOwn()") == std::nullopt);
    CHECK(reversible("migrations.SeparateDatabaseAndState(database_operations=[migrations.RunSQL('x')])") ==
          false);
    CHECK(reversible(
              "migrations.AddField(model_name='x', name='y', field=models.IntegerField(default=len([1])))") ==
          true);

    Tree::Files files = two_apps();
    files["shop/migrations/0002_price.py"] =
        migration("('shop', '0001_initial')", "migrations.RunPython(fill)");
    CHECK(Given(files, kAll).says(Verb::rollback) == Lines{"error migration.irreversible"});
}

TEST_CASE("django: rows, files, and what they add up to") {
    Given current(two_apps(), kAll);
    CHECK(current.history().state == State::current);
    CHECK(ids(current.history().applied) == Lines{"blog.0001_initial", "blog.0002_title", "shop.0001_initial",
                                                  "blog.0003_body", "shop.0002_price"});
    CHECK_FALSE(current.history().edited_known);
    Given fresh(two_apps(), Rows{});
    CHECK(fresh.history().state == State::uninitialised);
    Given pending(two_apps(), Rows{"blog.0001_initial"});
    CHECK(pending.history().state == State::pending);
    CHECK(ids(pending.history().pending).size() == 4);
    Given gone(two_apps(), Rows{"blog.0001_initial", "blog.0009_gone"});
    CHECK(gone.history().state == State::diverged);
    CHECK(gone.history().missing == Lines{"blog.0009_gone"});
    Given inconsistent(two_apps(), Rows{"blog.0001_initial", "shop.0001_initial"});
    CHECK(inconsistent.history().out_of_order == Lines{"blog.0002_title"});
    CHECK(inconsistent.says(Verb::run) == Lines{"error migration.inconsistent"});
}

TEST_CASE("django: a squashed migration stands for those that it replaces, or for none") {
    Tree::Files files = two_apps();
    files["blog/migrations/0001_squashed_0002.py"] =
        migration("", "migrations.CreateModel('X', [])",
                  "replaces = [('blog', '0001_initial'), ('blog', '0002_title')]");
    // None applied: the squashed one is applied.
    Given fresh(files, Rows{});
    CHECK(ids(fresh.history().pending) ==
          Lines{"blog.0001_squashed_0002", "blog.0003_body", "shop.0001_initial", "shop.0002_price"});
    // All applied, with or without a row of its own: it counts as applied.
    Given all(files, Rows{"blog.0001_initial", "blog.0002_title"});
    CHECK(ids(all.history().applied) == Lines{"blog.0001_squashed_0002"});
    Given recorded(files, Rows{"blog.0001_initial", "blog.0002_title", "blog.0001_squashed_0002"});
    CHECK(ids(recorded.history().applied) == Lines{"blog.0001_squashed_0002"});
    CHECK(recorded.says(Verb::rollback).back() == "manage.py migrate blog zero --noinput");
    // Some applied: the originals go on.
    Given some(files, Rows{"blog.0001_initial"});
    CHECK(ids(some.history().pending) ==
          Lines{"blog.0002_title", "blog.0003_body", "shop.0001_initial", "shop.0002_price"});
    // The originals may be deleted then.
    files.erase("blog/migrations/0001_initial.py");
    files.erase("blog/migrations/0002_title.py");
    Given without(files, Rows{"blog.0001_initial", "blog.0002_title", "blog.0001_squashed_0002"});
    CHECK(without.history().missing.empty());
    CHECK(ids(without.history().pending) == Lines{"blog.0003_body", "shop.0001_initial", "shop.0002_price"});
}

TEST_CASE("django: labels, first migrations, run_before and user models") {
    Tree tree{{"manage.py", kManage},
              {"config/settings.py", "AUTH_USER_MODEL = 'people.User'\n"},
              {"users/apps.py", "class C(AppConfig):\n    name = 'users'\n    label = 'people'\n"},
              {"users/migrations/0001_initial.py", migration("('contenttypes', '0002_x')")},
              {"blog/migrations/0001_initial.py",
               migration("migrations.swappable_dependency(settings.AUTH_USER_MODEL)")},
              {"shop/migrations/0001_initial.py",
               migration("('people', '__first__')", "migrations.CreateModel('X', [])",
                         "run_before = [('blog', '0001_initial')]")}};
    auto files = django().files(unit_of({"blog", "shop", "users"}), tree.path());
    REQUIRE_MESSAGE(files, files.error().message);
    CHECK(ids(*files) == Lines{"people.0001_initial", "shop.0001_initial", "blog.0001_initial"});
}

TEST_CASE("django: a graph that Django could not load is an error with the file") {
    auto problem = [](const Tree::Files& given) {
        Tree tree(given);
        auto read = django().files(unit_of({"blog"}), tree.path());
        REQUIRE_FALSE(read);
        return read.error().code;
    };
    CHECK(problem({{"blog/migrations/0002_x.py", migration("('blog', '0001_initial')")}}) ==
          "migration.parent_missing");
    CHECK(problem({{"blog/migrations/0001_a.py", migration("('blog', '0002_b')")},
                   {"blog/migrations/0002_b.py", migration("('blog', '0001_a')")}}) == "migration.cycle");
}

TEST_CASE("django: baseline and resolve write rows, natively where Django would write just those") {
    CHECK(Given(two_apps(), Rows{}).says(Verb::baseline) == Lines{"manage.py migrate --fake --noinput"});
    Given to(two_apps(), Rows{});
    to.request.to = "blog.0002_title";
    CHECK(to.says(Verb::baseline) == Lines{"manage.py migrate blog 0002_title --fake --noinput"});
    CHECK(to.plan(Verb::baseline)->front().expect.applied_added ==
          Lines{"blog.0001_initial", "blog.0002_title"});
    CHECK(Given(two_apps(), kAll).says(Verb::baseline) == Lines{"error migration.applied"});

    CHECK(Given(two_apps(), kAll).says(Verb::resolve).empty());
    Given applied(two_apps(), Rows{"blog.0001_initial"});
    applied.request.applied = "blog.0002_title";
    CHECK(applied.says(Verb::resolve) ==
          Lines{"copy-history django_migrations", "manage.py migrate blog 0002_title --fake --noinput"});
    Given reverted(two_apps(), kAll);
    reverted.request.rolled_back = "shop.0002_price";
    CHECK(reverted.says(Verb::resolve) ==
          Lines{"copy-history django_migrations", "manage.py migrate shop 0001_initial --fake --noinput"});
    reverted.request.rolled_back = "shop.0001_initial";
    CHECK(reverted.says(Verb::resolve) ==
          Lines{"copy-history django_migrations", "change-history -shop.0002_price -shop.0001_initial"});

    Given inconsistent(two_apps(), Rows{"blog.0001_initial", "shop.0001_initial"});
    inconsistent.request.applied = "blog.0002_title";
    auto plan = inconsistent.plan(Verb::resolve);
    CHECK(lines(plan) == Lines{"copy-history django_migrations", "change-history +blog.0002_title"});
    CHECK(std::get<ChangeHistory>(plan->back().action).sql.front() ==
          "INSERT INTO \"django_migrations\" (app, name, applied) VALUES ('blog', '0002_title', "
          "CURRENT_TIMESTAMP)");

    Given gone(two_apps(), Rows{"blog.0001_initial", "blog.0009_gone"});
    gone.request.forget = "blog.0009_gone";
    CHECK(gone.says(Verb::resolve) ==
          Lines{"copy-history django_migrations", "change-history -blog.0009_gone"});
    gone.request.forget = std::nullopt;
    gone.request.renamed_from = "blog.0009_gone";
    gone.request.renamed_to = "blog.0002_title";
    CHECK(std::get<ChangeHistory>(gone.plan(Verb::resolve)->back().action).sql.front() ==
          "UPDATE \"django_migrations\" SET app = 'blog', name = '0002_title' WHERE app = 'blog' AND name = "
          "'0009_gone'");
    gone.request.edited = "blog.0001_initial";
    CHECK(gone.says(Verb::resolve) == Lines{"error verb.unsupported"});
}

TEST_CASE("django: how the history is read") {
    Tree tree;
    Target target;
    target.connection.engine = Engine::postgresql;
    CHECK(django().history(unit_of(), tree.path(), target)->select ==
          "SELECT app || '.' || name AS \"id\", applied AS \"at\" FROM \"django_migrations\" ORDER BY "
          "\"django_migrations\".\"id\"");
    target.connection.engine = Engine::mariadb;
    CHECK(django().history(unit_of(), tree.path(), target)->select ==
          "SELECT CONCAT(app, '.', name) AS `id`, applied AS `at` FROM `django_migrations` ORDER BY "
          "`django_migrations`.`id`");
    auto rows = django().read_status(
        unit_of(), "[X]  blog.0001_initial\n[ ]  blog.0002_title\n[X]  auth.0001_initial (x)\n");
    REQUIRE(rows);
    CHECK(ids(rows->rows) == Lines{"blog.0001_initial", "auth.0001_initial"});
}
