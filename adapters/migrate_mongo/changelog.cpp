#include "adapters/migrate_mongo/changelog.hpp"

#include "adapters/support/node_probe.hpp"

namespace migrate::migrate_mongo {

namespace {

// Works with 8 to 14: from 14 on `require` gives promises, before that the modules themselves.
constexpr std::string_view kScript = R"js(import { createRequire } from 'node:module';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import readline from 'node:readline';

const [file, action, ...ids] = process.argv.slice(2);
console.log = console.info = console.debug = console.error; // a configuration that prints is no answer
const tool = createRequire(path.join(process.cwd(), 'package.json'))('migrate-mongo');
global.options = { file };
const fail = (error) => {
  console.error('ERROR: ' + (error?.message ?? error));
  process.exit(1);
};
const [database, reader] = [await tool.database, await tool.config];
const config = await reader.read();
const { client, db } = await database.connect().catch(fail);

async function rows(changelog) {
  const found = await changelog.find({}).toArray();
  found.sort((a, b) => +a.appliedAt - +b.appliedAt);
  return found.map(({ fileName, appliedAt, fileHash, migrationBlock }) => ({
    fileName, fileHash, appliedAt: appliedAt ? appliedAt.toISOString() : '',
    migrationBlock: migrationBlock === undefined ? '' : String(migrationBlock),
  }));
}

async function list(changelog, lock) {
  const names = (await db.listCollections().toArray()).map((one) => one.name);
  const exists = names.includes(changelog.collectionName);
  return {
    database: db.databaseName,
    collection: changelog.collectionName,
    exists,
    others: names.filter((name) => !name.startsWith('system.') && name !== changelog.collectionName &&
      name !== config.lockCollectionName).length,
    locked: lock && !(config.lockTtl <= 0) ? (await lock.find({}).toArray()).length : 0,
    rows: exists ? await rows(changelog) : [],
  };
}

function row(fileName, block) {
  const made = { fileName, appliedAt: new Date() };
  if (config.useFileHash === true) {
    const source = path.resolve(config.migrationsDir || 'migrations', fileName);
    made.fileHash = createHash('sha256').update(fs.readFileSync(source)).digest('hex');
  }
  return block ? { ...made, migrationBlock: block } : made;
}

try {
  const changelog = db.collection(config.changelogCollectionName);
  const lock = config.lockCollectionName ? db.collection(config.lockCollectionName) : null;
  if (action === 'answer') {
    const asker = new net.Socket({ fd: 3 }).on('error', () => process.exit());
    for await (const _ of readline.createInterface({ input: asker }))
      asker.write(JSON.stringify(await list(changelog, lock)) + '\n');
    process.exit();
  } else if (action === 'insert') await changelog.insertMany(ids.map((id) => row(id)));
  else if (action === 'insert-block') {
    const block = Date.now();
    await changelog.insertMany(ids.map((id) => row(id, block)));
  } else if (action === 'delete') for (const id of ids) await changelog.deleteMany({ fileName: id });
  else if (action === 'rename') await changelog.updateOne({ fileName: ids[0] }, { $set: { fileName: ids[1] } });
  else if (action === 'unlock') { if (lock) await lock.deleteMany({}); }
  else throw new Error('unknown action ' + action);
} catch (error) {
  fail(error);
} finally {
  await client.close();
}
)js";

}  // namespace

Native changelog(const Unit& unit, const std::filesystem::path& root, std::string action,
                 const std::vector<std::string>& operands) {
    Native native;
    native.program = "node";
    native.launch = node::node_launch(unit, root);
    native.args = {"--input-type=module", "-", from_unit_root(unit, unit.config), std::move(action)};
    native.args.insert(native.args.end(), operands.begin(), operands.end());
    native.answers = std::string(kScript);
    return native;
}

}  // namespace migrate::migrate_mongo
