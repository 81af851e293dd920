#pragma once
#include <mysql.h>

#include "model/error.hpp"

namespace migrate::db {

/// Every function of MySQL's and MariaDB's client library that is called here.
// clang-format off
#define MIGRATE_LIBMARIADB_FUNCTIONS(X) \
    X(mariadb_connection) X(mariadb_get_infov) X(mysql_close) X(mysql_errno) X(mysql_error) \
    X(mysql_fetch_field_direct) X(mysql_fetch_fields) X(mysql_fetch_lengths) X(mysql_fetch_row) \
    X(mysql_free_result) X(mysql_get_server_info) X(mysql_get_socket) X(mysql_init) X(mysql_server_init) \
    X(mysql_next_result) X(mysql_num_fields) X(mysql_options) X(mysql_options4) X(mysql_real_connect) \
    X(mysql_real_query) X(mysql_stmt_attr_set) X(mysql_stmt_bind_param) X(mysql_stmt_bind_result) \
    X(mysql_stmt_close) X(mysql_stmt_errno) X(mysql_stmt_error) X(mysql_stmt_execute) \
    X(mysql_stmt_fetch) X(mysql_stmt_fetch_column) X(mysql_stmt_init) X(mysql_stmt_param_count) \
    X(mysql_stmt_prepare) X(mysql_stmt_result_metadata) X(mysql_stmt_store_result) X(mysql_store_result) \
    X(mysql_warning_count)
// clang-format on

struct Libmariadb {
#define MIGRATE_POINTER(name) decltype(&::name) name = nullptr;
    MIGRATE_LIBMARIADB_FUNCTIONS(MIGRATE_POINTER)
#undef MIGRATE_POINTER
};

/// Loads the library, once for the whole program. Error `tool.missing` where it is not installed.
Result<const Libmariadb*> load_libmariadb();

/// In this namespace the library's functions are called by their own names, and lead to the loaded library,
/// which load_libmariadb() must have given. (They are objects: a function would lose to the header's.)
#define MIGRATE_CALL(name) \
    inline constexpr auto name = [](auto... arguments) { return (*load_libmariadb())->name(arguments...); };
MIGRATE_LIBMARIADB_FUNCTIONS(MIGRATE_CALL)
#undef MIGRATE_CALL

}  // namespace migrate::db
