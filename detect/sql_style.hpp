#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "detect/find.hpp"

namespace migrate::detection {

/// What a directory of SQL files is, by its names and the first bytes of one or two files.
struct SqlDirectory {
    Tree::Dir dir = 0;
    std::string path;
    std::string style;  ///< "up-down", "goose", "dbmate", "golang-migrate", "sql-migrate", "plain"
    std::string sample;
    int line = 0;
    Signal signal = Signal::sql_numbered;
    std::string veto;       ///< why it must not be run as it lies here; "" if nothing is against it
    bool go_files = false;  ///< has migrations in Go beside the SQL
};

/// Every directory that may be a history of raw SQL. `taken` are directories that belong to other tools.
std::vector<SqlDirectory> sql_directories(const Sources& sources, const std::vector<std::string>& taken);

/// What speaks against running plain files of a directory: a full schema in the same order, files for going
/// back, a tool that owns the directory. `above` is the directory named for migrations.
std::optional<Signal> veto_of(const Sources& sources, Tree::Dir dir, Tree::Dir above);

/// "0.22", "v1.2.3", "2": directories by version.
bool is_version_name(std::string_view name);

}  // namespace migrate::detection
