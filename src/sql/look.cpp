#include "sql/look.hpp"

#include <algorithm>

namespace migrate::sql {

namespace {

/// The states that one thing goes through while a file runs: those of its own statements, and the end of
/// the table that it belongs to.
struct Course {
    std::vector<std::size_t> statement;  ///< by number
    std::vector<bool> there_after;
    bool starts_unknown = false;  ///< CREATE OR REPLACE: it may have been there before
};

bool ends(const Effect& thing, const Effect& other) {
    return !thing.table.empty() && other.kind == Effect::Kind::relation && !other.there_after &&
           other.name == thing.table && other.schema == thing.schema;
}

Course course_of(const Effect& thing, const std::vector<std::vector<Effect>>& effects) {
    Course course;
    for (std::size_t i = 0; i < effects.size(); ++i) {
        for (const Effect& effect : effects[i]) {
            if (!thing.same_thing(effect) && !ends(thing, effect)) continue;
            if (course.statement.empty()) course.starts_unknown = effect.replaces;
            course.statement.push_back(i);
            course.there_after.push_back(effect.there_after);
        }
    }
    return course;
}

/// Which numbers of statements may have run, seeing what is there now; whether statement `n` is among them
/// always, never or sometimes.
Presence judge(const Course& course, bool there, std::size_t n) {
    bool with = false, without = false;
    for (std::size_t ran = 0; ran <= course.statement.size(); ++ran) {
        const bool possible = ran == 0 ? course.starts_unknown || there != course.there_after.front()
                                       : course.there_after[ran - 1] == there;
        if (!possible) continue;
        const bool through = ran > 0 && course.statement[ran - 1] >= n;
        (through ? with : without) = true;
    }
    if (with == without) return Presence::unknown;
    return with ? Presence::there : Presence::absent;
}

std::string why_unknown(const Statement& statement) {
    for (const std::string_view rows :
         {"INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "COPY", "WITH", "LOAD DATA"})
        if (statement.kind == rows) return "the catalog does not show what became of rows";
    return "the catalog does not show it";
}

}  // namespace

std::string_view to_string(Presence presence) {
    switch (presence) {
        case Presence::there:
            return "there";
        case Presence::absent:
            return "absent";
        case Presence::unknown:
            break;
    }
    return "unknown";
}

std::vector<Look> look_at(db::Database& database, std::span<const Statement> statements) {
    const Dialect dialect = dialect_of(database.engine());
    std::vector<std::vector<Effect>> effects;
    for (const Statement& statement : statements) effects.push_back(effects_of(statement.text, dialect));
    std::vector<Look> looks;
    for (std::size_t i = 0; i < statements.size(); ++i) {
        Look look;
        int there = 0, absent = 0;
        for (const Effect& effect : effects[i]) {
            std::string why;
            const auto now = exists(database, effect, why);
            if (!why.empty()) look.why = why;
            if (!now) continue;
            const Presence seen = judge(course_of(effect, effects), *now, i);
            there += seen == Presence::there;
            absent += seen == Presence::absent;
        }
        const int all = static_cast<int>(effects[i].size());
        if (all > 0 && there == all)
            look.presence = Presence::there;
        else if (all > 0 && absent == all)
            look.presence = Presence::absent;
        else if (absent > 0 && statements[i].kind == "ALTER TABLE") {
            // It does all of its actions or none.
            look.presence = Presence::absent;
            look.why = "a part of it was there before";
        } else if (look.why.empty())
            look.why = all == 0                  ? why_unknown(statements[i])
                       : there > 0 && absent > 0 ? "a part of it is there"
                                                 : "other statements of the file undo it";
        looks.push_back(std::move(look));
    }
    return looks;
}

}  // namespace migrate::sql
