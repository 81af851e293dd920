// Alembic, and Flask-Migrate as its style "flask-migrate".
#include "adapters/alembic/alembic.hpp"
#include "adapters/registry.hpp"

namespace migrate {

const Adapter& alembic_adapter() {
    static const Adapter adapter{
        .tool = Tool::alembic,
        .program = "alembic",
        .title = "Alembic",
        .rows = alembic::rows(),
        .flags = alembic::flags(),
        .traits = {.locks = false,
                   .keeps_checksums = false,
                   .keeps_times = false,
                   .transaction = "PostgreSQL: all pending in one, or each in its own with "
                                  "transaction_per_migration; MySQL and SQLite: none that holds",
                   .lock_timeout = "PGOPTIONS; cannot on MySQL, whose drivers read no variable"},
        .needs = alembic::needs,
        .plan = alembic::plan,
        .files = alembic::files,
        .history = alembic::history,
        .compare = alembic::compare,
        .targets = alembic::targets,
        .fits = alembic::fits,
        .read_status = alembic::read_status,
    };
    return adapter;
}

}  // namespace migrate
