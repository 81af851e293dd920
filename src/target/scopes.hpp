#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "target/dotenv.hpp"
#include "target/resolve.hpp"

// Where variables are looked up, in the order of contract 5.2. Internal to src/target.
namespace migrate {

struct Variable {
    std::string name;
    std::string value;
    std::string source;   ///< "environment", ".env.production:3"
    std::string problem;  ///< why the value cannot be trusted
};

/// The files and the process environment as one source of one unit sees them.
class Scopes {
  public:
    /// Error `config.invalid`: a dotenv file that is no text.
    static Result<Scopes> load(const Unit& unit, const TargetSource& source, const ResolveInputs& inputs);

    /// The first that has the name: files that migrate.toml lists for the environment, the process,
    /// `.env.NAME`, and in `development` the files that the tool reads itself, a plain `.env` included.
    std::optional<Variable> find(std::string_view name) const;

    std::optional<Variable> in_process(std::string_view name) const;
    /// In the files that belong to the environment's name.
    std::optional<Variable> in_named_files(std::string_view name) const;
    /// In files of any kind, the process left out.
    std::optional<Variable> in_files(std::string_view name) const;

    /// The environment's name selects something by itself: an entry in migrate.toml or a `.env.NAME`.
    bool selects() const { return selects_; }
    bool is_development() const { return development_; }

    /// The entries of migrate.toml for the name: the unit's own first. Either may be null.
    const EnvironmentConfig* unit_environment = nullptr;
    const EnvironmentConfig* environment = nullptr;
    const std::string& url_env() const { return url_env_; }
    const std::string& url_env_source() const { return url_env_source_; }

    /// "in the environment, .env.production, apps/api/.env (missing)": for messages.
    std::string places() const;

    const std::vector<Dotenv>& configured() const { return configured_; }
    const std::vector<Dotenv>& named() const { return named_; }
    const std::vector<Dotenv>& own() const { return own_; }
    /// Files among own() that the tool does not read by itself.
    const std::vector<Dotenv>& plain() const { return plain_; }

  private:
    std::vector<Dotenv> configured_, named_, own_, plain_;
    std::vector<std::string> missing_;
    const Environment* process_ = nullptr;
    bool selects_ = false;
    bool development_ = false;
    std::string url_env_;
    std::string url_env_source_;
};

}  // namespace migrate
