#include "adapters/support/node_probe.hpp"

#include <set>
#include <string_view>

namespace migrate::node {

namespace {

// Read by Node as CommonJS from stdin. `process.argv`: the tool, the configuration, the environment's name.
constexpr std::string_view kScript = R"js('use strict';
const fs = require('fs'), net = require('net'), path = require('path');
const { createRequire } = require('module');
const { pathToFileURL } = require('url');
const [tool, file, environment] = process.argv.slice(2);
const place = path.resolve(file);
console.log = console.info = console.debug = console.error;

const finish = (document) => {
  fs.writeSync(3, JSON.stringify(document));
  process.exit(0);
};

// Variables that are read and not set: the reason where an address is not there afterwards.
const unset = [];
const real = process.env;
process.env = new Proxy(real, {
  get(target, name) {
    if (typeof name === 'string' && target[name] === undefined) unset.push(name);
    return target[name];
  },
});
const variableWith = (url) => Object.keys(real).sort().find((name) => real[name] === url) ?? '';
const aboutDatabase = () => unset.filter((name) => /DB|DATABASE|HOST|PG|SQL|URL|URI|DSN/.test(name)).pop();

// Messages may quote a value, and values may be passwords: only names are told.
function failed(error) {
  const told = { type: error?.name ?? 'Error' };
  if (error?.connects) told.type = 'Connects';
  else if (error?.name === 'PrismaConfigEnvError' || error?.missing) {
    told.type = 'KeyError';
    told.text = error.missing ?? /variable: (\w+)/.exec(error.message)?.[1] ?? aboutDatabase() ?? '';
  } else if (error?.code === 'MODULE_NOT_FOUND' || error?.code === 'ERR_MODULE_NOT_FOUND') {
    told.module = /'([^']+)'/.exec(error.message)?.[1] ?? '';
  } else if (error?.says) told.text = error.says;
  const here = process.cwd() + path.sep;
  for (const [, at, line] of String(error?.stack).matchAll(/(?:file:\/\/)?(\/[^\s():]+):(\d+)/g)) {
    if (!at.startsWith(here) || at.includes('node_modules')) continue;
    told.file = at.slice(here.length);
    told.line = +line;
    break;
  }
  finish({ error: told });
}
process.on('uncaughtException', failed);
process.on('unhandledRejection', failed);
const says = (text) => Object.assign(new Error(text), { says: text });

net.Socket.prototype.connect = () => {
  throw Object.assign(new Error('a connection'), { connects: true });
};

const project = createRequire(place);
const from = (through, name) => {
  try {
    return through ? createRequire(project.resolve(through))(name) : project(name);
  } catch {
    return undefined;
  }
};

