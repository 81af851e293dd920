#pragma once
#include <optional>
#include <string>
#include <vector>

#include "model/verb.hpp"

namespace migrate {

/// What the caller asked of one verb, the same for every unit. Options that a verb does not have are at
/// their defaults.
struct Request {
    Verb verb = Verb::status;
    std::string environment = "development";
    std::string name;                    ///< generate NAME
    std::optional<std::string> to;       ///< run --to ID (inclusive), rollback --to ID (leaves ID applied)
    std::optional<int> steps;            ///< run/rollback --steps N
    bool batch = false;                  ///< rollback --batch
    bool empty = false;                  ///< generate --empty
    std::string app;                     ///< Django: the app, Alembic: the branch
    std::vector<std::string> answers;    ///< answers to questions that a native tool would ask
    std::optional<std::string> applied;  ///< resolve --applied ID
    std::optional<std::string> rolled_back;               ///< resolve --rolled-back ID
    std::optional<std::string> undo;    ///< resolve --undo ID: take away what it has made
    std::optional<std::string> edited;                    ///< resolve --edited ID: take the file as it is now
    std::optional<std::string> renamed_from, renamed_to;  ///< resolve --renamed OLD NEW
    std::optional<std::string> forget;     ///< resolve --forget ID: drop the row of a file that is gone
    bool resume = false;                   ///< resolve --resume
    bool unlock = false;                   ///< resolve --unlock
    std::vector<std::string> native_args;  ///< what stood after `--`
    std::string now;  ///< YYYYMMDDHHMMSS in UTC, for names of new files; "{now}" in plans that are kept
};

}  // namespace migrate
