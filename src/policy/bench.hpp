#pragma once
#include <string>
#include <vector>

#include "policy/judge.hpp"

// What a verdict is put together with. Internal to src/policy.
namespace migrate {

/// Collects rules for one unit's plan; the strictest decision wins. Each `need_*` adds a rule only where the
/// consent that answers it is not there.
class Bench {
  public:
    Bench(const UnitPlan& plan, const Caller& caller, const Consent& consent)
        : plan_(plan), caller_(caller), consent_(consent), names_(consent.confirmed) {}

    /// `harmless` is the verb that can be run instead.
    void refuse(std::string id, std::string message, std::string_view harmless = "status");
    /// A warning: changes nothing.
    void note(std::string id, std::string message);
    /// --yes from anybody; a person is asked.
    void need_yes(const std::string& id, const std::string& message);
    /// A person is asked; nobody else can answer but by an approval.
    void need_confirmation(const std::string& id, const std::string& message);
    /// A person types a database's name, once for each target; nobody else can but by an approval.
    void need_name(const std::string& id, const std::string& message, const std::string& name);
    /// The same where no approval stands in for the person.
    void need_name_of_person(const std::string& id, const std::string& message, const std::string& name);
    void need_approval(const std::string& id, const std::string& message);

    const Caller& caller() const { return caller_; }
    const Consent& consent() const { return consent_; }
    Verdict take() { return std::move(verdict_); }

  private:
    void add(Decision decision, std::string id, std::string message, std::vector<Next> next);
    /// The command that was asked, with the option that answers, before the names and native arguments.
    Next again(By by, const std::string& option) const;
    std::vector<std::string> with_verb(std::string_view verb) const;
    bool takes_name(const std::string& name);

    const UnitPlan& plan_;
    const Caller& caller_;
    const Consent& consent_;
    std::vector<std::string> names_;  ///< typed names that no target has used yet
    Verdict verdict_;
};

}  // namespace migrate
