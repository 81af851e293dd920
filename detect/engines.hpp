#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "detect/repo.hpp"

namespace migrate::detection {

/// The engine that the name of a directory or file speaks of: "POSTGRESQL", "migration_mysql", "PGSQL".
std::optional<Engine> engine_in_name(std::string_view name);

/// The engine of a URL ("postgresql+asyncpg://...", "jdbc:mysql://...") or of a driver's scheme.
std::optional<Engine> engine_in_url(std::string_view url);

/// Every engine whose URLs or drivers a text mentions, in the order of the enumeration: `postgresql://`,
/// `jdbc:h2:`, `psycopg`, `mysqlclient`, `django.db.backends.sqlite3` ...
std::vector<Engine> engines_in_text(std::string_view text);

/// Engines whose images the compose files at or above a directory use, nearest first; of the whole tree where
/// there are none above.
std::vector<Engine> engines_in_compose(const Repo& repo, Tree::Dir dir);

/// Engines of the URLs in the nearest .env.example and its like.
std::vector<Engine> engines_in_env_files(const Repo& repo, Tree::Dir dir);

void add_engine(std::vector<Engine>& engines, std::optional<Engine> engine);

}  // namespace migrate::detection
