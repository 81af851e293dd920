// Whole command lines: from whatever starts a tool to the tool's own arguments, for judging them before they
// run. What is not understood is never taken for harmless.
#include <algorithm>

#include "adapters/adapter.hpp"
#include "adapters/launchers/java.hpp"
#include "adapters/launchers/lines.hpp"
#include "adapters/launchers/shell.hpp"
#include "adapters/launchers/table.hpp"

namespace migrate {

namespace {

using namespace launchers;

constexpr int kDeepest = 16;    ///< launchers and shells inside each other
constexpr int kLongest = 2000;  ///< readings of one command line, where flags leave several open

/// What is left of a command line that goes deeper than anybody's: a tool's name in it counts as the worst.
Found mentioned(Args words) {
    for (const auto& word : words)
        for (std::size_t from = 0; from < word.size();) {
            std::size_t to = std::min(word.find_first_of(" \t\n;&|()'\"`$", from), word.size());
            std::string name = base_name(std::string_view(word).substr(from, to - from));
            if (name == "flask") return unclassified(Tool::alembic, {});
            if (auto tool = tool_of_program(name)) return unclassified(*tool, {});
            from = to + 1;
        }
    return std::nullopt;
}

class Judge {
  public:
    Found command(Args words, int depth) {
        if (depth > kDeepest || --readings_ < 0) return mentioned(words);
        bool retargets = false;
        while (!words.empty() && is_assignment(words.front())) {
            retargets |= !is_harmless(words.front());
            words = words.subspan(1);
        }
        if (words.empty()) return std::nullopt;
        Found found = program(words, depth);
        if (found) found->retargets |= retargets;
        return found;
    }

    /// The worst of a script's commands; anything beside them that is not plainly harmless is unknown.
    Found script(std::string_view text, int depth) {
        if (depth > kDeepest || --readings_ < 0) return mentioned(Words{std::string(text)});
        launchers::ShellScript parsed = launchers::parse_shell(text);
        Found worst;
        Words strange = parsed.strange;
        bool retargets = false;
        std::optional<Tool> behind_variable;
        for (const auto& words : parsed.commands) {
            Words plain;
            for (const auto& word : words)
                if (!plain.empty() || !is_keyword(word.text)) plain.push_back(word.text);
            if (plain.empty()) continue;
            if (auto found = command(plain, depth + 1)) {
                for (const auto& word : words)
                    if (word.strange) found->unknown.push_back(word.text);
                take_worse(worst, std::move(*found));
                continue;
            }
            bool quiet = listed(
                "echo printf true false : test [ [[ ls cat pwd sleep wait exit grep date which", plain[0]);
            bool moves =
                listed("cd pushd popd export set source . eval", plain[0]) || is_assignment(plain[0]);
            retargets |= moves;
            if (!quiet && !moves) strange.push_back(plain[0]);
            // A program that only the shell knows, with a tool's name behind it.
            if (words.front().strange)
                for (const auto& word : plain)
                    if (auto tool = launchers::tool_of_program(base_name(word))) behind_variable = tool;
        }
        if (!worst && behind_variable) worst = unclassified(*behind_variable, {});
        if (!worst) return std::nullopt;
        worst->unknown.insert(worst->unknown.end(), strange.begin(), strange.end());
        worst->retargets |= retargets;
        return worst;
    }

  private:
    static bool is_keyword(std::string_view word) {
        return listed("if then else elif fi for while until do done case esac ! { } in", word);
    }

    Found program(Args words, int depth) {
        const std::string& first = words.front();
        std::string name = base_name(first);
        if (std::size_t colon = name.find(':'); colon != std::string::npos)
            name.erase(0, colon + 1);  // hatch
        Args args = words.subspan(1);
        if (name == "flask") return flask(args);
        if (name == "manage.py" && !args.empty() && args.front() == "db") return of_tool(Tool::alembic, args);
        if (auto tool = launchers::tool_of_program(name))
            return *tool == Tool::flyway ? of_flyway(args) : of_tool(*tool, args);
        if (auto tool = tool_of_path(first)) return of_tool(*tool, args);
        if (is_python(name)) return python(args, depth);
        if (listed("node nodejs ts-node ts-node-esm ts-node-script tsx babel-node esno electron", name))
            return node(args, depth);
        if (listed("mvn mvnw mvnd", name)) return maven(args);
        if (listed("gradle gradlew", name)) return gradle(args);
        if (listed("sh bash zsh dash ash ksh su runuser script fly flyctl", name)) return shell(args, depth);
        if (name == "eval" || (name == "cmd" && !args.empty())) return script(joined(args), depth + 1);
        if (listed("concurrently start-server-and-test run-p run-s", name)) return each(args, depth);
        return launched(name, args, depth);
    }

