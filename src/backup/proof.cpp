#include "backup/proof.hpp"

#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>

namespace migrate {

namespace {

/// Seconds since the epoch of "2026-11-21T17:14:00Z" (a fraction and an offset of +00:00 are understood).
std::optional<std::int64_t> seconds_of(const std::string& text) {
    std::tm parts{};
    const char* rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
    if (rest == nullptr) return std::nullopt;
    std::string_view tail = rest;
    if (tail.starts_with('.'))
        tail.remove_prefix(std::min(tail.find_first_not_of("0123456789", 1), tail.size()));
    if (tail != "Z" && tail != "+00:00") return std::nullopt;
    return static_cast<std::int64_t>(::timegm(&parts));
}

std::string age_text(std::int64_t seconds) {
    if (seconds < 120) return fmt::format("{} s old", seconds);
    if (seconds < 7200) return fmt::format("{} min old", seconds / 60);
    return fmt::format("{} h old", seconds / 3600);
}

bool is_own(const std::string& resource, const Connection& connection) {
    const std::string& host = connection.host;
    if (host.empty()) return false;
    return resource == host || resource == host.substr(0, host.find('.')) ||
           resource == host + "/" + connection.database;
}

Proof by_command(const Target& target, const ProofSettings& settings) {
    ProcessSpec spec;
    spec.argv = settings.command;
    spec.cwd = "/";
    for (const auto& [name, value] : settings.programs.env->variables) spec.env[name] = value;
    spec.env["MIGRATE_TARGET_HOST"] = target.connection.host;
    spec.env["MIGRATE_TARGET_DATABASE"] = target.connection.database;
    spec.timeout = settings.command_time;
    spec.redactor = settings.programs.redactor;
    spec.collect = 64 * 1024;
    ProcessResult done = run_process(spec);
    if (done.end == ProcessResult::End::timed_out) return {false, "backup.command did not answer in time"};
    if (!done.ok()) return {false, "backup.command failed: " + error_of(done, settings.command[0]).message};
    const auto json = nlohmann::json::parse(done.collected, nullptr, false);
    auto word = [&](const char* key) {
        auto at = json.is_object() ? json.find(key) : json.end();
        return json.is_object() && at != json.end() && at->is_string() ? at->get<std::string>()
                                                                       : std::string();
    };
    const std::string resource = word("resource");
    if (word("id").empty() || resource.empty())
        return {false, "backup.command printed no object with id, resource and taken_at"};
    if (!is_own(resource, target.connection))
        return {false,
                fmt::format("backup.command speaks of {}, which is not this database's server", resource)};
    const auto taken = seconds_of(word("taken_at")), restorable = seconds_of(word("restorable_to"));
    if (!taken && !restorable)
        return {false, "backup.command printed no time in UTC (taken_at or restorable_to, RFC 3339)"};
    const std::int64_t newest = std::max(taken.value_or(0), restorable.value_or(0));
    if (newest > settings.now + 300) return {false, "backup.command names a time in the future"};
    const std::int64_t age = settings.now - newest;
    if (age > settings.max_age.count())
        return {false, fmt::format("the provider's newest backup is {}", age_text(age))};
    return {true,
            fmt::format("{} of {}, {}", word("id"), resource, age_text(std::max<std::int64_t>(age, 0)))};
}

}  // namespace

Proof proof_of_backup(const Target& target, const std::string& fingerprint, const ProofSettings& settings) {
    const auto all = settings.store.list(fingerprint);
    std::string why = "there is no backup of it";
    if (!all.empty()) {
        const Backup& newest = all.back();
        const std::int64_t age = settings.now - newest.taken_at;
        if (size_of(newest.path) != newest.bytes)
            why = newest.path.string() + " is not what was recorded";
        else if (age > settings.max_age.count())
            why = "the newest backup of it is " + age_text(age);
        else if (age >= -300)
            return {true, fmt::format("{}, {}", newest.id, age_text(std::max<std::int64_t>(age, 0)))};
    }
    if (settings.command.empty()) return {false, why};
    return by_command(target, settings);
}

}  // namespace migrate
