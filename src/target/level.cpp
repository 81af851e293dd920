#include "target/level.hpp"

#include <algorithm>

#include "target/environment.hpp"
#include "target/host_facts.hpp"
#include "target/level_words.hpp"
#include "target/pattern.hpp"
#include "target/url.hpp"
#include "target/url_text.hpp"

namespace migrate {

namespace {

namespace fs = std::filesystem;

/// A piece of evidence and the level that it speaks for.
struct Piece {
    Level level;
    LevelEvidence evidence;
    bool by_name = false;  ///< it is the environment's own name, which cannot contradict itself
};

/// A path as seen from the directory; nullopt where it does not lie below it.
std::optional<std::string> below(const fs::path& path, const fs::path& directory) {
    if (directory.empty() || path.is_relative()) return std::nullopt;
    fs::path relative = path.lexically_normal().lexically_relative(directory.lexically_normal());
    if (relative.empty() || *relative.begin() == ".." || relative == ".") return std::nullopt;
    return relative.generic_string();
}

/// The file part of "apps/api/.env.production:3", if it is a dotenv file.
std::string dotenv_file(const std::string& source) {
    std::string file = source.substr(0, source.rfind(':'));
    std::string name = fs::path(file).filename().string();
    return name.starts_with(".env") || name.ends_with(".env") ? name : std::string();
}

class Judge {
  public:
    Judge(const Target& target, const LevelFacts& facts)
        : target_(target), c_(target.connection), facts_(facts) {}

    /// Words, hosts patterns and declarations that say production.
    std::vector<Piece> production() const {
        std::vector<Piece> pieces;
        auto word = [&](const char* code, const std::string& text, const std::string& source,
                        const std::string& what) {
            if (says_production(text))
                pieces.push_back({Level::production, {code, source, what + " is " + text}});
        };
        word("word.environment", facts_.environment.name, facts_.environment.source, "the environment");
        for (auto& piece : pieces) piece.by_name = true;
        word("word.dotenv", dotenv_file(target_.source), target_.source, "the dotenv file");
        word("word.settings", facts_.settings_module, "settings", "the settings module");
        for (const auto& host : hosts_of(c_)) word("word.host", host, target_.source, "the host");
        word("word.user", c_.user, target_.source, "the user");
        if (is_file_engine(c_) || c_.engine == Engine::sqlite)
            word("word.file", file_words(), target_.source, "the file");
        else
            word("word.database", c_.database, target_.source, "the database");
        for (const auto& rule : facts_.hosts)
            if (says_production(rule.environment) && host_matches(rule.pattern))
                pieces.push_back({Level::production,
                                  {"config.hosts", rule.source,
                                   "the host matches " + rule.pattern + " of " + rule.environment}});
        for (const auto& piece : declared(facts_.repo, "config.level"))
            if (piece.level == Level::production) pieces.push_back(piece);
        for (const auto& piece : declared(facts_.policy, "policy.level"))
            if (piece.level == Level::production) pieces.push_back(piece);
        if (facts_.mark && facts_.mark->level == Level::production) pieces.push_back(mark_piece());
        return pieces;
    }

    /// A person's mark and the policy file, where they say something else than production.
    std::vector<Piece> marked() const {
        std::vector<Piece> pieces;
        if (facts_.mark && facts_.mark->level != Level::production && !facts_.mark->foreign)
            pieces.push_back(mark_piece());
        for (const auto& piece : declared(facts_.policy, "policy.level"))
            if (piece.level != Level::production) pieces.push_back(piece);
        if (facts_.made_by_us)
            pieces.push_back({Level::scratch, {"scratch.own", "", "created by migrate for this purpose"}});
        return pieces;
    }

    /// What raises the outcome and never lowers it: the repository's own word, a foreign mark.
    std::vector<Piece> raising() const {
        std::vector<Piece> pieces = declared(facts_.repo, "config.level");
        if (facts_.mark && facts_.mark->foreign) pieces.push_back(mark_piece());
        std::erase_if(pieces, [](const Piece& piece) { return piece.level == Level::production; });
        return pieces;
    }

    /// The rules of the `local` row. Signs of the server's own take the claim back.
    std::vector<Piece> local() const {
        std::vector<Piece> pieces;
        if (facts_.empty_for_verb)
            pieces.push_back({Level::local, {"database.empty", "", "the database holds no user tables"}});
        if (!facts_.signs.empty()) return pieces;
        if (is_file_engine(c_))
            add_file(pieces);
        else
            add_server(pieces);
        return pieces;
    }

    /// What is worth knowing and decides nothing.
    std::vector<Piece> remarks() const {
        std::vector<Piece> pieces;
        for (const auto& host : hosts_of(c_))
            if (auto service = managed_service(host); !service.empty())
                pieces.push_back(
                    {Level::shared,
                     {"host.managed", target_.source, host + " belongs to " + std::string(service)}});
        if (is_proxy_socket(c_.socket))
            pieces.push_back(
                {Level::shared, {"socket.proxy", target_.source, c_.socket + " is the socket of a proxy"}});
        for (const auto& sign : facts_.signs) pieces.push_back({Level::shared, sign});
        return pieces;
    }

    bool host_matches(const std::string& pattern) const {
        auto hosts = hosts_of(c_);
        return std::any_of(hosts.begin(), hosts.end(),
                           [&](const auto& host) { return matches_pattern(pattern, host); });
    }

