#include "db/libpq.hpp"

#include "db/client_library.hpp"

namespace migrate::db {

namespace {

constexpr const char* kFile = "libpq.so.5";
constexpr const char* kPackage = "libpq5";

Result<Libpq> load() {
    auto library = ClientLibrary::load(kFile, kPackage);
    if (!library) return tl::unexpected(library.error());
    Libpq functions;
#define MIGRATE_FIND(name) \
    if (!library->find(#name, functions.name)) return too_old(kFile, kPackage, #name);
    MIGRATE_LIBPQ_FUNCTIONS(MIGRATE_FIND)
#undef MIGRATE_FIND
    return functions;
}

}  // namespace

Result<const Libpq*> load_libpq() {
    static const Result<Libpq> loaded = load();
    if (!loaded) return tl::unexpected(loaded.error());
    return &*loaded;
}

}  // namespace migrate::db
