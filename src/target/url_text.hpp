#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/error.hpp"
#include "model/target.hpp"
#include "target/url.hpp"

// Pieces that the readers of URLs share. Internal to src/target.
namespace migrate::url_text {

/// %XX becomes its byte; what is no valid escape stays as it is, as passwords with a bare '%' need it.
std::string decode(std::string_view text, bool plus_is_space = false);

std::string lower(std::string_view text);
std::string_view trim(std::string_view text);

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// "a=b&c" -> {{a,b},{c,""}}, both sides decoded.
Pairs query_pairs(std::string_view query, std::string_view separators = "&", bool plus_is_space = false);

/// A server URL behind "scheme://", undecoded.
struct ServerUrl {
    std::string_view user;
    std::string_view password;
    std::string_view hosts;
    std::string_view path;  ///< without the leading '/'
    std::string_view query;
};

/// nullopt where no reading has a valid host part.
std::optional<ServerUrl> split_server(std::string_view rest);

/// "h1:5432,[::1],/run/postgresql" -> host, port, socket, parameters["port"]. false: a port is no number,
/// or the characters are no host's.
bool read_hosts(std::string_view hosts, Connection& into);

/// Moves what has a field of its own (host, port, user, password, schema, sockets ...) and keeps the rest as
/// parameters. false: a host or port in it is invalid.
bool apply_parameters(const Pairs& pairs, Connection& into);

/// A SQLite (or H2) file: absolute, normal; ":memory:" for what lives in memory.
std::string file_path(std::string_view path, const std::filesystem::path& base_dir);

tl::unexpected<Error> unreadable(std::string why);

// One function a family; the text behind the scheme.
Result<Connection> parse_sqlite(std::string_view rest, const UrlContext& context);
Result<Connection> parse_file(std::string_view rest, const UrlContext& context);
Result<Connection> parse_jdbc(std::string_view rest, const UrlContext& context);
Result<Connection> parse_sqlserver(std::string_view rest, bool jdbc);
Result<Connection> parse_server(Engine engine, std::string_view rest, bool plus_is_space = false);

/// `host=localhost dbname=shop`; nullopt if the text is no such string.
std::optional<Result<Connection>> parse_key_values(std::string_view text, std::optional<Engine> engine);
/// `user:pass@tcp(host:3306)/db?parseTime=true`; nullopt if the text is no such string.
std::optional<Result<Connection>> parse_go_dsn(std::string_view text, std::optional<Engine> engine);

}  // namespace migrate::url_text