/// jiti as drizzle-kit 1.0 brings it: inside its one program, for nobody else (bin.cjs of 1.0.0-rc.5).
function bundledJiti() {
  try {
    const kit = path.join(path.dirname(project.resolve('drizzle-kit')), 'bin.cjs');
    const parts = fs.readFileSync(kit, 'utf8').match(/^\/\/#region [^\n]*\/jiti\/[^]*?^\/\/#endregion/gm);
    const once = (make, made) => () => (made || make((made = { exports: {} }).exports, made), made.exports);
    return new Function('__commonJSMin', 'require', '__filename', parts.join('\n') + '\nreturn require_jiti();')(
      once, createRequire(kit), kit);
  } catch {
    return undefined;
  }
}

/// What loads TypeScript: a loader that is there already, or with what the project has to translate it (Prisma
/// and drizzle-kit 1.0 bring jiti).
function typeScriptLoader() {
  if (require.extensions['.ts']) return project;
  const esbuild = [undefined, 'drizzle-kit', 'tsx', 'vite'].map((by) => from(by, 'esbuild')).find(Boolean);
  const typescript = esbuild ? undefined : from(undefined, 'typescript');
  if (!esbuild && !typescript) {
    const jiti = from('@prisma/config', 'jiti') ?? from(undefined, 'jiti') ?? bundledJiti();
    if (!jiti) throw says('nothing in the project translates TypeScript');
    return (jiti.createJiti ?? jiti)(place, { fsCache: false });
  }
  const translate = (source, name) =>
    esbuild
      ? esbuild.transformSync(source, { loader: 'ts', format: 'cjs', sourcefile: name, target: 'node16' }).code
      : typescript.transpileModule(source, {
          compilerOptions: { module: 1, target: 9, esModuleInterop: true, experimentalDecorators: true,
                             emitDecoratorMetadata: true },
        }).outputText;
  for (const ending of ['.ts', '.cts', '.mts'])
    require.extensions[ending] = (module, name) => module._compile(translate(fs.readFileSync(name, 'utf8'), name), name);
  return project;
}

async function load() {
  if (file.endsWith('.json')) return JSON.parse(fs.readFileSync(place, 'utf8'));
  try {
    return (/\.[cm]?ts$/.test(file) ? typeScriptLoader() : project)(place);
  } catch (error) {
    if (!['ERR_REQUIRE_ESM', 'ERR_REQUIRE_ASYNC_MODULE', 'ERR_UNKNOWN_FILE_EXTENSION'].includes(error?.code) &&
        !/Cannot use import statement|await is only valid/.test(error?.message)) throw error;
    return import(pathToFileURL(place).href);
  }
}
const called = async (value) => (typeof value === 'function' ? value() : value);
const plain = (module) => (module?.default?.default ?? module?.default ?? module);

const engines = {
  pg: 'postgresql', postgres: 'postgresql', postgresql: 'postgresql', 'aurora-postgres': 'postgresql',
  cockroachdb: 'cockroachdb', mysql: 'mysql', mysql2: 'mysql', mariadb: 'mariadb', 'aurora-mysql': 'mysql',
  sqlite: 'sqlite', sqlite3: 'sqlite', 'better-sqlite3': 'sqlite', 'better-sqlite': 'sqlite', turso: 'libsql',
  libsql: 'libsql', mssql: 'mssql', oracledb: 'oracle', oracle: 'oracle', mongodb: 'mongodb',
};

/// One address, however its parts are called.
function entry(parts, kind, schema) {
  if (typeof parts === 'string') parts = { url: parts };
  parts = parts ?? {};
  const engine = engines[kind] ?? kind ?? '';
  const url = parts.url ?? parts.connectionString ?? parts.uri;
  const name = parts.filename ?? parts.storage ?? parts.database;
  const text = (value) => (value === undefined || value === null ? '' : String(value));
  if (url) return { url: String(url), variable: variableWith(String(url)) };
  if (!name) {
    const missing = aboutDatabase();
    throw missing ? Object.assign(new Error('not set'), { missing }) : says('it names no database');
  }
  return {
    engine, database: text(name), host: text(parts.host ?? parts.server), port: text(parts.port),
    user: text(parts.user ?? parts.username), password: text(parts.password), schema: text(schema),
    socket: text(parts.socketPath),
  };
}

/// The part that belongs to the environment; another one is never taken for it.
function chosen(config, marks) {
  if (config[environment]) return config[environment];
  if (marks.some((mark) => config[mark] !== undefined)) return config;
  throw says('it has no environment called ' + environment);
}

const readers = {
  async knex() {
    const config = chosen(await called(plain(await load())), ['client', 'connection']);
    const path_ = config.searchPath;
    return entry(await called(config.connection), config.client, Array.isArray(path_) ? path_[0] : path_);
  },
  async typeorm() {
    const module = await load();
    const found = [];
    const one = await module;
    for (let value of one?.options?.type ? [one] : [one?.default, ...Object.values(one ?? {})]) {
      value = await value;
      if (value?.options?.type && !found.includes(value)) found.push(value);
    }
    if (found.length !== 1) throw says('it exports ' + (found.length ? 'several data sources' : 'no data source'));
    return entry(found[0].options, found[0].options.type, found[0].options.schema);
  },
  async sequelize() {
    const config = chosen(await called(plain(await load())), ['dialect', 'url', 'use_env_variable']);
    if (config.use_env_variable && !process.env[config.use_env_variable])
      throw Object.assign(new Error('not set'), { missing: config.use_env_variable });
    const url = config.url ?? (config.use_env_variable && process.env[config.use_env_variable]);
    return entry(url || config, config.dialect, config.schema);
  },
  async drizzle() {
    const config = await called(plain(await load()));
    return entry(config.dbCredentials, config.dialect ?? config.driver);
  },
  async prisma() {
    const config = await called(plain(await load()));
    const source = config.datasource ?? {};
    return entry(source.directUrl ?? source.url);
  },
  async 'migrate-mongo'() {
    const config = plain(await load());
    const { url, databaseName } = (await config).mongodb ?? {};
    if (!url) return entry(undefined);
    const found = entry(url);
    if (!databaseName) return found;
    const at = new URL(url.replace(/,[^/]*/, ''));
    at.pathname = '/' + databaseName;
    return at.href === url ? found : { url: at.href };
  },
};

process.env.NODE_ENV = environment;
readers[tool]().then((one) => finish({ databases: [{ name: 'default', ...one }] }), failed);
)js";

