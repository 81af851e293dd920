#include "detect/text.hpp"

#include "detect/js_text.hpp"

using namespace migrate;
using namespace migrate::detection;

using Strings = std::vector<std::string>;

TEST_CASE("a word is found only where no identifier goes on") {
    CHECK(find_word("knexfile knex", "knex") == 9);
    CHECK_FALSE(has_word("knexfile", "knex"));
    CHECK(has_word("import knex from 'knex'", "knex"));
    CHECK(has_word("queue.upsert(); up()", "up"));
    CHECK_FALSE(has_word("group", "up"));
}

TEST_CASE("a command line is taken apart into words") {
    CHECK(shell_words("a 'b c' \"d \\\" e\" f\\ g") == Strings{"a", "b c", "d \" e", "f g"});
    CHECK(shell_words("a&&b; c || d") == Strings{"a", "&&", "b", ";", "c", "||", "d"});
    CHECK(shell_words("").empty());
    CHECK(shell_words("a ''") == Strings{"a", ""});
}

TEST_CASE("comments of JavaScript go, strings and line numbers stay") {
    std::string text = without_js_comments("a = 'http://x'; // gone 'x'\n/* gone\n */ b = `//`");
    CHECK(text.find("gone") == std::string::npos);
    CHECK(text.find("http://x") != std::string::npos);
    CHECK(line_of(text, text.find("b =")) == 3);
}

namespace {

JsValue value_of(const std::string& text, std::string_view key) {
    auto values = values_of_key(text, key);
    REQUIRE(values.size() == 1);
    return values.front();
}

}  // namespace

TEST_CASE("literals are read from JavaScript configurations as they are written") {
    CHECK(value_of("{ out: './drizzle', x: 'no' }", "out").strings == Strings{"./drizzle"});
    CHECK(
        value_of("{ 'migrations-path': path.resolve('server', 'migrations'), }", "migrations-path").strings ==
        Strings{"server/migrations"});
    CHECK(value_of("{ \"out\": \"a\" }", "out").strings == Strings{"a"});
    CHECK(value_of("module.exports.directory = './m'", "directory").strings == Strings{"./m"});
    CHECK(value_of("{ directory: ['./a', './b'] }", "directory").strings == Strings{"./a", "./b"});
    CHECK(value_of("{ out: isPg ? './pg' : './lite' }", "out").strings == Strings{"./pg", "./lite"});
}

TEST_CASE("what is computed is marked, and calls give away no arguments") {
    JsValue from_environment = value_of("{ migrations: [env.get('X', true) ?? 'dist/*.js'] }", "migrations");
    CHECK(from_environment.strings == Strings{"dist/*.js"});
    CHECK(from_environment.computed);
    JsValue templated = value_of("{ migrations: [`${__dirname}/../m/${x ? 'a' : 'b'}/*.js`] }", "migrations");
    CHECK(templated.strings == Strings{"./../m/*/*.js"});
    CHECK(templated.from_file);
    CHECK(templated.computed);
    JsValue joined = value_of("{ directory: path.join(__dirname, 'migrations') }", "directory");
    CHECK(joined.strings == Strings{"migrations"});
    CHECK(joined.from_file);
    CHECK_FALSE(joined.computed);
    CHECK(value_of("{ out: process.env['OUT'] }", "out").strings.empty());
}

TEST_CASE("comparisons, arrows and longer names are no keys") {
    CHECK(values_of_key("if (out == 'x') {}", "out").empty());
    CHECK(values_of_key("out => 'x'", "out").empty());
    CHECK(values_of_key("{ timeout: 'x' }", "out").empty());
    CHECK(values_of_key("{ 'no-out': 'x' }", "out").empty());
}

TEST_CASE("JavaScript that never ends is read to its end") {
    CHECK(values_of_key("{ out: 'x", "out").size() == 1);
    CHECK(values_of_key("{ out: `x${", "out").size() == 1);
    CHECK(values_of_key("out:", "out").size() == 1);
    CHECK(without_js_comments("/* never closed").find("never") == std::string::npos);
}
