#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "adapters/support/js_config.hpp"
#include "model/target.hpp"

// From an expression of a JavaScript configuration to the place of a database.
namespace migrate::js {

/// What a tool's configuration calls the parts of a connection, in the order in which the tool prefers them.
struct ConnectionKeys {
    std::vector<std::string_view> url{};
    std::vector<std::string_view> host{"host"};
    std::vector<std::string_view> port{"port"};
    std::vector<std::string_view> database{"database"};
    std::vector<std::string_view> user{"user"};
    std::vector<std::string_view> password{"password"};
    std::vector<std::string_view> schema{};
    std::vector<std::string_view> socket{};
};

/// Fills kind, variables, literal, fields, field_variables, line and why of `source` from a URL or an object
/// that holds one, or host, port ... What only running the code can tell makes it `needs_probe`.
void read_connection(TargetSource& source, const Module& module, const Value& value,
                     const ConnectionKeys& keys);

/// mysql2, tedious and the others connect to localhost where a configuration of fields names no host.
/// node-postgres looks at PGHOST first, which is the target resolver's business.
void add_default_host(TargetSource& source);

/// The engine that a word names, with the dialects that only Node tools know (`pg-native`, `redshift`).
std::optional<Engine> engine_of(std::string_view client);

/// The same for the value of a setting; nullopt also where it is computed or not there.
std::optional<Engine> engine_of(const Module& module, const Value* value);

/// An object made of the named exports, for configurations without a default one.
Value exports_object(const Module& module);

/// The texts of a setting that is one string or a list of them; what is computed is left out.
std::vector<std::string> texts_of(const Module& module, const Value* value);

/// Whether a setting is the word `true`.
bool is_true(const Value* value);

/// "knexfile.js:3", or the file alone where the line is unknown.
std::string place(const std::string& file, int line);

}  // namespace migrate::js
