#pragma once
#include <string_view>

#include "model/error.hpp"

namespace migrate::db {

/// A database's client library, loaded when the first session is opened: the libraries bring some thirty
/// others with them (Kerberos, LDAP, TLS), which most calls of the program never need. Stays loaded.
class ClientLibrary {
  public:
    /// `file` is the library's soname, `package` the Debian package that holds it. Error `tool.missing`,
    /// naming the package.
    static Result<ClientLibrary> load(const char* file, std::string_view package);

    /// Sets a pointer to the function of that name. false: the library does not have it.
    template <typename Function>
    bool find(const char* name, Function*& function) const {
        function = reinterpret_cast<Function*>(symbol(name));
        return function != nullptr;
    }

  private:
    explicit ClientLibrary(void* handle) : handle_(handle) {}
    void* symbol(const char* name) const;

    void* handle_;
};

/// What find() could not: a library that is older than this program needs. Error `tool.missing`.
tl::unexpected<Error> too_old(std::string_view file, std::string_view package, std::string_view function);

}  // namespace migrate::db
