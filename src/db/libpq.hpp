#pragma once
#include <libpq-fe.h>

#include "model/error.hpp"

namespace migrate::db {

/// Every function of PostgreSQL's client library that is called here.
// clang-format off
#define MIGRATE_LIBPQ_FUNCTIONS(X) \
    X(PQclear) X(PQconndefaults) X(PQconnectPoll) X(PQconnectStartParams) X(PQconninfoFree) \
    X(PQerrorMessage) X(PQfinish) X(PQfname) X(PQfreemem) X(PQgetCopyData) X(PQgetResult) X(PQgetisnull) \
    X(PQgetlength) X(PQgetvalue) X(PQnfields) X(PQntuples) X(PQparameterStatus) X(PQputCopyData) \
    X(PQputCopyEnd) X(PQresultErrorField) X(PQresultStatus) X(PQsendQueryParams) X(PQsetErrorVerbosity) \
    X(PQsetNoticeProcessor) X(PQsocket) X(PQstatus) X(PQtransactionStatus) X(PQenterPipelineMode) \
    X(PQexitPipelineMode) X(PQpipelineSync)
// clang-format on

struct Libpq {
#define MIGRATE_POINTER(name) decltype(&::name) name = nullptr;
    MIGRATE_LIBPQ_FUNCTIONS(MIGRATE_POINTER)
#undef MIGRATE_POINTER
};

/// Loads the library, once for the whole program. Error `tool.missing` where it is not installed.
Result<const Libpq*> load_libpq();

/// In this namespace the library's functions are called by their own names, and lead to the loaded library,
/// which load_libpq() must have given. (They are objects: a function would lose to the header's.)
#define MIGRATE_CALL(name) \
    inline constexpr auto name = [](auto... arguments) { return (*load_libpq())->name(arguments...); };
MIGRATE_LIBPQ_FUNCTIONS(MIGRATE_CALL)
#undef MIGRATE_CALL

}  // namespace migrate::db
