#include "backup/rehearsal_mark.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <random>
#include <utility>

#include "base/files.hpp"
#include "db/scratch.hpp"
#include "target/url.hpp"

namespace migrate {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr std::string_view kBegin = "migrate rehearsal ";
constexpr std::string_view kOf = " of ";
constexpr std::string_view kTable = "_migrate_rehearsal";
constexpr std::string_view kInName = "_rehearsal_";

std::string random_id() {
    std::random_device source;
    return fmt::format("{:08x}{:08x}", source(), source());
}

std::string mark_text(const std::string& id, const std::string& original) {
    return fmt::format("{}{}{}{}", kBegin, id, kOf, original);
}

/// The id in a mark that speaks of `original`; "" where it does not.
std::string id_in(const std::string& mark, const std::string& original) {
    const std::size_t end = mark.find(kOf, kBegin.size());
    if (!mark.starts_with(kBegin) || end == std::string::npos) return "";
    const std::string id = mark.substr(kBegin.size(), end - kBegin.size());
    return mark == mark_text(id, original) ? id : "";
}

/// PostgreSQL takes no parameters in COMMENT, MySQL none in CREATE TABLE.
std::string literal(std::string_view text, Engine engine) {
    const bool backslash = text.find('\\') != std::string_view::npos;
    std::string result = engine == Engine::postgresql && backslash ? "E'" : "'";
    for (const char c : text) result.append(c == '\'' || c == '\\' ? 2 : 1, c);
    return result + "'";
}

/// What a file says; nullopt where it is none of ours, or of another server.
std::optional<std::string> database_in(const fs::path& file, const Connection& original) {
    auto text = read_file(file, 64 * 1024);
    const Json json = text ? Json::parse(*text, nullptr, false) : Json();
    if (!json.is_object() || !json.contains("port") || !json["port"].is_number_integer()) return std::nullopt;
    auto word = [&](const char* key) {
        const auto at = json.find(key);
        return at != json.end() && at->is_string() ? at->get<std::string>() : std::string();
    };
    const Connection mine = original;
    if (word("of") != mine.database || word("host") != mine.host || word("socket") != mine.socket ||
        json["port"].get<int>() != effective_port(mine))
        return std::nullopt;
    return word("database");
}

/// A file that no process keeps; kept by this one as long as the object lives.
class Taken {
  public:
    explicit Taken(const fs::path& file) : fd_(::open(file.c_str(), O_RDWR | O_CLOEXEC)) {
        free_ = fd_ >= 0 && ::flock(fd_, LOCK_EX | LOCK_NB) == 0;
        kept_ = fd_ >= 0 && !free_ && errno == EWOULDBLOCK;
    }
    ~Taken() {
        if (fd_ >= 0) ::close(fd_);
    }
    Taken(const Taken&) = delete;
    Taken& operator=(const Taken&) = delete;
    bool free() const { return free_; }
    bool kept_by_another() const { return kept_; }

  private:
    int fd_ = -1;
    bool free_ = false, kept_ = false;
};

Result<std::vector<std::string>> rehearsals_by_name(db::Database& session) {
    const bool postgresql = session.engine() == Engine::postgresql;
    auto rows = session.query(postgresql ? "SELECT datname FROM pg_catalog.pg_database ORDER BY 1"
                                         : "SELECT schema_name FROM information_schema.schemata ORDER BY 1");
    if (!rows) return tl::unexpected(rows.error());
    std::vector<std::string> names;
    for (auto& row : rows->rows)
        if (row[0] && row[0]->find(kInName) != std::string::npos) names.push_back(std::move(*row[0]));
    return names;
}

Result<std::string> mark_of(db::Database& session, const std::string& database) {
    const std::array<db::Value, 1> name{database};
    const std::array<db::Value, 2> table{database, std::string(kTable)};
    auto rows = session.engine() == Engine::postgresql
                    ? session.query(
                          "SELECT pg_catalog.shobj_description(oid, 'pg_database') FROM "
                          "pg_catalog.pg_database WHERE datname = ?",
                          name)
                    : session.query(
                          "SELECT table_comment FROM information_schema.tables WHERE table_schema "
                          "= ? AND table_name = ?",
                          table);
    if (!rows) return tl::unexpected(rows.error());
    return rows->rows.empty() ? std::string() : rows->rows[0][0].value_or("");
}

/// MySQL drops a database under those who are in it; PostgreSQL refuses by itself.
bool is_in_use(db::Database& session, const std::string& database) {
    if (session.engine() == Engine::postgresql) return false;
    const std::array<db::Value, 1> name{database};
    auto rows = session.query("SELECT 1 FROM information_schema.processlist WHERE db = ?", name);
    return !rows || !rows->rows.empty();
}

bool has_rehearsals(const Connection& original) {
    return original.engine == Engine::postgresql || original.engine == Engine::mysql ||
           original.engine == Engine::mariadb;
}

}  // namespace

