#pragma once
#include <string>
#include <string_view>

#include "sql/convention.hpp"
#include "sql/split.hpp"

namespace migrate::sql {

/// What a line comment says to a convention.
struct Directive {
    enum class Kind {
        none,  ///< an ordinary comment
        up,
        down,
        begin,           ///< StatementBegin
        end,             ///< StatementEnd
        no_transaction,  ///< for the whole file
        bad              ///< meant as a mark, but not one that can be obeyed: `problem` says why
    };
    Kind kind = Kind::none;
    bool transaction = true;    ///< of an up or down mark
    bool irreversible = false;  ///< "-- DOWN irreversible:true"
    std::string problem;
    std::string hint;
};

/// Reads one line comment, "--" included. `indented`: white space stands before it on its line.
/// Marks of another convention, and marks that their own tool would take for comments (so that the way
/// back would run as part of the way forward), are `bad`.
Directive read_directive(std::string_view comment, bool indented, Convention convention);

/// What the splitter should do there.
Mark mark_of(const Directive& directive);

}  // namespace migrate::sql
