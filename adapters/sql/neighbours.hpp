#pragma once
#include <vector>

#include "adapters/adapter.hpp"

namespace migrate::raw_sql {

/// Rows and flags about the programs of dbmate, goose, golang-migrate, sql-migrate and Supabase, for judging
/// command lines: the first word is the program. Only `classify` rows.
std::vector<Row> neighbour_rows();
std::vector<Flag> neighbour_flags();

}  // namespace migrate::raw_sql
