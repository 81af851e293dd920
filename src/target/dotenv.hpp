#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "model/caller.hpp"
#include "model/error.hpp"

namespace migrate {

/// The libraries that read dotenv files disagree in details that matter for passwords.
struct DotenvStyle {
    /// Unquoted values: node's `dotenv` 16 ends them at any '#', python-dotenv 1 only at a '#' behind a
    /// blank. Quoted values: node turns \n and \r into line ends inside "..." and leaves other backslashes,
    /// python decodes all of them, inside '...' the escapes of \ and '.
    enum class Dialect { node, python } dialect = Dialect::node;
    /// `${NAME}`, `${NAME:-fallback}`, or also `$NAME` (dotenv-expand, which Prisma 5 and 6 use).
    enum class Expansion { none, braces, all } expansion = Expansion::braces;
};

struct DotenvValue {
    std::string value;
    int line = 0;         ///< of the name
    std::string problem;  ///< why the value cannot be trusted ("a quote begins here and is never closed"):
                          ///< whoever needs this value stops, the others go on, as the libraries do
};

/// One dotenv file as its reader sees it: a name that stands twice has its last value.
struct Dotenv {
    std::string file;  ///< as it is named to people, relative to the scan root
    std::map<std::string, DotenvValue, std::less<>> values;

    const DotenvValue* find(std::string_view name) const {
        auto found = values.find(name);
        return found == values.end() ? nullptr : &found->second;
    }
};

/// Reads a dotenv file: `export`, single, double and back quotes, several lines inside quotes, comments,
/// CRLF, a byte order mark, `${NAME}` from `environment` first and then from the file. Lines that the
/// libraries pass over are passed over; a value on whose reading they disagree has a `problem`. Errors are
/// `config.invalid` with "file:line": UTF-16, NUL bytes.
Result<Dotenv> parse_dotenv(std::string_view text, std::string file, const Environment& environment = {},
                            DotenvStyle style = {});

/// The same from a file; nullopt where there is none. `name` is what errors and sources call it.
Result<std::optional<Dotenv>> read_dotenv(const std::filesystem::path& path, std::string name,
                                          const Environment& environment = {}, DotenvStyle style = {});

}  // namespace migrate
