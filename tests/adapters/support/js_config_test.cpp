#include "adapters/support/js_config.hpp"

using namespace migrate::js;
using Kind = Value::Kind;
using Words = std::vector<std::string>;

namespace {

/// What `export default { x: EXPRESSION }` says about x, with `before` in front of it.
struct Read {
    Module module;
    Value value;

    explicit Read(const std::string& expression, const std::string& before = "") {
        module = parse_module(before + "\nexport default { x: " + expression + "\n, after: 1 };\n");
        REQUIRE(module.exported);
        const Value* found = member(module, *module.exported, "x");
        REQUIRE(found);
        value = *found;
        // Whatever x was, the parser must have come back to the object around it.
        REQUIRE(member(module, *module.exported, "after"));
    }
    Words variables() const { return value.kind == Kind::environment ? value.variables : Words{"(none)"}; }
};

std::string text(const std::string& source, const std::string& path) {
    Module module = parse_module(source);
    REQUIRE(module.exported);
    const Value* found = at_path(module, *module.exported, path);
    REQUIRE(found);
    return static_text(module, *found).value_or("(" + describe(module, *found) + ")");
}

}  // namespace

TEST_CASE("every way to write a string is read") {
    CHECK(Read("'a'").value.text == "a");
    CHECK(Read("\"it's\"").value.text == "it's");
    CHECK(Read("`plain`").value.text == "plain");
    CHECK(Read("'a\\n\\x41\\u00e9\\u{1f600}\\''").value.text == "a\nA\u00e9\U0001F600'");
    CHECK(Read("'x' as const").value.text == "x");
    CHECK(Read("('x')").value.text == "x");
    CHECK(Read("<string>'x'").value.text == "x");
    CHECK(Read("5432").value.text == "5432");
    CHECK(Read("-1").value.text == "-1");
    CHECK(Read("'// no comment' /* 'b' */").value.text == "// no comment");
}

TEST_CASE("every common way to read an environment variable is seen") {
    CHECK(Read("process.env.A").variables() == Words{"A"});
    CHECK(Read("process.env.A!").variables() == Words{"A"});
    CHECK(Read("process.env['A']").variables() == Words{"A"});
    CHECK(Read("process.env[\"A\"]!").variables() == Words{"A"});
    CHECK(Read("process.env?.A").variables() == Words{"A"});
    CHECK(Read("process.env.A as string").variables() == Words{"A"});
    CHECK(Read("(process.env.A as string)").variables() == Words{"A"});
    CHECK(Read("env('A')").variables() == Words{"A"});
    CHECK(Read("env<Env>('A')").variables() == Words{"A"});
    CHECK(Read("env.A").variables() == Words{"A"});
    CHECK(Read("Bun.env.A").variables() == Words{"A"});
    CHECK(Read("import.meta.env.A").variables() == Words{"A"});
    CHECK(Read("Deno.env.get('A')!").variables() == Words{"A"});
    CHECK(Read("requireEnv('A')").variables() == Words{"A"});
    CHECK(Read("Number(process.env.A)").variables() == Words{"A"});
    CHECK(Read("parseInt(process.env.A ?? '5432', 10)").variables() == Words{"A"});
    CHECK(Read("+process.env.A!").variables() == Words{"A"});
    CHECK(Read("`${process.env.A}`").variables() == Words{"A"});
    CHECK(Read("process.env.A.trim()").variables() == Words{"A"});
    CHECK(Read("u", "const u = process.env.A;").variables() == Words{"A"});
    CHECK(Read("u!", "const { A: u } = process.env").variables() == Words{"A"});
    CHECK(Read("c.db.url", "const c = { db: { url: process.env.A } };").variables() == Words{"A"});
}

TEST_CASE("fallbacks are kept, in the order in which they are tried") {
    Read chain("process.env.A ?? process.env.B || 'file:./dev.db'");
    CHECK(chain.variables() == Words{"A", "B"});
    CHECK(chain.value.has_fallback);
    CHECK(chain.value.text == "file:./dev.db");
    CHECK(Read("env('A', 'x')").value.text == "x");
    CHECK(Read("parseInt(process.env.A ?? '5432', 10)").value.text == "5432");
    CHECK(Read("process.env.A || u", "const u = 'x'").value.text == "x");
    CHECK(Read("u || 'x'", "const u = process.env.A").value.text == "x");
    CHECK_FALSE(Read("process.env.A || ''").value.has_fallback);
    CHECK_FALSE(Read("process.env.A ?? undefined").value.has_fallback);
}

