#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "model/error.hpp"

namespace migrate::sql {

/// One environment of sql-migrate's dbconfig.yml.
struct DbConfig {
    std::string dialect;     ///< "postgres", "mysql", "sqlite3" ...
    std::string datasource;  ///< as written, with the password; ${VARIABLE} not replaced
    std::string dir;         ///< relative to where sql-migrate is started
    std::string table;
    std::string schema;
    int line = 0;  ///< of `datasource`
};

/// The environment's section; nullopt where the file has none of that name (sql-migrate then refuses).
/// Errors: `config.invalid` ("dbconfig.yml:3: ...") where it cannot be read.
Result<std::optional<DbConfig>> read_dbconfig(const std::filesystem::path& file,
                                              const std::string& environment);

}  // namespace migrate::sql
