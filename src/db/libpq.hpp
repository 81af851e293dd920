#pragma once
#include <libpq-fe.h>

#include "model/error.hpp"
#include "model/target.hpp"

namespace migrate::db {

/// Every function of PostgreSQL's client library that is called here.
// clang-format off
#define MIGRATE_LIBPQ_FUNCTIONS(X) \
    X(PQbackendPID) X(PQclear) X(PQconndefaults) X(PQconnectPoll) X(PQconnectStartParams) X(PQconninfoFree) \
    X(PQerrorMessage) X(PQfinish) X(PQfname) X(PQfreemem) X(PQgetCopyData) X(PQgetResult) X(PQgetisnull) \
    X(PQgetlength) X(PQgetvalue) X(PQnfields) X(PQntuples) X(PQparameterStatus) X(PQputCopyData) \
    X(PQputCopyEnd) X(PQprepare) X(PQresultErrorField) X(PQresultStatus) X(PQsendQuery) X(PQsendQueryParams) \
    X(PQsendQueryPrepared) X(PQsetErrorVerbosity) \
    X(PQsetNoticeProcessor) X(PQsocket) X(PQstatus) X(PQtransactionStatus) X(PQenterPipelineMode) \
    X(PQexitPipelineMode) X(PQpipelineSync)
// clang-format on

struct Libpq {
#define MIGRATE_POINTER(name) decltype(&::name) name = nullptr;
    MIGRATE_LIBPQ_FUNCTIONS(MIGRATE_POINTER)
#undef MIGRATE_POINTER
};

/// Finds the library, once for the whole program: the one that is a part of it (CMake's MIGRATE_STATIC), or
/// the installed one where there is no such part, or where the first connection may need what only that one
/// can. Error `tool.missing` where it is not installed.
Result<void> load_libpq(const Connection& first);
/// What load_libpq() has found. Without it, the library must be there.
const Libpq& libpq();

/// In this namespace the library's functions are called by their own names, and lead to libpq(). (They are
/// objects: a function would lose to the header's.)
#define MIGRATE_CALL(name) \
    inline constexpr auto name = [](auto... arguments) { return libpq().name(arguments...); };
MIGRATE_LIBPQ_FUNCTIONS(MIGRATE_CALL)
#undef MIGRATE_CALL

}  // namespace migrate::db
