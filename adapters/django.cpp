// Django's migrations.
#include "adapters/django/django.hpp"
#include "adapters/registry.hpp"

namespace migrate {

const Adapter& django_adapter() {
    static const Adapter adapter{
        .tool = Tool::django,
        .program = "manage.py",
        .title = "Django",
        .rows = django::rows(),
        .flags = django::flags(),
        .traits = {.locks = false,
                   .keeps_checksums = false,
                   .keeps_times = true,
                   .transaction =
                       "each migration in its own (PostgreSQL, SQLite) unless atomic = False; MySQL: none",
                   .lock_timeout = "PGOPTIONS; cannot on MySQL, whose drivers read no variable"},
        .needs = django::needs,
        .plan = django::plan,
        .files = django::files,
        .history = django::history,
        .compare = django::compare,
        .targets = django::targets,
        .fits = django::fits,
        .read_status = django::read_status,
    };
    return adapter;
}

}  // namespace migrate
