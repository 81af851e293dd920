#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/support/py_lexer.hpp"

// What can be read from a Python file without running it: literals, names of environment variables, calls
// with literal arguments, and constants of the same file. Used for env.py and revisions of Alembic, for
// settings and migrations of Django. Tolerant: what it does not understand becomes a `computed` value.

namespace migrate::py {

struct Member;

/// An expression, as far as it can be read.
struct Value {
    enum class Kind {
        string,       ///< `text`
        number,       ///< `text` as written
        word,         ///< None, True, False
        list,         ///< `items`: a list, a tuple or a set
        dict,         ///< `members`; a spread (**x) has the key "**"
        environment,  ///< the first of `variables` that is set, else items[0] where there is one
        call,         ///< `text` is the callee ("migrations.RunPython", "".join of attribute names),
                      ///< `items` its arguments, `members` its keyword arguments
        reference,    ///< `text` is a dotted name
        path,         ///< a / b: `items`
        computed      ///< anything else; `variables` what it reads from the environment
    };
    Kind kind = Kind::computed;
    std::string text;
    std::vector<Value> items;
    std::vector<Member> members;
    std::vector<std::string> variables;
    int line = 0;  ///< from 1

    bool is(Kind wanted) const { return kind == wanted; }
    bool none() const { return kind == Kind::word && text == "None"; }
    /// A dict's member or a call's keyword argument; nullptr where it has none.
    const Value* member(std::string_view key) const;
    /// A call's argument, by position or by keyword.
    const Value* argument(std::size_t position, std::string_view keyword) const;
    /// The strings of a list, or the one string that stands for a list of one; empty for None.
    std::vector<std::string> strings() const;
};

struct Member {
    std::string key;
    Value value;
};

/// `target = value`, wherever it stands. Subscripts and attributes are part of the target as written without
/// blanks: `DATABASES["default"]`, `app.config["X"]`.
struct Assignment {
    std::string target;
    Value value;
    int indent = 0;
    int line = 0;
    std::string scope;  ///< name of the function or class that it stands in, "" at the top
};

/// `from module import name as local`, or `import module as local` (then `name` is ""); `*` is a name too.
struct Import {
    std::string module;
    std::string name;
    std::string local;
};

/// `return value` of a function.
struct Return {
    std::string function;
    Value value;
};

/// A file, read from top to bottom.
struct Module {
    std::vector<Assignment> assignments;
    std::vector<Import> imports;
    std::vector<Return> returns;
    std::vector<Value> calls;  ///< every call, wherever it stands, in order
    std::vector<Token> tokens;

    /// The one value that a top-level name has; nullptr if it has none or is assigned several.
    const Value* name(std::string_view target) const;
};

Module parse_module(std::string_view source);

/// Follows names of the same file and functions that only return one expression, and looks through what
/// does not change a value for our purposes: str(x), x.replace("%", "%%"), int(x).
Value resolve(const Module& module, const Value& value);

/// A path in the file system: strings, `Path(__file__).resolve().parent`, `os.path.join(BASE_DIR, "x")`,
/// `BASE_DIR / "x"`, and names for such. `file` is the path of the module itself; the result is relative to
/// what that is relative to, or absolute. nullopt where it cannot be told.
std::optional<std::string> static_path(const Module& module, const Value& value, std::string_view file);

}  // namespace migrate::py
