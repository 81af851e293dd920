#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.hpp"

namespace migrate {

class Redactor;

enum class Stream { out, err };

std::string_view to_string(Stream stream);  ///< "stdout", "stderr"

/// Is told when the child is there, and that it has ended before its number can be another process's. Both
/// calls come on the thread that called run_process, which waits for them.
class ProcessWatch {
  public:
    virtual ~ProcessWatch() = default;
    /// The child's process number, which is also that of its group and session.
    virtual void on_start(int pid) = 0;
    virtual void on_end() = 0;
};

/// A native command line to run. Nothing is inherited but what stands here: no environment, no descriptors,
/// no terminal, no signal dispositions.
struct ProcessSpec {
    std::vector<std::string>
        argv;  ///< no shell; argv[0] with '/' is relative to `cwd`, else looked up in env's PATH
    std::filesystem::path cwd;                            ///< absolute
    std::map<std::string, std::string, std::less<>> env;  ///< complete
    std::string stdin_text;                               ///< "" = /dev/null
    std::chrono::milliseconds timeout{0};                 ///< 0: none
    std::chrono::milliseconds grace{5000};                ///< from SIGTERM to SIGKILL
    const Redactor* redactor = nullptr;  ///< applied to everything that is delivered, kept or logged
    std::size_t keep = 16 * 1024;        ///< bytes kept in memory per stream, half from either end
    std::filesystem::path log_dir;       ///< private directory for the full output; "" = not written
    std::string log_name = "output";     ///< its files are NAME.stdout and NAME.stderr
    std::uint64_t log_limit = 1ull << 30;
    std::size_t collect = 0;  ///< stdout is also returned as it was written, up to so many bytes, to be
                              ///< parsed or saved; not redacted, so never shown
    bool probe = false;       ///< the child gets a pipe on descriptor 3; what it writes there is returned
    std::size_t probe_limit = 4u << 20;
    bool after_interrupt = false;  ///< run although an interrupt has been noted: this cleans up after it
    ProcessWatch* watch = nullptr;
};

/// One line of output, redacted, valid UTF-8, without its line end.
struct OutputLine {
    enum class End {
        newline,
        open,        ///< half a line: the child went quiet or ended, or the line is too long for one piece
        overwritten  ///< ended by a carriage return: progress that the next line replaces
    };
    Stream stream = Stream::out;
    std::string_view text;
    End end = End::newline;
};

/// Called on the thread that called run_process, in the order of arrival.
using OutputHandler = std::function<void(const OutputLine&)>;

/// What is left of one output stream.
struct Captured {
    std::string head;           ///< the first bytes, redacted
    std::string tail;           ///< the last bytes, where there were more than `keep`
    std::uint64_t bytes = 0;    ///< written by the child
    std::filesystem::path log;  ///< file with everything; "" where none was asked for or nothing was written
    bool cut() const { return !tail.empty(); }
    /// Head and tail as people and JSON see them: valid UTF-8, no terminal sequences, the gap named.
    std::string text() const;
};

struct ProcessResult {
    enum class End {
        exited,       ///< with `exit_code`
        signalled,    ///< killed by `signal`, not by us
        timed_out,    ///< ended by us, its time was over
        interrupted,  ///< ended by us or by itself after `signal` reached us and was passed on
        not_started   ///< `start_error` says why
    };
    End end = End::not_started;
    int exit_code = -1;
    int signal = 0;
    Error start_error;  ///< `tool.missing` where the program, or what interprets it, is not there
    std::chrono::milliseconds duration{0};
    std::chrono::milliseconds cpu{0};  ///< user and system, with its children that it waited for
    long max_rss_kib = 0;
    Captured out, err;
    std::string collected;
    bool collected_all = true;
    std::string probe;
    bool probe_all = true;
    bool held_open = false;  ///< a process that it left behind still held its output when we stopped reading

    bool ok() const { return end == End::exited && exit_code == 0; }
};

/// Runs a native program to its end, in a session and process group of its own without a terminal. Blocks;
/// several threads may do so at a time.
///
/// When the time is over, the whole group gets SIGTERM and, after the grace, SIGKILL. SIGINT, SIGTERM and
/// SIGHUP that reach this process are passed on to the group; a second one, or the end of the grace,
/// escalates. After its end, output that processes left behind hold open is read only briefly.
ProcessResult run_process(const ProcessSpec& spec, const OutputHandler& on_output = {});

/// What a result that is not ok means, as an error about `program`: `tool.missing`, `tool.failed`,
/// `tool.timeout`, `interrupted`. The last lines of the output stand in the hint.
Error error_of(const ProcessResult& result, std::string_view program);

/// The file that `name` starts, as run_process looks it up: with '/' relative to `cwd`, else the first
/// executable file in the directories of `path` (empty ones mean `cwd`). nullopt where there is none.
std::optional<std::filesystem::path> find_program(std::string_view name, std::string_view path,
                                                  const std::filesystem::path& cwd);

}  // namespace migrate
