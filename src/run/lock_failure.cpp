#include "run/lock_failure.hpp"

#include <fmt/format.h>

namespace migrate {

namespace {

void add_line(std::string& text, std::string_view line) {
    text += (text.empty() ? "" : "\n") + std::string(line);
}

/// What a person types to end the session that is in the way.
std::string ending(const Blockers& blockers, Engine engine) {
    if (blockers.sessions.size() != 1) return "";
    const std::string& id = blockers.sessions.front().id;
    return engine == Engine::postgresql ? fmt::format(" (SELECT pg_terminate_backend({}) ends it)", id)
                                        : fmt::format(" (KILL {} ends it)", id);
}

}  // namespace

Error behind_lock(Error error, const SeenWait& wait, Engine engine) {
    const std::string who = text_of(wait.blockers);
    error.message += "; it waited for a lock" + (who.empty() ? "" : ", " + who);
    if (wait.cancelled)
        add_line(error.hint, fmt::format("The statement that waited was cancelled after {} s, so that nobody "
                                         "else waits behind it.",
                                         kLockLimit.count()));
    add_line(error.hint, who.empty() ? "The migration can go on once the lock is free."
                                     : fmt::format("The migration can go on once that session is done{}.",
                                                   ending(wait.blockers, engine)));
    if (wait.cancelled && engine != Engine::postgresql)
        add_line(error.hint, "What the migration had done before that statement stays.");
    return error;
}

Error behind_lock(Error error, db::Database& session) {
    const std::string who = text_of(possible_blockers(session));
    if (!who.empty()) error.message += "; the lock is " + who;
    return error;
}

Error not_now(Error error, bool says_so) {
    error.code = "target.busy";
    add_line(error.hint, says_so ? "The same command may be repeated."
                                 : "Nothing of it was done: the same command may be repeated.");
    return error;
}

}  // namespace migrate
