#include "db/libpq.hpp"

#include <filesystem>

#include "db/client_library.hpp"

namespace migrate::db {

namespace {

constexpr const char* kFile = "libpq.so.5";
constexpr const char* kPackage = "libpq5";

Result<Libpq> shared_library() {
    auto library = ClientLibrary::load(kFile, kPackage);
    if (!library) return tl::unexpected(library.error());
    Libpq functions;
#define MIGRATE_FIND(name) \
    if (!library->find(#name, functions.name)) return too_old(kFile, kPackage, #name);
    MIGRATE_LIBPQ_FUNCTIONS(MIGRATE_FIND)
#undef MIGRATE_FIND
    return functions;
}

#ifdef MIGRATE_LINKED_LIBPQ
Libpq linked_library() {
    Libpq functions;
#define MIGRATE_TAKE(name) functions.name = &::name;
    MIGRATE_LIBPQ_FUNCTIONS(MIGRATE_TAKE)
#undef MIGRATE_TAKE
    return functions;
}

/// Kerberos and LDAP (which a service file may ask for the server) are in the shared library alone
/// (src/linked/libpq.cpp), which starts slower: it brings thirty others with it.
bool may_need_more(const Connection& connection) {
    for (const char* keyword : {"service", "krbsrvname", "gssencmode", "gsslib"})
        if (connection.parameters.contains(keyword)) return true;
    std::error_code ignored;
    return std::filesystem::exists("/etc/krb5.conf", ignored);
}

Result<Libpq> load(const Connection& connection) {
    if (may_need_more(connection))
        if (auto shared = shared_library()) return shared;
    return linked_library();
}
#else
Result<Libpq> load(const Connection&) {
    return shared_library();
}
#endif

/// `first` decides: the functions of one must never meet the sessions of the other.
const Result<Libpq>& found(const Connection& first) {
    static const Result<Libpq> library = load(first);
    return library;
}

}  // namespace

Result<void> load_libpq(const Connection& first) {
    if (const auto& library = found(first); !library) return tl::unexpected(library.error());
    return {};
}

const Libpq& libpq() {
    static const Libpq& library = *found({});
    return library;
}

}  // namespace migrate::db
