#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/program.hpp"
#include "tests/support/servers.hpp"

// One repository for each tool, with a database of its own that holds customers, and with every program that
// could be started replaced by one that notes how it was.
namespace migrate::test {

using Words = std::vector<std::string>;

/// What a person who knows the tool says of it, from its documentation and from the danger sections that were
/// written by running it; not what the adapter's table says.
struct Knowledge {
    std::string_view tool;
    /// How its first migration, which is applied, and its second, which is pending, are called.
    std::string_view first, second;
    /// Command lines that lose data or change a database, to be hidden in the project's own commands. A first
    /// word that is a program of `bin/`.
    std::vector<Words> dangerous;
    /// The only beginnings of command lines that may be started while the target is production and nobody has
    /// approved anything: they read, or write files.
    std::vector<std::string_view> harmless;
};

const std::vector<Knowledge>& knowledge();

class GuardedProject {
  public:
    /// `ending` is the last word of the database's name: "prod" makes it production.
    explicit GuardedProject(const Knowledge& known, std::string_view ending = "prod");

    const Knowledge& known;
    Tree tree;
    std::map<std::string, std::string> environment;
    std::string database;  ///< its name

    /// The command lines that were started since it was last asked, without their directories.
    std::vector<std::string> started();
    /// Everything in the database: schemas, tables, rows.
    std::string content() const;

  private:
    void fill(const Connection& connection);
    Connection connection_;
    std::string untouched_;
};

}  // namespace migrate::test
