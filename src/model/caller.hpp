#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrate {

/// A snapshot of the process environment. Passed by value to whoever may read it; nobody calls getenv.
struct Environment {
    std::map<std::string, std::string, std::less<>> variables;
    /// nullopt where unset; an empty value counts as set.
    std::optional<std::string> get(std::string_view name) const {
        auto found = variables.find(name);
        if (found == variables.end()) return std::nullopt;
        return found->second;
    }
    bool has(std::string_view name) const { return variables.contains(name); }
};

/// Who is calling, as far as that can be told.
struct Caller {
    bool person = false;  ///< stdin and stderr are terminals, no CI, no --no-input, no sign of an agent
    std::vector<std::string> agent_signs;  ///< names of the variables that say so
    std::string user;                      ///< name in passwd
    std::string home;                      ///< home directory in passwd, not $HOME
};

}  // namespace migrate
