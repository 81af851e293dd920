#pragma once
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace migrate {

/// Who should do a follow-up: the caller, a person at a terminal, or a pipeline.
enum class By { you, person, pipeline };

/// One thing to do next, runnable as it stands: an argv, when it applies, and why.
struct Next {
    By by = By::you;
    std::vector<std::string> argv;
    std::string when;
    std::string why;
};

/// The one error type. `code` is dotted and stable (contract, section 4); `message` says what happened,
/// naming file and line where there is one ("alembic.ini:3: ..."); `hint` what it means and the remedy.
struct Error {
    std::string code;
    std::string message;
    std::string hint;
    std::vector<Next> next;
};

template <class T>
using Result = tl::expected<T, Error>;

/// Shorthand for returning an error from a function that returns Result<T>.
inline tl::unexpected<Error> fail(std::string code, std::string message, std::string hint = "",
                                  std::vector<Next> next = {}) {
    return tl::unexpected(Error{std::move(code), std::move(message), std::move(hint), std::move(next)});
}

/// The process exit status an error code stands for (contract, "Exit status").
/// Unknown codes are 1: something native failed.
int exit_status(std::string_view code);

/// Of several units' exit statuses the one that the process ends with: 130 > 1 > 2 > 5 > 4 > 6 > 3 > 0.
int worst_exit(int a, int b);

std::string_view to_string(By by);

}  // namespace migrate
