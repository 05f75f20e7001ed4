import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { deploy } from '../../../tools/migrate.mjs';
import { root } from './test-server.mjs';

const setupLock = 7_767_002;

/** Creates a migrated database to clone from, once per set of migrations. Returns its name. */
export async function ensureTemplate(server) {
  const client = new pg.Client({ connectionString: server.url('postgres') });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [setupLock]);
    const template = `template_${fingerprint()}`;
    const { rows } = await client.query("select datname as name from pg_database where datname ~ '^(test|template)_'");
    const known = rows.map((row) => row.name);
    const leftOver = known.filter((name) => name !== template && isLeftOver(name));
    for (const name of leftOver) {
      await client.query(`drop database if exists ${name} with (force)`);
    }
    if (!known.includes(template)) await makeTemplate(client, server, template);
    return template;
  } finally {
    await client.end();
  }
}

/** It gets its name only when it is complete, so that an interrupted run leaves no half-migrated template. */
async function makeTemplate(client, server, template) {
  const unfinished = `${template}_unfinished`;
  await client.query(`create database ${unfinished}`);
  await deploy(server.url(unfinished));
  await client.query(`alter database ${unfinished} rename to ${template}`);
}

function fingerprint() {
  const hash = createHash('sha256');
  const migrations = join(root, 'prisma/migrations');
  for (const name of readdirSync(migrations).toSorted()) {
    if (!name.includes('.')) hash.update(name).update(readFileSync(join(migrations, name, 'migration.sql')));
  }
  const bullmq = dirname(dirname(createRequire(import.meta.url).resolve('bullmq')));
  hash.update(readFileSync(join(bullmq, '../package.json')));
  return hash.digest('hex').slice(0, 16);
}

/** A clone's name contains the id of the process that created it: `test_<pid>_…`. */
function isLeftOver(name) {
  const pid = /^test_(\d+)_/.exec(name)?.[1];
  if (pid === undefined) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
