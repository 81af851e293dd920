// A native program as bad as they come: `misbehave WHAT [ARGUMENT]`. What each word does stands in the table
// at the end.
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

extern char** environ;

namespace {

void say(int fd, const std::string& text) {
    for (std::size_t done = 0; done < text.size();) {
        ssize_t put = ::write(fd, text.data() + done, text.size() - done);
        if (put <= 0) ::_exit(90);
        done += static_cast<std::size_t>(put);
    }
}

void sleep_ms(int milliseconds) {
    ::usleep(static_cast<useconds_t>(milliseconds) * 1000);
}

int hang() {
    say(1, "hanging\n");
    while (true) ::pause();
}

int stubborn(const std::string&) {
    ::signal(SIGTERM, SIG_IGN);
    ::signal(SIGINT, SIG_IGN);
    return hang();
}

/// A parent that dies of SIGTERM, and a child and grandchild in its group that do not.
int family(const std::string&) {
    if (::fork() == 0) {
        ::signal(SIGTERM, SIG_IGN);
        pid_t grandchild = ::fork();
        if (grandchild != 0) say(1, std::to_string(::getpid()) + "\n" + std::to_string(grandchild) + "\n");
        while (true) ::pause();
    }
    while (true) ::pause();
}

/// A daemon outside the group keeps both pipes open.
int daemon_left(const std::string&) {
    if (::fork() == 0) {
        ::setsid();
        say(1, std::to_string(::getpid()) + "\n");
        sleep_ms(60'000);
        ::_exit(0);
    }
    sleep_ms(50);
    say(1, "started\n");
    return 0;
}

/// A process that is left behind writes a little later than the leader ends.
int late_line(const std::string&) {
    if (::fork() == 0) {
        sleep_ms(60);
        say(1, "late\n");
        ::_exit(0);
    }
    say(1, "early\n");
    return 0;
}

int flood(const std::string& bytes) {
    std::string line(9999, 'x');
    std::string block;
    for (int i = 0; i < 10; ++i) block += line + "\n";
    for (long left = std::atol(bytes.c_str()); left > 0; left -= static_cast<long>(block.size()))
        say(1,
            block.substr(0, static_cast<std::size_t>(std::min<long>(left, static_cast<long>(block.size())))));
    return 0;
}

/// More than a pipe holds on either stream, one after the other: deadlock for who reads only one.
int both(const std::string&) {
    say(2, std::string(1 << 20, 'e'));
    say(1, std::string(1 << 20, 'o'));
    return 0;
}

int half(const std::string&) {
    say(1, "no line end");
    return 0;
}

int prompt(const std::string&) {
    say(1, "Your name: ");
    sleep_ms(600);
    say(1, "nobody\n");
    return 0;
}

int bytes(const std::string&) {
    say(1, std::string("a\xFF\xC3(\x00z\n", 7));
    return 0;
}

int progress(const std::string&) {
    say(1, "10%\r55%\r100%\ndone\r\n");
    return 0;
}

int die(const std::string& signal) {
    ::kill(::getpid(), std::atoi(signal.c_str()));
    return hang();
}

int close_stdout(const std::string&) {
    say(1, "before\n");
    ::close(1);
    sleep_ms(400);
    say(2, "after\n");
    return 3;
}

int probe(const std::string& text) {
    say(3, text);
    return 0;
}

int cat(const std::string&) {
    std::string all((std::istreambuf_iterator<char>(std::cin)), std::istreambuf_iterator<char>());
    say(1, "<" + all + ">\n");
    return 0;
}

int environment(const std::string&) {
    for (char** entry = environ; *entry; ++entry) say(1, std::string(*entry) + "\n");
    return 0;
}

int descriptors(const std::string&) {
    DIR* directory = ::opendir("/proc/self/fd");
    std::string open;
    while (dirent* entry = ::readdir(directory))
        if (std::atoi(entry->d_name) != ::dirfd(directory) && entry->d_name[0] != '.')
            open += std::string(entry->d_name) + " ";
    say(1, open + "\n");
    return 0;
}

int terminal(const std::string&) {
    int fd = ::open("/dev/tty", O_RDWR);
    say(1, fd < 0 ? "none\n" : "there is one\n");
    say(1, ::getsid(0) == ::getpid() && ::getpgrp() == ::getpid() ? "own session\n" : "shared session\n");
    return 0;
}

int signals(const std::string&) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("SigIgn") || line.starts_with("SigBlk")) say(1, line + "\n");
    return 0;
}

int burn(const std::string&) {
    std::vector<char> memory(64 << 20, 'x');
    auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(300);
    unsigned long sum = 0;
    while (std::chrono::steady_clock::now() < end)
        sum += static_cast<unsigned long>(memory[sum % memory.size()]);
    return sum == 0 ? 1 : 0;
}

/// Sends the runner a signal, as a person does with ^C, and ends in good order when it comes back.
int interrupt(const std::string& signal) {
    struct sigaction action {};
    action.sa_handler = [](int) {
        say(1, "cleaning up\n");
        ::_exit(7);
    };
    int number = std::atoi(signal.c_str());
    ::sigaction(number, &action, nullptr);
    ::kill(::getppid(), number);
    while (true) ::pause();
}

/// The same, but it does not listen.
int interrupt_in_vain(const std::string& signal) {
    ::signal(SIGTERM, SIG_IGN);
    ::signal(SIGINT, SIG_IGN);
    ::kill(::getppid(), std::atoi(signal.c_str()));
    return hang();
}

/// Three times ^C from someone in a hurry.
int interrupt_thrice(const std::string&) {
    ::signal(SIGTERM, SIG_IGN);
    ::signal(SIGINT, SIG_IGN);
    for (int i = 0; i < 3; ++i) {
        ::kill(::getppid(), SIGINT);
        sleep_ms(200);
    }
    return hang();
}

int where(const std::string&) {
    char directory[4096];
    say(1, std::string(::getcwd(directory, sizeof directory)) + "\n");
    return 0;
}

int quit(const std::string& status) {
    say(2, "first line\nthe reason\n");
    return std::atoi(status.c_str());
}

struct Word {
    const char* name;
    int (*act)(const std::string&);
};

const Word kWords[] = {
    {"stubborn", stubborn},
    {"family", family},
    {"daemon", daemon_left},
    {"late-line", late_line},
    {"flood", flood},
    {"both", both},
    {"half", half},
    {"prompt", prompt},
    {"bytes", bytes},
    {"progress", progress},
    {"die", die},
    {"close-stdout", close_stdout},
    {"probe", probe},
    {"cat", cat},
    {"environment", environment},
    {"descriptors", descriptors},
    {"terminal", terminal},
    {"signals", signals},
    {"burn", burn},
    {"interrupt", interrupt},
    {"interrupt-in-vain", interrupt_in_vain},
    {"interrupt-thrice", interrupt_thrice},
    {"where", where},
    {"quit", quit},
    {"say", [](const std::string& text) { return say(1, text + "\n"), 0; }},
    {"hang", [](const std::string&) { return hang(); }},
};

}  // namespace

int main(int argc, char** argv) {
    for (const Word& word : kWords)
        if (argc > 1 && std::strcmp(argv[1], word.name) == 0) return word.act(argc > 2 ? argv[2] : "");
    return 91;
}
