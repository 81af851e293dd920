#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/error.hpp"

namespace migrate {

/// golang-migrate's program has the same name. Where the first flag of a command line (`words`: without the
/// program's name) is -path, -source or -database, this is the error that says so and spells out our
/// equivalent. It never repeats the URL. nullopt for all others.
std::optional<Error> golang_migrate_error(std::span<const std::string> words);

/// Our command for a word that some migration tool uses for the same: "upgrade" -> "run", "latest" -> "run",
/// "downgrade" -> "rollback". "" where none of them knows it.
std::string_view command_for_foreign_word(std::string_view word);

}  // namespace migrate
