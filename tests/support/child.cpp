#include "tests/support/child.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <sstream>
#include <thread>

#include "tests/support/program.hpp"

namespace migrate::test {

Child::Child(const Tree& tree, const std::map<std::string, std::string>& environment,
             const std::vector<std::string>& words) {
    static std::atomic<int> number{0};
    const std::string program = program_path().string(), directory = tree.path().string();
    log_ = tree.path(".output-" + std::to_string(++number)).string();
    std::vector<std::string> arguments{program}, variables{"HOME=" + tree.path(".home").string()};
    if (!environment.contains("PATH")) variables.push_back(std::string("PATH=") + std::getenv("PATH"));
    arguments.insert(arguments.end(), words.begin(), words.end());
    for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
    std::vector<char*> argv, envp;
    for (auto& word : arguments) argv.push_back(word.data());
    for (auto& variable : variables) envp.push_back(variable.data());
    argv.push_back(nullptr);
    envp.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("fork failed");
    if (pid_ > 0) return;
    if (::chdir(directory.c_str()) != 0) ::_exit(126);
    const int out = ::open(log_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const int in = ::open("/dev/null", O_RDONLY);
    ::dup2(in, 0);
    ::dup2(out, 1);
    ::dup2(out, 2);
    ::execve(argv[0], argv.data(), envp.data());
    ::_exit(127);
}

Child::~Child() {
    if (pid_ <= 0) return;
    kill();
    (void)wait();
}

void Child::kill() {
    if (pid_ > 0) ::kill(pid_, SIGKILL);
}

int Child::wait() {
    int status = 0;
    if (pid_ > 0) ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

std::string Child::output() const {
    std::ifstream in(log_);
    return {std::istreambuf_iterator<char>(in), {}};
}

pid_t process_of_port(int port, const std::vector<Child>& children) {
    char wanted[8];
    std::snprintf(wanted, sizeof wanted, ":%04X", port);
    std::ifstream table("/proc/net/tcp");
    std::string socket;
    for (std::string line; std::getline(table, line);) {
        std::istringstream words(line);
        std::string number, local, remote, state, queues, timer, retransmits, user, timeout, inode;
        words >> number >> local >> remote >> state >> queues >> timer >> retransmits >> user >> timeout >>
            inode;
        if (local.ends_with(wanted) && inode != "0") socket = "socket:[" + inode + "]";
    }
    for (const Child& child : children) {
        std::error_code ignored;
        for (const auto& entry :
             std::filesystem::directory_iterator("/proc/" + std::to_string(child.pid()) + "/fd", ignored))
            if (std::filesystem::read_symlink(entry.path(), ignored) == socket) return child.pid();
    }
    return 0;
}

void wait_for_silence(const Connection& connection) {
    if (connection.engine == Engine::sqlite) return;
    auto database = connect(connection);
    const char* query =
        connection.engine == Engine::postgresql
            ? "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid "
              "<> pg_backend_pid() AND backend_type = 'client backend'"
            : "SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE() AND id <> "
              "CONNECTION_ID()";
    for (int i = 0; i < 2000; ++i) {
        auto rows = database->query(query);
        if (!rows) throw std::runtime_error(rows.error().message);
        if (rows->rows[0][0] == "0") return;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    throw std::runtime_error("a session of a killed run never ended");
}

}  // namespace migrate::test
