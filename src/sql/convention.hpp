#pragma once
#include <optional>
#include <string_view>

namespace migrate::sql {

/// Whose rules a folder of .sql files follows.
enum class Convention {
    up_down,         ///< our own: sections "-- UP" and "-- DOWN"
    dbmate,          ///< "-- migrate:up"
    goose,           ///< "-- +goose Up"
    golang_migrate,  ///< pairs 1_name.up.sql, 1_name.down.sql
    sql_migrate,     ///< "-- +migrate Up"
    supabase,        ///< supabase/migrations, no way back
    plain            ///< numbered files without marks, no way back
};

/// What follows from a convention. Facts about a neighbour come from its source: dbmate 2.36
/// pkg/dbmate, goose 3.29 internal/sqlparser, golang-migrate 4.20 source/parse.go, sql-migrate 1.8.1
/// sqlparse and migrate.go, Supabase CLI 2 pkg/migration.
struct ConventionFacts {
    Convention convention;
    std::string_view name;        ///< as a unit's style: "up-down", "golang-migrate"
    std::string_view title;       ///< as people write it
    bool own_table;               ///< keeps its history in our `_migrations`
    bool keyed_by_version;        ///< the table holds versions, so two files of one version cannot be
    bool sorted_by_name;          ///< applied in bytewise order of names, not by number
    bool keeps_own_transactions;  ///< a file's own BEGIN and COMMIT are obeyed, not refused
    bool sections;                ///< one file holds both ways
    bool empty_is_error;          ///< an UP part without a statement is refused
};

const ConventionFacts& facts_of(Convention convention);

std::string_view to_string(Convention convention);

/// Of a unit's style; nullopt for a style that is none of these.
std::optional<Convention> convention_from(std::string_view style);

}  // namespace migrate::sql
