#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.hpp"
#include "model/target.hpp"

namespace migrate {

/// How the text after `sqlite:` becomes a path. Tools disagree about the slashes.
enum class SqliteForm {
    sqlalchemy,  ///< `sqlite:///x` is relative, `sqlite:////x` absolute (SQLAlchemy, dj-database-url, goose)
    dbmate,      ///< `sqlite:x` is relative, one slash or more is absolute (dbmate 2, sqlite.go)
    sequelize    ///< `sqlite://x/y` is relative, everything else absolute (sequelize 6; `sqlite:./x` is /x)
};

/// What a URL alone does not say.
struct UrlContext {
    std::optional<Engine> engine = {};    ///< as the configuration declares it
    std::filesystem::path base_dir = {};  ///< absolute; what a relative SQLite path is relative to
    SqliteForm form = SqliteForm::sqlalchemy;
};

/// Takes apart what tools accept as the place of a database:
///   URLs (`postgresql+asyncpg://`, `mysql2://`, `mongodb+srv://`, `sqlserver://host;database=x` ...),
///   JDBC URLs, SQLite paths (`sqlite:`, `file:`, `:memory:`, a plain path where the engine is known),
///   libpq's `host=... dbname=...` and go-sql-driver's `user:pass@tcp(host:3306)/db`.
/// Reads passwords that should have been percent-encoded and were not: the last '@' that leaves a valid host
/// ends them. Several hosts stand comma-separated in `host`, their ports in `parameters["port"]`. A host
/// that is a path becomes `socket`. A missing port stays 0. User, password and schema are moved from the
/// query to their fields; what else it holds stays in `parameters`.
/// Error: `target.unresolved`; its text never holds any part of `text`.
Result<Connection> parse_url(std::string_view text, const UrlContext& context = {});

/// For people and plans, never with credentials: "postgresql://localhost:5432/shop", "sqlite:/srv/dev.db",
/// "postgresql:///shop (socket /run/postgresql)".
std::string display(const Connection& connection);

/// The engine's own port; 0 for those that have none.
int default_port(Engine engine);

/// The port that a client would use: the configured one, else the engine's own.
int effective_port(const Connection& connection);

/// Whether the database is a file (or memory) that a library opens, not a server.
bool is_file_engine(const Connection& connection);

/// The name by which a person confirms: the database's name, a file's name, else the host.
std::string confirm_name(const Connection& connection);

/// The hosts a connection may go to, in order, libpq's `hostaddr` included; a socket counts as none.
std::vector<std::string> hosts_of(const Connection& connection);

/// Everything in a connection that must never be shown: password, tokens, keys. For the redaction.
std::vector<std::string> secrets_of(const Connection& connection);

/// Same server, database and schema, whatever the user and the spelling of defaults.
bool same_place(const Connection& a, const Connection& b);

}  // namespace migrate
