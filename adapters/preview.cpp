#include "adapters/preview.hpp"

#include <algorithm>

#include "adapters/alembic/alembic.hpp"
#include "adapters/django/django.hpp"

namespace migrate {

Result<std::vector<Preview>> previews_of(const Unit& unit, const Request& request, const Facts& facts,
                                         const Step& step) {
    switch (unit.tool) {
        case Tool::alembic:
            return alembic::previews(unit, request, facts, step);
        case Tool::django:
            return django::previews(unit, request, facts, step);
        default:
            return fail("sql.unknown", std::string(adapter_of(unit.tool).title) +
                                           " composes its SQL while it runs, and has no command that "
                                           "prints it before");
    }
}

}  // namespace migrate
