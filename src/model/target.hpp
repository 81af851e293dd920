#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/tool.hpp"

namespace migrate {

/// What a target is, least careful first (contract, section 5).
enum class Level { scratch, local, staging, shared, production };

std::string_view to_string(Level level);
std::optional<Level> level_from(std::string_view name);

/// `shared` and `production`.
bool is_protected(Level level);

/// One reason for a level: a stable code ("host.loopback"), where it was read (".env:3") and a sentence.
struct LevelEvidence {
    std::string code;
    std::string source;
    std::string text;
};

/// Where a database is, taken apart. Holds the password: never printed, never serialised; only the
/// database clients and the environment of a child process read it.
struct Connection {
    std::optional<Engine> engine;
    std::string url;  ///< as written, with the password
    std::string host;
    int port = 0;          ///< 0: the engine's default
    std::string database;  ///< SQLite: absolute path of the file, or ":memory:"
    std::string
        shown;  ///< how `database` is shown: relative to the scan root where it lies there; "" = as it is
    std::string schema;
    std::string user;
    std::string password;
    std::string socket;                             ///< directory or file of a local socket
    std::map<std::string, std::string> parameters;  ///< sslmode, ...
};

/// A database that a verb would touch.
struct Target {
    std::string name = "default";
    Connection connection;
    std::string source;    ///< where the connection was read: ".env:3", "environment", "alembic.ini:5"
    std::string variable;  ///< the variable that the tool's own configuration reads; "" for a literal
    Level level = Level::shared;
    std::vector<LevelEvidence> evidence;
    std::string marker;    ///< id of the mark that the database holds of itself, "" where it has none
    bool migrated = true;  ///< false: listed and left alone (replica, foreign database by its router)
};

/// How a tool's own configuration says where its database is, read statically and without the
/// environment. The target resolver turns it into a Target.
struct TargetSource {
    enum class Kind {
        variables,    ///< the first of `variables` that is set, else `literal`, else `fields`, where there is
                      ///< such a fallback
        literal,      ///< a URL, or a SQLite file, in the configuration itself
        fields,       ///< host, port, database ... in the configuration itself, or in `field_variables`
        needs_probe,  ///< only the configuration's own language can tell; `why` says what was met
        missing       ///< the configuration names no database at all
    };
    std::string name = "default";
    Kind kind = Kind::missing;
    std::vector<std::string> variables;
    std::string literal;
    Connection fields;
    /// Variables that a field of `fields` is read from ("host", "port", "database", "user", "password",
    /// "schema", "socket"): the first that is set, else what stands in `fields`.
    std::map<std::string, std::vector<std::string>> field_variables;
    std::optional<Engine> engine;  ///< as the configuration declares it
    std::string file;              ///< configuration file and line that say so
    int line = 0;
    std::string base_dir = ".";       ///< what a relative SQLite path is relative to (from the scan root)
    std::vector<std::string> dotenv;  ///< dotenv files the tool itself reads without an environment name,
                                      ///< first wins, relative to the scan root
    std::string why;
    std::string environment_section;  ///< name of the tool's own section that was used, "" if it has none
};

}  // namespace migrate
