#include "target/scopes.hpp"

#include <algorithm>

namespace migrate {

namespace fs = std::filesystem;

namespace {

/// How the tool's own loader reads dotenv files: dotenv-expand in Prisma 5 and 6, `dotenv` elsewhere in Node,
/// python-dotenv; Go's godotenv and the shells treat '#' as python-dotenv does.
DotenvStyle style_of(Tool tool) {
    using Style = DotenvStyle;
    if (tool == Tool::prisma) return {Style::Dialect::node, Style::Expansion::all};
    if (ecosystem_of(tool) == Ecosystem::javascript) return {Style::Dialect::node, Style::Expansion::braces};
    return {Style::Dialect::python, Style::Expansion::braces};
}

std::string normal(const fs::path& path) {
    std::string text = path.lexically_normal().generic_string();
    return text.empty() ? "." : text;
}

void add_once(std::vector<std::string>& list, std::string value) {
    if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(std::move(value));
}

/// The directories in which a unit's dotenv files lie: where the tool looks, the unit's root, the
/// configuration's directory, the scan root.
std::vector<std::string> directories_of(const Unit& unit, const TargetSource& source) {
    std::vector<std::string> directories;
    for (const auto& file : source.dotenv) add_once(directories, normal(fs::path(file).parent_path()));
    add_once(directories, normal(unit.root));
    if (!source.file.empty()) add_once(directories, normal(fs::path(source.file).parent_path()));
    add_once(directories, ".");
    return directories;
}

std::optional<Variable> find_in(const std::vector<Dotenv>& files, std::string_view name) {
    for (const auto& file : files)
        if (const DotenvValue* found = file.find(name))
            return Variable{std::string(name), found->value, file.file + ":" + std::to_string(found->line),
                            found->problem};
    return std::nullopt;
}

class Loader {
  public:
    Loader(const ResolveInputs& inputs, DotenvStyle style) : inputs_(inputs), style_(style) {}

    /// false: the file is not there.
    Result<bool> add(const std::string& name, std::vector<Dotenv>& into) {
        fs::path path = fs::path(name).is_absolute() ? fs::path(name) : inputs_.root / name;
        auto dotenv = read_dotenv(path, name, inputs_.process, style_);
        if (!dotenv) return tl::unexpected(dotenv.error());
        if (!*dotenv) return false;
        into.push_back(std::move(**dotenv));
        return true;
    }

  private:
    const ResolveInputs& inputs_;
    DotenvStyle style_;
};

const EnvironmentConfig* environment_in(
    const std::map<std::string, EnvironmentConfig, std::less<>>& environments, const std::string& name) {
    auto found = environments.find(name);
    return found == environments.end() ? nullptr : &found->second;
}

}  // namespace

Result<Scopes> Scopes::load(const Unit& unit, const TargetSource& source, const ResolveInputs& inputs) {
    Scopes scopes;
    scopes.process_ = &inputs.process;
    scopes.development_ = inputs.environment == "development";
    if (inputs.config) {
        if (const UnitConfig* own = config_of(*inputs.config, unit))
            scopes.unit_environment = environment_in(own->environments, inputs.environment);
        scopes.environment = environment_in(inputs.config->environments, inputs.environment);
    }
    scopes.selects_ = scopes.unit_environment || scopes.environment;

    Loader loader(inputs, style_of(unit.tool));
    for (const EnvironmentConfig* entry : {scopes.unit_environment, scopes.environment}) {
        if (!entry) continue;
        if (scopes.url_env_.empty() && !entry->url_env.empty()) {
            scopes.url_env_ = entry->url_env;
            scopes.url_env_source_ = entry->source;
        }
        if (!scopes.configured_.empty() || !scopes.missing_.empty()) continue;
        for (const auto& file : entry->dotenv) {
            bool found = false;
            for (const auto& directory : {unit.root, std::string(".")}) {
                auto added = loader.add(normal(fs::path(directory) / file), scopes.configured_);
                if (!added) return tl::unexpected(added.error());
                if ((found = *added)) break;
            }
            if (!found) scopes.missing_.push_back(file);
        }
    }
    if (!inputs.url_env.empty()) {
        scopes.url_env_ = inputs.url_env;
        scopes.url_env_source_ = "--url-env";
    }

    const bool listed = !scopes.configured_.empty() || !scopes.missing_.empty();
    for (const auto& directory : directories_of(unit, source)) {
        if (listed) break;
        std::string file = normal(fs::path(directory) / (".env." + inputs.environment));
        auto added = loader.add(file, scopes.named_);
        if (!added) return tl::unexpected(added.error());
        if (!*added) scopes.missing_.push_back(file);
    }
    scopes.selects_ = scopes.selects_ || !scopes.named_.empty();

    if (scopes.development_) {
        std::vector<std::string> tools_own, plain;
        for (const auto& file : source.dotenv) add_once(tools_own, normal(file));
        for (const auto& directory : {unit.root, std::string(".")}) {
            std::string file = normal(fs::path(directory) / ".env");
            if (std::find(tools_own.begin(), tools_own.end(), file) == tools_own.end()) add_once(plain, file);
        }
        for (const auto& file : tools_own)
            if (auto added = loader.add(file, scopes.own_); !added) return tl::unexpected(added.error());
        for (const auto& file : plain)
            if (auto added = loader.add(file, scopes.plain_); !added) return tl::unexpected(added.error());
        scopes.own_.insert(scopes.own_.end(), scopes.plain_.begin(), scopes.plain_.end());
    }
    return scopes;
}

std::optional<Variable> Scopes::in_process(std::string_view name) const {
    auto value = process_->get(name);
    if (!value) return std::nullopt;
    return Variable{std::string(name), std::move(*value), "environment", ""};
}

std::optional<Variable> Scopes::in_named_files(std::string_view name) const {
    if (auto found = find_in(configured_, name)) return found;
    return find_in(named_, name);
}

std::optional<Variable> Scopes::in_files(std::string_view name) const {
    if (auto found = in_named_files(name)) return found;
    return find_in(own_, name);
}

std::optional<Variable> Scopes::find(std::string_view name) const {
    if (auto found = find_in(configured_, name)) return found;
    if (auto found = in_process(name)) return found;
    return in_files(name);
}

std::string Scopes::places() const {
    std::string text = "not in the environment";
    auto add = [&](const std::string& name, const char* note) { text += ", not in " + name + note; };
    for (const auto* files : {&configured_, &named_, &own_})
        for (const auto& file : *files) add(file.file, "");
    // Of the places where a file might lie, the first says enough.
    if (configured_.empty() && named_.empty() && own_.empty() && !missing_.empty())
        add(development_ ? normal(fs::path(missing_.front()).replace_filename(".env")) : missing_.front(),
            " (there is no such file)");
    return text;
}

}  // namespace migrate
