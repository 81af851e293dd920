// Drizzle Kit up to 1.x: three command syntaxes, two layouts of the migrations directory.
#include "adapters/drizzle/drizzle.hpp"
#include "adapters/registry.hpp"

namespace migrate {

const Adapter& drizzle_adapter() {
    static const Adapter adapter{
        .tool = Tool::drizzle,
        .program = "drizzle-kit",
        .title = "Drizzle Kit",
        .rows = drizzle::rows(),
        .flags = drizzle::flags(),
        .traits = {.locks = false,  // two runs at once race
                   .keeps_checksums = true,
                   .keeps_times = false,  // 1.0 does
                   .transaction = "all pending in one (PostgreSQL, SQLite); none on MySQL, whose DDL commits",
                   .lock_timeout = "PGOPTIONS, where the driver is pg"},
        .needs = drizzle::needs,
        .plan = drizzle::plan,
        .files = drizzle::files,
        .history = drizzle::history,
        .compare = drizzle::compare,
        .targets = drizzle::targets,
        .fits = drizzle::fits,
    };
    return adapter;
}

}  // namespace migrate
