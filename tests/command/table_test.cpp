#include "command/table.hpp"

#include <sstream>

#include "command/help.hpp"
#include "command/parse.hpp"

using namespace migrate;

namespace {

/// Words of an example, with quotes as a shell reads them.
std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    std::string word;
    char quote = 0;
    bool begun = false;
    for (char c : line) {
        if (quote == 0 && c == ' ') {
            if (begun) words.push_back(word);
            word.clear();
            begun = false;
        } else if (quote == 0 && (c == '\'' || c == '"')) {
            quote = c;
            begun = true;
        } else if (c == quote) {
            quote = 0;
        } else {
            word += c;
            begun = true;
        }
    }
    if (begun) words.push_back(word);
    // What a shell does with the output is not ours.
    words.erase(
        std::find_if(words.begin(), words.end(), [](const std::string& w) { return w == ">" || w == "|"; }),
        words.end());
    return words;
}

void check_fits(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        CAPTURE(line);
        CHECK(line.size() <= 80);
        CHECK((line.empty() || line.back() != ' '));
    }
}

}  // namespace

TEST_CASE("every command says what it is, and its examples are command lines that it accepts") {
    std::set<std::string_view> names;
    for (const Command* command : all_commands()) {
        CAPTURE(command->name);
        CHECK(bool(command->run));
        CHECK(names.insert(command->name).second);
        if (!command->alias.empty()) CHECK(names.insert(command->alias).second);
        if (command->name.empty()) continue;
        CHECK_FALSE(command->summary.empty());
        CHECK(command->summary.size() <= 60);
        CHECK_FALSE(command->description.empty());
        CHECK_FALSE(command->examples.empty());
        for (const Example& example : command->examples) {
            CAPTURE(example.line);
            CHECK_FALSE(example.does.empty());
            auto words = words_of(example.line);
            auto first = std::find(words.begin(), words.end(), "migrate");
            REQUIRE(first != words.end());
            auto parsed = parse_command_line(std::vector<std::string>(first, words.end()));
            if (!parsed) FAIL_CHECK(parsed.error().message);
            if (parsed) CHECK(parsed->command == command);
        }
    }
}

TEST_CASE("every option is explained once, and what excludes what exists") {
    for (const Command* command : all_commands()) {
        CAPTURE(command->name);
        std::set<std::string_view> names;
        std::set<char> letters;
        for (const OptionSet& set : option_sets(*command)) {
            for (const Option& option : set.options) {
                CAPTURE(option.name);
                CHECK(names.insert(option.name).second);
                if (option.short_name) CHECK(letters.insert(option.short_name).second);
                CHECK_FALSE(option.help.empty());
                CHECK(option.help.back() != '.');
                CHECK((option.kind == ValueKind::none) == option.value.empty());
                CHECK((option.kind == ValueKind::choice) == !option.choices.empty());
            }
        }
    }
}

TEST_CASE("help fits a terminal of 80 columns") {
    check_fits(program_help(false));
    for (const Command* command : all_commands())
        if (!command->name.empty()) check_fits(command_help(*command, false));
}

TEST_CASE("help of the program lists every command that is not hidden") {
    std::string help = program_help(false);
    for (const Command* command : all_commands()) {
        if (command->name.empty()) continue;
        bool listed = help.find("\n  " + std::string(command->name)) != std::string::npos;
        CHECK(listed == !command->hidden);
    }
    CHECK(program_help(true).find("\x1b[1mUsage\x1b[0m") != std::string::npos);
    CHECK(help.find('\x1b') == std::string::npos);
}

TEST_CASE("text is wrapped at spaces and keeps its paragraphs") {
    CHECK(wrapped("one two three", 7, 0) == "one two\nthree\n");
    CHECK(wrapped("one two", 80, 4) == "    one two\n");
    CHECK(wrapped("one\n\ntwo", 80, 0) == "one\n\ntwo\n");
    CHECK(wrapped("muchtoolongaword x", 5, 0) == "muchtoolongaword\nx\n");
    CHECK(wrapped("", 80, 2).empty());
}
