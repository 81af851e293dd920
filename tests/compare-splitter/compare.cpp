// Compares our splitter with the databases' own parsers on material that `extract` made. See README.md.
#include <fmt/format.h>
#include <mysql.h>
#include <pg_query.h>
#include <sqlite3.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <sstream>

#include "sql/lexer.hpp"
#include "sql/split.hpp"

using namespace migrate;
using sql::Dialect;

namespace {

struct Piece {
    std::string place;
    std::string text;
};

/// What was found, by kind: how often, and each time where and what.
struct Findings {
    std::map<std::string, std::vector<std::string>> by_kind;
    long statements = 0;
    long agreed = 0;

    void add(const std::string& kind, const std::string& place, std::string_view text) {
        std::string line;
        for (const char c : text.substr(0, 160)) line += c == '\n' ? ' ' : c;
        by_kind[kind].push_back(place + "  " + line);
    }
};

std::vector<Piece> pieces_of(const char* file) {
    std::ifstream in(file, std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(in), {}};
    std::vector<Piece> pieces;
    for (std::size_t at = all.find('\x1e'); at < all.size();) {
        const std::size_t next = std::min(all.find('\x1e', at + 1), all.size());
        const std::size_t line = all.find('\n', at);
        pieces.push_back({all.substr(at + 1, line - at - 1), all.substr(line + 1, next - line - 1)});
        at = next;
    }
    return pieces;
}

/// The tokens of a text without comments, spaces and terminators, joined: two texts of one statement have
/// the same.
std::string essence(std::string_view text, Dialect dialect) {
    sql::Lexer lexer(text, dialect);
    std::string result;
    for (auto token = lexer.next(); token.kind != sql::Token::Kind::end; token = lexer.next()) {
        if (token.kind == sql::Token::Kind::comment || token.kind == sql::Token::Kind::terminator) continue;
        result += text.substr(token.begin, token.end - token.begin);
        result += ' ';
    }
    return result;
}

// PostgreSQL: each of our statements must be exactly one for the server's parser. What the parser refuses
// (the suite tries errors on purpose) must be one for its scanner's splitter.

void compare_postgresql(const Piece& piece, Findings& findings) {
    auto ours = sql::split(piece.text, Dialect::postgresql);
    if (!ours) {
        findings.add("refused by us: " + ours.error().message.substr(ours.error().message.find(' ') + 1),
                     piece.place + ":" + ours.error().message, "");
        return;
    }
    std::vector<std::string> refused;
    for (const auto& statement : *ours) {
        ++findings.statements;
        const std::string text(statement.text);
        PgQuerySplitResult parsed = pg_query_split_with_parser(text.c_str());
        const std::string where = fmt::format("{}:{}", piece.place, statement.position.line);
        if (parsed.error != nullptr) {
            PgQuerySplitResult scanned = pg_query_split_with_scanner((text + ";").c_str());
            if (scanned.error != nullptr)
                findings.add("the scanner refuses the statement", where, text);
            else if (scanned.n_stmts != 1)
                findings.add("a syntax error, and several statements for the scanner", where, text);
            else
                ++findings.agreed;
            pg_query_free_split_result(scanned);
        } else if (parsed.n_stmts != 1) {
            findings.add(fmt::format("{} statements for the parser", parsed.n_stmts), where, text);
        } else {
            ++findings.agreed;
        }
        pg_query_free_split_result(parsed);
    }
    // The other way round: where the whole file parses, it has as many statements as we say.
    PgQuerySplitResult whole = pg_query_split_with_parser(piece.text.c_str());
    if (whole.error == nullptr && whole.n_stmts != static_cast<int>(ours->size()))
        findings.add("another number of statements for the parser", piece.place,
                     fmt::format("{} and {}", whole.n_stmts, ours->size()));
    pg_query_free_split_result(whole);
}

// SQLite: a script is run by the library, statement by statement; where each ends is what its parser says.
// After an error the end is where sqlite3_complete() says so.

struct Memory {
    Memory() { sqlite3_open(":memory:", &handle); }
    ~Memory() { sqlite3_close(handle); }
    sqlite3* handle = nullptr;
};

std::size_t complete_end(std::string_view text) {
    for (std::size_t at = text.find(';'); at != std::string_view::npos; at = text.find(';', at + 1))
        if (sqlite3_complete(std::string(text.substr(0, at + 1)).c_str()) != 0) return at + 1;
    return text.size();
}

std::vector<std::string> by_sqlite(const std::string& text, sqlite3* handle) {
    std::vector<std::string> result;
    std::string_view rest = text;
    while (!rest.empty()) {
        sqlite3_stmt* statement = nullptr;
        const char* tail = nullptr;
        const std::string copy(rest);
        std::size_t end = 0;
        if (sqlite3_prepare_v2(handle, copy.c_str(), -1, &statement, &tail) == SQLITE_OK) {
            end = static_cast<std::size_t>(tail - copy.c_str());
            const std::string word = essence(rest.substr(0, end), Dialect::sqlite).substr(0, 6);
            // What makes files or endless rows is prepared and not run.
            if (statement != nullptr &&
                (word == "CREATE" || word == "create" || word == "ALTER " || word == "DROP T"))
                sqlite3_step(statement);
            sqlite3_finalize(statement);
        } else {
            end = complete_end(rest);
        }
        if (end == 0) break;
        if (!essence(rest.substr(0, end), Dialect::sqlite).empty()) result.emplace_back(rest.substr(0, end));
        rest.remove_prefix(end);
    }
    return result;
}

void compare_sqlite(const Piece& piece, Findings& findings, sqlite3* handle) {
    const auto theirs = by_sqlite(piece.text, handle);
    auto ours = sql::split(piece.text, Dialect::sqlite);
    findings.statements += static_cast<long>(theirs.size());
    if (!ours) {
        findings.add("refused by us: " + ours.error().message.substr(ours.error().message.find(' ') + 1),
                     piece.place, piece.text);
        return;
    }
    bool same = ours->size() == theirs.size();
    for (std::size_t i = 0; same && i < theirs.size(); ++i)
        same = essence(theirs[i], Dialect::sqlite) == essence((*ours)[i].text, Dialect::sqlite);
    if (same)
        findings.agreed += static_cast<long>(theirs.size());
    else
        findings.add(fmt::format("{} statements, {} for SQLite", ours->size(), theirs.size()), piece.place,
                     piece.text);
}

// MariaDB: a statement between two others, all ended by ';', must come out as it went in. Where it does not,
// the server says whether it is a statement at all.

class MariaDb {
  public:
    explicit MariaDb(const char* socket) : handle_(mysql_init(nullptr)) {
        if (mysql_real_connect(handle_, nullptr, "root", nullptr, "test", 0, socket, 0) == nullptr) {
            std::cerr << mysql_error(handle_) << "\n";
            std::exit(2);
        }
    }
    ~MariaDb() { mysql_close(handle_); }

