#include "run/secret_matcher.hpp"

#include <algorithm>

namespace migrate {

namespace {

constexpr std::uint32_t kNowhere = 0xFFFFFFFF;

void note(SecretMatcher::Found& found, const SecretMatcher::Pattern& pattern) {
    auto length = static_cast<std::uint32_t>(pattern.text.size());
    switch (pattern.kind) {
        case SecretMatcher::Pattern::Kind::secret:
            found.secret = std::max(found.secret, length);
            break;
        case SecretMatcher::Pattern::Kind::weak:
            found.weak.push_back(length);
            break;
        case SecretMatcher::Pattern::Kind::url:
            found.url = true;
            break;
    }
}

void inherit(SecretMatcher::Found& found, const SecretMatcher::Found& shorter) {
    found.secret = std::max(found.secret, shorter.secret);
    found.weak.insert(found.weak.end(), shorter.weak.begin(), shorter.weak.end());
    found.url = found.url || shorter.url;
}

}  // namespace

SecretMatcher::SecretMatcher(const std::vector<Pattern>& patterns) {
    for (const Pattern& pattern : patterns)
        for (char c : pattern.text) {
            auto& known = class_of_[static_cast<unsigned char>(c)];
            if (known == 0) known = static_cast<std::uint16_t>(classes_++);
        }

    // The tree of all patterns.
    auto add_state = [&](std::uint32_t depth) {
        next_.resize(next_.size() + classes_, kNowhere);
        depth_.push_back(depth);
        found_.emplace_back();
        return static_cast<std::uint32_t>(depth_.size() - 1);
    };
    add_state(0);
    for (const Pattern& pattern : patterns) {
        std::uint32_t state = 0;
        for (char c : pattern.text) {
            std::size_t edge = state * classes_ + class_of_[static_cast<unsigned char>(c)];
            if (next_[edge] == kNowhere) {
                std::uint32_t made = add_state(depth_[state] + 1);
                next_[edge] = made;
            }
            state = next_[edge];
        }
        note(found_[state], pattern);
    }

    // Breadth first: the longest suffix of each state that is a state too lends it its transitions.
    std::vector<std::uint32_t> suffix(depth_.size(), 0), order{0};
    for (std::size_t i = 0; i < order.size(); ++i) {
        std::uint32_t state = order[i];
        for (std::uint32_t c = 0; c < classes_; ++c) {
            std::uint32_t& edge = next_[state * classes_ + c];
            std::uint32_t fallback = state == 0 ? 0 : next_[suffix[state] * classes_ + c];
            if (edge == kNowhere) {
                edge = fallback;
            } else {
                suffix[edge] = fallback;
                inherit(found_[edge], found_[fallback]);
                order.push_back(edge);
            }
        }
    }
    for (const Found& found : found_) finds_.push_back(found.secret != 0 || !found.weak.empty() || found.url);
    for (std::size_t byte = 0; byte < begins_.size(); ++byte) begins_[byte] = next_[class_of_[byte]] != 0;
}

}  // namespace migrate
