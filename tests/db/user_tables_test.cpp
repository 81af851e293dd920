#include "db/user_tables.hpp"

#include <doctest/doctest.h>

using migrate::db::user_tables;

TEST_CASE("user tables: histories, locks and our own rows are none") {
    CHECK(user_tables({"_migrate_marker", "_prisma_migrations", "SequelizeMeta", "knex_migrations_lock"})
              .empty());
    CHECK(user_tables({"alembic_version", "users", "my_history", "sequelizemeta"}, "my_history") ==
          std::vector<std::string>{"users", "sequelizemeta"});
}
