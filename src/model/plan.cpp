#include "model/plan.hpp"

#include <algorithm>

#include "model/enum_names.hpp"

namespace migrate {

namespace {

constexpr EnumNames<Decision, 4> kDecisions{{
    {Decision::allow, "allow"},
    {Decision::confirm, "confirm"},
    {Decision::approval, "approval"},
    {Decision::refuse, "refuse"},
}};

using Argv = std::vector<std::string>;

struct ToArgv {
    Argv operator()(const Native& native) const {
        Argv argv = native.launch.empty() ? Argv{native.program} : native.launch;
        argv.insert(argv.end(), native.args.begin(), native.args.end());
        return argv;
    }
    Argv operator()(const WriteFile& write) const { return {"write-file", write.path}; }
    Argv operator()(const RemoveFile& remove) const { return {"remove-file", remove.path}; }
    Argv operator()(const ApplyMigration& apply) const {
        return {apply.down ? "revert-sql" : "apply-sql", apply.path.empty() ? apply.id : apply.path};
    }
    Argv operator()(const ExecuteSql& execute) const {
        return {"execute-sql", execute.path.empty() ? execute.label : execute.path};
    }
    Argv operator()(const ChangeHistory& change) const {
        Argv argv{"change-history"};
        for (const auto& id : change.add) argv.push_back("+" + id);
        for (const auto& id : change.remove) argv.push_back("-" + id);
        return argv;
    }
    Argv operator()(const CopyHistory& copy) const { return {"copy-history", copy.table}; }
    Argv operator()(const CreateScratch&) const { return {"create-scratch-database"}; }
    Argv operator()(const DropScratch&) const { return {"drop-scratch-database"}; }
};

}  // namespace

std::string_view to_string(Decision decision) {
    return name_of(kDecisions, decision);
}

std::vector<std::string> argv_of(const Step& step) {
    return std::visit(ToArgv{}, step.action);
}

Risk risk_of(const std::vector<Step>& steps) {
    Risk risk = Risk::read;
    for (const auto& step : steps) risk = std::max(risk, step.risk);
    return risk;
}

}  // namespace migrate