TEST_CASE("a template of variables keeps them as placeholders") {
    Read url("`postgres://${process.env.U}:${env('P')}@${host}:${process.env.PORT ?? 5432}/${'d'}`",
             "const host = process.env.H!;");
    CHECK(url.value.kind == Kind::pattern);
    CHECK(url.value.text == "postgres://${U}:${P}@${H}:${PORT:5432}/d");
    CHECK(url.value.variables == Words{"U", "P", "H", "PORT"});
    CHECK(Read("`${'a'}-${1}`").value.text == "a-1");
    CHECK(Read("`${encodeURIComponent(process.env.P)}`").value.kind == Kind::call);
    CHECK(Read("`a${encodeURIComponent(process.env.P)}`").value.variables == Words{"P"});
}

TEST_CASE("what only running it can tell is said to be so, with the variables that it reads") {
    auto described = [](const std::string& expression, const std::string& before = "") {
        Read read(expression, before);
        return describe(read.module, read.value);
    };
    CHECK(described("`postgres://${process.env.U}:${process.env.P}@h/d`") == "a template string");
    CHECK(Read("`postgres://${process.env.U}:${url()}@h/${env('P')}`").value.variables == Words{"U", "P"});
    CHECK(described("process.env.CI ? 'a' : 'b'") == "a computed value");
    CHECK(Read("process.env.CI ? process.env.A : 'b'").value.variables == Words{"CI", "A"});
    CHECK(described("loadUrl()") == "a call of loadUrl()");
    CHECK(described("url", "import { url } from './url'") == "a value imported from './url'");
    CHECK(described("c.url", "const c = require('./c')") == "a value imported from './c'");
    CHECK(described("async () => ({ a: 1 })") == "a function");
    CHECK(described("function () { return 'a, b' }") == "a function");
    CHECK(described("(a, b): Promise<string> => { return a }") == "a function");
    CHECK(described("u", "let u = 'a'\nif (process.env.P) { u = process.env.B }") ==
          "a value that code assigns");
    CHECK(Read("process.env.A.replace(/[/'\"]/g, '')").value.computed());
    CHECK(Read("'a' + process.env.B").value.variables == Words{"B"});
    CHECK(Read("new URL(process.env.A).host").value.variables == Words{"A"});
}

TEST_CASE("every way to export a configuration is found") {
    CHECK(text("export default { a: 'x' }", "a") == "x");
    CHECK(text("export default defineConfig({ a: 'x' });", "a") == "x");
    CHECK(text("export default { a: 'x' } satisfies Config;", "a") == "x");
    CHECK(text("export default <Config>{ a: 'x' }", "a") == "x");
    CHECK(text("const c: Record<string, Knex.Config> = { a: 'x' };\nexport default c;", "a") == "x");
    CHECK(text("const c: { [key: string]: Knex.Config } = { a: 'x' }\nmodule.exports = c", "a") == "x");
    CHECK(text("module.exports = { a: 'x' }", "a") == "x");
    CHECK(text("module.exports = exports = Object.freeze({ a: 'x' })", "a") == "x");
    CHECK(text("export = { a: 'x' }", "a") == "x");
    CHECK(text("const c = { a: 'x' }\nexport { c as default }", "a") == "x");
    CHECK(text("#!/usr/bin/env node\n'use strict'\nexports.default = { a: 'x' }", "a") == "x");
    CHECK(text("import type { Config } from 'k'\nexport default { a: { b: 'x' } } as Config", "a.b") == "x");

    Module named = parse_module(
        "exports.development = { a: 'x' };\nexport const AppDataSource = new DataSource({ a: 1 })");
    CHECK(member(named, named.exports.at("development"), "a")->text == "x");
    const Value& source = resolve(named, named.exports.at("AppDataSource"));
    CHECK(source.kind == Kind::call);
    CHECK(source.text == "new DataSource");
    CHECK(source.items.at(0).members.at(0).key == "a");
}

