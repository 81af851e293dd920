#include "db/libmariadb.hpp"

#include "db/client_library.hpp"

namespace migrate::db {

namespace {

constexpr const char* kFile = "libmariadb.so.3";
constexpr const char* kPackage = "libmariadb3";

Result<Libmariadb> load() {
    auto library = ClientLibrary::load(kFile, kPackage);
    if (!library) return tl::unexpected(library.error());
    Libmariadb functions;
#define MIGRATE_FIND(name) \
    if (!library->find(#name, functions.name)) return too_old(kFile, kPackage, #name);
    MIGRATE_LIBMARIADB_FUNCTIONS(MIGRATE_FIND)
#undef MIGRATE_FIND
    return functions;
}

}  // namespace

Result<const Libmariadb*> load_libmariadb() {
    static const Result<Libmariadb> loaded = load();
    if (!loaded) return tl::unexpected(loaded.error());
    return &*loaded;
}

}  // namespace migrate::db
