#include <unistd.h>

#include "command/program.hpp"

int main(int argc, char** argv) {
    return migrate::run_program(migrate::invocation_of(argc, argv, environ));
}
