// Measures the inbox in a browser. Its figures are of this machine, so verify and CI do not run it.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { register } from 'tsx/esm/api';
import startServers from '../packages/testing/jest/global-setup.mjs';
import stopServers from '../packages/testing/jest/global-teardown.mjs';
import { prepare } from './prepare.mjs';
import { runAsScript } from './run-as-script.mjs';

await runAsScript(import.meta.url, async (args) => {
  await prepare();
  register();
  const { benchInbox } = await import('../bench/inbox/main.ts');
  await startServers();
  const name = `bench_${randomBytes(6).toString('hex')}`;
  await ask(`create database ${name} template ${process.env.TEST_PG_TEMPLATE}`);
  process.env.DATABASE_URL = process.env.TEST_PG_URL + name;
  try {
    await benchInbox(args);
  } finally {
    await ask(`drop database if exists ${name} with (force)`);
    await stopServers();
  }
});

async function ask(sql) {
  const client = new pg.Client({ connectionString: `${process.env.TEST_PG_URL}postgres` });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
