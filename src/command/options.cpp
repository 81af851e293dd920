#include "command/options.hpp"

namespace migrate {

namespace {

constexpr Option kGlobal[] = {
    {.name = "root",
     .kind = ValueKind::directory,
     .value = "DIR",
     .help = "the repository; default: the nearest directory above with a migrate.toml, else the top of the "
             "version-controlled tree"},
    {.name = "json", .excludes = "events", .help = "exactly one JSON document on stdout"},
    {.name = "quiet", .short_name = 'q', .help = "no progress and no messages, only results and errors"},
    {.name = "color",
     .kind = ValueKind::choice,
     .value = "WHEN",
     .optional_value = true,
     .choices = "auto|always|never",
     .help = "colour in the output"},
    {.name = "no-input", .help = "never ask; behave as without a person"},
    {.name = "help", .short_name = 'h', .help = "what the command does, its options and examples"},
};

constexpr Option kUnits[] = {
    {.name = "unit",
     .short_name = 'u',
     .kind = ValueKind::unit,
     .value = "UNIT",
     .repeatable = true,
     .help = "only these units: id, alias, a path component, a glob, ./apps/*, tool=prisma; !x leaves x out"},
    {.name = "all", .excludes = "unit affected", .help = "all units of the repository"},
    {.name = "affected",
     .kind = ValueKind::text,
     .value = "REF",
     .optional_value = true,
     .help = "units whose files changed since the merge base with REF (default: the upstream branch)"},
};

constexpr Option kEnvironment[] = {
    {.name = "env",
     .kind = ValueKind::text,
     .value = "NAME",
     .help = "the environment; default: MIGRATE_ENV, the framework's own variable, else development"},
    {.name = "url-env",
     .kind = ValueKind::text,
     .value = "VARIABLE",
     .help = "read the database's URL from this variable"},
};

constexpr Option kConsent[] = {
    {.name = "yes", .help = "go on where a person would be asked and nothing is protected"},
    {.name = "confirm",
     .kind = ValueKind::text,
     .value = "NAME",
     .repeatable = true,
     .help = "the database's name, typed by a person who means it"},
};

constexpr Option kRun[] = {
    {.name = "dry-run",
     .help = "print steps, verdict and plan id, change nothing; the same as `migrate plan`"},
    {.name = "jobs",
     .kind = ValueKind::number,
     .value = "N",
     .help = "units at a time; default: 4 where only read, 1 where changed"},
    {.name = "continue",
     .kind = ValueKind::choice,
     .value = "WHEN",
     .choices = "never|dependencies-successful|always",
     .help = "whether units go on after one has failed; default: never, and always for what only reads"},
    {.name = "wait",
     .kind = ValueKind::duration,
     .value = "DURATION",
     .help = "how long to wait for another migrator and for locks; default: 60s"},
    {.name = "timeout",
     .kind = ValueKind::duration,
     .value = "DURATION",
     .help = "end a native command that takes longer, on protected targets too"},
    {.name = "events", .excludes = "json", .help = "one JSON object a line on stdout while it runs"},
    {.name = "log", .kind = ValueKind::file, .value = "FILE", .help = "write the audit log there too"},
};

}  // namespace

constinit const OptionSet kGlobalOptions{"Everywhere", kGlobal};
constinit const OptionSet kUnitOptions{"Units", kUnits};
constinit const OptionSet kEnvironmentOptions{"Environment", kEnvironment};
constinit const OptionSet kConsentOptions{"Consent", kConsent};
constinit const OptionSet kRunOptions{"Running", kRun};

}  // namespace migrate
