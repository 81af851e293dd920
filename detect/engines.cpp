#include "detect/engines.hpp"

#include <algorithm>
#include <array>

#include "detect/detect.hpp"
#include "detect/text.hpp"

namespace migrate::detection {

namespace {

struct Word {
    std::string_view text;
    Engine engine;
};

constexpr std::array<Word, 12> kMoreNames{{{"pgsql", Engine::postgresql},
                                           {"psql", Engine::postgresql},
                                           {"postgre", Engine::postgresql},
                                           {"pglite", Engine::postgresql},
                                           {"mysql8", Engine::mysql},
                                           {"mysql5", Engine::mysql},
                                           {"maria", Engine::mariadb},
                                           {"hsqldb", Engine::h2},
                                           {"sqlsrv", Engine::mssql},
                                           {"crdb", Engine::cockroachdb},
                                           {"ora", Engine::oracle},
                                           {"ch", Engine::clickhouse}}};

/// What stands in configurations and source code for an engine. The order decides nothing: all are looked
/// for.
constexpr std::array<Word, 42> kTraces{{{"postgresql://", Engine::postgresql},
                                        {"postgres://", Engine::postgresql},
                                        {"postgresql+", Engine::postgresql},
                                        {"jdbc:postgresql:", Engine::postgresql},
                                        {"psycopg", Engine::postgresql},
                                        {"asyncpg", Engine::postgresql},
                                        {"pg8000", Engine::postgresql},
                                        {"backends.postgresql", Engine::postgresql},
                                        {"backends.postgis", Engine::postgresql},
                                        {"org.postgresql", Engine::postgresql},
                                        {"github.com/lib/pq", Engine::postgresql},
                                        {"github.com/jackc/pgx", Engine::postgresql},
                                        {"mysql://", Engine::mysql},
                                        {"mysql+", Engine::mysql},
                                        {"jdbc:mysql:", Engine::mysql},
                                        {"mysqlclient", Engine::mysql},
                                        {"pymysql", Engine::mysql},
                                        {"PyMySQL", Engine::mysql},
                                        {"aiomysql", Engine::mysql},
                                        {"backends.mysql", Engine::mysql},
                                        {"mysql-connector", Engine::mysql},
                                        {"go-sql-driver/mysql", Engine::mysql},
                                        {"mariadb://", Engine::mariadb},
                                        {"jdbc:mariadb:", Engine::mariadb},
                                        {"mariadb+", Engine::mariadb},
                                        {"sqlite://", Engine::sqlite},
                                        {"sqlite+", Engine::sqlite},
                                        {"aiosqlite", Engine::sqlite},
                                        {"jdbc:sqlite:", Engine::sqlite},
                                        {"backends.sqlite3", Engine::sqlite},
                                        {"mattn/go-sqlite3", Engine::sqlite},
                                        {"modernc.org/sqlite", Engine::sqlite},
                                        {"libsql://", Engine::libsql},
                                        {"mongodb://", Engine::mongodb},
                                        {"mongodb+srv://", Engine::mongodb},
                                        {"jdbc:sqlserver:", Engine::mssql},
                                        {"mssql+", Engine::mssql},
                                        {"jdbc:oracle:", Engine::oracle},
                                        {"backends.oracle", Engine::oracle},
                                        {"jdbc:h2:", Engine::h2},
                                        {"ClickHouse/clickhouse-go", Engine::clickhouse},
                                        {"cockroachdb://", Engine::cockroachdb}}};

/// Image names end before a tag, a digest or the line's end, and may have a registry and a namespace.
std::optional<Engine> engine_of_image(std::string_view image) {
    image = unquote(trim(image));
    image = image.substr(0, image.find('@'));
    std::size_t slash = image.rfind('/');
    std::string_view name = slash == std::string_view::npos ? image : image.substr(slash + 1);
    name = name.substr(0, name.find(':'));
    if (image.starts_with("mcr.microsoft.com/mssql") || contains(image, "mssql")) return Engine::mssql;
    if (name.starts_with("postgis") || name == "pgvector" || name == "timescaledb" ||
        name == "timescaledb-ha" || name.starts_with("postgres"))
        return Engine::postgresql;
    if (name == "mysql" || name == "mysql-server" || name.starts_with("percona")) return Engine::mysql;
    if (name.starts_with("mariadb")) return Engine::mariadb;
    if (name == "mongo" || name == "mongodb" || name.starts_with("mongodb-")) return Engine::mongodb;
    if (name.starts_with("clickhouse")) return Engine::clickhouse;
    if (name.starts_with("cockroach")) return Engine::cockroachdb;
    if (name.starts_with("libsql") || name == "sqld") return Engine::libsql;
    if (name.starts_with("oracle-")) return Engine::oracle;
    return std::nullopt;
}

void add_from_compose(const Repo& repo, Tree::Place place, std::vector<Engine>& engines) {
    each_line(repo.text(repo.tree().path(place)), [&](std::string_view line, int) {
        line = trim(line);
        if (line.starts_with("image:")) add_engine(engines, engine_of_image(line.substr(6)));
        return true;
    });
}

}  // namespace

void add_engine(std::vector<Engine>& engines, std::optional<Engine> engine) {
    if (engine && std::find(engines.begin(), engines.end(), *engine) == engines.end())
        engines.push_back(*engine);
}

std::optional<Engine> engine_in_name(std::string_view name) {
    std::string lower = lowercase(name);
    if (auto engine = engine_from(lower)) return engine;
    for (std::string_view word : split(lower, "-_. ")) {
        for (const Word& known : kMoreNames)
            if (word == known.text) return known.engine;
        if (word == "file" || word == "expo") continue;
        if (auto engine = engine_from(word)) return engine;
    }
    return std::nullopt;
}

std::optional<Engine> engine_in_url(std::string_view url) {
    std::string scheme = lowercase(url.substr(0, url.find("://")));
    if (scheme.starts_with("jdbc:")) scheme = scheme.substr(5, scheme.find(':', 5) - 5);
    return engine_from(scheme.substr(0, scheme.find('+')));
}

std::vector<Engine> engines_in_text(std::string_view text) {
    std::vector<Engine> engines;
    for (const Word& trace : kTraces)
        if (contains(text, trace.text)) add_engine(engines, trace.engine);
    std::sort(engines.begin(), engines.end());
    return engines;
}

std::vector<Engine> engines_in_compose(const Repo& repo, Tree::Dir dir) {
    std::vector<Engine> engines;
    std::vector<Tree::Place> all = repo.tree().of_kind(FileKind::compose);
    for (Tree::Dir at = dir; at != Tree::none; at = repo.tree().parent(at)) {
        for (Tree::Place place : all)
            if (place.dir == at) add_from_compose(repo, place, engines);
        if (!engines.empty()) return engines;
    }
    for (Tree::Place place : all)
        if (!is_hidden_path(repo.tree().path(place))) add_from_compose(repo, place, engines);
    return engines;
}

std::vector<Engine> engines_in_env_files(const Repo& repo, Tree::Dir dir) {
    std::vector<Engine> engines;
    for (Tree::Dir at = dir; at != Tree::none; at = repo.tree().parent(at)) {
        if (!repo.tree().holds(at, FileKind::env_file)) continue;
        for (const Tree::File& file : repo.tree().files(at)) {
            if (file.kind != FileKind::env_file) continue;
            // Examples only: a real .env belongs to whoever resolves targets.
            std::string_view name = repo.tree().name(file);
            if (!contains_any(name, {"example", "sample", "template", "dist", "defaults"})) continue;
            std::string path = repo.tree().path(at);
            for (Engine engine :
                 engines_in_text(repo.text(path == "." ? std::string(name) : path + '/' + std::string(name))))
                add_engine(engines, engine);
        }
        if (!engines.empty()) break;
    }
    return engines;
}

}  // namespace migrate::detection
