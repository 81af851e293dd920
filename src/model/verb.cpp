#include "model/verb.hpp"

#include <array>

#include "model/enum_names.hpp"

namespace migrate {

namespace {

constexpr EnumNames<Verb, 14> kVerbs{{
    {Verb::status, "status"},
    {Verb::history, "history"},
    {Verb::diff, "diff"},
    {Verb::generate, "generate"},
    {Verb::init, "init"},
    {Verb::pull, "pull"},
    {Verb::run, "run"},
    {Verb::rollback, "rollback"},
    {Verb::redo, "redo"},
    {Verb::seed, "seed"},
    {Verb::baseline, "baseline"},
    {Verb::resolve, "resolve"},
    {Verb::reset, "reset"},
    {Verb::push, "push"},
}};

constexpr EnumNames<Verb, 3> kAliases{{
    {Verb::generate, "create"},
    {Verb::run, "up"},
    {Verb::rollback, "down"},
}};

constexpr auto kOrder = [] {
    std::array<Verb, kVerbs.size()> verbs{};
    for (std::size_t i = 0; i < kVerbs.size(); ++i) verbs[i] = kVerbs[i].first;
    return verbs;
}();

}  // namespace

std::string_view to_string(Verb verb) {
    return name_of(kVerbs, verb);
}

std::optional<Verb> verb_from(std::string_view name) {
    if (auto verb = value_of(kVerbs, name)) return verb;
    return value_of(kAliases, name);
}

std::span<const Verb> all_verbs() {
    return kOrder;
}

bool changes_something(Verb verb) {
    return verb != Verb::status && verb != Verb::history && verb != Verb::diff;
}

bool touches_database(Verb verb) {
    return verb != Verb::generate && verb != Verb::init;
}

}  // namespace migrate
