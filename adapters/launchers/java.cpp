#include "adapters/launchers/java.hpp"

namespace migrate::launchers {

namespace {

/// A build tool's command line, sorted.
struct BuildCall {
    Words flags;   ///< that each goal is judged with
    Words goals;   ///< Flyway's, by its own names
    Words others;  ///< goals that are not Flyway's: nobody knows what they do
    bool retargets = false;
};

Found worst_of(const BuildCall& call) {
    Found worst;
    for (const auto& goal : call.goals) {
        Words one{goal};
        one.insert(one.end(), call.flags.begin(), call.flags.end());
        take_worse(worst, of_tool(Tool::flyway, one));
    }
    if (!worst) return std::nullopt;
    worst->unknown.insert(worst->unknown.end(), call.others.begin(), call.others.end());
    worst->retargets |= call.retargets;
    return worst;
}

void add_goal(BuildCall& call, const std::string& word, std::string goal) {
    if (goal.empty())
        call.others.push_back(word);
    else
        call.goals.push_back(std::move(goal));
}

}  // namespace

Found maven(Args args) {
    BuildCall call;
    for (std::size_t i = 0; i < args.size(); ++i) {
        const std::string& arg = args[i];
        if (!arg.starts_with('-')) {
            add_goal(call, arg, maven_goal(arg));
            continue;
        }
        const bool profile = arg.starts_with("-P") && !arg.starts_with("-Pflyway.");
        const bool valued = listed("-f --file -pl --projects -s --settings -gs -t -T --threads -P -D", arg);
        call.retargets |= profile || listed("-f --file -pl --projects", arg);
        if (!profile && !valued) call.flags.push_back(arg);
        if (!valued || i + 1 == args.size()) continue;
        if (arg == "-D") call.flags.push_back("-D" + args[i + 1]);
        ++i;
    }
    return worst_of(call);
}

Found gradle(Args args) {
    BuildCall call;
    for (std::size_t i = 0; i < args.size(); ++i) {
        const std::string& arg = args[i];
        if (!arg.starts_with('-')) {
            add_goal(call, arg, gradle_task(arg));
            continue;
        }
        const bool valued = listed(
            "-p --project-dir -x --exclude-task -b --build-file -c --settings-file -I --init-script -g "
            "--gradle-user-home --console --max-workers",
            arg);
        call.retargets |= listed("-p --project-dir -b --build-file -c --settings-file", arg);
        call.retargets |=
            (arg.starts_with("-P") || arg.starts_with("-D")) && arg.find("flyway.") == std::string::npos;
        if (valued)
            ++i;
        else
            call.flags.push_back(arg);
    }
    return worst_of(call);
}

}  // namespace migrate::launchers
