#include "adapters/failure.hpp"

#include "adapters/drizzle/drizzle.hpp"
#include "adapters/prisma/prisma.hpp"

namespace migrate {

std::optional<Error> explained(const FailedStep& failed) {
    switch (failed.unit.tool) {
        case Tool::prisma:
            return prisma::explained(failed);
        case Tool::drizzle:
            return drizzle::explained(failed);
        default:
            return std::nullopt;
    }
}

std::vector<std::string> unexplained_files(const FailedStep& failed) {
    return failed.unit.tool == Tool::drizzle ? drizzle::unexplained_files(failed)
                                             : std::vector<std::string>{};
}

}  // namespace migrate
