#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "model/tool.hpp"
#include "model/unit.hpp"
#include "sql/convention.hpp"

namespace migrate::raw_sql {

/// How a script of the project starts a neighbour's program, as far as it says which database.
struct Call {
    std::string file;  ///< relative to the scan root
    int line = 0;
    std::string literal;                 ///< a URL or file without variables, "" if none
    std::vector<std::string> variables;  ///< names that the URL is read from
    std::optional<Engine> engine;        ///< goose: the driver that is named
    /// Of the history: --migrations-table X, -table X, $URL?x-migrations-table=X; "" if not said.
    std::string table;
};

/// The first line of Makefile, justfile, Taskfile, package.json, Procfile or a shell script (in the unit's
/// root, the scan root, and their scripts/ and bin/) that starts the convention's program and names a
/// database by flag or argument:
///   dbmate --url X | -u X | --env NAME | -e NAME; goose ... DRIVER X COMMAND; migrate -database X
/// (README of dbmate 2.31, goose 3.29, golang-migrate 4.20). Variables that the same file gives a literal
/// value (`DB_URL ?= postgres://...`) carry that as literal, too. nullopt where no script says so.
std::optional<Call> find_call(const Unit& unit, const std::filesystem::path& root,
                              sql::Convention convention);

}  // namespace migrate::raw_sql
