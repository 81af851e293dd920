#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace migrate {

/// Finds many strings in one pass over a text: the automaton of Aho and Corasick with all transitions filled
/// in. Immutable; a reader keeps only the number of its state.
class SecretMatcher {
  public:
    struct Pattern {
        enum class Kind {
            secret,  ///< hidden wherever it stands
            weak,    ///< hidden only as the value of a key that speaks of secrets
            url      ///< begins the part of a URL that may hold a password
        };
        std::string text;  ///< not empty
        Kind kind = Kind::secret;
    };
    /// What ends in a state.
    struct Found {
        std::uint32_t secret = 0;         ///< length of the longest secret, 0: none
        std::vector<std::uint32_t> weak;  ///< lengths
        bool url = false;
    };

    explicit SecretMatcher(const std::vector<Pattern>& patterns);

    std::uint32_t next(std::uint32_t state, unsigned char byte) const {
        return next_[state * classes_ + class_of_[byte]];
    }
    /// Whether a byte leaves the first state (0); all others can be skipped over there.
    bool begins(unsigned char byte) const { return begins_[byte]; }
    bool finds(std::uint32_t state) const { return finds_[state]; }
    const Found& found(std::uint32_t state) const { return found_[state]; }
    /// How many bytes back the longest string that may be under way began.
    std::uint32_t depth(std::uint32_t state) const { return depth_[state]; }

  private:
    std::uint32_t classes_ = 1;
    std::array<std::uint16_t, 256> class_of_{};  // 0: in no pattern
    std::array<bool, 256> begins_{};
    std::vector<std::uint32_t> next_;
    std::vector<std::uint32_t> depth_;
    std::vector<char> finds_;
    std::vector<Found> found_;
};

}  // namespace migrate
