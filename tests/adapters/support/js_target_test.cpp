#include "adapters/support/js_target.hpp"

using namespace migrate;
using namespace migrate::js;
using Words = std::vector<std::string>;

namespace {

Words dotenv(const std::string& source) {
    return dotenv_files(parse_module(source), "apps/api/config/db.config.ts", "apps/api");
}

TargetSource url(const std::string& expression) {
    Module module = parse_module("export default { url: " + expression + " }");
    TargetSource source;
    read_url(source, module, *member(module, *module.exported, "url"));
    return source;
}

}  // namespace

TEST_CASE("the dotenv files that a configuration loads are found, in the order in which they win") {
    CHECK(dotenv("import 'dotenv/config'") == Words{"apps/api/.env"});
    CHECK(dotenv("require('dotenv/config')").empty() == false);
    CHECK(dotenv("import dotenv from 'dotenv'; dotenv.config()") == Words{"apps/api/.env"});
    CHECK(dotenv("import * as d from 'dotenv'\nd.config({ path: '.env.local' })\nd.config()") ==
          Words{"apps/api/.env.local", "apps/api/.env"});
    CHECK(dotenv("import { config } from 'dotenv'\nconfig({ path: ['.env.local', '.env'] })") ==
          Words{"apps/api/.env.local", "apps/api/.env"});
    CHECK(dotenv("require('dotenv').config({ path: path.join(__dirname, '../../.env') })") ==
          Words{"apps/.env"});
    CHECK(dotenv("require('dotenv').config({ path: path.resolve(process.cwd(), '.env') })") ==
          Words{"apps/api/.env"});
    CHECK(dotenv("process.loadEnvFile()\nprocess.loadEnvFile('../../.env')") ==
          Words{"apps/api/.env", ".env"});
    CHECK(dotenv("import { loadEnvConfig } from '@next/env'\nloadEnvConfig(process.cwd())").front() ==
          "apps/api/.env.development.local");
    CHECK(dotenv("import { config } from './config'\nconfig({ path: '.env' })").empty());
    CHECK(dotenv("import d from 'dotenv'\nd.config({ path: `.env.${process.env.NODE_ENV}` })").empty());
}

TEST_CASE("a URL setting says where its value comes from") {
    CHECK(url("process.env.A ?? process.env.B!").variables == Words{"A", "B"});
    CHECK(url("process.env.A").kind == TargetSource::Kind::variables);
    CHECK(url("process.env.A || 'file:./dev.db'").literal == "file:./dev.db");
    CHECK(url("'file:./dev.db'").kind == TargetSource::Kind::literal);
    CHECK(url("path.join(__dirname, 'dev.db')").literal == "dev.db");
    TargetSource pattern = url("`postgres://${process.env.USER_NAME}@${process.env.HOST ?? 'h'}/d`");
    CHECK(pattern.kind == TargetSource::Kind::literal);
    CHECK(pattern.literal == "postgres://${USER_NAME}@${HOST:h}/d");
    TargetSource computed = url("`postgres://${process.env.USER_NAME}@${process.env.HOST.trimEnd()}/d`");
    CHECK(computed.kind == TargetSource::Kind::needs_probe);
    CHECK(computed.why == "a template string of USER_NAME, HOST");
}

TEST_CASE("fields of a connection are literals or variables") {
    Module module = parse_module(
        "export default { host: process.env.H ?? 'localhost', port: Number(process.env.P), user: 'u', ssl: "
        "f() }");
    TargetSource source;
    source.kind = TargetSource::Kind::fields;
    for (const char* field : {"host", "port", "user"})
        CHECK(read_field(source, module, field, *member(module, *module.exported, field)));
    CHECK(source.fields.host == "localhost");
    CHECK(source.field_variables.at("host") == Words{"H"});
    CHECK(source.field_variables.at("port") == Words{"P"});
    CHECK(source.fields.user == "u");
    CHECK_FALSE(read_field(source, module, "database", *member(module, *module.exported, "ssl")));
    CHECK(source.kind == TargetSource::Kind::needs_probe);
    CHECK(source.why == "database is a call of f()");
}