bool reads_a_file(const Unit& unit) {
    switch (unit.tool) {
        case Tool::typeorm:
            return unit.version && *unit.version >= Version{0, 3, 0};
        case Tool::knex:
        case Tool::sequelize:
        case Tool::drizzle:
        case Tool::prisma:
        case Tool::migrate_mongo:
            return true;
        default:
            return false;
    }
}

/// Node with Plug'n'Play: `.pnp.cjs` of the workspace, and its loader of modules where there is one.
std::vector<std::string> node_of_yarn(const Unit& unit, const std::filesystem::path& root) {
    namespace fs = std::filesystem;
    const fs::path own = (root / unit.root).lexically_normal();
    std::error_code ignored;
    for (fs::path at = own;; at = at.parent_path()) {
        auto seen = [&](const char* name) {
            const std::string path = (at / name).lexically_relative(own).generic_string();
            return path.starts_with("..") ? path : "./" + path;
        };
        for (const char* name : {".pnp.cjs", ".pnp.js"}) {
            if (!fs::exists(at / name, ignored)) continue;
            std::vector<std::string> launch{"node", "--require", seen(name)};
            if (fs::exists(at / ".pnp.loader.mjs", ignored)) {
                launch.emplace_back("--experimental-loader");
                launch.push_back(seen(".pnp.loader.mjs"));
            }
            return launch;
        }
        if (at == root.lexically_normal() || !at.has_relative_path()) return {"yarn", "node"};
    }
}

}  // namespace

std::vector<std::string> node_launch(const Unit& unit, const std::filesystem::path& root) {
    static const std::set<std::string_view> kValued{"--import",     "--loader", "--experimental-loader",
                                                    "--require",    "-r",       "--env-file",
                                                    "--conditions", "-C"};
    if (unit.launch.empty()) return {"node"};
    const bool yarn = unit.launch.front() == "yarn";
    std::vector<std::string> launch = yarn ? node_of_yarn(unit, root) : std::vector<std::string>{"node"};
    const std::size_t first = yarn ? 2 : 1;
    if (unit.launch.size() <= first || unit.launch[first - 1] != "node") return launch;
    for (std::size_t i = first; i < unit.launch.size() && unit.launch[i].starts_with('-'); ++i) {
        launch.push_back(unit.launch[i]);
        if (kValued.contains(unit.launch[i]) && i + 1 < unit.launch.size())
            launch.push_back(unit.launch[++i]);
    }
    return launch;
}

std::optional<Probe> node_probe(const Unit& unit, const std::filesystem::path& root,
                                const std::string& environment) {
    if (unit.config.empty() || !reads_a_file(unit)) return std::nullopt;
    Probe probe;
    probe.argv = node_launch(unit, root);
    const std::string config = from_unit_root(unit, unit.config);
    probe.argv.insert(probe.argv.end(), {"-", std::string(to_string(unit.tool)), config, environment});
    probe.script = kScript;
    probe.cwd = unit.root;
    probe.base_dir = unit.root;
    probe.file = unit.config;
    return probe;
}

}  // namespace migrate::node
