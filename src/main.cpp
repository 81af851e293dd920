#include <signal.h>
#include <unistd.h>

#include "command/program.hpp"

int main(int argc, char** argv) {
    // A file that cannot grow is an error to report, not a death in the middle of a migration.
    ::signal(SIGXFSZ, SIG_IGN);
    return migrate::run_program(migrate::invocation_of(argc, argv, environ));
}
