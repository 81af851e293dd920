#include "live/facts.hpp"

namespace migrate {

namespace {

bool same_mark(const std::optional<Mark>& one, const std::optional<Mark>& other) {
    if (!one || !other) return one.has_value() == other.has_value();
    return one->level == other->level && one->foreign == other->foreign;
}

}  // namespace

bool same_for_judging(const LiveFacts& before, const LiveFacts& now) {
    return same_mark(before.mark, now.mark) && before.frozen == now.frozen &&
           before.signs.size() == now.signs.size() && before.empty() == now.empty() &&
           before.without_rows() == now.without_rows();
}

}  // namespace migrate
