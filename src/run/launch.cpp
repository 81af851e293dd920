// Boost.Process v2 starts the child. This is the only file that includes it: it takes long to compile.
//
// pidfd is switched off, because kernels and containers that refuse it are still about. std::filesystem keeps
// Boost.Filesystem out, which would be one more library to link.
#define BOOST_PROCESS_V2_DISABLE_PIDFD_OPEN
#define BOOST_PROCESS_USE_STD_FS

#include "run/launch.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/optional.hpp>
#include <boost/type_traits/decay.hpp>
#include <boost/type_traits/is_convertible.hpp>
#include <boost/utility/string_view.hpp>
// After the four above, which it uses without including them.
#include <boost/process/v2/posix/default_launcher.hpp>
#include <boost/process/v2/process.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>

namespace migrate {

namespace {

namespace bp = boost::process::v2;
namespace fs = std::filesystem;
using boost::system::error_code;

constexpr int kFirstFreeDescriptor = 10;  // ours stay above what the child gets: 0 to 3
constexpr int kProbeDescriptor = 3;
constexpr std::string_view kDefaultPath = "/usr/local/bin:/usr/bin:/bin";

/// The same descriptor at a number that the child's 0 to 3 cannot collide with.
Descriptor moved_up(int fd) {
    Descriptor low(fd);
    return Descriptor(::fcntl(low.get(), F_DUPFD_CLOEXEC, kFirstFreeDescriptor));
}

struct Pipe {
    Descriptor read, write;
};

std::optional<Pipe> make_pipe(bool both_ways = false) {
    int ends[2];
    if (both_ways ? ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0
                  : ::pipe2(ends, O_CLOEXEC) != 0)
        return std::nullopt;
    Pipe pipe{moved_up(ends[0]), moved_up(ends[1])};
    if (pipe.read.get() < 0 || pipe.write.get() < 0) return std::nullopt;
    return pipe;
}

/// Stdin of the child: the null device, or a file in memory that holds the text. A file, unlike a pipe, needs
/// nobody to write while the child may not read.
Descriptor make_stdin(const std::string& text) {
    if (text.empty()) return moved_up(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    Descriptor file = moved_up(::memfd_create("stdin", MFD_CLOEXEC));
    for (std::size_t done = 0; file.get() >= 0 && done < text.size();) {
        ssize_t put = ::write(file.get(), text.data() + done, text.size() - done);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return Descriptor();
        done += static_cast<std::size_t>(put);
    }
    if (file.get() >= 0) ::lseek(file.get(), 0, SEEK_SET);
    return file;
}

/// What the child does between fork and exec, as an initializer of Boost.Process. Only system calls: other
/// threads of this program may hold locks that nobody will ever release in the child.
///
/// It also works around two faults of the launcher in Boost 1.81: after a failed exec the child leaves by
/// exit(), which would write this program's buffered output a second time; and not all descriptors outside
/// the whitelist are closed.
struct ChildSetup {
    const char* directory;
    const char* const* environment;
    std::array<int, 4> descriptors;  // for 0, 1, 2, 3; -1: none

    error_code on_setup(bp::posix::default_launcher& launcher, const fs::path&, const char* const*) {
        launcher.env = environment;
        if (descriptors[kProbeDescriptor] >= 0) launcher.fd_whitelist.push_back(kProbeDescriptor);
        return {};
    }

    error_code on_exec_setup(bp::posix::default_launcher&, const fs::path&, const char* const*) {
        // A session of its own, not only a group: without a controlling terminal a native tool cannot ask
        // for a password on /dev/tty and wait there for ever; it fails, and says why.
        ::setsid();
        struct sigaction plain {};
        plain.sa_handler = SIG_DFL;
        for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &plain, nullptr);
        sigset_t none;
        sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        for (int target = 0; target < static_cast<int>(descriptors.size()); ++target)
            if (descriptors[static_cast<std::size_t>(target)] >= 0 &&
                ::dup2(descriptors[static_cast<std::size_t>(target)], target) < 0)
                return {errno, boost::system::system_category()};
        close_others_on_exec(descriptors[kProbeDescriptor] >= 0 ? kProbeDescriptor + 1 : kProbeDescriptor);
        if (::chdir(directory) != 0) return {errno, boost::system::system_category()};
        return {};
    }

    template <class... Ignored>
    void on_exec_error(Ignored&&...) {
        ::_exit(kNotExecuted);
    }

    static void close_others_on_exec(int first) {
#ifdef SYS_close_range
        constexpr unsigned kCloseOnExec = 1u << 2;  // CLOSE_RANGE_CLOEXEC, Linux 5.11
        if (::syscall(SYS_close_range, static_cast<unsigned>(first), ~0u, kCloseOnExec) == 0) return;
#endif
        long limit = ::sysconf(_SC_OPEN_MAX);
        for (int fd = first; fd < limit; ++fd) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    }

    static constexpr int kNotExecuted = 127;
};

tl::unexpected<Error> cannot_start(const std::string& program, const std::string& why) {
    return fail("tool.failed", program + " could not be started: " + why, "Nothing was run.");
}

/// Why exec says "no such file" about a file that is there: what its first line names is not.
std::string interpreter_of(const fs::path& program) {
    std::ifstream file(program);
    std::string line;
    if (!std::getline(file, line) || !line.starts_with("#!")) return "";
    return line.substr(2);
}

Result<fs::path> program_of(const ProcessSpec& spec) {
    std::error_code problem;
    if (!spec.cwd.is_absolute() || !fs::is_directory(spec.cwd, problem))
        return fail("file.missing", spec.cwd.string() + ": there is no such directory to run in",
                    "Nothing was run.");
    if (spec.argv.empty()) return fail("tool.missing", "there is no command to run");
    const std::string& name = spec.argv.front();
    auto path = spec.env.find("PATH");
    auto found = find_program(name, path == spec.env.end() ? kDefaultPath : path->second, spec.cwd);
    if (found) return *found;
    bool by_path = name.find('/') == std::string::npos;
    return fail(
        "tool.missing", name + " is not installed, or cannot be executed",
        by_path ? "It is in no directory of PATH." : "It was looked for in " + spec.cwd.string() + ".");
}

/// Why the system would not execute a file that is there.
tl::unexpected<Error> not_executed(const ProcessSpec& spec, const fs::path& program,
                                   const error_code& problem) {
    std::string interpreter = problem.value() == ENOENT ? interpreter_of(program) : "";
    if (interpreter.empty()) return cannot_start(spec.argv.front(), problem.message());
    return fail("tool.missing", program.string() + " needs " + interpreter + ", which is not there",
                "Nothing was run.");
}

}  // namespace

Result<Launched> launch(const ProcessSpec& spec, bool talk) {
    auto program = program_of(spec);
    if (!program) return tl::unexpected(program.error());
    Descriptor in = make_stdin(spec.stdin_text);
    auto out = make_pipe(), err = make_pipe(), probe = spec.probe || talk ? make_pipe(talk) : Pipe{};
    if (in.get() < 0 || !out || !err || !probe) return cannot_start(spec.argv.front(), std::strerror(errno));

    std::vector<std::string> variables;
    for (const auto& [name, value] : spec.env) variables.push_back(name + "=" + value);
    std::vector<const char*> environment;
    for (const std::string& variable : variables) environment.push_back(variable.c_str());
    environment.push_back(nullptr);

    std::vector<std::string> args(spec.argv.begin() + 1, spec.argv.end());
    ChildSetup setup{spec.cwd.c_str(),
                     environment.data(),
                     {in.get(), out->write.get(), err->write.get(), probe->write.get()}};
    boost::asio::io_context unused;  // the launcher wants one; who waits for the child has another
    bp::posix::default_launcher launcher;
    error_code problem;
    launcher(unused.get_executor(), problem, *program, args, setup).detach();
    if (problem) {
        // The launcher leaves the child that could not execute anything to whoever started it.
        if (launcher.pid > 0) ::waitpid(launcher.pid, nullptr, 0);
        return not_executed(spec, *program, problem);
    }
    return Launched{launcher.pid, std::move(out->read), std::move(err->read), std::move(probe->read)};
}

}  // namespace migrate