    static bool is_python(std::string_view name) {
        for (std::string_view stem : {"python", "pypy"}) {
            if (!name.starts_with(stem)) continue;
            std::string_view rest = name.substr(stem.size());
            return std::all_of(rest.begin(), rest.end(),
                               [](char c) { return (c >= '0' && c <= '9') || c == '.' || c == 'w'; });
        }
        return name == "py";
    }

    static std::string joined(Args words) {
        std::string text;
        for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
        return text;
    }

    /// `flask [options] db ...`; its other commands are no migrations.
    Found flask(Args args) {
        bool retargets = false;
        while (!args.empty() && args.front().starts_with('-')) {
            bool valued = listed("-A --app -e --env-file", args.front());
            retargets |=
                valued || args.front().starts_with("--app=") || args.front().starts_with("--env-file=");
            args = args.subspan(std::min<std::size_t>(valued ? 2 : 1, args.size()));
        }
        if (args.empty() || args.front() != "db") return std::nullopt;
        Classified found = of_tool(Tool::alembic, args.size() == 1 ? Args{} : args);
        found.retargets |= retargets;
        return found;
    }

    Found python(Args args, int depth) {
        while (!args.empty() && args.front().starts_with('-') && args.front().size() > 1) {
            if (args.front() == "-m" && args.size() > 1) {
                std::string module = args[1];
                if (module.ends_with(".config")) module.resize(module.size() - 7);  // alembic.config
                Args rest = args.subspan(2);
                if (module == "django") return of_tool(Tool::django, rest);
                if (module == "flask") return flask(rest);
                if (auto tool = launchers::tool_of_program(module)) return of_tool(*tool, rest);
                return std::nullopt;
            }
            if (args.front() == "-c") return std::nullopt;
            bool valued = listed("-W -X -Q --check-hash-based-pycs", args.front());
            args = args.subspan(std::min<std::size_t>(valued ? 2 : 1, args.size()));
        }
        return args.empty() ? std::nullopt : interpreted(args, depth);
    }

    Found node(Args args, int depth) {
        while (!args.empty() && args.front().starts_with('-') && args.front() != "-") {
            if (listed("-e --eval -p --print -pe", args.front())) return std::nullopt;
            bool valued = listed(
                "-r --require --import --loader --experimental-loader -C --conditions --env-file "
                "--input-type --inspect-port --max-old-space-size -P --project --tsconfig "
                "--compiler-options -O -I --cwd",
                args.front());
            args = args.subspan(std::min<std::size_t>(valued ? 2 : 1, args.size()));
        }
        if (!args.empty() && listed("watch", args.front())) args = args.subspan(1);
        return args.empty() ? std::nullopt : interpreted(args, depth);
    }

    /// A script by its path: the tool's own, or one of the project's, which nobody can see through.
    Found interpreted(Args args, int depth) {
        std::string name = base_name(args.front());
        if (launchers::tool_of_program(name) || tool_of_path(args.front()) || name == "flask")
            return program(args, depth + 1);
        return std::nullopt;
    }

    /// sh -c "...", also -lc and -ec; su -c, script -c, fly ssh console -C.
    Found shell(Args args, int depth) {
        for (std::size_t i = 0; i + 1 < args.size(); ++i) {
            const std::string& arg = args[i];
            bool cluster =
                arg.size() > 1 && arg[0] == '-' && arg[1] != '-' && (arg.back() == 'c' || arg.back() == 'C');
            if (cluster || arg == "--command") return script(args[i + 1], depth + 1);
        }
        return std::nullopt;
    }

    /// Every argument is a script of its own.
    Found each(Args args, int depth) {
        Found worst;
        for (const auto& arg : args)
            if (auto found = script(arg, depth + 1)) take_worse(worst, std::move(*found));
        return worst;
    }

    Found launched(const std::string& name, Args args, int depth) {
        if (name == "docker" || name == "podman") {
            // docker [options] compose ...
            const auto& all = launchers::launchers();
            auto docker =
                std::find_if(all.begin(), all.end(), [&](const Launcher& one) { return one.name == name; });
            Args rest = args;
            bool retargets = pass_flags(*docker, rest).retargets;
            if (!rest.empty() && rest.front() == "compose") {
                Words inner{"docker-compose"};
                inner.insert(inner.end(), rest.begin() + 1, rest.end());
                Found found = program(inner, depth + 1);
                if (found) found->retargets |= retargets;
                return found;
            }
        }
        for (const Launcher& launcher : launchers::launchers())
            if (launcher.name == name)
                if (auto found = by(launcher, args, depth)) return found;
        return std::nullopt;
    }

    struct Flags {
        bool retargets = false;
        bool ambiguous = false;  ///< the last flag may have taken the next word as its value
        bool ended = false;      ///< by "--"
        std::string script;      ///< npx -c "..."
        Words unknown;
    };

