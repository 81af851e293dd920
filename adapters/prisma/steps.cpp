#include "adapters/prisma/steps.hpp"

#include "adapters/prisma/prisma.hpp"
#include "adapters/support/history_sql.hpp"

namespace migrate::prisma {

namespace {

/// The scratch database is no target of the unit: nothing that is passed to those may reach its steps.
constexpr std::string_view kScratch = "scratch";
constexpr std::string_view kScratchUrl = "{scratch_url}";
constexpr int kScratchSeconds = 600;  // replaying a long history takes its time

}  // namespace

Result<Step> Context::step(Verb verb, std::string_view variant, std::string purpose, Holes holes) const {
    const Row* found = row(verb, variant);
    if (!found || found->how != How::native) return unsupported(adapter(), unit, found, verb);
    bool named = !project.config.empty() && !project.config_is_default;
    holes.try_emplace("config", named ? from_unit_root(unit, project.config) : "");
    // Where a command cannot do without the schema, it is named; else only where Prisma would find another.
    bool needed = found->verb == Verb::diff;
    bool found_by_itself = project.schema == project.default_schema;
    holes.try_emplace("schema", needed || !found_by_itself ? from_unit_root(unit, project.schema) : "");

    Step made = native_step(adapter(), unit, *found, holes, std::move(purpose));
    made.env["NO_COLOR"] = {"1"};
    made.env["CHECKPOINT_DISABLE"] = {"1"};
    made.env["PRISMA_HIDE_UPDATE_MESSAGE"] = {"1"};
    made.env["NODE_ENV"] = {request.environment};
    if (!known.target) return made;
    made.target = known.target->name;
    if (!known.target->connection.url.empty())
        for (const auto& name : project.url_variables())
            made.env[name] = EnvValue{known.target->connection.url, true};
    return made;
}

Result<Step> Context::on_scratch(Verb verb, std::string_view variant, std::string purpose,
                                 Holes holes) const {
    auto made = step(verb, variant, std::move(purpose), std::move(holes));
    if (!made) return made;
    made->target = kScratch;
    made->risk = Risk::files;  // nothing but the scratch database and a file is touched
    made->timeout_s = kScratchSeconds;
    for (const auto& name : project.url_variables()) made->env[name] = EnvValue{std::string(kScratchUrl)};
    return made;
}

std::string Context::no_scratch() const {
    const Engine engine = project.engine.value_or(Engine::postgresql);
    if (!has_sql_client(engine))
        return "there is no client for " + std::string(to_string(engine)) +
               " that could make a scratch database";
    const UrlSource* url = project.connection();
    if (!url) return "the configuration names no database";
    if (url->kind == TargetSource::Kind::variables) return "";
    std::string where = url->file + (url->line > 0 ? ":" + std::to_string(url->line) : "");
    if (url->kind == TargetSource::Kind::literal && url->literal.find("${") != std::string::npos)
        return where +
               ": the URL is put together from several variables, so no command can be turned to a "
               "scratch database; one variable that holds all of it can";
    if (url->kind == TargetSource::Kind::literal)
        return where +
               ": the URL stands there literally, so no command can be turned to a scratch database; "
               "env(\"DATABASE_URL\") can";
    return where + ": " + url->why + ", so no command can be turned to a scratch database";
}

Result<Steps> scratch_with_migrations(const Context& context) {
    Steps steps;
    Step create;
    create.target = kScratch;
    create.purpose = "make a scratch database";
    create.action = CreateScratch{};
    create.risk = Risk::files;
    steps.push_back(std::move(create));
    auto deploy = context.on_scratch(
        Verb::run, "", "apply " + node::count_of(context.facts.files.size()) + " to the scratch database");
    if (!deploy) return tl::unexpected(deploy.error());
    steps.push_back(std::move(*deploy));
    return steps;
}

Step drop_scratch() {
    Step drop;
    drop.target = kScratch;
    drop.purpose = "drop the scratch database";
    drop.action = DropScratch{};
    drop.risk = Risk::files;
    return drop;
}

std::string history_table(const Context& context) {
    auto query = history(context.unit, context.facts.root, *context.known.target);
    return qualified_name(*context.known.target->connection.engine, query->schema, query->table);
}

}  // namespace migrate::prisma
