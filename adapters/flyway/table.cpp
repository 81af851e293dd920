// Flyway: the table. Seen in the command lines of 9.22.3 and 11.8.2; goals of the Maven plugin up to 12.11,
// tasks of the Gradle plugin from their sources.
#include "adapters/flyway/flyway.hpp"
#include "adapters/support/rows.hpp"

namespace migrate::flyway {

namespace {

using namespace rows;

#define CLI                                                                                      \
    " -color=never -skipCheckForUpdate [-reportEnabled={reports}] [-environment={environment}] " \
    "[-configFiles={config}] [-locations={locations}] [-table={table}]"

constexpr VersionRange kEngine = since(11);  ///< diff, model, generate, add: paid editions
constexpr VersionRange kCleansOnError = before(11);

constexpr std::string_view kUndo =
    "undo needs a paid edition: the project's own U file is executed and the history row deleted";
constexpr std::string_view kErases = "empties the database of the build environment first";
constexpr std::string_view kRepair = "deletes failed rows and takes every edited file as it is";

constexpr Row kRows[] = {
    built_in(Verb::status, "", Risk::read,
             "the history table is read directly; info shows an edited file as Success"),
    native(Verb::status, "native", "info -outputType=json" CLI, Risk::read),
    native(Verb::status, "maven-native", "-B flyway:info", Risk::read),
    native(Verb::status, "gradle-native", "--console=plain flywayInfo", Risk::read),
    built_in(Verb::history, "", Risk::read, "the rows of the history table, by rank"),

    native(Verb::diff, "", "validate -ignoreMigrationPatterns=*:pending,*:future" CLI, Risk::read, {},
           "scripts against the history table: edited, missing and late ones"),
    native(Verb::diff, "maven", "-B flyway:validate -Dflyway.ignoreMigrationPatterns=*:pending,*:future",
           Risk::read),
    native(Verb::diff, "gradle",
           "--console=plain flywayValidate -Pflyway.ignoreMigrationPatterns=*:pending,*:future", Risk::read),

    built_in(Verb::generate, "", Risk::files, "writes V<next>__name.sql in the version style of the project"),
    built_in(Verb::init, "", Risk::files, "writes flyway.toml (before 10 flyway.conf) and the folder sql"),
    cannot(Verb::pull, "", "Flyway knows no schema but its scripts; model and diff need a paid edition",
           "migrate schema -u {unit}"),

    native(Verb::run, "", "migrate [-target={version}] [-postgresql.transactional.lock={lock}]" CLI,
           Risk::apply, {}, "-target is inclusive; repeatable scripts run with any target"),
    native(Verb::run, "maven",
           "-B flyway:migrate [-Dflyway.target={version}] [-Dflyway.postgresql.transactional.lock={lock}]",
           Risk::apply),
    native(Verb::run, "gradle",
           "--console=plain flywayMigrate [-Pflyway.target={version}] "
           "[-Pflyway.postgresql.transactional.lock={lock}]",
           Risk::apply),

    built_in(Verb::rollback, "", Risk::revert, kUndo),
    cannot(Verb::rollback, "none", "undo needs a paid edition, and there is no U file for this version",
           "migrate generate NAME -u {unit}"),
    built_in(Verb::redo, "", Risk::revert, kUndo),

    cannot(Verb::seed, "",
           "Flyway has no seeds: repeatable scripts and afterMigrate callbacks run with migrate",
           "migrate run -u {unit}"),

    native(Verb::baseline, "", "baseline -baselineVersion={version} -baselineDescription={description}" CLI,
           Risk::revert, {}, "refuses where the history has migrations or another baseline"),
    native(Verb::baseline, "maven",
           "-B flyway:baseline -Dflyway.baselineVersion={version} -Dflyway.baselineDescription={description}",
           Risk::revert),
    native(Verb::baseline, "gradle",
           "--console=plain flywayBaseline -Pflyway.baselineVersion={version} "
           "-Pflyway.baselineDescription={description}",
           Risk::revert),

    native(Verb::resolve, "", "repair" CLI, Risk::revert, {}, kRepair),
    native(Verb::resolve, "maven", "-B flyway:repair", Risk::revert, {}, kRepair),
    native(Verb::resolve, "gradle", "--console=plain flywayRepair", Risk::revert, {}, kRepair),
    built_in(Verb::resolve, "rows", Risk::revert, "changes one row where repair would change others too"),
    cannot(Verb::resolve, "resume", "Flyway does not record how far a script came",
           "migrate resolve --applied ID -u {unit}"),
    cannot(Verb::resolve, "unlock", "Flyway's lock ends with its session", "migrate doctor -u {unit}"),

    native(Verb::reset, "", "clean -cleanDisabled=false" CLI, Risk::destroy, {},
           "drops everything in the schemas, then migrate"),
    native(Verb::reset, "maven", "-B flyway:clean -Dflyway.cleanDisabled=false", Risk::destroy),
    native(Verb::reset, "gradle", "--console=plain flywayClean -Pflyway.cleanDisabled=false", Risk::destroy),
    cannot(Verb::push, "", "Flyway has no models that could be pushed", "migrate generate NAME -u {unit}"),

    // From here on rows that only classify. One command line may hold several commands: they run in turn.
    seen(Verb::reset, "clean", Risk::destroy, {}, "drops everything in the schemas"),
    seen(Verb::reset, "clean {then...}", Risk::destroy),
    seen(Verb::reset, "{first} clean", Risk::destroy),
    seen(Verb::reset, "{first} {second} clean", Risk::destroy),
    seen(Verb::reset, "{first} {second} {third} clean", Risk::destroy),
    seen(Verb::run, "migrate", Risk::apply),
    seen(Verb::status, "info", Risk::read),
    seen(Verb::diff, "validate", Risk::read),
    seen(Verb::rollback, "undo", Risk::revert, {}, "a paid edition only; status 1 or 35 elsewhere"),
    seen(Verb::baseline, "baseline", Risk::revert),
    seen(Verb::resolve, "repair", Risk::revert, {}, kRepair),
    seen({}, "check", Risk::destroy, {}, kErases),
    seen(Verb::diff, "diff", Risk::destroy, kEngine, kErases),
    seen({}, "diffText", Risk::read, kEngine),
    seen(Verb::generate, "generate", Risk::files, kEngine),
    seen(Verb::generate, "add", Risk::files, kEngine),
    seen(Verb::pull, "model", Risk::files, kEngine),
    seen({}, "prepare", Risk::files, kEngine, "writes a deployment script"),
    seen({}, "deploy", Risk::destroy, kEngine, "executes a script that may hold anything"),
    seen({}, "snapshot", Risk::files),
    seen({}, "testConnection", Risk::read, kEngine),
    seen(Verb::init, "init", Risk::files),
    seen({}, "auth", Risk::files),
    seen({}, "help [{command}]", Risk::read),
    seen({}, "version", Risk::read),
    seen({}, "list-engines", Risk::read),
    seen(Verb::run, "flyway:migrate", Risk::apply),
    seen(Verb::run, "flywayMigrate", Risk::apply),
    seen(Verb::reset, "flyway:clean [{then...}]", Risk::destroy),
    seen(Verb::reset, "flywayClean [{then...}]", Risk::destroy),
    seen(Verb::reset, "{first} flyway:clean", Risk::destroy),
    seen(Verb::reset, "{first} flywayClean", Risk::destroy),
    seen(Verb::status, "flyway:info", Risk::read),
    seen(Verb::status, "flywayInfo", Risk::read),
    seen(Verb::diff, "flyway:validate", Risk::read),
    seen(Verb::diff, "flywayValidate", Risk::read),
    seen(Verb::rollback, "flyway:undo", Risk::revert),
    seen(Verb::rollback, "flywayUndo", Risk::revert),
    seen(Verb::baseline, "flyway:baseline", Risk::revert),
    seen(Verb::baseline, "flywayBaseline", Risk::revert),
    seen(Verb::resolve, "flyway:repair", Risk::revert, {}, kRepair),
    seen(Verb::resolve, "flywayRepair", Risk::revert, {}, kRepair),
#undef CLI
};

constexpr Flag set(std::string_view name, Risk risk = Risk::read, VersionRange versions = {}) {
    return {.name = name, .risk = risk, .versions = versions};
}
constexpr Flag elsewhere(std::string_view name) {
    return {.name = name, .retargets = true};
}

// A setting as the command line, Maven and Gradle write it; Gradle takes both -P and -D.
#define SETTING(name, ...)                                                                      \
    set("-" name __VA_OPT__(, ) __VA_ARGS__), set("-Dflyway." name __VA_OPT__(, ) __VA_ARGS__), \
        set("-Pflyway." name __VA_OPT__(, ) __VA_ARGS__)
#define ELSEWHERE(name) elsewhere("-" name), elsewhere("-Dflyway." name), elsewhere("-Pflyway." name)

constexpr Flag kFlags[] = {
    ELSEWHERE("url"),
    ELSEWHERE("user"),
    ELSEWHERE("password"),
    ELSEWHERE("driver"),
    ELSEWHERE("schemas"),
    ELSEWHERE("defaultSchema"),
    ELSEWHERE("table"),
    ELSEWHERE("locations"),
    ELSEWHERE("environment"),
    ELSEWHERE("environments.*"),
    ELSEWHERE("configFiles"),
    ELSEWHERE("workingDirectory"),
    ELSEWHERE("jdbcProperties.*"),

    SETTING("cleanDisabled", Risk::destroy),
    SETTING("cleanDisabled=true"),
    SETTING("cleanOnValidationError", Risk::destroy, kCleansOnError),
    SETTING("cleanOnValidationError=false", Risk::read, kCleansOnError),
    SETTING("initSql", Risk::destroy),
    SETTING("buildEnvironment", Risk::destroy),
    SETTING("check.*", Risk::destroy),
    SETTING("diff.*", Risk::destroy),
    SETTING("dryRunOutput", Risk::apply),  // OSS ignores it and executes
    SETTING("outOfOrder", Risk::apply),
    SETTING("outOfOrder=false"),
    SETTING("baselineOnMigrate", Risk::revert),
    SETTING("baselineOnMigrate=false"),
    SETTING("validateOnMigrate", Risk::revert),
    SETTING("validateOnMigrate=true"),
    SETTING("skipExecutingMigrations", Risk::revert),
    SETTING("skipExecutingMigrations=false"),
    SETTING("ignoreMigrationPatterns"),
    SETTING("ignoreMigrationPatterns=*:*", Risk::revert),
    SETTING("cherryPick", Risk::apply),
    SETTING("callbacks", Risk::revert),
    SETTING("resolvers", Risk::revert),
    SETTING("jarDirs", Risk::revert),
    SETTING("errorOverrides", Risk::revert),
    SETTING("createSchemas", Risk::apply),
    SETTING("mixed", Risk::apply),
    SETTING("group"),
    SETTING("executeInTransaction", Risk::apply),
    SETTING("target"),
    SETTING("baselineVersion"),
    SETTING("baselineDescription"),
    SETTING("connectRetries"),
    SETTING("connectRetriesInterval"),
    SETTING("lockRetryCount"),
    SETTING("installedBy"),
    SETTING("encoding"),
    SETTING("detectEncoding"),
    SETTING("stream"),
    SETTING("batch"),
    SETTING("failOnMissingLocations"),
    SETTING("validateMigrationNaming"),
    SETTING("skipDefaultCallbacks"),
    SETTING("skipDefaultResolvers"),
    SETTING("sqlMigrationPrefix"),
    SETTING("undoSqlMigrationPrefix"),
    SETTING("baselineMigrationPrefix"),
    SETTING("repeatableSqlMigrationPrefix"),
    SETTING("sqlMigrationSeparator"),
    SETTING("sqlMigrationSuffixes"),
    SETTING("placeholderReplacement"),
    SETTING("placeholders.*"),
    SETTING("placeholderPrefix"),
    SETTING("placeholderSuffix"),
    SETTING("placeholderSeparator"),
    SETTING("scriptPlaceholderPrefix"),
    SETTING("scriptPlaceholderSuffix"),
    SETTING("postgresql.transactional.lock"),
    SETTING("licenseKey"),
    SETTING("configFileEncoding"),
    SETTING("reportEnabled"),
    SETTING("reportFilename", Risk::files),
    SETTING("outputType"),
    SETTING("outputFile", Risk::files),
    SETTING("color"),
    SETTING("skipCheckForUpdate"),

    flag("-X"),
    flag("-q"),
    flag("-v"),
    flag("--version"),
    // Maven and Gradle
    flag("-B"),
    flag("--batch-mode"),
    flag("-ntp"),
    flag("--no-transfer-progress"),
    flag("-e"),
    flag("-o"),
    flag("--offline"),
    flag("-DskipTests*"),
    flag("-Dmaven.*"),
    flag("--console"),
    flag("--quiet"),
    flag("--info"),
    flag("--stacktrace"),
    flag("--no-daemon"),
    flag("--daemon"),
    flag("--warning-mode"),
    {.name = "-f", .takes_value = true, .retargets = true},
    {.name = "-p", .takes_value = true, .retargets = true},
    {.name = "-pl", .takes_value = true, .retargets = true},
    {.name = "-s", .takes_value = true},
};

#undef SETTING
#undef ELSEWHERE

}  // namespace

std::span<const Row> rows() {
    return kRows;
}

std::span<const Flag> flags() {
    return kFlags;
}

}  // namespace migrate::flyway
