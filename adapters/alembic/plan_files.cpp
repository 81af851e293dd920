// generate, diff, init and seed.
#include <algorithm>

#include "adapters/alembic/work.hpp"
#include "adapters/support/node_steps.hpp"
#include "adapters/support/py_steps.hpp"

namespace migrate::alembic {

namespace {

namespace fs = std::filesystem;

Step scratch_step(const Work& work, bool create) {
    Step step;
    if (work.target) step.target = work.target->name;
    step.purpose = create ? "create a scratch database" : "drop the scratch database";
    if (create)
        step.action = CreateScratch{};
    else
        step.action = DropScratch{};
    step.risk = Risk::read;
    return step;
}

/// Steps around `step` that run it on a scratch database which is at head.
Result<Steps> at_head_of_scratch(const Work& work, Step step, Risk risk) {
    if (is_flask(work.unit) && work.target && work.target->variable.empty())
        return fail(
            "target.unresolved",
            work.unit.id + ": this needs a scratch database, and the application cannot be pointed to one",
            "Let SQLALCHEMY_DATABASE_URI come from a variable of the environment, or use --empty.");
    Steps steps{scratch_step(work, true)};
    std::vector<std::string> heads = work.graph.heads();
    if (!heads.empty()) {
        auto up = work.upgrade(heads.size() == 1 ? "head" : "heads", {});
        if (!up) return tl::unexpected(up.error());
        steps.push_back(work.on_scratch(*up, Risk::read));
        steps.back().timeout_s = 30 * 60;  // all revisions of the project, not one question
    }
    steps.push_back(work.on_scratch(step, risk));
    steps.push_back(scratch_step(work, false));
    return steps;
}

/// As Alembic makes a file name of a message (script/base.py): words in lower case joined by '_', 40
/// characters.
std::string slug(std::string_view message) {
    std::string text;
    bool gap = false;
    for (char c : message) {
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                    static_cast<unsigned char>(c) >= 0x80;
        if (!word) {
            gap = !text.empty();
            continue;
        }
        if (gap) text += '_';
        gap = false;
        text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    if (text.size() > 40) {
        text.resize(40);
        text = text.substr(0, text.rfind('_')) + "_";
    }
    return text;
}

/// Where the new file will be, as far as it can be told: with a template of its own anything may come.
void expect_file(const Work& work, Step& step) {
    auto directories = version_directories(work.unit, work.config, work.facts.root);
    if (directories.size() != 1) return;
    if (work.config.file_template.empty())
        step.expect.files = {directories.front() + "/*_" + slug(work.request.name) + ".py"};
    else if (work.config.file_template.find('/') == std::string::npos)
        step.expect.files = {directories.front() + "/*.py"};
}

bool answered(const Request& request, std::string_view answer) {
    return std::find(request.answers.begin(), request.answers.end(), answer) != request.answers.end();
}

Error several_heads(const Work& work, const std::vector<std::string>& heads) {
    std::string list;
    for (const auto& id : heads) list += (list.empty() ? "" : ", ") + id;
    Error error{
        "migration.heads",
        work.unit.id + ": there are " + std::to_string(heads.size()) + " heads: " + list,
        "A new revision goes on from one of them. Usually two branches were merged in version control: "
        "join the heads first.",
        {}};
    error.next.push_back({By::you,
                          {"migrate", "generate", "merge_heads", "--answer", "merge", "-u", work.unit.id},
                          "",
                          "writes a revision that joins them"});
    for (const auto& id : heads)
        error.next.push_back({By::you,
                              {"migrate", "generate", work.request.name, "--app", id, "-u", work.unit.id},
                              "the branches are meant to stay apart",
                              "goes on from " + id});
    return error;
}

constexpr std::string_view kIni = R"([alembic]
script_location = %(here)s/migrations
prepend_sys_path = .
# The address of the database is read from DATABASE_URL, by migrations/env.py.

[loggers]
keys = root,alembic

[handlers]
keys = console

[formatters]
keys = plain

[logger_root]
level = WARNING
handlers = console
qualname =

[logger_alembic]
level = INFO
handlers =
qualname = alembic

[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = plain

[formatter_plain]
format = %(levelname)-5.5s [%(name)s] %(message)s
)";

constexpr std::string_view kEnv = R"(import os
from logging.config import fileConfig

from alembic import context
from sqlalchemy import create_engine, pool

config = context.config
if config.config_file_name is not None:
    fileConfig(config.config_file_name)

# For `migrate generate`: import the MetaData of the models, as in
#     from app.models import Base
#     target_metadata = Base.metadata
target_metadata = None


def run_migrations_offline() -> None:
    context.configure(
        url=os.environ["DATABASE_URL"],
        target_metadata=target_metadata,
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
    )
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online() -> None:
    engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=target_metadata)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
)";

constexpr std::string_view kMako = R"("""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}

