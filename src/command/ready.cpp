#include "command/ready.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <thread>

#include "adapters/adapter.hpp"
#include "db/database.hpp"
#include "db/scratch.hpp"
#include "plan/live.hpp"
#include "report/shell_words.hpp"
#include "report/text.hpp"
#include "run/interrupts.hpp"
#include "run/process.hpp"
#include "target/url.hpp"

namespace migrate {

namespace {

using Clock = std::chrono::steady_clock;

/// Beside the unit first, then every directory above it, up to the root.
std::vector<std::string> directories_of(const Unit& unit) {
    std::vector<std::string> directories;
    for (std::filesystem::path path = unit.root; !path.empty() && path != "."; path = path.parent_path())
        directories.push_back(path.generic_string());
    directories.emplace_back(".");
    return directories;
}

/// One target on the way to being ready.
struct Place {
    std::size_t unit = 0;
    const Target* target = nullptr;
    bool created = false;
};

std::optional<Error> ask(const Target& target) {
    auto session = db::open(target.connection, {.connect_timeout_s = 3});
    if (session) return std::nullopt;
    return session.error();
}

/// Whether this program has no client for such a database, and so cannot ask whether it answers.
bool cannot_ask(const Error& error) {
    return error.code == "target.unresolved";
}

/// A server that answers and refuses the login will not change its mind.
bool refuses_login(const Error& error) {
    return error.message.starts_with("the login as ");
}

/// Whether no table of users' is there, or none that holds a row. Where that cannot be known it is not taken
/// for granted.
bool is_empty(const Unit& unit, const std::filesystem::path& root, const Target& target) {
    auto session = db::open(target.connection, {});
    if (!session) return false;
    LiveQuestion question = question_of(unit, root, target);
    question.rows = true;
    auto facts = ask_database(**session, target.connection, question);
    return facts && facts->without_rows();
}

class Preparation {
  public:
    Preparation(const Session& session, Prepared& prepared, Redactor& redactor, std::string& lines)
        : session_(session), prepared_(prepared), redactor_(redactor), lines_(lines) {
        for (std::size_t i = 0; i < prepared.units.size(); ++i)
            for (const auto& target : prepared.units[i].facts.targets)
                if (target.migrated) places_.push_back({i, &target});
    }

    void run() {
        for (auto step : {&Preparation::answer, &Preparation::exist, &Preparation::look})
            for (auto& place : places_)
                if (auto error = (this->*step)(place)) {
                    prepared_.result.units[place.unit].error = std::move(error);
                    return;
                }
    }

  private:
    UnitResult& result(const Place& place) { return prepared_.result.units[place.unit]; }
    const Unit& unit(const Place& place) const { return prepared_.units[place.unit].selected.unit; }
    Ready& ready(const Place& place) { return prepared_.ready[unit(place).id]; }

    void say(const std::string& line) const {
        if (!session_.quiet()) fmt::print(stderr, "{}\n", line);
    }

    void log(const Place& place, const std::string& detail) {
        LogEntry entry = log_entry(session_, "setup", result(place));
        entry.target = display(place.target->connection);
        entry.outcome = "done";
        entry.detail = detail;
        write_log(session_, {entry}, prepared_.result.errors);
    }

    /// The server answers, or is started and waited for.
    std::optional<Error> answer(Place& place) {
        if (is_file_engine(place.target->connection)) return std::nullopt;
        auto problem = ask(*place.target);
        if (!problem || problem->code == "target.missing") return std::nullopt;
        if (problem->code != "target.unreachable" && !cannot_ask(*problem)) return problem;
        if (refuses_login(*problem)) return problem;
        auto start = service_for(session_, unit(place), *place.target);
        if (!start) {
            if (cannot_ask(*problem)) return std::nullopt;
            problem->hint =
                "No compose file beside the unit or above it has a service that publishes this "
                "port. Start the server, or correct the URL (" +
                place.target->source + ").";
            problem->next = {{By::you,
                              {"migrate", "explain", "--target", "-u", unit(place).id},
                              "",
                              "says where the URL comes from"}};
            return problem;
        }
        if (auto error = start_service(place, *start)) return error;
        return cannot_ask(*problem) ? std::nullopt : wait_for(place, *start);
    }

    std::optional<Error> start_service(Place& place, const ServiceStart& start) {
        const ComposeService& service = start.service;
        const std::string file =
            service.directory == "." ? service.file : service.directory + "/" + service.file;
        if (start.argv.empty())
            return Error{
                "tool.missing",
                fmt::format("{}: its database is the service {} of {}, and there is no docker to "
                            "start it with",
                            unit(place).id, service.name, file),
                "Nothing was changed. Install Docker with its Compose plugin, or start the server in "
                "another way.",
                {}};
        ready(place).services.push_back(service.name);
        if (!started_.insert(file + "\n" + service.name).second) return std::nullopt;
        say(fmt::format("starting {} of {}: {}", service.name, file, shell_words(start.argv)));
        ProcessSpec spec;
        spec.argv = start.argv;
        spec.cwd = session_.root / service.directory;
        spec.env = session_.env().variables;
        spec.redactor = &redactor_;
        // Images are fetched on the way.
        spec.timeout = session_.parsed->duration("timeout").value_or(std::chrono::minutes(30));
        const ProcessResult done = run_process(spec, [&](const OutputLine& line) {
            if (line.end != OutputLine::End::overwritten)
                say(fmt::format("  {} | {}", service.name, line.text));
        });
        if (!done.ok()) return error_of(done, start.argv.front());
        lines_ += fmt::format("started  {} of {}\n", service.name, file);
        log(place, fmt::format("started {} of {}", service.name, file));
        return std::nullopt;
    }

