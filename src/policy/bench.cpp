#include "policy/bench.hpp"

#include <algorithm>

namespace migrate {

void Bench::add(Decision decision, std::string id, std::string message, std::vector<Next> next) {
    verdict_.decision = std::max(verdict_.decision, decision);
    verdict_.rules.push_back({std::move(id), std::move(message), std::move(next), decision});
}

Next Bench::again(By by, const std::string& option) const {
    std::vector<std::string> argv = with_verb(to_string(plan_.verb));
    if (!plan_.command.empty()) {
        argv = {"migrate"};
        argv.insert(argv.end(), plan_.command.begin(), plan_.command.end());
    }
    argv.insert(argv.begin() + 2, option);
    return {by, std::move(argv), "", "answers this"};
}

std::vector<std::string> Bench::with_verb(std::string_view verb) const {
    std::vector<std::string> argv{"migrate", std::string(verb), "-u", plan_.unit};
    if (!plan_.environment.empty() && plan_.environment != "development")
        argv.insert(argv.end(), {"--env", plan_.environment});
    return argv;
}

void Bench::refuse(std::string id, std::string message, std::string_view harmless) {
    const char* why = harmless == "backup" ? "takes one, and changes nothing"
                                           : "changes nothing and shows how things stand";
    add(Decision::refuse, std::move(id), std::move(message), {{By::you, with_verb(harmless), "", why}});
}

void Bench::note(std::string id, std::string message) {
    add(Decision::allow, std::move(id), std::move(message), {});
}

void Bench::need_yes(const std::string& id, const std::string& message) {
    if (consent_.yes || consent_.approved) return;
    verdict_.ask_yes = true;
    add(Decision::confirm, id, message, {again(By::you, "--yes")});
}

void Bench::need_confirmation(const std::string& id, const std::string& message) {
    if (caller_.person)
        need_yes(id, message);
    else
        need_approval(id, message);
}

bool Bench::takes_name(const std::string& name) {
    auto found = std::find(names_.begin(), names_.end(), name);
    if (found == names_.end()) return false;
    names_.erase(found);
    return true;
}

void Bench::need_name(const std::string& id, const std::string& message, const std::string& name) {
    if (consent_.approved) return;
    if (caller_.person)
        need_name_of_person(id, message, name);
    else
        need_approval(id, message);
}

void Bench::need_name_of_person(const std::string& id, const std::string& message, const std::string& name) {
    if (!caller_.person) {
        refuse(id, message + ". Only a person at a terminal may do that");
        return;
    }
    if (takes_name(name)) return;
    verdict_.ask_names.push_back(name);
    add(Decision::confirm, id, message, {again(By::person, "--confirm=" + name)});
}

void Bench::need_approval(const std::string& id, const std::string& message) {
    if (consent_.approved) return;
    std::vector<std::string> plan{"migrate", "plan"};
    const std::vector<std::string> asked = with_verb(to_string(plan_.verb));
    if (plan_.command.empty())
        plan.insert(plan.end(), asked.begin() + 1, asked.end());
    else
        plan.insert(plan.end(), plan_.command.begin(), plan_.command.end());
    add(Decision::approval, id, message + "; this needs an approval of the plan",
        {{By::you, std::move(plan), "", "keeps the plan under its id"},
         {By::person, {"migrate", "approve", "{plan_id}"}, "after reading the plan", "consents to it, once"},
         {By::you, {"migrate", "apply", "{plan_id}"}, "once it is approved", "runs exactly that"}});
}

}  // namespace migrate
