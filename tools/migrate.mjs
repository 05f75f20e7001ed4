import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { connect, Refusal, urlOf } from './database-url.mjs';
import { runAsScript } from './run-as-script.mjs';
import { filters, migrationsDir, readMigrations, schemaTarget, withSchemaEngine } from './schema-engine.mjs';

const deployLock = 7_767_001;

/**
 * Brings the database at `url` up to date: our migrations, then BullMQ's own in schema `bullmq`. Safe to run any number
 * of times and from several places at once. Returns the names of what it applied.
 */
export async function deploy(url) {
  const client = await connect(url);
  try {
    await client.query('select pg_advisory_lock($1)', [deployLock]);
    const applied = await withSchemaEngine({ url }, applyMigrations);
    const { runMigrations } = await import('bullmq');
    await runMigrations(client, 'bullmq');
    return applied;
  } finally {
    await client.end();
  }
}

/** Sends a migration as one transaction, so that a failed one leaves nothing behind and can be tried again. */
async function applyMigrations(engine) {
  const migrationsList = await readMigrations();
  const found = await engine.diagnoseMigrationHistory({ migrationsList, optInToShadowDatabase: false, filters });
  for (const migrationName of found.failedMigrationNames) await engine.markMigrationRolledBack({ migrationName });
  return (await engine.applyMigrations({ migrationsList, filters })).appliedMigrationNames;
}

async function deployCommand() {
  if (!process.env.DATABASE_URL) {
    throw new Refusal(
      'DATABASE_URL is not set: say which database to migrate, as postgresql://user:password@host:5432/database.',
    );
  }
  const applied = await deploy(process.env.DATABASE_URL);
  console.log(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`);
}

async function newCommand(name) {
  if (!/^[a-z0-9]+(_[a-z0-9]+)*$/.test(name ?? '')) {
    throw new Refusal('Name the migration in snake_case: npm run migrate -- new add_tasks');
  }
  const sql = await withScratch(diffToSchema);
  if (!sql) return console.log('Nothing to change: the migrations already lead to schema.prisma.');
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const dir = join(migrationsDir, `${stamp}_${name}`);
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'migration.sql'), sql);
  console.log(relative(process.cwd(), join(dir, 'migration.sql')));
}

async function checkCommand() {
  const sql = await withScratch(diffToSchema);
  if (sql) {
    console.error(sql);
    throw new Refusal('schema.prisma has changes that no migration makes (above): npm run migrate -- new NAME');
  }
  const url = process.env.DATABASE_URL;
  if (!url) return console.log('The migrations lead to schema.prisma.');
  await checkHistory(url);
  const drift = await withScratch((scratchUrl) => diffOfDatabase(url, scratchUrl));
  if (drift) {
    console.error(drift);
    throw new Refusal('The database has been changed by hand: the SQL above would bring it back to the migrations.');
  }
  console.log('The migrations lead to schema.prisma, and the database has them all.');
}

async function checkHistory(url) {
  const input = { migrationsList: await readMigrations(), optInToShadowDatabase: false, filters };
  const found = await withSchemaEngine({ url }, (engine) => engine.diagnoseMigrationHistory(input));
  const faults = {
    'not applied': found.history?.unappliedMigrationNames,
    'not on disk': found.history?.unpersistedMigrationNames,
    'edited after it was applied': found.editedMigrationNames,
    failed: found.failedMigrationNames,
  };
  const lines = Object.entries(faults).flatMap(([fault, names = []]) => names.map((name) => `${name} is ${fault}`));
  if (lines.length > 0) throw new Refusal(`The database is not up to date: ${lines.join('; ')}.`);
}

async function diffToSchema(scratchUrl) {
  return diff(
    { url: scratchUrl, scratchUrl },
    { tag: 'migrations', ...(await readMigrations()) },
    await schemaTarget(),
  );
}

async function diffOfDatabase(url, scratchUrl) {
  const database = { ...(await schemaTarget()), tag: 'schemaDatasource', configDir: migrationsDir };
  return diff({ url, scratchUrl }, database, { tag: 'migrations', ...(await readMigrations()) });
}

/** The SQL that leads from one side to the other; empty if they agree. */
async function diff(urls, from, to) {
  const { stdout } = await withSchemaEngine(urls, (engine) =>
    engine.diff({ from, to, script: true, exitCode: null, filters }),
  );
  return /^\s*(-- This is an empty migration\.)?\s*$/.test(stdout) ? '' : stdout;
}

/** Passes `use` an empty database on DATABASE_URL's server, or on the embedded test server, and drops it afterwards. */
async function withScratch(use) {
  if (process.env.DATABASE_URL) return withScratchOn(process.env.DATABASE_URL, use);
  const { prepare } = await import('./prepare.mjs');
  await prepare({ quiet: true });
  const { ensureTestServer, releaseTestServer } = await import('../packages/testing/jest/test-server.mjs');
  try {
    return await withScratchOn((await ensureTestServer()).url('postgres'), use);
  } finally {
    await releaseTestServer();
  }
}

async function withScratchOn(server, use) {
  const client = await connect(server);
  const name = `proviso_scratch_${randomBytes(6).toString('hex')}`;
  try {
    await client.query(`create database ${name} template template0`);
    return await use(urlOf(server, name));
  } finally {
    await client.query(`drop database if exists ${name} with (force)`);
    await client.end();
  }
}

const commands = { deploy: deployCommand, new: newCommand, check: checkCommand };

await runAsScript(import.meta.url, async ([command = 'deploy', ...args]) => {
  const run = commands[command];
  if (!run) throw new Refusal(`Unknown command "${command}". Usage: npm run migrate [-- new NAME | -- check]`);
  await run(...args);
});