    std::optional<Error> wait_for(const Place& place, const ServiceStart& start) const {
        const Interrupts interrupts;
        const auto wait = session_.parsed->duration("wait").value_or(std::chrono::seconds(60));
        const auto deadline = Clock::now() + wait;
        for (;;) {
            auto problem = ask(*place.target);
            if (!problem || problem->code == "target.missing") return std::nullopt;
            if (interrupts.count() > 0) return Error{"interrupted", "interrupted while waiting", "", {}};
            if (refuses_login(*problem)) return problem;
            if (Clock::now() >= deadline) {
                problem->hint = fmt::format(
                    "{} was started, and no database answered within {} s. Its own words: docker "
                    "compose logs {}",
                    start.service.name, std::chrono::duration_cast<std::chrono::seconds>(wait).count(),
                    start.service.name);
                return problem;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(250));
        }
    }

    /// A database that is not there could not be asked; its server can.
    std::optional<Error> not_of_this_machine(const Place& place) {
        const Connection& connection = place.target->connection;
        auto server = db::open_server(connection);
        if (!server) return server.error();
        auto facts = ask_database(**server, connection, {});
        if (!facts) return facts.error();
        if (facts->signs.empty()) return std::nullopt;
        return Error{"policy.refused",
                     fmt::format("{}: setup would make {}, and {}", unit(place).id, display(connection),
                                 facts->signs.front().text),
                     "It was not made. setup is for databases on this machine.",
                     {}};
    }

    std::optional<Error> exist(Place& place) {
        const Connection& connection = place.target->connection;
        if (is_file_engine(connection)) {
            place.created = !std::filesystem::exists(connection.database);  // made by `run`
            return std::nullopt;
        }
        auto problem = ask(*place.target);
        if (!problem || cannot_ask(*problem)) return std::nullopt;
        if (problem->code != "target.missing") return problem;
        if (auto error = not_of_this_machine(place)) return error;
        say("creating " + display(connection));
        auto made = db::create_beside(connection, connection.database, db::Bare::no);
        if (!made && made.error().code != "target.exists") return made.error();
        place.created = made.has_value();
        if (!place.created) return std::nullopt;
        ready(place).created.push_back(place.target->name);
        result(place).changed = Changed::database;
        lines_ += fmt::format("created  {}\n", target_text(*place.target));
        log(place, "created the database");
        return std::nullopt;
    }

    std::optional<Error> look(Place& place) {
        const bool empty = place.created || is_empty(unit(place), session_.root, *place.target);
        auto known = seen_.find(unit(place).id);
        ready(place).fresh = empty && (known == seen_.end() || ready(place).fresh);
        seen_.insert(unit(place).id);
        return std::nullopt;
    }

    const Session& session_;
    Prepared& prepared_;
    Redactor& redactor_;
    std::string& lines_;
    std::vector<Place> places_;
    std::set<std::string> started_, seen_;
};

}  // namespace

std::optional<Error> not_for_setup(const Session& session, const GatheredUnit& one) {
    const Unit& unit = one.selected.unit;
    for (const auto& target : one.facts.targets) {
        if (!target.migrated || target.level == Level::local || target.level == Level::scratch) continue;
        return Error{"policy.refused",
                     fmt::format("{}: setup would make and fill {}, which is {}", unit.id,
                                 display(target.connection), to_string(target.level)),
                     "Nothing was started. setup is for databases on this machine.",
                     {{By::you,
                       {"migrate", "explain", "--target", "-u", unit.id},
                       "",
                       "says where the URL comes from, and why it counts as that"}}};
    }
    const bool ours = unit.how_run != HowRun::programmatic && unit.how_run != HowRun::manual;
    if (!ours || unit.commands.contains("run")) return std::nullopt;
    return missing_program(session, unit, unit.launch, unit.root);
}

std::optional<ServiceStart> service_for(const Session& session, const Unit& unit, const Target& target) {
    const auto services = compose_services_at(session.root, directories_of(unit), session.env());
    const ComposeService* service = service_of(services, target.connection);
    if (!service) return std::nullopt;
    ServiceStart start{*service, {}};
    const std::string path = session.env().get("PATH").value_or("");
    const auto cwd = session.root / service->directory;
    const bool plugin = find_program("docker", path, cwd).has_value();
    if (!plugin && !find_program("docker-compose", path, cwd)) return start;
    start.argv =
        plugin ? std::vector<std::string>{"docker", "compose"} : std::vector<std::string>{"docker-compose"};
    if (!service->usual) start.argv.insert(start.argv.end(), {"-f", service->file});
    start.argv.insert(start.argv.end(), {"up", "-d"});
    // Version 1 does not know the option.
    if (plugin) start.argv.emplace_back("--wait");
    start.argv.push_back(service->name);
    return start;
}

void make_ready(const Session& session, Prepared& prepared, Redactor& redactor, std::string& lines) {
    Preparation(session, prepared, redactor, lines).run();
}

}  // namespace migrate
