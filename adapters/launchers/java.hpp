#pragma once
#include "adapters/launchers/lines.hpp"

// Flyway behind the build tools of Java, which take several goals in one call and run them in turn.
namespace migrate::launchers {

/// The arguments of mvn, mvnw and mvnd; nullopt where no goal is Flyway's.
Found maven(Args args);

/// The arguments of gradle and gradlew; nullopt where no task is Flyway's.
Found gradle(Args args);

}  // namespace migrate::launchers
