#!/usr/bin/env node
// Offline stand-in for Prisma's native schema-engine (Postgres only): same argv and JSON-RPC as the
// binary, real engine logic from @prisma/schema-engine-wasm, database access through `pg`.
const fs = require('fs'),
  path = require('path'),
  pg = require('pg');
const argv = process.argv.slice(2);
if (argv.includes('--version')) {
  console.log('schema-engine-cli 0000000000000000000000000000000000000000');
  process.exit(0);
}
let models = [],
  ds = {},
  cli = null;
for (let i = 0; i < argv.length; i++) {
  const a = argv[i];
  if (/^(-d|--datamodels?)$/.test(a))
    while (argv[i + 1] && !argv[i + 1].startsWith('-')) models.push(argv[++i]);
  else if (a === '--datasource') {
    const v = argv[++i];
    ds = v.startsWith('{') ? JSON.parse(v) : { url: v };
  } else if (a === 'cli') cli = argv.slice(i + 1).filter((x) => !x.startsWith('-') && !/:\/\//.test(x))[0];
}
const cliDs =
  argv.indexOf('--datasource') > argv.indexOf('cli') ? argv[argv.indexOf('--datasource') + 1] : null;
const dsBlock = (t) => (/datasource\s+\w+\s*\{([\s\S]*?)\}/.exec(t || '') || [])[1] || '';
const prop = (t, k) => {
  const m = new RegExp('^\\s*' + k + '\\s*=\\s*(?:env\\("([^"]+)"\\)|"([^"]*)")', 'm').exec(dsBlock(t));
  return m && (m[1] ? process.env[m[1]] : m[2]);
};
const urls = (t) => ({
  url: prop(t, 'directUrl') || prop(t, 'url'),
  shadowDatabaseUrl: prop(t, 'shadowDatabaseUrl'),
});
const strip = (t) => t.replace(/^\s*(url|directUrl|shadowDatabaseUrl)\s*=.*$/gm, ''); // Prisma 7 PSL refuses them
const raw = models.map((p) => [p, fs.readFileSync(p, 'utf8')]);
const src = () => (ds.url ? ds : urls(raw.map((x) => x[1]).join('\n')));
const cfg = (u) => {
  const x = new URL(u);
  return {
    host: x.hostname,
    port: +(x.port || 5432),
    user: decodeURIComponent(x.username),
    password: decodeURIComponent(x.password),
    database: decodeURIComponent(x.pathname.slice(1)) || 'postgres',
    schema: x.searchParams.get('schema') || 'public',
  };
};
const log = (level, fields) =>
  process.stderr.write(
    JSON.stringify({ timestamp: new Date().toISOString(), level, fields, target: 'schema_engine::logger' }) +
      '\n',
  );
const connErr = (e, c) =>
  e.code === '3D000'
    ? ['P1003', `Database \`${c.database}\` does not exist`]
    : /^28/.test(e.code)
      ? [
          'P1000',
          `Authentication failed against database server, the provided database credentials for \`${c.user}\` are not valid.\n\nPlease make sure to provide valid database credentials for the database server at the configured address.`,
        ]
      : [
          'P1001',
          `Can't reach database server at \`${c.host}:${c.port}\`\n\nPlease make sure your database server is running at \`${c.host}:${c.port}\`.`,
        ];
const T = {
  16: 5,
  20: 1,
  21: 0,
  23: 0,
  26: 1,
  700: 2,
  701: 3,
  1700: 4,
  1082: 8,
  1083: 9,
  1114: 10,
  1184: 10,
  114: 11,
  3802: 11,
  17: 13,
  2950: 15,
  1002: 71,
  1003: 71,
  1005: 64,
  1007: 64,
  1009: 71,
  1015: 71,
  1016: 65,
  1028: 65,
};
const arr = (v) =>
  v === null
    ? null
    : v
        .slice(1, -1)
        .split(',')
        .filter((s) => s.length)
        .map((s) => s.replace(/^"|"$/g, ''));
const parse = (oid) =>
  oid in T && T[oid] >= 64
    ? (v) => (T[oid] === 71 ? arr(v) : arr(v).map(Number))
    : [1114, 1184].includes(oid)
      ? (v) => new Date(v + (oid === 1114 ? 'Z' : '')).toISOString().replace('Z', '+00:00')
      : [16].includes(oid)
        ? (v) => v === 't'
        : [21, 23, 26].includes(oid)
          ? Number
          : (v) => v;
let lastPg = null;
const ok = (value) => ({ ok: true, value, map: (f) => ok(f(value)), flatMap: (f) => f(value) }),
  err = (error) => ({ ok: false, error, map: () => err(error), flatMap: () => err(error) });
const kinds = {
  '42P01': (m) => ({ kind: 'TableDoesNotExist', table: (/"([^"]+)"/.exec(m) || [])[1] }),
  '42P04': (m) => ({ kind: 'DatabaseAlreadyExists', db: (/"([^"]+)"/.exec(m) || [])[1] }),
};
const wrap =
  (f) =>
  async (...a) => {
    try {
      return ok(await f(...a));
    } catch (e) {
      lastPg = e;
      return err({
        originalCode: e.code,
        originalMessage: e.message,
        ...(kinds[e.code]
          ? kinds[e.code](e.message)
          : {
              kind: 'postgres',
              code: e.code || 'N/A',
              severity: e.severity || 'ERROR',
              message: e.message,
              detail: e.detail,
              column: e.column,
              hint: e.hint,
            }),
      });
    }
  };
async function adapter(c, onDispose) {
  const cl = new pg.Client(c);
  cl.on('error', () => {});
  await cl.connect();
  await cl.query(`SET search_path TO "${c.schema}"`);
  const q = {
    adapterName: 'pg',
    provider: 'postgres',
    getConnectionInfo: () => ok({ schemaName: c.schema, supportsRelationJoins: false }),
    queryRaw: wrap(async ({ sql, args }) => {
      const r = await cl.query({
        text: sql,
        values: args,
        rowMode: 'array',
        types: { getTypeParser: (o) => parse(o) },
      });
      return {
        columnNames: r.fields.map((f) => f.name),
        columnTypes: r.fields.map((f) => T[f.dataTypeID] ?? 7),
        rows: r.rows,
      };
    }),
    executeRaw: wrap(async ({ sql, args }) => (await cl.query(sql, args)).rowCount || 0),
    executeScript: wrap(async (s) => {
      await cl.query(s);
    }), // one simple query = one implicit transaction
    startTransaction: wrap(async () => {
      await cl.query('BEGIN');
      return {
        ...q,
        options: { usePhantomQuery: true },
        commit: wrap(() => cl.query('COMMIT').then(() => {})),
        rollback: wrap(() => cl.query('ROLLBACK').then(() => {})),
      };
    }),
    dispose: wrap(async () => {
      await cl.end().catch(() => {});
      if (onDispose) await onDispose();
    }),
  };
  return q;
}
const factory = (u, shadow) => ({
  provider: 'postgres',
  adapterName: 'pg',
  errorRegistry: { consumeError() {} },
  connect: wrap(() => adapter(cfg(u))),
  connectToShadowDb: wrap(async () => {
    if (shadow) {
      const a = await adapter(cfg(shadow));
      await a.executeScript('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
      return a;
    }
    const adm = new pg.Client(cfg(u));
    await adm.connect();
    const name = 'prisma_migrate_shadow_db_' + require('crypto').randomUUID();
    await adm.query(`CREATE DATABASE "${name}"`);
    return adapter({ ...cfg(u), database: name }, async () => {
      await adm.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
      await adm.end();
    });
  }),
});
async function runCli() {
  const c = cfg(cliDs && !cliDs.startsWith('{') ? cliDs : ds.url || src().url);
  log('INFO', { message: 'Starting schema engine CLI' });
  const t = new pg.Client(c);
  let e;
  try {
    await t.connect();
    await t.end();
  } catch (x) {
    e = x;
  }
  if (cli === 'create-database' && e && e.code === '3D000') {
    const a = new pg.Client({ ...c, database: 'postgres' });
    await a.connect();
    await a.query(`CREATE DATABASE "${c.database}"`);
    await a.end();
    e = null;
  }
  if (e) {
    const [error_code, message] = connErr(e, c);
    log('ERROR', { is_panic: false, error_code, message });
    process.exit(1);
  }
  process.exit(0);
}
const list = (dir) => ({
  baseDir: dir,
  shadowDbInitScript: '',
  lockfile: {
    path: 'migration_lock.toml',
    content: fs.existsSync(path.join(dir, 'migration_lock.toml'))
      ? fs.readFileSync(path.join(dir, 'migration_lock.toml'), 'utf8')
      : null,
  },
  migrationDirectories: (fs.existsSync(dir) ? fs.readdirSync(dir, { withFileTypes: true }) : [])
    .filter((d) => d.isDirectory())
    .map((d) => d.name)
    .sort()
    .map((n) => {
      const f = path.join(dir, n, 'migration.sql');
      return {
        path: n,
        migrationFile: {
          path: 'migration.sql',
          content: fs.existsSync(f)
            ? { tag: 'ok', value: fs.readFileSync(f, 'utf8') }
            : { tag: 'error', value: 'missing' },
        },
      };
    }),
});
let rt, eng;
const F = { externalTables: [], externalEnums: [] },
  deep = (o) => {
    if (o && o.files) o.files = o.files.map((f) => ({ ...f, content: strip(f.content) }));
    return o;
  };
async function engine(over) {
  if (eng) return eng;
  const s = over && over.url ? over : src(),
    W = path.join(__dirname, 'node_modules/@prisma/schema-engine-wasm');
  if (!rt) {
    rt = await import(path.join(W, 'schema_engine_bg.js'));
    const inst = new WebAssembly.Instance(
      new WebAssembly.Module(fs.readFileSync(path.join(W, 'schema_engine_bg.wasm'))),
      { './schema_engine_bg.js': rt },
    );
    rt.__wbg_set_wasm(inst.exports);
    inst.exports.__wbindgen_start();
  }
  if (s.url) {
    const t = new pg.Client(cfg(s.url));
    try {
      await t.connect();
      await t.end();
    } catch (e) {
      const [code, message] = connErr(e, cfg(s.url));
      throw Object.assign(new Error(message), { code });
    }
  }
  return (eng = await rt.SchemaEngine.new(
    { datamodels: raw.length ? raw.map(([p, t]) => [p, strip(t)]) : undefined },
    () => {},
    factory(s.url || process.env.SHIM_FALLBACK_URL, s.shadowDatabaseUrl),
  ));
}
async function call(m, p = {}) {
  const old = p.migrationsDirectoryPath;
  if (old !== undefined) p = { ...p, migrationsList: list(old) }; // Prisma <= 6.5 sends a path
  if (m === 'listMigrationDirectories')
    return { migrations: p.migrationsList.migrationDirectories.map((d) => d.path) };
  if (m === 'getDatabaseVersion') return (await engine()).version();
  if (m === 'ensureConnectionValidity') return {};
  let over;
  if (m === 'dbExecute') {
    over = p.datasourceType.url
      ? { url: p.datasourceType.url }
      : urls((p.datasourceType.files || []).map((f) => f.content).join('\n'));
    const c = new pg.Client(cfg(over.url || src().url));
    await c.connect();
    try {
      await c.query(p.script);
    } finally {
      await c.end();
    }
    return null;
  }
  if (m === 'diff') {
    for (const k of ['from', 'to']) {
      const t = p[k];
      if (t.url) {
        over = { url: t.url };
        p[k] = {
          tag: 'schemaDatasource',
          files: [{ path: 'x.prisma', content: 'datasource db {\nprovider = "postgresql"\n}' }],
          configDir: '.',
        };
      } else if (t.tag === 'schemaDatasource' && t.files) {
        over = { ...urls(t.files.map((f) => f.content).join('\n')) };
      }
      if (t.tag === 'migrations' && t.path) p[k] = { tag: 'migrations', ...list(t.path) };
      deep(p[k]);
    }
    if (p.shadowDatabaseUrl)
      over = { url: p.shadowDatabaseUrl, ...over, shadowDatabaseUrl: p.shadowDatabaseUrl };
    const r = await (
      await engine(ds.url ? undefined : over)
    ).diff({ shadowDatabaseUrl: null, exitCode: null, filters: F, ...p });
    if (r.stdout)
      process.stdout.write(
        JSON.stringify({
          jsonrpc: '2.0',
          id: 1e6,
          method: 'print',
          params: { content: r.stdout.replace(/\n$/, '') },
        }) + '\n',
      );
    return { exitCode: r.exitCode };
  }
  p = { filters: F, filter: F, ...p };
  deep(p.schema);
  const e = await engine();
  lastPg = null;
  let r;
  try {
    r = await e[m](p);
  } catch (x) {
    if (/external factory/.test(x.message || '')) {
      await e.devDiagnostic({ migrationsList: p.migrationsList, filters: F });
      r = await e[m](p);
    } // wasm quirk: prime the shadow-database factory
    else if (m === 'applyMigrations' && lastPg && !/^P\d/.test(x.code || '')) {
      const c = new pg.Client(cfg(src().url));
      await c.connect();
      const n = (
        await c.query(
          'select migration_name from _prisma_migrations where finished_at is null and rolled_back_at is null order by started_at desc limit 1',
        )
      ).rows[0];
      await c.end();
      throw Object.assign(
        new Error(
          `A migration failed to apply. New migrations cannot be applied before the error is recovered from. Read more about how to resolve migration issues in a production database: https://pris.ly/d/migrate-resolve\n\nMigration name: ${n && n.migration_name}\n\nDatabase error code: ${lastPg.code}\n\nDatabase error:\nERROR: ${lastPg.message}\n`,
        ),
        { code: 'P3018' },
      );
    } else throw x;
  }
  if (m === 'createMigration' && old !== undefined && r.migrationScript !== null) {
    const d = path.join(old, r.generatedMigrationName);
    fs.mkdirSync(d, { recursive: true });
    fs.writeFileSync(path.join(d, 'migration.sql'), r.migrationScript);
    fs.writeFileSync(
      path.join(old, 'migration_lock.toml'),
      `# Please do not edit this file manually\n# It should be added in your version-control system (e.g., Git)\nprovider = "${r.connectorType}"\n`,
    );
  }
  return r ?? null;
}
if (cli) runCli();
else {
  let q = Promise.resolve();
  const rl = require('readline').createInterface({ input: process.stdin });
  rl.on('line', (l) => {
    let r;
    try {
      r = JSON.parse(l);
    } catch {
      return;
    }
    if (!r.method) return;
    q = q.then(async () => {
      let o;
      try {
        o = { result: await call(r.method, r.params) };
      } catch (e) {
        o = {
          error: {
            code: 4466,
            message: 'An error happened. Check the data field for details.',
            data: {
              is_panic: false,
              error_code: /^P\d/.test(e.code || '') ? e.code : null,
              message: e.message || String(e),
              meta: e.meta || null,
            },
          },
        };
      }
      process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id: r.id, ...o }) + '\n');
    });
  });
  rl.on('close', () => q.then(() => process.exit(0)));
}
