import { startProcess } from '@proviso/testing';
import pg from 'pg';

/** What a newcomer sees who starts a process before the migration. */
describe('on a database that is not migrated', () => {
  const name = `test_${process.pid}_empty`;
  const server = new pg.Client({ connectionString: process.env.DATABASE_URL });
  beforeAll(async () => {
    await server.connect();
    await server.query(`create database ${name} template template0`);
  });
  afterAll(async () => {
    await server.query(`drop database if exists ${name} with (force)`);
    await server.end();
  });

  it.each([
    ['api', 'apps/api/dist/main.js'],
    ['worker', 'apps/worker/dist/main.js'],
    ['bootstrap', 'apps/api/dist/bootstrap.js'],
    ['secrets', 'apps/api/dist/secrets.js', 'status'],
  ])('%s says what to do, and stops', async (part, ...args) => {
    const DATABASE_URL = (process.env.DATABASE_URL ?? '').replace(/[^/]+$/, name);
    const started = startProcess(args, { DATABASE_URL, PORT: '0', PROVISO_ALLOW_UNSAFE_STORAGE: 'true' });
    expect(await started.ended()).toBe(1);
    expect(started.output().trim().split('\n').at(-1)).toBe(
      `${part}: The database is not migrated. Run npm run migrate.`,
    );
  });
});
