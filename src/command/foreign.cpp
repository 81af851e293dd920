#include "command/foreign.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "adapters/adapter.hpp"
#include "command/table.hpp"

namespace migrate {

namespace {

/// Flags that golang-migrate accepts before its command, and whether a value follows (v4, README of
/// cmd/migrate).
constexpr std::array<std::pair<std::string_view, bool>, 8> kGolangFlags{{{"path", true},
                                                                         {"source", true},
                                                                         {"database", true},
                                                                         {"prefetch", true},
                                                                         {"lock-timeout", true},
                                                                         {"verbose", false},
                                                                         {"version", false},
                                                                         {"help", false}}};

/// "-path", "--path", "-path=x" -> "path"; Go's flag package takes one dash and two alike.
std::string_view go_flag_name(std::string_view word) {
    if (word.size() < 2 || word[0] != '-') return "";
    word.remove_prefix(word.starts_with("--") ? 2 : 1);
    return word.substr(0, word.find('='));
}

constexpr std::array kTools{Tool::prisma,  Tool::drizzle, Tool::knex,   Tool::typeorm,       Tool::sequelize,
                            Tool::alembic, Tool::django,  Tool::flyway, Tool::migrate_mongo, Tool::sql};

/// Whether the row's command goes by that word: "upgrade head" by "upgrade", "migrate:latest" by "latest",
/// "migrate deploy" by "deploy".
bool names(const Row& row, std::string_view word) {
    std::string_view argv = row.argv.substr(0, row.argv.find_first_of("{[-"));
    while (!argv.empty()) {
        std::string_view literal = argv.substr(0, argv.find(' '));
        if (literal == word || literal.substr(literal.rfind(':') + 1) == word) return true;
        argv.remove_prefix(std::min(literal.size() + 1, argv.size()));
    }
    return false;
}

bool is_number(std::string_view word) {
    return !word.empty() &&
           std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// golang-migrate's command and its operands, after the flags.
std::vector<std::string> golang_operands(std::span<const std::string> words) {
    std::vector<std::string> operands;
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::string_view name = go_flag_name(words[i]);
        if (name.empty()) {
            operands.push_back(words[i]);
            continue;
        }
        for (const auto& [flag, takes_value] : kGolangFlags)
            if (flag == name && takes_value && words[i].find('=') == std::string::npos) ++i;
    }
    return operands;
}

std::vector<std::string> our_equivalent(const std::vector<std::string>& operands) {
    std::string_view verb = operands.empty() ? std::string_view() : operands.front();
    std::string second = operands.size() > 1 ? operands[1] : "";
    if (verb == "up" && is_number(second)) return {"migrate", "run", "--steps", second};
    if (verb == "up") return {"migrate", "run"};
    if (verb == "down" && is_number(second)) return {"migrate", "rollback", "--steps", second};
    if (verb == "down") return {"migrate", "rollback"};
    if (verb == "goto" && is_number(second)) return {"migrate", "run", "--to", second};
    if (verb == "create") return {"migrate", "generate", operands.size() > 1 ? operands.back() : "NAME"};
    if (verb == "force") return {"migrate", "resolve"};
    if (verb == "drop") return {"migrate", "reset"};
    return {"migrate", "status"};
}

}  // namespace

std::optional<Error> golang_migrate_error(std::span<const std::string> words) {
    if (words.empty()) return std::nullopt;
    std::string_view first = go_flag_name(words.front());
    // "--path" is not an option of ours; a verb's options never stand first without being global ones.
    if (first != "path" && first != "source" && first != "database") return std::nullopt;
    Error error;
    error.code = "usage";
    error.message = "-" + std::string(first) + " belongs to golang-migrate, another program of this name";
    error.hint =
        "This `migrate` finds the directory of migrations itself; -u ./DIR chooses one of several. It reads "
        "the "
        "database's URL from the environment or .env (DATABASE_URL); --url-env NAME names another variable. "
        "A URL is never an argument, because arguments can be read by everyone on the machine.";
    std::vector<std::string> argv = our_equivalent(golang_operands(words));
    if (find_command(argv[1]))
        error.next.push_back({By::you, argv, "", "the equivalent of the command line given"});
    else
        error.next.push_back({By::you, {"migrate", "--help"}, "", "lists the commands"});
    return error;
}

std::string_view command_for_foreign_word(std::string_view word) {
    if (word.size() < 3) return "";
    for (Tool tool : kTools) {
        std::optional<Verb> meant;
        bool several = false;
        for (const Row& row : adapter_of(tool).rows) {
            if (!row.verb || !names(row, word)) continue;
            several = several || (meant && *meant != *row.verb);
            meant = row.verb;
        }
        if (meant && !several && find_command(to_string(*meant))) return to_string(*meant);
    }
    return "";
}

}  // namespace migrate