"""
from alembic import op
import sqlalchemy as sa
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
)";

}  // namespace

Result<Steps> plan_generate(const Work& work) {
    auto heads = work.heads();
    if (!heads) return tl::unexpected(heads.error());
    const std::string& name = work.request.name;
    if (name.empty())
        return fail("usage", "a migration needs a name", "For example: migrate generate add_email_to_users");
    if (answered(work.request, "merge")) {
        std::string list;
        for (const auto& id : *heads) list += (list.empty() ? "" : "\n") + id;
        if (heads->size() < 2)
            return fail("migration.heads",
                        work.unit.id + ": there is only one head, nothing is to be merged");
        auto step = work.native(Verb::generate, "merge", {{"name", name}, {"heads", list}}, "join the heads");
        if (!step) return tl::unexpected(step.error());
        expect_file(work, *step);
        return Steps{*step};
    }
    if (heads->size() > 1) return tl::unexpected(several_heads(work, *heads));
    Holes holes{{"name", name}};
    if (work.graph.heads().size() > 1 && !heads->empty()) holes["head"] = heads->front();
    auto step =
        work.native(Verb::generate, work.request.empty ? "empty" : "", holes,
                    work.request.empty ? "write an empty revision" : "write a revision from the models");
    if (!step) return tl::unexpected(step.error());
    expect_file(work, *step);
    step->risk = Risk::files;
    if (work.request.empty) return Steps{*step};
    // Flask-Migrate's env.py, and the recipe in Alembic's own documentation, write no file then.
    std::get<Native>(step->action).nothing_when = "No changes in schema detected";
    return at_head_of_scratch(work, *step, Risk::files);
}

Result<Steps> plan_diff(const Work& work) {
    auto step = work.native(Verb::diff, "", {}, "compare the models with the revisions");
    if (!step) return tl::unexpected(step.error());
    std::get<Native>(step->action).finding = "New upgrade operations detected";
    return at_head_of_scratch(work, *step, Risk::read);
}

Result<Steps> plan_seed(const Work& work) {
    if (!work.unit.seeds.ends_with(".py")) return work.cannot(Verb::seed, "none");
    Step step = py::python_step(work.unit, {from_unit_root(work.unit, work.unit.seeds)}, "",
                                "run the project's own script");
    if (work.target) step.target = work.target->name;
    step.risk = Risk::revert;
    return Steps{step};
}

Result<Steps> plan_init(const Work& work) {
    return Steps{node::write_step(node::in_unit(work.unit, "alembic.ini"), std::string(kIni)),
                 node::write_step(node::in_unit(work.unit, "migrations/env.py"), std::string(kEnv)),
                 node::write_step(node::in_unit(work.unit, "migrations/script.py.mako"), std::string(kMako)),
                 node::write_step(node::in_unit(work.unit, "migrations/versions/.gitkeep"), "")};
}

}  // namespace migrate::alembic
