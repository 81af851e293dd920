#include "servers.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tools.hpp"

namespace migrate::test {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kUser = "app";
constexpr std::chrono::seconds kPatience{60};

[[noreturn]] void not_installed(std::string_view what, std::string_view packages) {
    throw std::runtime_error(
        fmt::format("{} is not installed; `bash tests/install-servers` (as root) "
                    "installs {}",
                    what, packages));
}

std::string content_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// The first of `directories` that holds the program.
fs::path find_program(const std::string& name, std::vector<fs::path> directories) {
    std::string path = std::getenv("PATH") ? std::getenv("PATH") : "";
    for (std::size_t from = 0; from <= path.size();) {
        const std::size_t to = std::min(path.find(':', from), path.size());
        directories.emplace_back(path.substr(from, to - from));
        from = to + 1;
    }
    for (const fs::path& directory : directories)
        if (access((directory / name).c_str(), X_OK) == 0) return directory / name;
    return {};
}

/// Servers refuse to run as root; their packages make a user for them.
const passwd* server_user(const char* name) {
    if (geteuid() != 0) return nullptr;
    const passwd* user = getpwnam(name);
    if (user == nullptr) throw std::runtime_error(fmt::format("there is no system user {}", name));
    return user;
}

/// Starts a program as `user`, its output in `log`. A server dies with the test process.
pid_t start(const std::vector<std::string>& argv, const passwd* user, const fs::path& directory,
            const fs::path& log, int signal_at_end) {
    std::vector<char*> words;
    for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    const pid_t pid = fork();
    if (pid < 0) throw std::runtime_error("fork failed");
    if (pid > 0) return pid;
    const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    const int input = open("/dev/null", O_RDONLY);
    dup2(input, 0);
    dup2(output, 1);
    dup2(output, 2);
    setsid();
    if (user != nullptr && (setgid(user->pw_gid) != 0 || initgroups(user->pw_name, user->pw_gid) != 0 ||
                            setuid(user->pw_uid) != 0))
        _exit(126);
    if (signal_at_end != 0) prctl(PR_SET_PDEATHSIG, signal_at_end);
    if (chdir(directory.c_str()) != 0) _exit(126);
    execv(words[0], words.data());
    _exit(127);
}

void run(const std::vector<std::string>& argv, const passwd* user, const fs::path& directory) {
    const fs::path log = directory / "setup.log";
    const pid_t pid = start(argv, user, directory, log, SIGKILL);
    int status = 0;
    waitpid(pid, &status, 0);
    if (status != 0) throw std::runtime_error(fmt::format("{} failed:\n{}", argv[0], content_of(log)));
}

fs::path make_directory(const passwd* user) {
    std::string name = (fs::temp_directory_path() / "migrate-server-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    if (user != nullptr && chown(name.c_str(), user->pw_uid, user->pw_gid) != 0)
        throw std::runtime_error("the temporary directory cannot be given to the server's user");
    // The tools under test may run as another user and need the socket.
    fs::permissions(name, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
    return name;
}

void write_private(const fs::path& path, std::string_view text, const passwd* user) {
    std::ofstream(path, std::ios::binary) << text;
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
    if (user != nullptr && chown(path.c_str(), user->pw_uid, user->pw_gid) != 0)
        throw std::runtime_error(fmt::format("{} cannot be given to the server's user", path.string()));
}

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
}

bool answers(int port) {
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(port);
    const bool there =
        ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(descriptor);
    return there;
}

void wait_until(const std::function<bool()>& ready, pid_t pid, const fs::path& log) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!ready()) {
        if (waitpid(pid, nullptr, WNOHANG) == pid || std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error(fmt::format("the database server did not start:\n{}", content_of(log)));
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

void stop(pid_t pid, int signal, const fs::path& directory) {
    if (pid > 0) {
        kill(pid, signal);
        waitpid(pid, nullptr, 0);
    }
    std::error_code ignored;
    fs::remove_all(directory, ignored);
}

std::string percent_encoded(std::string_view text) {
    std::string result;
    for (const char byte : text) {
        if (std::isalnum(static_cast<unsigned char>(byte)) || byte == '-' || byte == '_' || byte == '.')
            result += byte;
        else
            result += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
    }
    return result;
}

/// /usr/lib/postgresql/15/bin and the like, newest first.
std::vector<fs::path> postgres_directories() {
    std::vector<std::pair<int, fs::path>> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", error))
        found.emplace_back(std::atoi(entry.path().filename().c_str()), entry.path() / "bin");
    std::sort(found.rbegin(), found.rend());
    std::vector<fs::path> result;
    for (auto& [major, path] : found) result.push_back(path);
    return result;
}

}  // namespace

int free_port() {
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    bind(descriptor, reinterpret_cast<sockaddr*>(&address), size);
    getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
    close(descriptor);
    return ntohs(address.sin_port);
}

Connection Server::admin() const {
    Connection connection;
    connection.engine = engine_;
    connection.host = host();
    connection.port = port_;
    connection.user = kUser;
    connection.password = kPlantedPassword;
    connection.database = admin_database_;
    return connection;
}

Connection Server::fresh_database() {
    Connection connection = admin();
    const std::string name = fmt::format("test_{}", ++databases_);
    execute(connection, {fmt::format("CREATE DATABASE {}", name)});
    connection.database = name;
    connection.url = url(connection);
    return connection;
}

std::string Server::url(const Connection& connection) const {
    return fmt::format("{}://{}:{}@{}:{}/{}", engine_ == Engine::postgresql ? "postgresql" : "mysql",
                       percent_encoded(connection.user), percent_encoded(connection.password),
                       connection.host, connection.port, percent_encoded(connection.database));
}

PostgresServer& PostgresServer::shared() {
    static PostgresServer server;
    return server;
}

PostgresServer& PostgresServer::of_major(int major) {
    static std::map<int, std::unique_ptr<PostgresServer>> servers;
    auto& server = servers[major];
    if (!server) server.reset(new PostgresServer(test_tool(fmt::format("postgresql/postgresql-{}", major))));
    return *server;
}

PostgresServer::PostgresServer() {
    const fs::path postgres = find_program("postgres", postgres_directories());
    const fs::path initdb = find_program("initdb", postgres_directories());
    const fs::path openssl = find_program("openssl", {"/usr/bin"});
    if (postgres.empty() || initdb.empty() || openssl.empty())
        not_installed("a PostgreSQL server", "postgresql-15 and openssl");
    programs_ = postgres.parent_path();
    initialise(initdb);
    run({openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2",
         "-keyout", "key.pem", "-out", "certificate.pem"},
        server_user("postgres"), directory_);
    start_server({"-c", "ssl=on", "-c", "ssl_cert_file=" + certificate_file(), "-c",
                  "ssl_key_file=" + (directory_ / "key.pem").string()});
}

/// `installed` may lie where the server's user must not go; the programs find their files beside them.
PostgresServer::PostgresServer(const fs::path& installed) {
    directory_ = make_directory(server_user("postgres"));
    fs::copy(installed, directory_ / "installed",
             fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    programs_ = directory_ / "installed/bin";
    initialise(programs_ / "initdb");
    start_server({});
}

void PostgresServer::initialise(const fs::path& initdb) {
    engine_ = Engine::postgresql;
    admin_database_ = "postgres";
    const passwd* user = server_user("postgres");
    if (directory_.empty()) directory_ = make_directory(user);
    write_private(directory_ / "password", kPlantedPassword, user);
    run({initdb, "-D", (directory_ / "data").string(), "-U", std::string(kUser), "--auth=scram-sha-256",
         "--pwfile=" + (directory_ / "password").string(), "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"},
        user, directory_);
}

void PostgresServer::start_server(std::vector<std::string> options) {
    port_ = free_port();
    const fs::path log = directory_ / "server.log";
    std::vector<std::string> argv{(programs_ / "postgres").string(),
                                  "-D",
                                  (directory_ / "data").string(),
                                  "-p",
                                  std::to_string(port_),
                                  "-h",
                                  host(),
                                  "-k",
                                  directory_.string(),
                                  "-F",
                                  "-c",
                                  "full_page_writes=off",
                                  "-c",
                                  "max_connections=50"};
    argv.insert(argv.end(), options.begin(), options.end());
    pid_ = start(argv, server_user("postgres"), directory_, log, SIGINT);
    // The last line of the file says when connections are accepted.
    wait_until(
        [&] { return content_of(directory_ / "data/postmaster.pid").find("ready") != std::string::npos; },
        pid_, log);
}

PostgresServer::~PostgresServer() {
    stop(pid_, SIGINT, directory_);
}

MariaDbServer& MariaDbServer::shared() {
    static MariaDbServer server;
    return server;
}

MariaDbServer::MariaDbServer() {
    const fs::path server = find_program("mariadbd", {"/usr/sbin", "/usr/libexec"});
    const fs::path install = find_program("mariadb-install-db", {"/usr/bin"});
    const fs::path openssl = find_program("openssl", {"/usr/bin"});
    if (server.empty() || install.empty() || openssl.empty())
        not_installed("a MariaDB server", "mariadb-server and openssl");
    engine_ = Engine::mariadb;
    admin_database_ = "mysql";
    const passwd* user = server_user("mysql");
    directory_ = make_directory(user);
    const std::string data = (directory_ / "data").string();
    run({install, "--no-defaults", "--datadir=" + data, "--auth-root-authentication-method=normal",
         "--skip-test-db"},
        user, directory_);
    run({openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2",
         "-keyout", "key.pem", "-out", "certificate.pem"},
        user, directory_);
    write_private(directory_ / "init.sql",
                  fmt::format("ALTER USER root@localhost IDENTIFIED BY '{0}';\n"
                              "DROP USER IF EXISTS ''@localhost;\n"
                              "CREATE USER IF NOT EXISTS '{1}'@'%' IDENTIFIED BY '{0}';\n"
                              "GRANT ALL ON *.* TO '{1}'@'%' WITH GRANT OPTION;\n",
                              kPlantedPassword, kUser),
                  user);
    port_ = free_port();
    const fs::path log = directory_ / "server.log";
    pid_ = start({server, "--no-defaults", "--datadir=" + data, "--port=" + std::to_string(port_),
                  "--bind-address=" + host(), "--socket=" + socket_file(),
                  "--pid-file=" + (directory_ / "server.pid").string(),
                  "--init-file=" + (directory_ / "init.sql").string(), "--character-set-server=utf8mb4",
                  "--ssl-cert=" + (directory_ / "certificate.pem").string(),
                  "--ssl-key=" + (directory_ / "key.pem").string(), "--innodb-flush-log-at-trx-commit=0",
                  "--skip-log-bin", "--skip-name-resolve"},
                 user, directory_, log, SIGTERM);
    wait_until([&] { return answers(port_); }, pid_, log);
}

MariaDbServer::~MariaDbServer() {
    stop(pid_, SIGTERM, directory_);
}

MySqlServer& MySqlServer::shared() {
    static MySqlServer server;
    return server;
}

MySqlServer::MySqlServer() {
    engine_ = Engine::mysql;
    admin_database_ = "mysql";
    const passwd* user = server_user("mysql");
    const fs::path tool = test_tool("mysql/mysql-8.0");
    directory_ = make_directory(user);
    const fs::path installed = directory_ / "installed";
    fs::copy(tool, installed, fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    const std::string server = installed / "bin/mysqld", base = "--basedir=" + installed.string(),
                      data = "--datadir=" + (directory_ / "data").string();
    run({server, "--no-defaults", "--initialize-insecure", base, data}, user, directory_);
    write_private(directory_ / "init.sql",
                  fmt::format("ALTER USER root@localhost IDENTIFIED BY '{0}';\n"
                              "CREATE USER '{1}'@'%' IDENTIFIED WITH caching_sha2_password BY '{0}';\n"
                              "GRANT ALL ON *.* TO '{1}'@'%' WITH GRANT OPTION;\n",
                              kPlantedPassword, kUser),
                  user);
    port_ = free_port();
    pid_ = start({server, "--no-defaults", base, data, "--port=" + std::to_string(port_),
                  "--bind-address=" + host(), "--socket=" + (directory_ / "server.sock").string(),
                  "--pid-file=" + (directory_ / "server.pid").string(),
                  "--init-file=" + (directory_ / "init.sql").string(), "--mysqlx=OFF",
                  "--innodb-flush-log-at-trx-commit=0", "--skip-log-bin", "--skip-name-resolve"},
                 user, directory_, directory_ / "server.log", SIGTERM);
    wait_until([&] { return answers(port_); }, pid_, directory_ / "server.log");
}

MySqlServer::~MySqlServer() {
    stop(pid_, SIGTERM, directory_);
}

std::unique_ptr<db::Database> connect(const Connection& connection) {
    auto database = db::open(connection, {.read_only = false});
    if (!database)
        throw std::runtime_error(fmt::format("{} ({})", database.error().message, database.error().hint));
    return std::move(*database);
}

void execute(const Connection& connection, std::initializer_list<std::string_view> statements) {
    auto database = connect(connection);
    for (const std::string_view statement : statements)
        if (auto done = database->execute(statement); !done)
            throw std::runtime_error(fmt::format("{}: {}", statement, done.error().message));
}

void make_used(const Connection& connection, const std::string& file) {
    const std::string row = "INSERT INTO _migrations (filename) VALUES ('" + file + "')";
    execute(
        connection,
        {"CREATE TABLE kept (id INT PRIMARY KEY)", "INSERT INTO kept VALUES (1)",
         "CREATE TABLE _migrations (id SERIAL PRIMARY KEY, filename VARCHAR(255) NOT NULL UNIQUE, applied_at "
         "TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)",
         row});
}

}  // namespace migrate::test