TEST_CASE("constants, shorthand, spreads and later assignments are followed") {
    CHECK(text("const url = 'x';\nexport default { url }", "url") == "x");
    CHECK(text("const base = { a: { b: 'x' }, c: 'old' };\nexport default { ...base, c: 'new' }", "c") ==
          "new");
    CHECK(text("const base = { a: { b: 'x' } };\nexport default { c: '1', ...base }", "a.b") == "x");
    CHECK(text("const c = {};\nc.a = 'x'\nmodule.exports = c", "a") == "x");
    CHECK(text("const c = { a: 'x' };\nif (p) c.a = 'y'\nmodule.exports = c", "a") ==
          "(a value that code assigns)");
    CHECK(text("export default { 'quoted-key': 'x', [computed]: 1, method() { return {} }, get g() { return "
               "1 } }",
               "quoted-key") == "x");
    CHECK(text("const a = a.b;\nexport default { x: a }", "x") == "(the value of a.b)");

    Module open = parse_module("import base from './base'\nexport default { ...base, a: 1 }");
    CHECK(has_unknown_members(open, *open.exported));
    Module closed = parse_module("const base = { b: 1 }\nexport default { ...base, a: 1 }");
    CHECK_FALSE(has_unknown_members(closed, *closed.exported));
}

TEST_CASE("paths that are joined from constants are known") {
    auto path = [](const std::string& expression) {
        return text("import path, { join } from 'node:path'\nexport default { p: " + expression + " }", "p");
    };
    CHECK(path("path.join('prisma', 'schema.prisma')") == "prisma/schema.prisma");
    CHECK(path("path.join(__dirname, '/migrations')") == "migrations");
    CHECK(path("path.resolve(__dirname, '../../.env')") == "../../.env");
    CHECK(path("join(import.meta.dirname, 'a', 'b')") == "a/b");
    CHECK(path("path.resolve(process.cwd(), 'a')") == "a");
    CHECK(path("path.join(__dirname, name)") == "(a call of path.join())");
}

TEST_CASE("imports and calls are listed, wherever they stand") {
    Module module = parse_module(
        "import 'dotenv/config'\n"
        "import { config as load } from \"dotenv\"\n"
        "import * as fs from 'fs'\n"
        "const knex = require('knex')\n"
        "const { join } = require('path')\n"
        "load({ path: '.env.local' })\n"
        "if (x) { require('dotenv').config({ path: join(__dirname, '.env') }) }\n"
        "export const a = new DataSource({ type: 'postgres' })\n");
    CHECK(module.modules == Words{"dotenv/config", "dotenv", "fs", "knex", "path"});
    CHECK(module.bound.at("load").module == "dotenv");
    CHECK(module.bound.at("load").imported == "config");
    CHECK(module.bound.at("fs").imported == "*");
    CHECK(module.bound.at("join").module == "path");
    std::string calls;
    for (const auto& call : module.calls) calls += call.text + " ";
    CHECK(calls == "require require load require require('dotenv').config join new DataSource ");
}

TEST_CASE("values know their line") {
    Module module =
        parse_module("// one\n/* two\n three */\nexport default {\n  a: `x\ny`,\n  b: process.env.B,\n}");
    CHECK(member(module, *module.exported, "a")->line == 5);
    CHECK(member(module, *module.exported, "b")->line == 7);
}

TEST_CASE("JSON is read too, with comments and trailing commas") {
    Value value = parse_value("{ // c\n \"a\": { \"b\": [\"x\", 1,], }, }");
    Module none;
    CHECK(at_path(none, value, "a.b")->items.at(0).text == "x");
}

TEST_CASE("broken and hostile files end in some value, quickly") {
    std::string deep(20000, '[');
    CHECK(parse_module("export default " + deep).exported);
    std::string calls;
    for (int i = 0; i < 1000; ++i) calls += "f(";
    parse_module(calls);
    std::string signs(50000, '!');
    parse_module("export default " + signs + "x");
    std::string holes;
    for (int i = 0; i < 2000; ++i) holes += "`${";
    parse_module("export default { a: " + holes);
    std::string news;
    for (int i = 0; i < 20000; ++i) news += "new ";
    parse_module("export default " + news);
    for (const char* broken : {"",
                               "export default",
                               "export default {",
                               "export default { a:",
                               "export default { a: 'x",
                               "module.exports =",
                               "export default { a: `x",
                               "}}}}",
                               "const {",
                               "const { a",
                               "export default )",
                               "import {",
                               "export {",
                               "export default { ...",
                               "export default { a: b[",
                               "export default f(",
                               "export default { a: x => ",
                               "export default async",
                               "new",
                               "/* x",
                               "'\\",
                               "`\\",
                               "`${'",
                               "export default { a: <",
                               "const a: <"}) {
        CAPTURE(broken);
        CHECK_NOTHROW(parse_module(broken));
        CHECK_NOTHROW(parse_value(broken));
    }
}