Result<RehearsalMark> RehearsalMark::make(const fs::path& directory, const Connection& original,
                                          const std::string& database) {
    RehearsalMark mark;
    mark.id_ = random_id();
    mark.original_ = original.database;
    mark.file_ = directory / (mark.id_ + ".json");
    const Json json{{"database", database},
                    {"of", original.database},
                    {"host", original.host},
                    {"port", effective_port(original)},
                    {"socket", original.socket}};
    if (auto written = write_file(mark.file_, json.dump() + "\n", 0600); !written)
        return tl::unexpected(written.error());
    mark.fd_ = ::open(mark.file_.c_str(), O_RDWR | O_CLOEXEC);
    if (mark.fd_ < 0 || ::flock(mark.fd_, LOCK_EX | LOCK_NB) != 0)
        return fail("file.unwritable", mark.file_.string() + " cannot be locked");
    return mark;
}

RehearsalMark::RehearsalMark(RehearsalMark&& other) noexcept
    : id_(std::move(other.id_)),
      original_(std::move(other.original_)),
      file_(std::move(other.file_)),
      fd_(std::exchange(other.fd_, -1)) {}

RehearsalMark::~RehearsalMark() {
    if (fd_ >= 0) ::close(fd_);
}

Result<void> RehearsalMark::write_into(const Connection& made) const {
    auto session = db::open(made, {.read_only = false});
    if (!session) return tl::unexpected(session.error());
    const std::string text = literal(mark_text(id_, original_), (*session)->engine());
    if ((*session)->engine() == Engine::postgresql)
        return (*session)->execute(
            fmt::format("COMMENT ON DATABASE {} IS {}", (*session)->quoted(made.database), text));
    return (*session)->execute(
        fmt::format("CREATE TABLE {} (id INT) COMMENT = {}", (*session)->quoted(kTable), text));
}

void RehearsalMark::forget() {
    std::error_code ignored;
    fs::remove(file_, ignored);
}

Result<std::vector<LeftRehearsal>> left_rehearsals(db::Database& session, const Connection& original,
                                                   const fs::path& directory) {
    std::vector<LeftRehearsal> left;
    if (!has_rehearsals(original)) return left;
    auto names = rehearsals_by_name(session);
    if (!names) return tl::unexpected(names.error());
    std::vector<std::string> recorded;
    for (const auto& file : list_directory(directory)) {
        const auto database = database_in(directory / file, original);
        if (database && !Taken(directory / file).kept_by_another()) recorded.push_back(*database);
    }
    for (const auto& name : *names) {
        auto mark = mark_of(session, name);
        if (!mark) return tl::unexpected(mark.error());
        const std::string id = id_in(*mark, original.database);
        if (id.empty()) {
            // Killed between the making of the database and its mark: known by its name alone, so only named.
            if (std::find(recorded.begin(), recorded.end(), name) != recorded.end())
                left.push_back({name, "", false});
            continue;
        }
        const fs::path file = directory / (id + ".json");
        if (Taken(file).kept_by_another()) continue;
        left.push_back({name, id, database_in(file, original) == name});
    }
    return left;
}

std::vector<std::string> drop_left_rehearsals(const Connection& original, const fs::path& directory) {
    std::vector<std::string> dropped;
    if (!has_rehearsals(original) || list_directory(directory).empty()) return dropped;
    auto session = db::open_server(
        original.engine == Engine::postgresql ? db::with_database(original, "postgres") : original);
    if (!session) return dropped;
    auto left = left_rehearsals(**session, original, directory);
    auto names = rehearsals_by_name(**session);
    if (!left || !names) return dropped;
    for (const auto& one : *left) {
        if (!one.ours) continue;
        const fs::path file = directory / (one.id + ".json");
        const Taken taken(file);
        if (!taken.free() || is_in_use(**session, one.database)) continue;
        if (!(*session)->execute("DROP DATABASE " + (*session)->quoted(one.database))) continue;
        dropped.push_back(one.database);
        std::erase(*names, one.database);
    }
    for (const auto& name : list_directory(directory)) {
        const auto database = database_in(directory / name, original);
        if (!database || std::find(names->begin(), names->end(), *database) != names->end()) continue;
        std::error_code ignored;
        if (Taken(directory / name).free()) fs::remove(directory / name, ignored);
    }
    return dropped;
}

std::vector<std::string> statement_command(const Connection& like, const std::string& database,
                                           const std::string& statement) {
    const bool postgresql = like.engine == Engine::postgresql;
    std::vector<std::string> argv{postgresql ? "psql" : like.engine == Engine::mariadb ? "mariadb" : "mysql"};
    auto add = [&](const char* option, const std::string& value) {
        if (!value.empty()) argv.insert(argv.end(), {option, value});
    };
    if (postgresql || like.socket.empty()) add("-h", like.host.empty() ? like.socket : like.host);
    if (!postgresql) add("-S", like.socket);
    if (postgresql || like.socket.empty())
        add(postgresql ? "-p" : "-P", std::to_string(effective_port(like)));
    add(postgresql ? "-U" : "-u", like.user);
    if (postgresql)
        add("-d", database);
    else
        argv.emplace_back("-p");
    add(postgresql ? "-c" : "-e", statement);
    return argv;
}

std::vector<std::string> drop_command(const Connection& like, const std::string& database) {
    const char quote = like.engine == Engine::postgresql ? '"' : '`';
    std::string quoted(1, quote);
    for (const char c : database) quoted.append(c == quote ? 2 : 1, c);
    return statement_command(like, "postgres", "DROP DATABASE " + quoted + quote);
}

}  // namespace migrate
