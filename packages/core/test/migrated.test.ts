import { checkMigrated, openDatabase, type Database } from '@proviso/core';
import { useWorld } from '@proviso/testing/fixtures';
import { pino } from 'pino';

describe('a database', () => {
  const world = useWorld();

  const FIRST = '20261122000000_init';
  const sql = (text: string) => world.db.pool.query(text);
  /** What the check says, and logs, once the database is like that; then it is as before. */
  async function check(change: string, undo: string): Promise<{ fault: string; lines: string[] }> {
    const lines: string[] = [];
    await sql(change);
    try {
      const fault = await checkMigrated(world.db, pino({}, { write: (line: string) => void lines.push(line) })).then(
        () => '',
        (error: Error) => error.message,
      );
      return { fault, lines };
    } finally {
      await sql(undo);
      await checkMigrated(world.db);
    }
  }

  it('with all migrations is accepted silently', async () => {
    expect(await check('select 1', 'select 1')).toEqual({ fault: '', lines: [] });
  });

  it.each<[string, string, string, RegExp]>([
    [
      'was never migrated',
      'alter table _prisma_migrations rename to elsewhere',
      'alter table elsewhere rename to _prisma_migrations',
      /^The database is not migrated\. Run npm run migrate\.$/,
    ],
    [
      'is older than the version',
      `update _prisma_migrations set migration_name = 'x' where migration_name = '${FIRST}'`,
      `update _prisma_migrations set migration_name = '${FIRST}' where migration_name = 'x'`,
      /older than this version: it lacks 20261122000000_init\. Run npm run migrate\.$/,
    ],
    [
      'lacks most of it',
      `update _prisma_migrations set migration_name = 'x' || migration_name`,
      `update _prisma_migrations set migration_name = substr(migration_name, 2)`,
      /it lacks (\w+, ){2}\w+ and \d+ more\. Run npm run migrate\.$/,
    ],
    [
      'has a migration that did not finish',
      `update _prisma_migrations set finished_at = null where migration_name = '${FIRST}'`,
      `update _prisma_migrations set finished_at = now() where migration_name = '${FIRST}'`,
      /only partly migrated: 20261122000000_init did not finish\. Run npm run migrate\.$/,
    ],
    [
      'has a migration that was rolled back',
      `update _prisma_migrations set rolled_back_at = now() where migration_name = '${FIRST}'`,
      `update _prisma_migrations set rolled_back_at = null where migration_name = '${FIRST}'`,
      /it lacks 20261122000000_init\. Run npm run migrate\.$/,
    ],
    [
      'lacks the queue’s schema',
      'alter schema bullmq rename to elsewhere',
      'alter schema elsewhere rename to bullmq',
      /only partly migrated: it lacks the queue's schema\. Run npm run migrate\.$/,
    ],
  ])('that %s is refused in a sentence that says what to do', async (_, change, undo, sentence) => {
    const { fault, lines } = await check(change, undo);
    expect(fault).toMatch(sentence);
    expect(lines).toEqual([]);
  });

  it('that is newer is accepted with a warning, so that a deployment can go process by process', async () => {
    const newer = `insert into _prisma_migrations (id, checksum, migration_name, finished_at) values ('n', '', '29990101000000_later', now())`;
    const { fault, lines } = await check(newer, `delete from _prisma_migrations where id = 'n'`);
    expect(fault).toBe('');
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { level: 40, newer: ['29990101000000_later'] },
    ]);
  });

  it('whose migrations the user cannot read is accepted with a warning', async () => {
    const role = `reader_${process.pid}`;
    await sql(`create role ${role} login password 'x'`);
    const url = new URL(world.databaseUrl);
    [url.username, url.password] = [role, 'x'];
    const db: Database = openDatabase({ url: url.href, poolMax: 1 });
    const lines: string[] = [];
    await checkMigrated(db, pino({}, { write: (line: string) => void lines.push(line) }));
    expect(lines.join('')).toContain('cannot read');
    await db.close();
    await sql(`drop role ${role}`);
  });
});
