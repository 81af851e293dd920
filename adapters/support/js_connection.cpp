#include "adapters/support/js_connection.hpp"

#include "adapters/support/js_target.hpp"

namespace migrate::js {

namespace {

using Kind = Value::Kind;

const Value* first_member(const Module& module, const Value& object,
                          const std::vector<std::string_view>& keys) {
    for (auto key : keys) {
        const Value* found = member(module, object, key);
        bool nothing = found && found->kind == Kind::word && found->text != "true";
        if (found && !nothing) return found;
    }
    return nullptr;
}

}  // namespace

void read_connection(TargetSource& source, const Module& module, const Value& given,
                     const ConnectionKeys& keys) {
    const Value& value = resolve(module, given);
    source.line = value.line;
    if (!value.object()) {
        read_url(source, module, value);
        if (source.kind == TargetSource::Kind::needs_probe) source.why = "the connection is " + source.why;
        return;
    }
    const std::pair<std::string_view, const std::vector<std::string_view>&> fields[] = {
        {"host", keys.host},     {"port", keys.port},         {"database", keys.database},
        {"user", keys.user},     {"password", keys.password}, {"schema", keys.schema},
        {"socket", keys.socket},
    };
    bool readable = true;
    for (const auto& [field, names] : fields)
        if (const Value* found = first_member(module, value, names))
            if (!read_field(source, module, field, *found)) readable = false;
    if (const Value* url = first_member(module, value, keys.url)) {
        source.why.clear();
        read_url(source, module, *url);
        if (source.kind == TargetSource::Kind::needs_probe) source.why = "the URL is " + source.why;
        return;
    }
    if (!readable) return;  // read_field has said why
    source.kind = TargetSource::Kind::fields;
    if (has_unknown_members(module, value)) {
        source.kind = TargetSource::Kind::needs_probe;
        source.why = "the connection takes members from elsewhere";
    }
}

void add_default_host(TargetSource& source) {
    using enum Engine;
    bool server = source.engine == mysql || source.engine == mariadb || source.engine == mssql;
    bool from_fields =
        source.kind == TargetSource::Kind::fields || source.kind == TargetSource::Kind::variables;
    bool any = !source.fields.database.empty() || !source.field_variables.empty() ||
               source.kind == TargetSource::Kind::fields;
    if (server && from_fields && any && source.fields.host.empty() && source.fields.socket.empty())
        source.fields.host = "localhost";
}

std::optional<Engine> engine_of(std::string_view client) {
    if (client == "pg-native" || client == "pgnative" || client == "redshift" ||
        client == "postgres-native" || client == "aurora-postgres")
        return Engine::postgresql;
    if (client == "aurora-mysql") return Engine::mysql;
    return engine_from(client);
}

std::optional<Engine> engine_of(const Module& module, const Value* value) {
    if (!value) return std::nullopt;
    auto name = static_text(module, *value);
    return name ? engine_of(*name) : std::nullopt;
}

Value exports_object(const Module& module) {
    Value object;
    object.kind = Kind::object;
    for (const auto& [name, value] : module.exports) object.members.push_back({name, value});
    return object;
}

std::vector<std::string> texts_of(const Module& module, const Value* value) {
    std::vector<std::string> texts;
    if (!value) return texts;
    if (value->kind == Kind::array) {
        for (const auto& item : value->items)
            if (auto text = static_text(module, item)) texts.push_back(*text);
    } else if (auto text = static_text(module, *value)) {
        texts.push_back(*text);
    }
    return texts;
}

bool is_true(const Value* value) {
    return value && value->kind == Kind::word && value->text == "true";
}

std::string place(const std::string& file, int line) {
    return line > 0 ? file + ":" + std::to_string(line) : file;
}

}  // namespace migrate::js
