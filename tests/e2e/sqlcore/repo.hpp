#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/program.hpp"
#include "tests/support/servers.hpp"

namespace migrate::test {

/// A repository of raw SQL on a database of its own.
struct Repo {
    Tree tree;
    std::map<std::string, std::string> env;
    Connection connection;

    /// On SQLite, in the file app.db.
    Repo() : Repo(Tree::Files{}) {}
    explicit Repo(const Tree::Files& files) : tree(files) {
        connection.engine = Engine::sqlite;
        connection.database = tree.path("app.db").string();
        env["DATABASE_URL"] = "sqlite:app.db";
    }
    Repo(Server& server, const Tree::Files& files) : tree(files), connection(server.fresh_database()) {
        env["DATABASE_URL"] = server.url(connection);
    }

    Ran migrate(std::vector<std::string> words) const { return migrate_in(tree, std::move(words), env); }
    bool has_table(std::string_view table) const { return *connect(connection)->table_exists("", table); }
    /// The first value of the first row, "" where there is none or it is NULL.
    std::string value(std::string_view query) const {
        auto rows = connect(connection)->query(query);
        if (!rows) return "error: " + rows.error().message;
        return rows->rows.empty() ? "" : rows->rows[0][0].value_or("");
    }
};

}  // namespace migrate::test

// Both streams where a check fails.
#define CHECK_RAN(ran, condition) CHECK_MESSAGE(condition, (ran).status << "\n" << (ran).out << (ran).err)
