import { randomBytes } from 'node:crypto';
import pg from 'pg';
import startServers from '../packages/testing/jest/global-setup.mjs';
import stopServers from '../packages/testing/jest/global-teardown.mjs';

/** Does the work with a database as a test file gets it, in DATABASE_URL. */
export async function withTestDatabase(work) {
  await startServers();
  const name = `tool_${randomBytes(6).toString('hex')}`;
  await ask(`create database ${name} template ${process.env.TEST_PG_TEMPLATE}`);
  process.env.DATABASE_URL = process.env.TEST_PG_URL + name;
  try {
    await work();
  } finally {
    await ask(`drop database if exists ${name} with (force)`);
    await stopServers();
  }
}

async function ask(sql) {
  const client = new pg.Client({ connectionString: `${process.env.TEST_PG_URL}postgres` });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
