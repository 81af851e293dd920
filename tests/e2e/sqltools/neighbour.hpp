#pragma once
#include <map>
#include <string>
#include <vector>

#include "tests/support/program.hpp"
#include "tests/support/servers.hpp"

namespace migrate::test {

/// A program whose convention, files and history table we share, in the version of tests/tools/go.
enum class Neighbour { dbmate, goose, golang_migrate, sql_migrate };

const char* name_of(Neighbour neighbour);

/// A project of one of these programs with a database of its own: both sides find folder, database and table
/// in the same places, as the program's own documentation says to name them.
class Project {
  public:
    /// `table` as the program's own option or variable takes it, "" for its default.
    Project(Neighbour neighbour, Engine engine, std::string table = "");
    /// From now on both find what they are told in the .env file alone (dbmate, goose), or in a script.
    void move_to_files();

    /// Writes a migration, numbered as the program's own `create` does by default.
    void add(int number, const std::string& up, const std::string& down);
    /// A table m<number> and its way back.
    void add(int number);
    /// The same, where the second statement forth cannot be read.
    void add_broken(int number);
    std::string id(int number) const;         ///< as the history table holds it
    std::string file(int number) const;       ///< the (forward) file's name
    std::string path(int number) const;       ///< the same from the tree's top
    std::string down_path(int number) const;  ///< where the way back stands

    Ran ours(std::vector<std::string> arguments) const;
    /// The program with its options for folder, database and table in front.
    Ran theirs(std::vector<std::string> command) const;

    /// Everything pending, or the newest one back, by either: must succeed.
    void up(bool by_us) const;
    void down(bool by_us) const;
    /// The file of add_broken() is tried by either, fails, is settled by either where it left a mark, and
    /// what it left in the database is removed.
    void fail_and_settle(int number, bool by_us, bool settled_by_us) const;

    /// The history table as the catalog describes it, and its rows but for times.
    std::string definition() const;
    std::string rows() const;
    bool has_table(const std::string& name) const;
    void execute(const std::string& statement) const;
    /// The values of a query, separated by blanks.
    std::string value(const std::string& query) const;
    /// Schema and name of the table; "" as schema where it is the connection's own.
    std::string schema, table;
    /// Both for SQL.
    std::string quoted_table() const;

    Tree tree;
    Neighbour neighbour;
    Engine engine;
    Connection connection;

  private:
    std::string database_argument() const;
    std::string option_table_;
    std::map<std::string, std::string> environment_;
};

}  // namespace migrate::test
