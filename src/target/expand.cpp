#include "target/expand.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

namespace migrate {

namespace {

constexpr std::size_t kLargest = 64u << 10;
constexpr std::size_t kDeepest = 32;
constexpr int kMostLookups = 4096;

bool is_name_byte(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

/// The '}' that closes the '{' before `begin`, over nested pairs.
std::size_t closing_brace(std::string_view text, std::size_t begin) {
    int depth = 1;
    for (std::size_t i = begin; i < text.size(); ++i) {
        if (text[i] == '{') ++depth;
        if (text[i] == '}' && --depth == 0) return i;
    }
    return std::string_view::npos;
}

class Expander {
  public:
    Expander(Expand form, const Lookup& lookup, std::vector<std::string>* unset)
        : form_(form), lookup_(lookup), unset_(unset) {}

    bool run(std::string_view text, std::string& out) {
        if (depth_ > kDeepest) return false;
        ++depth_;
        std::size_t at = 0;
        while (at < text.size()) {
            if (out.size() > kLargest) return false;
            if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] == '$' &&
                form_ != Expand::placeholders) {
                out += '$';
                at += 2;
            } else if (text[at] != '$') {
                out += text[at++];
            } else if (at + 1 < text.size() && text[at + 1] == '{') {
                std::size_t close = closing_brace(text, at + 2);
                if (close == std::string_view::npos) {
                    out += text.substr(at);
                    break;
                }
                if (!braces(text.substr(at + 2, close - at - 2), out)) return false;
                at = close + 1;
            } else {
                std::size_t end = at + 1;
                while (form_ == Expand::all && end < text.size() && is_name_byte(text[end])) ++end;
                if (end == at + 1)
                    out += '$';
                else if (!variable(text.substr(at + 1, end - at - 1), out))
                    return false;
                at = end;
            }
        }
        --depth_;
        return out.size() <= kLargest;
    }

    std::vector<std::string> open;  ///< names whose values are being expanded

  private:
    std::optional<Binding> find(std::string_view name) {
        auto binding = lookup_(name);
        if (binding && binding->expandable && std::find(open.begin(), open.end(), name) != open.end())
            return std::nullopt;
        return binding;
    }

    bool put(std::string_view name, const Binding& binding, std::string& out) {
        if (!binding.expandable) {
            out += binding.text;
            return true;
        }
        open.emplace_back(name);
        bool fits = run(binding.text, out);
        open.pop_back();
        return fits;
    }

    bool variable(std::string_view name, std::string& out) {
        if (++lookups_ > kMostLookups) return false;
        auto binding = find(name);
        return binding ? put(name, *binding, out) : nothing_for(name);
    }

    bool nothing_for(std::string_view name) {
        if (unset_) unset_->emplace_back(name);
        return true;
    }

    bool braces(std::string_view inside, std::string& out) {
        if (++lookups_ > kMostLookups) return false;
        if (form_ == Expand::placeholders && inside.starts_with("env.")) inside.remove_prefix(4);
        std::size_t end = 0;
        while (end < inside.size() &&
               (is_name_byte(inside[end]) ||
                (form_ == Expand::placeholders && (inside[end] == '.' || inside[end] == '-'))))
            ++end;
        std::string_view name = inside.substr(0, end), rest = inside.substr(end);
        auto binding = find(name);
        if (form_ == Expand::placeholders) {
            if (binding) return put(name, *binding, out);
            if (!rest.starts_with(':')) return nothing_for(name);
            rest.remove_prefix(rest.starts_with(":-") ? 2 : 1);
            return run(rest, out);
        }
        const bool counts = binding && !(rest.starts_with(':') && binding->text.empty());
        if (rest.starts_with(':')) rest.remove_prefix(1);
        if (rest.starts_with('+')) return !counts || run(rest.substr(1), out);
        if (counts) return put(name, *binding, out);
        return rest.starts_with('-') ? run(rest.substr(1), out) : nothing_for(name);
    }

    Expand form_;
    const Lookup& lookup_;
    std::vector<std::string>* unset_;
    std::size_t depth_ = 0;
    int lookups_ = 0;
};

}  // namespace

std::optional<std::string> expand(std::string_view text, Expand form, const Lookup& lookup,
                                  std::string_view self, std::vector<std::string>* unset) {
    Expander expander(form, lookup, unset);
    if (!self.empty()) expander.open.emplace_back(self);
    std::string out;
    if (!expander.run(text, out)) return std::nullopt;
    return out;
}

bool has_placeholder(std::string_view text) {
    return text.find("${") != std::string_view::npos;
}

}  // namespace migrate
