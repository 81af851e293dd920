#include "adapters/support/history_sql.hpp"

namespace migrate {

namespace {

bool is_mysql(Engine engine) {
    return engine == Engine::mysql || engine == Engine::mariadb;
}

/// `text` between the quotes, with every closing quote inside doubled.
std::string enclosed(std::string_view text, char open, char close) {
    std::string result(1, open);
    for (char c : text) {
        result += c;
        if (c == close) result += c;
    }
    return result + close;
}

}  // namespace

bool has_sql_client(Engine engine) {
    switch (engine) {
        case Engine::postgresql:
        case Engine::cockroachdb:
        case Engine::mysql:
        case Engine::mariadb:
        case Engine::sqlite:
            return true;
        default:
            return false;
    }
}

std::string quoted_name(Engine engine, std::string_view name) {
    if (is_mysql(engine)) return enclosed(name, '`', '`');
    if (engine == Engine::mssql) return enclosed(name, '[', ']');
    return enclosed(name, '"', '"');
}

std::string qualified_name(Engine engine, std::string_view schema, std::string_view table) {
    std::string result = quoted_name(engine, table);
    return schema.empty() ? result : quoted_name(engine, schema) + "." + result;
}

std::string sql_text(Engine engine, std::string_view text) {
    std::string result = enclosed(text, '\'', '\'');
    if (!is_mysql(engine)) return result;
    std::string escaped;  // a backslash escapes in MySQL's literals
    for (char c : result) {
        escaped += c;
        if (c == '\\') escaped += c;
    }
    return escaped;
}

std::vector<Step> history_steps(const Target& target, const std::string& table, ChangeHistory change,
                                std::string purpose, bool copy) {
    std::vector<Step> steps;
    if (copy) {
        Step step;
        step.target = target.name;
        step.purpose = "copy the history out";
        step.action = CopyHistory{table};
        step.risk = Risk::read;
        steps.push_back(std::move(step));
    }
    Step step;
    step.target = target.name;
    step.purpose = std::move(purpose);
    step.expect.applied_added = change.add;
    step.expect.applied_removed = change.remove;
    step.migrations = change.add;
    step.migrations.insert(step.migrations.end(), change.remove.begin(), change.remove.end());
    step.action = std::move(change);
    step.risk = Risk::revert;
    step.reversible = true;
    steps.push_back(std::move(step));
    return steps;
}

}  // namespace migrate
