// Other sessions' long transactions: a migration would wait behind them, and everybody else behind it.
#include "live/long_transactions.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <thread>

#include "command/flow.hpp"
#include "target/url.hpp"

namespace migrate {

namespace {

constexpr auto kPause = std::chrono::milliseconds(500);

bool would_wait(const UnitResult& unit) {
    return unit.plan && !unit.error && unit.skipped.empty() && risk_of(unit.plan->steps) >= Risk::apply;
}

std::vector<std::string> look_again(const Target& target) {
    auto database = db::open(target.connection, {});
    if (!database) return {};  // whoever goes on will say so
    return long_transactions(**database);
}

}  // namespace

void note_long_transactions(const GatheredUnit& one, UnitPlan& plan) {
    if (risk_of(plan.steps) < Risk::apply) return;
    for (const auto& [name, live] : one.live)
        for (const auto& other : live.long_transactions)
            plan.verdict.rules.push_back(
                {"transaction.long", fmt::format("a transaction holds locks: {}", other), {}});
}

void wait_for_long_transactions(const Session& session, Prepared& prepared) {
    const auto until = std::chrono::steady_clock::now() +
                       session.parsed->duration("wait").value_or(std::chrono::milliseconds(0));
    for (std::size_t i = 0; i < prepared.units.size(); ++i) {
        UnitResult& unit = prepared.result.units[i];
        if (!would_wait(unit)) continue;
        for (const auto& status : unit.targets) {
            auto live = prepared.units[i].live.find(status.target.name);
            if (live == prepared.units[i].live.end() || !is_protected(status.target.level)) continue;
            auto others = live->second.long_transactions;
            while (!others.empty() && std::chrono::steady_clock::now() < until) {
                std::this_thread::sleep_for(kPause);
                others = look_again(status.target);
            }
            if (others.empty()) continue;
            unit.error =
                Error{"target.busy",
                      fmt::format("{}: {}", display(status.target.connection), fmt::join(others, "; ")),
                      "Nothing was changed. A migration would wait behind that, and everybody else "
                      "behind the migration. The same command may be repeated later, and with --wait "
                      "it waits itself.",
                      {}};
        }
    }
}

}  // namespace migrate
