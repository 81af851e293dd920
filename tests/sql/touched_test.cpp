#include "sql/touched.hpp"

#include <doctest/doctest.h>

using namespace migrate::sql;

namespace {

/// "schema.table(columns)", "" where it is not one table.
std::string touched(std::string_view statement, Dialect dialect = Dialect::mysql) {
    const auto one = touched_by(statement, dialect);
    if (!one) return "";
    std::string text = (one->schema.empty() ? "" : one->schema + ".") + one->table;
    for (std::size_t i = 0; i < one->columns.size(); ++i) text += (i == 0 ? "(" : ",") + one->columns[i];
    return text + (one->columns.empty() ? "" : ")");
}

}  // namespace

TEST_CASE("rows and columns that a statement touches") {
    CHECK(touched("INSERT INTO users VALUES (1)") == "users");
    CHECK(touched("insert ignore into `shop`.`users` (id) values (1)") == "shop.users");
    CHECK(touched("REPLACE INTO users SELECT * FROM old") == "users");
    CHECK(touched("DELETE FROM users WHERE id = 1") == "users");
    CHECK(touched("UPDATE users SET age = coalesce(age, 1), `plan` = 'x, y' WHERE age = 2") ==
          "users(age,plan)");
    CHECK(touched("UPDATE users u SET u.age = 1") == "users(age)");
    CHECK(touched("ALTER TABLE users ALTER COLUMN age DROP DEFAULT") == "users(age)");
    CHECK(touched("ALTER TABLE \"users\" ALTER COLUMN \"age\" SET NOT NULL", Dialect::postgresql) ==
          "users(age)");
    CHECK(touched("ALTER TABLE users MODIFY age varchar(20) NOT NULL") == "users(age)");
}

TEST_CASE("several tables, several actions and everything else are not told") {
    CHECK(touched("UPDATE users, posts SET users.age = 1") == "");
    CHECK(touched("UPDATE users JOIN posts ON true SET age = 1") == "");
    CHECK(touched("ALTER TABLE users MODIFY age int, ADD plan int") == "");
    CHECK(touched("ALTER TABLE users ADD COLUMN age int") == "");
    CHECK(touched("CREATE TABLE users (id int)") == "");
    CHECK(touched("") == "");
}
