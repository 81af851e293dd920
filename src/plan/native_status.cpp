#include "plan/native_status.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "adapters/probes.hpp"
#include "plan/gather.hpp"

namespace migrate {

namespace {

/// Node's words for a server that does not answer.
constexpr std::string_view kUnreachable[] = {"ECONNREFUSED", "ENOTFOUND", "ETIMEDOUT", "EHOSTUNREACH",
                                             "Server selection timed out"};

bool says_unreachable(std::string_view said) {
    return std::any_of(std::begin(kUnreachable), std::end(kUnreachable),
                       [&](std::string_view words) { return said.find(words) != std::string_view::npos; });
}

/// Why there is no answer.
Error no_answer(const ProcessResult& done, const Unit& unit, const Step& step, const Target& target,
                const std::filesystem::path& root) {
    const Connection& connection = target.connection;
    if (says_unreachable(done.out.text() + "\n" + done.err.text()))
        return {"target.unreachable",
                fmt::format("{}:{} cannot be reached", connection.host, connection.port),
                "Is the server running, and do host and port belong to it?",
                {}};
    return failure_of(done, unit, step, root);
}

Result<HistoryRows> run_status(const Unit& unit, const Step& step, const Target& target,
                               const std::filesystem::path& root, const NativeCall& with) {
    auto answer = ask_status(unit, step, target, root, with);
    if (!answer) return tl::unexpected(answer.error());
    return adapter_of(unit.tool).read_status(unit, *answer);
}

}  // namespace

Result<std::string> ask_status(const Unit& unit, const Step& step, const Target& target,
                               const std::filesystem::path& root, const NativeCall& with) {
    if (stays_open(unit.tool)) {
        NativeReaders once;
        NativeReaders& readers = with.readers ? *with.readers : once;
        Conversation& reader = readers.try_emplace(target.name, spec_of(step, root, with)).first->second;
        auto answer = reader.ask("history", kAskingLimit);
        if (answer) return *answer;
        return tl::unexpected(no_answer(answer.error(), unit, step, target, root));
    }
    ProcessResult done = ask_native(step, root, with);
    if (done.ok()) return std::move(done.collected);
    return tl::unexpected(no_answer(done, unit, step, target, root));
}

std::optional<Step> status_step(const Unit& unit, const std::filesystem::path& root, const Target& target,
                                const std::string& environment) {
    const Adapter& adapter = adapter_of(unit.tool);
    if (!adapter.read_status || adapter.read || adapter.history(unit, root, target)) return std::nullopt;
    Request request;
    request.verb = Verb::status;
    request.environment = environment;
    Facts facts;
    facts.root = root;
    facts.targets = {target};
    auto steps = adapter.plan(unit, request, facts);
    if (!steps || steps->size() != 1 || !steps->front().native() || steps->front().risk != Risk::read)
        return std::nullopt;
    Step step = std::move(steps->front());
    if (!target.variable.empty() && !target.connection.url.empty())
        step.env.try_emplace(target.variable, EnvValue{target.connection.url, true});
    return step;
}

Result<History> read_history_of(const Unit& unit, const std::vector<MigrationFile>& files,
                                const Target& target, const std::filesystem::path& root,
                                const NativeCall& with, ReadSessions& sessions) {
    if (auto step = status_step(unit, root, target, with.environment)) {
        auto rows = run_status(unit, *step, target, root, with);
        if (!rows) return tl::unexpected(rows.error());
        return adapter_of(unit.tool).compare(unit, files, std::move(*rows));
    }
    return read_unit_history(unit, files, target, root, sessions);
}

}  // namespace migrate
