// Django's migrations: the table. Argument lists were read from manage.py of Django 3.2.25, 4.2.28, 5.2.8.
#include "adapters/django/django.hpp"
#include "adapters/support/rows.hpp"

namespace migrate::django {

namespace {

using namespace rows;

#define ON " [--database {alias}]"

constexpr VersionRange kPrune = since(4, 1);
constexpr VersionRange kOptimize = since(4, 1);
constexpr VersionRange kScriptable = since(4, 1);
constexpr VersionRange kUpdate = since(4, 2);
constexpr VersionRange kQuietCheck = since(4, 2);
constexpr VersionRange kLoudCheck = before(4, 2);
constexpr VersionRange kNoImports = since(5, 2);

constexpr Row kRows[] = {
    built_in(Verb::status, "", Risk::read, "django_migrations is read directly and compared with the files"),
    native(Verb::status, "native", "showmigrations --plan" ON, Risk::read, {},
           "does not show rows whose file is gone; makes a SQLite file that is missing"),
    built_in(Verb::history, "", Risk::read,
             "the rows of django_migrations, in the order in which they were made"),
    native(Verb::history, "native", "showmigrations --list -v 2" ON, Risk::read),

    native(Verb::diff, "", "makemigrations [{apps...}] --check --dry-run --noinput", Risk::read, {},
           "models against migrations; before 4.2 --check without --dry-run writes the files"),

    native(
        Verb::generate, "", "makemigrations [{app}] -n {name}", Risk::files, {},
        "asks about renames and defaults, and ends where nobody answers; never with --noinput, which takes a "
        "rename for remove and add"),
    native(Verb::generate, "empty", "makemigrations {app} --empty -n {name}", Risk::files),
    native(Verb::generate, "merge", "makemigrations [{app}] --merge --noinput -n {name}", Risk::files, {},
           "joins several leaf migrations of an app"),

    built_in(Verb::init, "", Risk::files, "writes the migrations package of an app, or a minimal project"),
    native(Verb::pull, "", "inspectdb" ON, Risk::read, {}, "prints models: written beside the project's own"),

    native(Verb::run, "", "migrate --noinput" ON, Risk::apply, {},
           "also applies the migrations of installed packages"),
    native(Verb::run, "to", "migrate {app} {migration} --noinput" ON, Risk::apply),
    native(Verb::run, "sql", "sqlmigrate {app} {migration}" ON, Risk::read, {},
           "prints what a migration would execute; Python code in it stands as a comment"),
    native(Verb::rollback, "", "migrate {app} {migration} --noinput" ON, Risk::revert, {},
           "back to the migration before it in its app; what depends on it in other apps goes along"),
    native(Verb::rollback, "zero", "migrate {app} zero --noinput" ON, Risk::destroy, {},
           "reverts every migration of the app"),
    native(Verb::rollback, "sql", "sqlmigrate {app} {migration} --backwards" ON, Risk::read),
    native(Verb::rollback, "preflight", "migrate {app} {migration} --plan" ON, Risk::read, {},
           "prints IRREVERSIBLE where there is no way back"),
    built_in(Verb::redo, "", Risk::revert, "migrate APP PREVIOUS, then migrate APP NAME"),

    native(Verb::seed, "", "loaddata {fixtures...}" ON, Risk::revert, {},
           "rows of the fixtures replace those with the same key"),
    native(Verb::seed, "command", "{command}", Risk::revert, {}, "the project's own management command"),
    cannot(Verb::seed, "none", "the project shows no fixtures and no command for them",
           "migrate generate --empty NAME -u {unit}"),

    native(Verb::baseline, "", "migrate [{app}] --fake --noinput" ON, Risk::revert, {},
           "writes rows and runs nothing"),
    native(Verb::baseline, "to", "migrate {app} {migration} --fake --noinput" ON, Risk::revert),
    native(Verb::resolve, "", "migrate {app} {migration} --fake --noinput" ON, Risk::revert, {},
           "forwards it writes rows, backwards it takes them out; nothing is run"),
    built_in(Verb::resolve, "rows", Risk::revert, "changes rows of django_migrations where --fake cannot"),
    cannot(Verb::resolve, "edited", "django_migrations holds no checksums: there is nothing to accept",
           "migrate status -u {unit}"),
    cannot(Verb::resolve, "resume", "Django does not record how far a migration came",
           "migrate resolve --applied ID -u {unit}"),
    cannot(Verb::resolve, "unlock", "Django takes no lock", "migrate doctor -u {unit}"),

    native(Verb::reset, "", "flush --noinput" ON, Risk::destroy, {},
           "deletes the rows of all tables; tables and history stay"),
    cannot(Verb::push, "", "migrate --run-syncdb makes tables past the migrations, for apps without any",
           "migrate generate NAME -u {unit}"),

    // From here on rows that only classify.
    seen(Verb::run, "migrate {app} [--noinput]" ON, Risk::apply),
    seen(Verb::rollback, "migrate {app} {migration}", Risk::revert, {},
         "forwards or backwards: the rows decide"),
    seen(Verb::rollback, "migrate {app} zero", Risk::destroy),
    seen(Verb::run, "migrate [{app}] [{migration}] --plan [--noinput]" ON, Risk::read),
    seen(Verb::rollback, "migrate {app} zero --plan [--noinput]" ON, Risk::read),
    seen(Verb::run, "migrate [{app}] [{migration}] --check [--noinput]" ON, Risk::read, kQuietCheck),
    seen(Verb::run, "migrate [{app}] [{migration}] --check [--noinput]" ON, Risk::apply, kLoudCheck,
         "goes on to migrate where nothing is pending"),
    seen(Verb::resolve, "migrate {app} zero --fake", Risk::destroy, {},
         "forgets what was applied of the app"),
    seen(Verb::baseline, "migrate [{app}] [{migration}] --fake-initial", Risk::revert, {},
         "looks only for the names of tables, then runs what follows"),
    seen(Verb::resolve, "migrate {app} --prune", Risk::revert, kPrune, "deletes rows whose file is gone"),
    seen(Verb::push, "migrate [{app}] --run-syncdb", Risk::destroy, {}, "makes tables past the migrations"),
    seen(Verb::generate, "makemigrations [{apps...}]", Risk::files),
    seen(Verb::generate, "makemigrations [{apps...}] --noinput", Risk::files, {},
         "takes a rename for remove and add: the data of the column is lost when it is run"),
    seen(Verb::generate, "makemigrations [{apps...}] --dry-run", Risk::read),
    seen(Verb::generate, "makemigrations [{apps...}] --update", Risk::files, kUpdate),
    seen(Verb::generate, "makemigrations [{apps...}] --merge", Risk::files),
    seen({}, "squashmigrations {app} [{from}] {to}", Risk::files, {},
         "deleting the originals too early loses the way back"),
    seen({}, "optimizemigration {app} {migration}", Risk::files, kOptimize, "rewrites a migration"),
    seen({}, "optimizemigration {app} {migration} --check", Risk::read, kOptimize),
    seen(Verb::status, "showmigrations [{apps...}]", Risk::read),
    seen({}, "sqlflush", Risk::read, {}, "prints the SQL that empties every table"),
    seen({}, "sqlsequencereset {apps...}", Risk::read),
    seen(Verb::reset, "flush", Risk::destroy),
    seen(Verb::reset, "reset_db", Risk::destroy, {}, "django-extensions: drops the database"),
    seen({}, "reset_schema", Risk::destroy, {}, "django-extensions: drops the schema"),
    seen({}, "sqldiff [{apps...}]", Risk::read, {}, "django-extensions"),
    seen({}, "dbshell", Risk::destroy, {}, "a shell of the database: anything can be done there"),
    seen({}, "shell", Risk::destroy, {}, "runs any Python, with the models at hand"),
    seen({}, "shell_plus", Risk::destroy, {}, "django-extensions: runs any Python"),
    seen({}, "runscript {scripts...}", Risk::destroy, {}, "django-extensions: runs any Python"),
    seen(Verb::seed, "loaddata {fixtures...}", Risk::revert, {}, "replaces rows with the same key"),
    seen({}, "dumpdata [{apps...}]", Risk::read),
    seen(Verb::pull, "inspectdb [{tables...}]", Risk::read),
    seen({}, "check [{apps...}]", Risk::read),
    seen({}, "diffsettings", Risk::read, {}, "prints passwords and SECRET_KEY"),
    seen({}, "createcachetable [{tables...}]", Risk::apply),
    seen({}, "createcachetable --dry-run", Risk::read),
    seen({}, "remove_stale_contenttypes", Risk::destroy, {}, "deletes rows, and what refers to them"),
    seen({}, "clearsessions", Risk::revert, {}, "deletes expired sessions"),
    seen({}, "changepassword [{user}]", Risk::revert),
    seen({}, "createsuperuser", Risk::apply),
    seen({}, "test [{labels...}]", Risk::apply, {},
         "makes and drops a database test_NAME on the same server"),
    seen({}, "testserver [{fixtures...}]", Risk::apply, {}, "makes a database test_NAME on the same server"),
    seen({}, "runserver [{address}]", Risk::read),
    seen({}, "collectstatic", Risk::files),
    seen({}, "findstatic {names...}", Risk::read),
    seen({}, "compilemessages", Risk::files),
    seen({}, "makemessages", Risk::files),
    seen({}, "sendtestemail [{addresses...}]", Risk::apply),
    seen(Verb::init, "startapp {name} [{directory}]", Risk::files),
    seen(Verb::init, "startproject {name} [{directory}]", Risk::files),
    seen({}, "help [{command}]", Risk::read),
    seen({}, "version", Risk::read),
#undef ON
};

constexpr Flag on(std::string_view command, std::string_view name, Risk risk = Risk::read,
                  VersionRange versions = {}) {
    return {.command = command, .name = name, .risk = risk, .versions = versions};
}
constexpr Flag with(std::string_view command, std::string_view name, Risk risk = Risk::read) {
    return {.command = command, .name = name, .takes_value = true, .risk = risk};
}

constexpr Flag kFlags[] = {
    retargeting("--settings"),
    retargeting("--pythonpath"),
    retargeting("--database"),
    retargeting("--configuration"),  // django-configurations
    valued("-v"),
    valued("--verbosity"),
    flag("--traceback"),
    flag("--no-color"),
    flag("--force-color"),
    flag("--skip-checks"),
    flag("--noinput"),
    flag("--no-input"),

    on("migrate", "--fake", Risk::revert),
    on("migrate", "--fake-initial", Risk::revert),
    on("migrate", "--plan"),
    on("migrate", "--run-syncdb", Risk::destroy),
    on("migrate", "--check"),
    on("migrate", "--prune", Risk::revert, kPrune),
    on("makemigrations", "--dry-run"),
    on("makemigrations", "--merge"),
    on("makemigrations", "--empty"),
    with("makemigrations", "-n"),
    with("makemigrations", "--name"),
    on("makemigrations", "--no-header"),
    on("makemigrations", "--check", Risk::read, kQuietCheck),
    on("makemigrations", "--check", Risk::files, kLoudCheck),
    on("makemigrations", "--scriptable", Risk::read, kScriptable),
    on("makemigrations", "--update", Risk::files, kUpdate),
    on("showmigrations", "--list"),
    on("showmigrations", "-l"),
    on("showmigrations", "--plan"),
    on("showmigrations", "-p"),
    on("sqlmigrate", "--backwards"),
    on("squashmigrations", "--no-optimize"),
    with("squashmigrations", "--squashed-name"),
    on("squashmigrations", "--no-header"),
    on("optimizemigration", "--check", Risk::read, kOptimize),
    with("loaddata", "--app"),
    on("loaddata", "--ignorenonexistent"),
    on("loaddata", "-i"),
    with("loaddata", "-e"),
    with("loaddata", "--exclude"),
    with("loaddata", "--format"),
    with("dumpdata", "--format"),
    with("dumpdata", "--indent"),
    with("dumpdata", "-e"),
    with("dumpdata", "--exclude"),
    on("dumpdata", "--natural-foreign"),
    on("dumpdata", "--natural-primary"),
    on("dumpdata", "-a"),
    on("dumpdata", "--all"),
    with("dumpdata", "--pks"),
    with("dumpdata", "-o", Risk::files),
    with("dumpdata", "--output", Risk::files),
    on("inspectdb", "--include-partitions"),
    on("inspectdb", "--include-views"),
    with("check", "--tag"),
    with("check", "-t"),
    on("check", "--list-tags"),
    on("check", "--deploy"),
    with("check", "--fail-level"),
    on("createcachetable", "--dry-run"),
    on("remove_stale_contenttypes", "--include-stale-apps", Risk::destroy),
    with("shell", "-c", Risk::destroy),
    with("shell", "--command", Risk::destroy),
    with("shell", "-i"),
    with("shell", "--interface"),
    on("shell", "--no-startup"),
    on("shell", "--no-imports", Risk::read, kNoImports),
    on("diffsettings", "--all"),
    on("createsuperuser", "--username"),
    on("createsuperuser", "--email"),
    // Without a question an existing test database of that name is dropped.
    on("test", "--noinput", Risk::destroy),
    on("test", "--no-input", Risk::destroy),
    on("test", "--keepdb"),
    on("test", "--failfast"),
    on("test", "-k"),
    with("test", "--parallel"),
    on("testserver", "--noinput", Risk::destroy),
    on("testserver", "--no-input", Risk::destroy),
    with("testserver", "--addrport"),
    on("runserver", "--noreload"),
    on("runserver", "--nothreading"),
    on("collectstatic", "--clear", Risk::files),
    on("collectstatic", "-c", Risk::files),
};

}  // namespace

std::span<const Row> rows() {
    return kRows;
}

std::span<const Flag> flags() {
    return kFlags;
}

}  // namespace migrate::django
