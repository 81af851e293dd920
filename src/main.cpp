#include <fmt/format.h>

int main() {
    fmt::print("migrate {}\n", MIGRATE_VERSION);
}
