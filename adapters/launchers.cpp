#include "adapters/adapter.hpp"
namespace migrate {
std::optional<Classified> classify_command(std::span<const std::string>) { return std::nullopt; }
}
