#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/error.hpp"
#include "model/risk.hpp"
#include "model/target.hpp"
#include "model/verb.hpp"

namespace migrate {

/// What a step must have done to the history and the files; the runner compares after every step.
struct Expect {
    std::vector<std::string> applied_added;
    std::vector<std::string> applied_removed;
    std::vector<std::string> files;  ///< files that must be new (a directory or a glob with one '*')
    bool any() const { return !applied_added.empty() || !applied_removed.empty() || !files.empty(); }
};

// The closed set of what a step can be. A composed verb is a list of these, never a callback. All text is
// final at plan time, except {now} and {scratch_url}, which the runner fills.

/// Start the native tool: launch prefix + args, in `cwd`.
struct Native {
    std::string program;              ///< by name: "prisma"
    std::vector<std::string> launch;  ///< argv prefix that starts it on this machine, relative to the cwd
    std::vector<std::string> args;
    std::string answers;     ///< what stdin says; "" = /dev/null
    std::string capture_to;  ///< stdout becomes this file (relative to the scan root), "" = streamed
    /// Output that says there was nothing to do: nothing is captured or expected then, and the plan ends
    /// there, well. "" = no such words.
    std::string nothing_when = {};
    /// Output that says that it failed, whatever the exit status is.
    std::vector<std::string> failed_when = {};
    /// Where the output holds this text, an exit status other than 0 is an answer and not a failure: there
    /// are differences ("New upgrade operations detected"). "" = every such status is a failure.
    std::string finding = {};
    /// `diff`: what is printed where there is no difference; anything else printed with status 0 is one.
    /// "" = not known.
    std::string same_when = {};
};
/// Write a new file in the repository. Fails if it exists, unless `replace`.
struct WriteFile {
    std::string path;
    std::string content;
    bool replace = false;
};
/// Remove a file that this program wrote.
struct RemoveFile {
    std::string path;
};
/// Raw SQL: execute one section of one migration file together with its history row.
struct ApplyMigration {
    std::string id;
    std::string path;  ///< "" where only the stored DOWN text is left
    bool down = false;
    std::string down_sql;    ///< stored DOWN text, used when the file is gone
    int from_statement = 0;  ///< resume: how many statements are done already
};
/// Execute a script that stands in the repository or was composed; one transaction where the database can.
struct ExecuteSql {
    std::string label;  ///< what it is, for people: "down.sql of 20240102_add_posts"
    std::string path;   ///< file in the repository, "" if `sql` holds it
    std::string sql;
    bool transaction = true;
};
/// Insert or delete rows of the tool's own history table, in the form in which the tool writes them.
struct ChangeHistory {
    std::vector<std::string> add;
    std::vector<std::string> remove;
    std::vector<std::string> sql;  ///< statements, one transaction
};
/// Copy the history table's rows to a file under the state directory before it is changed.
struct CopyHistory {
    std::string table;
};
/// Create or drop a scratch database on the same kind of server; its URL stands as {scratch_url}.
struct CreateScratch {};
struct DropScratch {};

using Action = std::variant<Native, WriteFile, RemoveFile, ApplyMigration, ExecuteSql, ChangeHistory,
                            CopyHistory, CreateScratch, DropScratch>;

/// A value of a child's environment; secret ones are written as "<secret>" everywhere.
struct EnvValue {
    std::string value;
    bool secret = false;
};

/// One native command line or one built-in action inside a plan.
struct Step {
    int n = 0;
    std::string target = "default";
    std::string purpose;  ///< one clause, for people: "apply 2 pending migrations"
    Action action;
    std::string cwd = ".";  ///< relative to the scan root
    std::map<std::string, EnvValue> env;
    Risk risk = Risk::read;
    std::optional<bool> reversible;
    int timeout_s = 0;                    ///< 0: the default of the risk
    std::vector<std::string> migrations;  ///< ids concerned
    Expect expect;
    std::vector<std::string> destructive;  ///< statements of the migration that drop or rewrite

    bool native() const { return std::holds_alternative<Native>(action); }
};

/// allow < confirm < approval < refuse.
enum class Decision { allow, confirm, approval, refuse };

/// A sentence of the verdict: which rule, what it says, what to do next.
struct Rule {
    std::string id;
    std::string message;
    std::vector<Next> next;
    Decision decision = Decision::allow;  ///< what this rule alone asks for; `allow` on warnings
};

struct Verdict {
    Decision decision = Decision::allow;
    std::vector<Rule> rules;             ///< also warnings that changed nothing
    bool ask_yes = false;                ///< with `confirm`: a person is asked yes or no
    std::vector<std::string> ask_names;  ///< with `confirm`: names of databases that a person types
};

/// The steps of one verb on one unit.
struct UnitPlan {
    std::string unit;
    Verb verb = Verb::status;
    std::string environment;
    std::vector<Target> targets;
    std::vector<Step> steps;
    std::map<std::string, std::vector<std::string>> applied_seen;  ///< target name -> ids, in applied order
    std::map<std::string, std::string> files;                      ///< file concerned -> its sha256
    std::string tool_version;
    std::string verified;  ///< how success will be proven: "direct", "probe", "native", "none"
    std::string lock;      ///< "session", "file", "none"
    std::vector<std::string> unclassified;  ///< words of a native command line that no table knows
    std::set<std::string> no_user_tables;   ///< targets that are known to hold no user tables
    std::set<std::string> no_rows;          ///< targets whose user tables are all known to be empty
    std::map<std::string, std::string> frozen;  ///< target -> who froze it, since when and why
    std::vector<std::string> command;  ///< what was asked, without consent: {"rollback", "--steps=2", ...}
    Verdict verdict;
};

/// The steps of one verb over all selected units, in the order in which they run.
struct Plan {
    std::string id;  ///< "p_" + 16 hex digits
    Verb verb = Verb::status;
    std::string environment;
    std::string root;  ///< absolute scan root: what makes paths portable; not part of the id
    std::map<std::string, std::string> options;  ///< verb options as given, part of the id
    std::vector<UnitPlan> units;
};

std::string_view to_string(Decision decision);

/// The argv of a step as people and JSON see it: the native command line, or the name of the built-in
/// action with its operands.
std::vector<std::string> argv_of(const Step& step);

/// The highest risk of the steps; `read` for none.
Risk risk_of(const std::vector<Step>& steps);

}  // namespace migrate
