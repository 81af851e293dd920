// Flyway, by its command line, Maven or Gradle.
#include "adapters/flyway/flyway.hpp"
#include "adapters/registry.hpp"

namespace migrate {

const Adapter& flyway_adapter() {
    static const Adapter adapter{
        .tool = Tool::flyway,
        .program = "flyway",
        .title = "Flyway",
        .rows = flyway::rows(),
        .flags = flyway::flags(),
        .traits = {.locks = true,
                   .keeps_checksums = true,
                   .keeps_times = true,
                   .transaction = "each script in its own where the database can; MySQL: none",
                   .lock_timeout =
                       "FLYWAY_INIT_SQL, on PostgreSQL and MySQL, unless the project sets initSql"},
        .needs = flyway::needs,
        .plan = flyway::plan,
        .files = flyway::files,
        .history = flyway::history,
        .compare = flyway::compare,
        .targets = flyway::targets,
        .fits = flyway::fits,
        .read_status = flyway::read_status,
    };
    return adapter;
}

}  // namespace migrate
