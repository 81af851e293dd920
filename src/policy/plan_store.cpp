#include "policy/plan_store.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/files.hpp"
#include "policy/plan_id.hpp"
#include "policy/plan_schema.hpp"

namespace migrate {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

std::string text_of(const KeptPlan& plan) {
    Json json{{"migrate", 1},
              {"plan_id", plan.id},
              {"schema", kPlanSchema},
              {"arguments", plan.arguments},
              {"made_at", plan.made_at},
              {"valid_until", plan.valid_until},
              {"canonical", plan.canonical}};
    auto document = Json::parse(plan.document, nullptr, false);
    if (!document.is_discarded()) json["plan"] = std::move(document);
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<KeptPlan> parse(const std::string& text, const std::string& name) {
    auto invalid = [&](const std::string& why) {
        return fail("plan.invalid", name + ": " + why,
                    "Nothing was run. Make a new plan with `migrate plan`.");
    };
    auto json = Json::parse(text, nullptr, false);
    if (json.is_discarded() || !json.is_object()) return invalid("is no plan: not a JSON object");
    if (json.value("schema", Json(0)) != Json(kPlanSchema))
        return invalid("was written by another version of migrate");
    KeptPlan plan;
    try {
        plan.id = json.at("plan_id").get<std::string>();
        plan.canonical = json.at("canonical").get<std::string>();
        plan.arguments = json.at("arguments").get<std::vector<std::string>>();
        plan.made_at = json.at("made_at").get<std::int64_t>();
        plan.valid_until = json.at("valid_until").get<std::int64_t>();
        if (json.contains("plan")) plan.document = json["plan"].dump();
    } catch (const nlohmann::json::exception&) {
        return invalid(
            "a field is missing or of the wrong type: plan_id, canonical, arguments, made_at, valid_until");
    }
    if (plan.id != plan_id_of(plan.canonical))
        return invalid("was edited: its id does not belong to its content");
    if (plan.arguments.empty()) return invalid("has no verb");
    return plan;
}

/// An approval that others could have written is none.
bool is_ours_alone(const fs::path& file) {
    struct stat info {};
    return ::lstat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == ::geteuid() &&
           (info.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/// Ids are file names here; what is no id never becomes a path.
bool is_id(const std::string& id) {
    return id.size() == 18 && id.starts_with("p_") &&
           id.find_first_not_of("0123456789abcdef", 2) == std::string::npos;
}

}  // namespace

Result<void> PlanStore::keep(const KeptPlan& plan) const {
    std::error_code ignored;
    fs::create_directories(plans, ignored);
    fs::permissions(plans, fs::perms::owner_all, ignored);
    for (fs::directory_iterator it(plans, ignored), end; !ignored && it != end; it.increment(ignored)) {
        auto old = read_plan(it->path());
        if (old && old->valid_until + 24 * 3600 < plan.made_at) fs::remove(it->path(), ignored);
    }
    return write_file(plans / (plan.id + ".json"), text_of(plan), 0600);
}

Result<KeptPlan> PlanStore::find(const std::string& id) const {
    if (!is_id(id))
        return fail("plan.unknown", id + " is no plan id", "A plan id is p_ and 16 hexadecimal digits.");
    auto text = read_file(plans / (id + ".json"));
    if (!text)
        return fail(
            "plan.unknown", "no plan " + id + " is kept on this machine",
            "Plans are kept where they were made; `migrate plan VERB --out FILE` takes one elsewhere.");
    auto plan = parse(*text, id);
    if (plan && plan->id != id)
        return fail("plan.invalid", id + ": another plan is kept under this id", "Nothing was run.");
    return plan;
}

Result<void> PlanStore::approve(const KeptPlan& plan, const std::string& user, std::int64_t now) const {
    Json json{{"plan_id", plan.id}, {"by", user}, {"at", now}, {"until", plan.valid_until}};
    std::error_code ignored;
    fs::create_directories(approvals, ignored);
    fs::permissions(approvals, fs::perms::owner_all, ignored);
    return write_file(approvals / (plan.id + ".json"), json.dump() + "\n", 0600);
}

bool PlanStore::approved(const std::string& id, std::int64_t now) const {
    if (!is_id(id) || !is_ours_alone(approvals / (id + ".json"))) return false;
    auto text = read_file(approvals / (id + ".json"));
    if (!text) return false;
    auto json = Json::parse(*text, nullptr, false);
    return json.is_object() && json.value("plan_id", "") == id && json.value("until", std::int64_t{0}) >= now;
}

bool PlanStore::use_approval(const std::string& id) const {
    // Of several runs that race for one approval, only one can remove it.
    std::error_code ignored;
    return is_id(id) && fs::remove(approvals / (id + ".json"), ignored);
}

Result<void> write_plan(const fs::path& file, const KeptPlan& plan) {
    return write_file(file, text_of(plan), 0644);
}

Result<KeptPlan> read_plan(const fs::path& file) {
    auto text = read_file(file);
    if (!text) return fail("plan.unknown", "no plan file " + file.string(), "Nothing was run.");
    return parse(*text, file.string());
}

std::optional<Error> expired(const KeptPlan& plan, std::int64_t now) {
    if (now <= plan.valid_until) return std::nullopt;
    std::int64_t minutes = (now - plan.valid_until) / 60;
    return Error{"plan.stale",
                 fmt::format("plan {} expired {} ago", plan.id,
                             minutes > 0 ? fmt::format("{} min", minutes) : "just now"),
                 "A plan is good for 15 minutes, or as long as --valid said. Nothing was changed.",
                 {}};
}

}  // namespace migrate
