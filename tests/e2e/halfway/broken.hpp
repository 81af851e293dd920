#pragma once
#include <functional>
#include <string>
#include <vector>

#include "model/target.hpp"
#include "tests/support/program.hpp"

namespace migrate::test {

/// A project of one tool on one database. All its migrations are applied but one, which is rewritten at will.
struct Broken {
    std::function<Ran(std::vector<std::string>)> migrate;
    Connection connection;
    /// Writes the last migration with these statements.
    std::function<void(const std::vector<std::string>& statements)> write;
    std::string id;  ///< of that migration

    bool stays = false;     ///< what it did before it failed is there afterwards
    bool recorded = false;  ///< the tool's own history says that it failed
    bool ready = false;     ///< the others are applied already, and the last one is written
};

/// The second of three statements fails, in these ways one after the other: `run` says so; `status` says what
/// is true, as text and as JSON; `resolve` without an option knows each statement and names the one way that
/// is right; that command, exactly as printed and with --yes, leaves a clean state; the mended file runs.
void fails_in_its_middle(const Broken& broken);

/// The same with what is there holding a row by now: it is not dropped unless a person types the name.
void holds_rows_by_now(const Broken& broken);

}  // namespace migrate::test
