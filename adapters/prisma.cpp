// Prisma Migrate, versions 4 to 7. Prisma 8 is another tool with other commands and another history.
#include "adapters/prisma/prisma.hpp"
#include "adapters/registry.hpp"

namespace migrate {

const Adapter& prisma_adapter() {
    static const Adapter adapter{
        .tool = Tool::prisma,
        .program = "prisma",
        .title = "Prisma Migrate",
        .rows = prisma::rows(),
        .flags = prisma::flags(),
        .traits = {.locks = true,  // pg_advisory_lock(72707369), GET_LOCK on MySQL; 10 s, then P1002
                   .keeps_checksums = true,
                   .keeps_times = true,
                   .transaction =
                       "each migration in one implicit transaction on PostgreSQL, unless it begins its "
                       "own; none on MySQL and SQLite",
                   .lock_timeout = "cannot: the engine reads neither PGOPTIONS nor a flag"},
        .needs = prisma::needs,
        .plan = prisma::plan,
        .files = prisma::files,
        .history = prisma::history,
        .compare = prisma::compare,
        .targets = prisma::targets,
        .fits = prisma::fits,
    };
    return adapter;
}

}  // namespace migrate
