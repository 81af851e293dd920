#include "base/nearest.hpp"

#include <algorithm>
#include <vector>

namespace migrate {

std::size_t edit_distance(std::string_view a, std::string_view b) {
    // Three rows of the table of Damerau's distance (optimal string alignment).
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

std::string nearest(std::string_view word, std::span<const std::string_view> candidates) {
    if (word.empty()) return "";
    std::string_view best, continued;
    std::size_t best_distance = std::string_view::npos;
    int continuations = 0;
    for (std::string_view candidate : candidates) {
        if (word.size() > 1 && candidate.starts_with(word)) {
            continued = candidate;
            ++continuations;
        }
        std::size_t longer = std::max(word.size(), candidate.size());
        std::size_t allowed = std::max<std::size_t>(longer / 3, longer >= 4 ? 2 : 1);
        std::size_t distance = edit_distance(word, candidate);
        if (distance <= allowed && distance < longer && distance < best_distance) {
            best = candidate;
            best_distance = distance;
        }
    }
    return std::string(continuations == 1 && best_distance > 1 ? continued : best);
}

}  // namespace migrate
