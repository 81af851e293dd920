#pragma once
#include <sys/types.h>

#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.hpp"
#include "model/target.hpp"

namespace migrate::test {

/// The administrator's password on both servers: planted, so that every run of the real binary in every test
/// is searched for it (program.cpp). MIGRATE_TEST_PASSWORD sets another one, with letters that URLs and
/// configurations write differently.
inline const std::string kPlantedPassword = [] {
    const char* other = std::getenv("MIGRATE_TEST_PASSWORD");
    return std::string(other ? other : "app-secret");
}();

/// A database server of our own, in a temporary directory on a free port of 127.0.0.1: started by the first
/// test that asks for it, stopped and removed when the test process ends (a killed one leaves the directory,
/// but no server). As root it runs as the system user that its package made. Where the programs are missing,
/// asking throws, so the test fails and says what to install (tests/install-servers).
class Server {
  public:
    virtual ~Server() = default;
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    int port() const { return port_; }
    std::string host() const { return "127.0.0.1"; }
    /// The administrator, connected to the server's own database.
    Connection admin() const;
    /// A new, empty database of its own, with the administrator's login. Never removed before the server is.
    Connection fresh_database();
    /// The same as a URL: postgresql://app:...@127.0.0.1:PORT/NAME, with user and password encoded.
    std::string url(const Connection& connection) const;
    /// The server's certificate, in the name of localhost; the only authority that would vouch for it.
    std::string certificate_file() const { return (directory_ / "certificate.pem").string(); }

  protected:
    Server() = default;
    Engine engine_ = Engine::postgresql;
    std::string admin_database_;
    std::filesystem::path directory_;
    int port_ = 0;
    pid_t pid_ = -1;
    int databases_ = 0;
};

/// PostgreSQL of the newest major that is installed, with password logins only, UTF-8 and the C.UTF-8 locale,
/// TLS offered with a certificate that nobody signed.
class PostgresServer : public Server {
  public:
    static PostgresServer& shared();
    /// The same of another major, from tests/tools/postgresql (server and initdb alone, without TLS).
    static PostgresServer& of_major(int major);
    ~PostgresServer() override;
    /// Directory of the local socket.
    std::string socket_directory() const { return directory_.string(); }
    /// Directory of psql, pg_dump and the other programs of the same version.
    std::filesystem::path programs() const { return programs_; }

  private:
    PostgresServer();
    explicit PostgresServer(const std::filesystem::path& installed);
    void initialise(const std::filesystem::path& initdb);
    void start_server(std::vector<std::string> options);
    std::filesystem::path programs_;
};

/// MariaDB with password logins only and utf8mb4, TLS offered with a certificate that nobody signed.
class MariaDbServer : public Server {
  public:
    static MariaDbServer& shared();
    ~MariaDbServer() override;
    std::string socket_file() const { return (directory_ / "server.sock").string(); }

  private:
    MariaDbServer();
};

/// MySQL 8.0 from tests/tools/mysql, whose logins are of the kind that is the default there:
/// caching_sha2_password.
class MySqlServer : public Server {
  public:
    static MySqlServer& shared();
    ~MySqlServer() override;

  private:
    MySqlServer();
};

/// A port of 127.0.0.1 that nobody listened on a moment ago.
int free_port();
/// Opens a session that may write, or throws with the error's message.
std::unique_ptr<db::Database> connect(const Connection& connection);
/// Executes statements one by one, each exactly as given, or throws with the error's message.
void execute(const Connection& connection, std::initializer_list<std::string_view> statements);

/// Makes a database look as if it had been in use: a table with a row, and a history (raw SQL's own) that
/// says that `file` made it.
void make_used(const Connection& connection, const std::string& file);

}  // namespace migrate::test