    /// Whether the server's parser takes it as one statement. With `oracle` in its own way of writing
    /// routines.
    bool takes(const std::string& text, bool oracle = false) {
        const std::string mode = oracle ? "SET sql_mode = ORACLE" : "SET sql_mode = ''";
        mysql_query(handle_, mode.c_str());
        MYSQL_STMT* statement = mysql_stmt_init(handle_);
        bool taken = mysql_stmt_prepare(statement, text.c_str(), text.size()) == 0;
        const unsigned error = mysql_stmt_errno(statement);
        // 1064, 1149: syntax; 1065: empty; 1295: it cannot be prepared, but was parsed.
        if (!taken) taken = error != 1064 && error != 1149 && error != 1065 && error != 1627 && error != 1193;
        mysql_stmt_close(statement);
        return taken;
    }

  private:
    MYSQL* handle_;
};

void compare_mariadb(const Piece& piece, Findings& findings, MariaDb& server) {
    const std::string& text = piece.text;
    // The server is asked only where something is unusual: most statements simply agree.
    const std::string script = "SELECT 1;\n" + text + "\n;\nSELECT 2;\n";
    auto ours = sql::split(script, Dialect::mysql);
    const bool same = ours && ours->size() == 3 &&
                      essence((*ours)[1].text, Dialect::mysql) == essence(text, Dialect::mysql);
    const std::string other = "DELIMITER %%%%\n" + text + "\n%%%%\nDELIMITER ;\nSELECT 2;\n";
    auto delimited = sql::split(other, Dialect::mysql);
    if (delimited ? delimited->size() != 2 ||
                        essence((*delimited)[0].text, Dialect::mysql) != essence(text, Dialect::mysql)
                  : same)
        findings.add("another statement with DELIMITER", piece.place, text);
    if (same) {
        ++findings.statements;
        ++findings.agreed;
        return;
    }
    if (!server.takes(text)) {
        if (server.takes(text, true)) {
            ++findings.statements;
            findings.add("only in sql_mode ORACLE", piece.place, text);
        } else {
            findings.add("no statement for the server either", piece.place, text);
        }
        return;
    }
    ++findings.statements;
    if (ours)
        findings.add(fmt::format("{} statements, 1 for the server", static_cast<long>(ours->size()) - 2),
                     piece.place, text);
    else
        findings.add("refused by us: " + ours.error().message.substr(ours.error().message.find(' ') + 1),
                     piece.place, text);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::cerr << "usage: compare postgresql|sqlite MATERIAL\n       compare mariadb MATERIAL SOCKET\n";
        return 2;
    }
    const std::string dialect = argv[1];
    Findings findings;
    std::unique_ptr<MariaDb> server;
    if (dialect == "mariadb" && argc > 3) server = std::make_unique<MariaDb>(argv[3]);
    std::unique_ptr<Memory> memory;
    std::string file;
    for (const Piece& piece : pieces_of(argv[2])) {
        if (dialect == "postgresql") {
            compare_postgresql(piece, findings);
        } else if (dialect == "sqlite") {
            const std::string here = piece.place.substr(0, piece.place.find(':'));
            if (here != file) memory = std::make_unique<Memory>();
            file = here;
            compare_sqlite(piece, findings, memory->handle);
        } else if (server) {
            compare_mariadb(piece, findings, *server);
        }
    }
    fmt::print("{} statements, {} alike\n", findings.statements, findings.agreed);
    for (const auto& [kind, places] : findings.by_kind) {
        fmt::print("\n{} x {}\n", places.size(), kind);
        for (const auto& place : places) fmt::print("    {}\n", place);
    }
    return 0;
}
