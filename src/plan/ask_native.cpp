#include "plan/ask_native.hpp"

#include "run/explain_failure.hpp"

namespace migrate {

ProcessSpec spec_of(const Step& step, const std::filesystem::path& root, const NativeCall& with) {
    ProcessSpec spec;
    spec.argv = argv_of(step);
    spec.cwd = root / step.cwd;
    for (const auto& [name, value] : with.process->variables) spec.env[name] = value;
    for (const auto& [name, value] : *with.child_env) spec.env[name] = value.value;
    for (const auto& [name, value] : step.env) spec.env[name] = value.value;
    spec.stdin_text = std::get<Native>(step.action).answers;
    spec.timeout = kAskingLimit;
    spec.redactor = with.redactor;
    spec.collect = 16u << 20;
    return spec;
}

ProcessResult ask_native(const Step& step, const std::filesystem::path& root, const NativeCall& with) {
    return run_process(spec_of(step, root, with));
}

Error failure_of(const ProcessResult& done, const Unit& unit, const Step& step,
                 const std::filesystem::path& root) {
    const std::string said = done.out.text() + "\n" + done.err.text();
    return explain_failure(error_of(done, std::get<Native>(step.action).program), unit, step, said, nullptr,
                           root);
}

}  // namespace migrate
