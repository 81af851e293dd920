// toml++ as a part of the program (MIGRATE_STATIC): Debian has it as a shared library and as headers.
#define TOML_IMPLEMENTATION
#include <toml++/toml.h>
