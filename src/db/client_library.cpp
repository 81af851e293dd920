#include "db/client_library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

namespace migrate::db {

Result<ClientLibrary> ClientLibrary::load(const char* file, std::string_view package) {
    void* handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (handle != nullptr) return ClientLibrary(handle);
    const char* reason = dlerror();
    return fail("tool.missing",
                fmt::format("the client library {} cannot be loaded: {}", file,
                            reason == nullptr ? "no reason given" : reason),
                fmt::format("install Debian's package {0} (apt-get install {0}), or the one that has this "
                            "library on your system",
                            package));
}

void* ClientLibrary::symbol(const char* name) const {
    return dlsym(handle_, name);
}

tl::unexpected<Error> too_old(std::string_view file, std::string_view package, std::string_view function) {
    return fail("tool.missing", fmt::format("the client library {} has no function {}", file, function),
                fmt::format("install a newer version of the package {}", package));
}

}  // namespace migrate::db