    static Flags pass_flags(const Launcher& launcher, Args& args) {
        Flags flags;
        while (!args.empty() && args.front().starts_with('-') && args.front().size() > 1) {
            std::string flag = args.front();
            args = args.subspan(1);
            flags.ambiguous = false;
            if (flag == "--") {
                flags.ended = true;
                break;
            }
            std::string plain = flag.substr(0, flag.find('='));
            flags.retargets |= listed(launcher.valued, plain, '!');
            if (listed(launcher.valued, flag)) {
                bool calls =
                    (launcher.name == "npx" || launcher.name == "npm") && (flag == "-c" || flag == "--call");
                bool splits = launcher.name == "env" && (flag == "-S" || flag == "--split-string");
                if ((calls || splits) && !args.empty()) flags.script = args.front();
                if (!args.empty()) args = args.subspan(1);
            } else if (flag.find('=') == std::string::npos) {
                flags.ambiguous = true;
            }
        }
        return flags;
    }

    Found by(const Launcher& launcher, Args args, int depth) {
        Flags before = pass_flags(launcher, args);
        bool retargets = launcher.elsewhere || before.retargets;
        std::string script_text = before.script;
        bool ambiguous = before.ambiguous;
        if (!launcher.subcommands.empty() && !before.ended) {
            if (before.ambiguous && !args.empty() && !listed(launcher.subcommands, args.front()) &&
                args.size() > 1 && listed(launcher.subcommands, args[1]))
                args = args.subspan(1);
            bool there = !args.empty() && listed(launcher.subcommands, args.front());
            if (!there && !launcher.optional) return std::nullopt;
            if (there) {
                args = args.subspan(1);
                // `uv tool run`, `npm exec`
                if (launcher.name == "uv" && !args.empty() && args.front() == "run") args = args.subspan(1);
                Flags after = pass_flags(launcher, args);
                retargets |= after.retargets;
                ambiguous = after.ambiguous;
                if (!after.script.empty()) script_text = after.script;
            }
        }
        Found found;
        if (!script_text.empty()) found = script(script_text, depth + 1);
        if (!found) found = behind(launcher, args, depth);
        // A flag that is not in the table may have a value, which was then taken for the program.
        if (!found && ambiguous && args.size() > 1) found = behind(launcher, args.subspan(1), depth);
        if (found) found->retargets |= retargets;
        return found;
    }

    /// The operands, and the program behind them.
    Found behind(const Launcher& launcher, Args args, int depth) {
        if (launcher.name == "mise" || launcher.name == "kubectl") {
            auto end = std::find(args.begin(), args.end(), "--");
            if (end != args.end())
                return command(args.subspan(static_cast<std::size_t>(end - args.begin()) + 1), depth + 1);
        }
        std::string operand = args.empty() ? "" : args.front();
        args = args.subspan(std::min<std::size_t>(static_cast<std::size_t>(launcher.operands), args.size()));
        if (!args.empty() && args.front() == "--") args = args.subspan(1);
        if (args.empty()) return std::nullopt;
        if (launcher.name == "yarn" && launcher.operands > 0) {
            Words inner{"yarn"};
            inner.insert(inner.end(), args.begin(), args.end());
            return program(inner, depth + 1);
        }
        if (launcher.name == "ssh" || launcher.name == "cross-env-shell" || launcher.name == "watch")
            return script(joined(args), depth + 1);
        Found found = command(args, depth + 1);
        // An image or a service whose entry point is Flyway takes its arguments at once.
        bool image = launcher.elsewhere && operand.find("flyway") != std::string::npos;
        if (!found && image) found = of_flyway(args);
        if (!found && args.size() == 1 && args.front().find(' ') != std::string::npos)
            found = script(args.front(), depth + 1);  // heroku run "alembic upgrade head"
        return found;
    }

    int readings_ = kLongest;
};

}  // namespace

std::optional<Classified> classify_command(std::span<const std::string> argv) {
    Judge judge;
    // One word with blanks, or words of a shell between the others: it is a script.
    auto is_operator = [](const std::string& word) { return listed("&& || ; | & |&", word); };
    if (argv.size() == 1 && argv.front().find_first_of(" \n;&|") != std::string::npos)
        return judge.script(argv.front(), 0);
    if (std::none_of(argv.begin(), argv.end(), is_operator)) return judge.command(argv, 0);
    Found worst;
    std::vector<std::string> strange;
    for (std::size_t from = 0; from <= argv.size();) {
        std::size_t to = from;
        while (to < argv.size() && !is_operator(argv[to])) ++to;
        auto part = argv.subspan(from, to - from);
        if (auto found = judge.command(part, 0))
            take_worse(worst, std::move(*found));
        else if (!part.empty() && part.front() != "cd" && part.front() != "echo")
            strange.push_back(part.front());
        from = to + 1;
    }
    if (worst) worst->unknown.insert(worst->unknown.end(), strange.begin(), strange.end());
    return worst;
}

}  // namespace migrate
