#include "run/explain_failure.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "adapters/failure.hpp"
#include "base/files.hpp"
#include "sql/failure.hpp"
#include "sql/lexer.hpp"
#include "sql/split.hpp"
#include "sql/text.hpp"

namespace migrate {

namespace {

/// Whether a failed script leaves nothing behind, so that it may be executed once more for its message.
bool undoes_all(Engine engine) {
    return engine == Engine::postgresql || engine == Engine::sqlite;
}

struct Script {
    std::string path, text;
    std::vector<sql::Statement> statements;  // views into `text`
};

/// The files as statements; empty where one cannot be read or would end our transaction.
std::vector<Script> scripts_of(const std::vector<std::string>& paths, const std::filesystem::path& root,
                               sql::Dialect dialect) {
    std::vector<Script> scripts(paths.size());
    for (std::size_t i = 0; i < paths.size(); ++i) {
        Script& script = scripts[i];
        script.path = paths[i];
        auto bytes = read_file(root / paths[i]);
        auto text = bytes ? sql::normalised(*bytes) : Result<std::string>(fail("", ""));
        if (!text) return {};
        script.text = std::move(*text);
        auto statements = sql::split(script.text, dialect);
        if (!statements) return {};
        script.statements = std::move(*statements);
        for (const auto& one : script.statements)
            if (one.transaction_control || one.copies_data) return {};
    }
    return scripts;
}

/// The error of the statement that fails; nullopt where none does. Nothing is kept in either case.
std::optional<Error> replayed(db::Database& session, const std::vector<std::string>& beginning,
                              const std::vector<Script>& scripts) {
    if (session.in_transaction() || !session.execute("BEGIN")) return std::nullopt;
    std::optional<Error> found;
    for (const auto& statement : beginning) {
        if (found) break;
        auto executed = session.execute(statement);
        if (!executed) found = executed.error();
    }
    for (const auto& script : scripts) {
        if (found) break;
        int done = 0;
        for (const auto& one : script.statements) {
            auto executed = session.execute(one.text);
            if (!executed) {
                found = sql::failure_of(session, executed.error(), script.path, script.text, one,
                                        sql::Kept::nothing, done, static_cast<int>(script.statements.size()));
                break;
            }
            ++done;
        }
    }
    (void)session.execute("ROLLBACK");
    return found;
}

}  // namespace

Error explain_failure(Error error, const Unit& unit, const Step& step, std::string_view said,
                      db::Database* session, const std::filesystem::path& root) {
    if (error.code != "tool.failed") return error;
    const FailedStep failed{unit, step, said, root};
    if (auto known = explained(failed)) return *known;
    std::vector<std::string> paths = unexplained_files(failed);
    if (paths.empty() || !session) return error;

    error.message += " and does not say why";
    if (!undoes_all(session->engine())) {
        error.hint =
            "The statements before the failing one have stayed, and the history does not know of them.";
        return error;
    }
    auto scripts = scripts_of(paths, root, sql::dialect_of(session->engine()));
    auto cause = scripts.empty() ? std::nullopt : replayed(*session, unexplained_beginning(failed), scripts);
    if (!cause) {
        error.hint = "Executed once more in a transaction that was rolled back, the migrations went through.";
        if (scripts.empty()) error.hint.clear();
        return error;
    }
    error.message += ". It is " + cause->message;
    error.hint = cause->hint;
    return error;
}

}  // namespace migrate
