#include "policy/plan_id.hpp"

#include <fmt/format.h>

#include <cctype>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/sha256.hpp"
#include "policy/plan_schema.hpp"
#include "target/url.hpp"

namespace migrate {

using nlohmann::json;

namespace {

/// A native command by the program's name, without what starts it on this machine; a built-in one by its
/// name.
std::vector<std::string> portable_argv(const Step& step) {
    const auto* native = std::get_if<Native>(&step.action);
    if (!native) return argv_of(step);
    std::vector<std::string> argv{native->program};
    argv.insert(argv.end(), native->args.begin(), native->args.end());
    return argv;
}

/// Absolute paths below the root as every checkout has them: "/home/ada/shop/x" -> "./x".
std::string portable(std::string text, const std::string& root) {
    if (root.size() < 2) return text;
    auto part_of_path = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.';
    };
    for (std::size_t at = text.find(root); at != std::string::npos; at = text.find(root, at + 1)) {
        const std::size_t end = at + root.size();
        const bool begins = at == 0 || (!part_of_path(text[at - 1]) && text[at - 1] != '/');
        if (begins && (end == text.size() || !part_of_path(text[end]))) text.replace(at, root.size(), ".");
    }
    return text;
}

/// A SQLite file as the configuration places it: relative to the root where it lies there or is written so.
std::string portable_database(const Connection& connection, const std::string& root) {
    const std::string& database = connection.database;
    if (!is_file_engine(connection) || root.empty() || !database.starts_with('/')) return database;
    std::string relative = std::filesystem::path(database).lexically_relative(root).generic_string();
    const bool below = !relative.starts_with("..");
    const bool written_absolute =
        connection.url.empty() || connection.url.find(database) != std::string::npos;
    return below || !written_absolute ? relative : database;
}

/// What a built-in step does beyond its argv: the text that it writes or executes.
std::string content_hash(const Step& step) {
    if (const auto* write = std::get_if<WriteFile>(&step.action)) return sha256_hex(write->content);
    if (const auto* execute = std::get_if<ExecuteSql>(&step.action)) return sha256_hex(execute->sql);
    if (const auto* apply = std::get_if<ApplyMigration>(&step.action))
        return fmt::format("{}:{}", apply->from_statement, sha256_hex(apply->down_sql));
    if (const auto* change = std::get_if<ChangeHistory>(&step.action)) {
        std::string all;
        for (const auto& statement : change->sql) all += statement + "\n";
        return sha256_hex(all);
    }
    if (const auto* native = std::get_if<Native>(&step.action))
        return native->answers.empty() && native->capture_to.empty()
                   ? ""
                   : native->answers + "\n" + native->capture_to;
    return "";
}

json step_json(const Step& step, const std::string& root) {
    json env = json::object();
    for (const auto& [name, value] : step.env)
        env[name] = value.secret ? "<secret>" : portable(value.value, root);
    std::vector<std::string> argv = portable_argv(step);
    for (auto& word : argv) word = portable(std::move(word), root);
    json expect = json::object();
    expect["applied_added"] = step.expect.applied_added;
    expect["applied_removed"] = step.expect.applied_removed;
    expect["files"] = step.expect.files;
    json result = json::object();  // a list of pairs would be copied, and a plan may have thousands of steps
    result["target"] = step.target;
    result["argv"] = std::move(argv);
    result["content"] = content_hash(step);
    result["cwd"] = portable(step.cwd, root);
    result["env"] = std::move(env);
    result["risk"] = to_string(step.risk);
    result["expect"] = std::move(expect);
    return result;
}

std::string id_of(const std::string& sum) {
    return "p_" + sum.substr(0, 16);
}

std::string text(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Writes an object's members in the order of their names, piece by piece: as a tree or a whole text, a plan
/// of thousands of steps would take several times the memory of the plan itself.
class ObjectText {
  public:
    explicit ObjectText(const TakePiece& out) : out_(out) {}
    ~ObjectText() { out_("}"); }
    ObjectText(const ObjectText&) = delete;
    ObjectText& operator=(const ObjectText&) = delete;

    void member(std::string_view name) {
        out_(fmt::format("{}\"{}\":", first_ ? "{" : ",", name));
        first_ = false;
    }
    void member(std::string_view name, const json& value) {
        member(name);
        out_(text(value));
    }

  private:
    const TakePiece& out_;
    bool first_ = true;
};

template <class Items, class Write>
void write_list(const Items& items, const TakePiece& out, Write write) {
    std::string_view before = "[";
    for (const auto& item : items) {
        out(before);
        before = ",";
        write(item);
    }
    out(items.empty() ? "[]" : "]");
}

void write_unit(const UnitPlan& plan, const std::string& root, const TakePiece& out) {
    json targets = json::object();
    for (const auto& target : plan.targets) targets[target.name] = fingerprint(target, root);
    ObjectText unit(out);
    unit.member("applied", plan.applied_seen);
    unit.member("environment", plan.environment);
    unit.member("files", plan.files);
    unit.member("steps");
    write_list(plan.steps, out, [&](const Step& step) { out(text(step_json(step, root))); });
    unit.member("targets", targets);
    unit.member("tool_version", plan.tool_version);
    unit.member("unit", plan.unit);
}

void write_plan(const Plan& head, UnitPlans units, const TakePiece& out) {
    ObjectText plan(out);
    plan.member("environment", head.environment);
    plan.member("options", head.options);
    plan.member("schema", kPlanSchema);
    plan.member("units");
    write_list(units, out, [&](const UnitPlan* unit) { write_unit(*unit, head.root, out); });
    plan.member("verb", to_string(head.verb));
}

std::vector<const UnitPlan*> units_of(const Plan& plan) {
    std::vector<const UnitPlan*> units;
    for (const UnitPlan& unit : plan.units) units.push_back(&unit);
    return units;
}

std::string text_of(const json& value) {
    std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    return text.size() > 80 ? text.substr(0, 77) + "..." : text;
}

void compare(const json& kept, const json& fresh, const std::string& where, std::vector<std::string>& out,
             std::size_t limit) {
    if (kept == fresh || out.size() >= limit) return;
    if (kept.is_object() && fresh.is_object()) {
        for (const auto& [key, value] : kept.items()) {
            std::string place = where.empty() ? key : where + "." + key;
            if (fresh.contains(key))
                compare(value, fresh[key], place, out, limit);
            else if (out.size() < limit)
                out.push_back(fmt::format("{}: {}, now absent", place, text_of(value)));
        }
        for (const auto& [key, value] : fresh.items())
            if (!kept.contains(key) && out.size() < limit)
                out.push_back(fmt::format("{}{}{}: absent, now {}", where, where.empty() ? "" : ".", key,
                                          text_of(value)));
        return;
    }
    if (kept.is_array() && fresh.is_array()) {
        for (std::size_t i = 0; i < std::max(kept.size(), fresh.size()); ++i) {
            std::string place = fmt::format("{}[{}]", where, i);
            if (i < kept.size() && i < fresh.size())
                compare(kept[i], fresh[i], place, out, limit);
            else if (out.size() < limit && i < kept.size())
                out.push_back(fmt::format("{}: {}, now absent", place, text_of(kept[i])));
            else if (out.size() < limit)
                out.push_back(fmt::format("{}: absent, now {}", place, text_of(fresh[i])));
        }
        return;
    }
    out.push_back(fmt::format("{}: {}, now {}", where, text_of(kept), text_of(fresh)));
}

}  // namespace

std::string fingerprint(const Target& target, const std::string& root) {
    if (!target.marker.empty()) return "marker:" + target.marker;
    const Connection& connection = target.connection;
    std::string engine = connection.engine ? std::string(to_string(*connection.engine)) : "";
    json place{engine, connection.host.empty() ? connection.socket : connection.host, connection.port,
               portable_database(connection, root), connection.schema};
    // Places that a client may go to instead of the host that is named.
    for (const char* name : {"hostaddr", "port", "service", "instance"})
        if (auto found = connection.parameters.find(name); found != connection.parameters.end())
            place.push_back(std::string(name) + "=" + found->second);
    return text(place);
}

std::string canonical(const Plan& plan) {
    return canonical(plan, units_of(plan));
}

std::string canonical(const Plan& head, UnitPlans units) {
    std::string whole;
    write_plan(head, units, [&](std::string_view piece) { whole += piece; });
    return whole;
}

std::string plan_id(const Plan& plan) {
    return plan_id(plan, units_of(plan));
}

std::string plan_id(const Plan& head, UnitPlans units) {
    return id_of(sha256_of_pieces([&](const TakePiece& out) { write_plan(head, units, out); }));
}

std::string plan_id_of(std::string_view canonical) {
    return id_of(sha256_hex(canonical));
}

std::vector<std::string> differences(const std::string& kept, const std::string& fresh, std::size_t limit) {
    std::vector<std::string> out;
    json a = json::parse(kept, nullptr, false), b = json::parse(fresh, nullptr, false);
    if (a.is_discarded() || b.is_discarded()) return {"the kept plan cannot be read"};
    compare(a, b, "", out, limit);
    return out;
}

}  // namespace migrate
