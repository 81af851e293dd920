#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What can be read from a JavaScript or TypeScript configuration file without running it: object literals,
// strings, names of environment variables, and constants of the same file. Used for prisma.config.*,
// drizzle.config.*, knexfile.*, ormconfig.*, data sources, .sequelizerc and migrate-mongo-config.js.
// Tolerant: what it does not understand becomes a `computed` value that says what was met.

namespace migrate::js {

struct Member;

/// An expression, as far as it can be read.
struct Value {
    enum class Kind {
        string,   ///< `text`; also a template without holes
        number,   ///< `text` as written; also true, false, null, undefined (then kind is `word`)
        word,     ///< true, false, null, undefined
        object,   ///< `members`
        array,    ///< `items`
        pattern,  ///< a template whose holes are variables: `text` holds them as ${NAME} or ${NAME:fallback}
        environment,  ///< the first of `variables` that is set, else `text` where `has_fallback`
        call,         ///< `text` is the callee ("path.join", "new DataSource"), `items` its arguments
        reference,    ///< `text` is a name: "config", "config.development"
        computed      ///< anything else: `text` is the source, `variables` what it reads from the environment
    };
    Kind kind = Kind::computed;
    std::string text;
    std::vector<Member> members;
    std::vector<Value> items;
    std::vector<std::string> variables;
    bool has_fallback = false;
    int line = 0;  ///< from 1

    bool object() const { return kind == Kind::object; }
    bool string() const { return kind == Kind::string; }
    bool computed() const { return kind == Kind::computed; }
};

/// A member of an object literal. A spread has the key "..."; a computed key is "[]".
struct Member {
    std::string key;
    Value value;
};

/// A name bound by `import` or `require`: where it comes from, and what it is called there ("default", "*").
struct Import {
    std::string module;
    std::string imported;
};

/// A file, read from top to bottom.
struct Module {
    std::map<std::string, Value, std::less<>> names;    ///< constants and variables of the top level
    std::optional<Value> exported;                      ///< export default, module.exports, export =
    std::map<std::string, Value, std::less<>> exports;  ///< named exports, exports.NAME = ...
    std::map<std::string, Import, std::less<>> bound;   ///< local name -> import
    std::vector<std::string> modules;                   ///< everything imported, in order: "dotenv/config"
    std::vector<Value> calls;  ///< every call and `new`, wherever it stands, in order
};

Module parse_module(std::string_view source);

/// One expression: a JSON document (comments and trailing commas allowed).
Value parse_value(std::string_view source);

/// Follows names of the same file ("config", "config.development") and takes `defineConfig({...})`,
/// `Object.freeze({...})` and the like for the object inside. What cannot be followed comes back as it is.
const Value& resolve(const Module& module, const Value& value);

/// The member of an object, resolved; the last of that name wins, spreads of known objects are looked
/// through. nullptr where it has none, or `object` is none.
const Value* member(const Module& module, const Value& object, std::string_view key);

/// The same along a dotted path: "dbCredentials.url".
const Value* at_path(const Module& module, const Value& object, std::string_view path);

/// Whether the object takes members from somewhere that cannot be read (a spread of an import or a call):
/// what `member` does not find may still be there.
bool has_unknown_members(const Module& module, const Value& object);

/// A text that is known without running anything: a string, or `path.join`, `path.resolve`, `join`,
/// `resolve`, `String` of such (`__dirname`, `import.meta.dirname` and `process.cwd()` are dropped: the
/// result is then relative to the file, or to the working directory).
std::optional<std::string> static_text(const Module& module, const Value& value);

/// What a value is, for people: "a template string", "a call of loadUrl()", "an imported value".
std::string describe(const Module& module, const Value& value);

}  // namespace migrate::js