  private:
    Piece mark_piece() const {
        return {facts_.mark->level,
                {facts_.mark->foreign ? "mark.foreign" : "mark", "the database", facts_.mark->text}};
    }

    std::vector<Piece> declared(const std::vector<DeclaredLevel>& entries, const char* code) const {
        std::vector<Piece> pieces;
        for (const auto& entry : entries) {
            const bool host = entry.host == "*" || host_matches(entry.host);
            const bool database = matches_pattern(entry.database, c_.database);
            if (!host || !database) continue;
            std::string text = "declared " + std::string(to_string(entry.level));
            if (!entry.reason.empty()) text += ": " + entry.reason;
            pieces.push_back({entry.level, {code, entry.source, text}});
        }
        return pieces;
    }

    /// The file's name, and of its path what lies below the root: the root's own path is the machine's.
    std::string file_words() const {
        if (c_.database == ":memory:") return "";
        if (auto inside = below(c_.database, facts_.root)) return *inside;
        return fs::path(c_.database).filename().string();
    }

    void add_file(std::vector<Piece>& pieces) const {
        auto add = [&](const char* code, std::string text) {
            pieces.push_back({Level::local, {code, target_.source, std::move(text)}});
        };
        if (c_.database == ":memory:")
            add("memory", "the database lives in memory");
        else if (below(c_.database, facts_.root))
            add("file.root", "the file lies in the repository");
        else if (below(c_.database, facts_.temporary))
            add("file.temporary", "the file lies in the directory for temporary files");
    }

    /// Local only if every host that the client may choose is.
    void add_server(std::vector<Piece>& pieces) const {
        std::vector<Piece> found;
        auto add = [&](const char* code, std::string text) {
            found.push_back({Level::local, {code, target_.source, std::move(text)}});
        };
        if (!c_.socket.empty()) {
            if (is_proxy_socket(c_.socket)) return;
            add("socket.local", "a local socket");
        }
        auto hosts = hosts_of(c_);
        if (hosts.empty() && c_.socket.empty())
            add("socket.local", "no host is named, which is a local socket");
        for (const auto& host : hosts) {
            // With a socket the host is only a label ("localhost").
            if (!c_.socket.empty() && is_loopback_host(host)) continue;
            std::string name = url_text::lower(host);
            if (host.starts_with('/'))
                is_proxy_socket(host) ? void(0) : add("socket.local", "a local socket");
            else if (is_loopback_host(host))
                add("host.loopback", "host is " + host);
            else if (name.ends_with(".test"))
                add("host.test", "host is " + host + ", and .test is reserved for tests");
            else if (name == "host.docker.internal")
                add("host.docker", "host is this machine as a container sees it");
            else if (std::find(facts_.services.begin(), facts_.services.end(), host) !=
                         facts_.services.end() &&
                     host.find('.') == std::string::npos)
                add("host.compose", host + " is a compose service of this repository");
            else
                return;
        }
        std::size_t wanted = hosts.empty() ? 1 : hosts.size();
        if (c_.socket.empty() && found.size() < wanted) return;
        pieces.insert(pieces.end(), found.begin(), found.end());
    }

    const Target& target_;
    const Connection& c_;
    const LevelFacts& facts_;
};

Level most_careful(const std::vector<Piece>& pieces) {
    Level level = Level::scratch;
    for (const auto& piece : pieces) level = std::max(level, piece.level);
    return level;
}

}  // namespace

LevelDecision decide_level(const Target& target, const LevelFacts& facts) {
    Judge judge(target, facts);
    auto production = judge.production(), marked = judge.marked(), local = judge.local(),
         raising = judge.raising();
    LevelDecision decision;
    if (!production.empty())
        decision.level = Level::production;
    else if (!marked.empty())
        decision.level = most_careful(marked);
    else if (!local.empty())
        decision.level = Level::local;
    else
        decision.level = Level::shared;
    if (!raising.empty()) decision.level = std::max(decision.level, most_careful(raising));
    for (const auto& pieces : {production, raising, marked, local, judge.remarks()})
        for (const auto& piece : pieces) decision.evidence.push_back(piece.evidence);
    if (decision.evidence.empty())
        decision.evidence.push_back(
            {"none", target.source, "nothing says that it is local, so others may use it"});
    return decision;
}

std::optional<Error> contradiction(const Target& target, const LevelFacts& facts) {
    if (!named_by_caller(facts.environment)) return std::nullopt;
    Judge judge(target, facts);
    const std::string& name = facts.environment.name;
    auto refused = [&](const LevelEvidence& other) {
        return Error{
            "policy.refused",
            facts.environment.source + " says \"" + name + "\", but " + other.text + " (" + other.source +
                ")",
            "The name and the database disagree; one of them is a mistake.",
            {{By::you, {"migrate", "explain", "--target"}, "", "shows the database and all evidence"}}};
    };
    if (says_no_production(name))
        for (const auto& piece : judge.production())
            if (!piece.by_name) return refused(piece.evidence);
    bool own = false;
    const HostsRule* foreign = nullptr;
    for (const auto& rule : facts.hosts) {
        if (!judge.host_matches(rule.pattern)) continue;
        if (rule.environment == name) own = true;
        if (rule.environment != name && !foreign) foreign = &rule;
    }
    if (foreign && !own)
        return refused({"config.hosts", foreign->source,
                        "the host matches " + foreign->pattern + " of " + foreign->environment});
    return std::nullopt;
}

}  // namespace migrate
