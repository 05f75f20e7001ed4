import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const schemaPath = join(root, 'prisma/schema.prisma');
export const migrationsDir = join(root, 'prisma/migrations');
export const filters = { externalTables: [], externalEnums: [] };

let loading;

/** Node cannot import a .wasm file without a flag, so this instantiates the module itself, once. */
function loadEngine() {
  loading ??= (async () => {
    const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm');
    const bytes = await readFile(join(dirname(entry), 'schema_engine_bg.wasm'));
    const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': bindings });
    globalThis.PRISMA_WASM_PANIC_REGISTRY = {
      set_message(message) {
        throw new Error(`The schema engine failed: ${message}`);
      },
    };
    bindings.__wbg_set_wasm(instance.exports);
    instance.exports.__wbindgen_start();
  })();
  return loading;
}

/** The content of schema.prisma, as one side of a diff. */
export async function schemaTarget() {
  return { tag: 'schemaDatamodel', files: [{ path: schemaPath, content: await readFile(schemaPath, 'utf8') }] };
}

/** The migrations on disk, oldest first, in the engine's form. */
export async function readMigrations() {
  const entries = await readdir(migrationsDir, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const migrationDirectories = await Promise.all(
    names.toSorted().map(async (name) => {
      const value = await readFile(join(migrationsDir, name, 'migration.sql'), 'utf8');
      return { path: name, migrationFile: { path: 'migration.sql', content: { tag: 'ok', value } } };
    }),
  );
  const lockfile = { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' };
  return { baseDir: migrationsDir, lockfile, shadowDbInitScript: '', migrationDirectories };
}

/** The engine reads catalogue columns of type "char", which the adapter refuses, so they are read as text. */
async function queryRaw(adapter, query) {
  const { CHAR, TEXT } = pg.types.builtins;
  const chars = new Set();
  const performIO = async (io) => {
    const result = await adapter.performIO(io);
    for (const [index, field] of result.fields.entries()) {
      if (field.dataTypeID !== CHAR) continue;
      field.dataTypeID = TEXT;
      chars.add(index);
    }
    return result;
  };
  const { queryRaw: ask } = Object.getPrototypeOf(adapter);
  const result = await ask.call(Object.create(adapter, { performIO: { value: performIO } }), query);
  const columnTypes = result.columnTypes.map((type, index) => (chars.has(index) ? ColumnTypeEnum.Character : type));
  return { ...result, columnTypes };
}

async function openAdapter(connectionString) {
  const adapter = await new PrismaPg({ connectionString, max: 2 }).connect();
  adapter.queryRaw = (query) => queryRaw(adapter, query);
  // The adapter's own version splits at every semicolon, also inside function bodies. A migration sent whole is one
  // transaction.
  adapter.executeScript = async (script) => {
    await adapter
      .underlyingDriver()
      .query(script)
      .catch((error) => adapter.onError(error));
  };
  return adapter;
}

/**
 * Runs `use` with an engine on the database at `url`. The engine replays migrations in the empty database at
 * `scratchUrl`, because the adapter's own shadow database does not work with connection strings.
 */
export async function withSchemaEngine({ url, scratchUrl }, use) {
  await loadEngine();
  const opened = [];
  const open = async (connectionString) => {
    const adapter = await openAdapter(connectionString);
    opened.push(adapter);
    return adapter;
  };
  const factory = bindMigrationAwareSqlAdapterFactory({
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => open(url),
    connectToShadowDb: () => open(scratchUrl),
  });
  const { files } = await schemaTarget();
  const datamodels = files.map(({ path, content }) => [path, content]);
  try {
    return await use(await bindings.SchemaEngine.new({ datamodels }, () => {}, factory));
  } catch (error) {
    throw new Error(readable(error.message), { cause: error });
  } finally {
    await Promise.allSettled(opened.map((adapter) => adapter.dispose()));
  }
}

/** The engine's messages end in a Rust span trace, which alone names the migration. */
function readable(message) {
  const name = /migration_name="([^"]+)"/.exec(message)?.[1];
  const text = message
    .replace(/^\s+\d+: [\s\S]*/m, '')
    .replace(/^external connector error\s*/im, '')
    .trim();
  return name ? `Migration ${name} failed and has changed nothing. ${text}` : text;
}
