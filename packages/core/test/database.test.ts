import {
  checkDurability,
  openDatabase,
  checkMigrated,
  type Database,
  authenticate,
  bootstrap,
  newToken,
  recoverOwners,
} from '@proviso/core';
import { useWorld } from '@proviso/testing/fixtures';
import { startTcpProxy, until, type TcpProxy } from '@proviso/testing';
import { pino } from 'pino';

const world = useWorld();

describe('a PostgreSQL that may lose what it acknowledged', () => {
  it('is refused by name: the test server has fsync=off', async () => {
    await expect(checkDurability(world.db, false)).rejects.toThrow(/fsync=off/);
  });

  it('is accepted if the operator allows it', async () => {
    await expect(checkDurability(world.db, true)).resolves.toBeUndefined();
  });
});

const QUERY_TIMEOUT_MS = 1_000;

describe('a transaction whose process can no longer be heard', () => {
  let proxy: TcpProxy;
  beforeAll(async () => {
    proxy = await startTcpProxy({ port: Number(new URL(world.databaseUrl).port) });
  });
  afterAll(() => proxy.close());

  it('keeps its locks no longer than a statement may take', async () => {
    const { id } = await world.workspace();
    const url = world.databaseUrl.replace(/:\d+\//, `:${proxy.port}/`);
    const far = openDatabase({ url, queryTimeoutMs: QUERY_TIMEOUT_MS });
    let goOn = (): void => undefined;
    const unheard = new Promise<void>((resolve) => (goOn = resolve));
    let isLocked = false;
    const lost = far.transaction(async ({ tables }) => {
      await tables.workspaces.update({ where: { id }, data: { name: 'lost' } });
      isLocked = true;
      await unheard;
      await tables.workspaces.update({ where: { id }, data: { name: 'lost again' } });
    });
    const ended = lost.catch((error: Error) => error);
    const isFree = async (): Promise<boolean> => {
      const looked = await world.db.pool.query('select from workspaces where id = $1 for update skip locked', [id]);
      return looked.rowCount === 1;
    };
    await until('it to hold the lock', () => isLocked);
    expect(await isFree()).toBe(false);
    proxy.swallow('existing');
    await until('the lock to be free', isFree, 5 * QUERY_TIMEOUT_MS);
    goOn();
    expect(await ended).toBeInstanceOf(Error);
    expect(await world.db.tables.workspaces.findFirst({ where: { id } })).toMatchObject({ name: 'Test' });
    await far.close();
  });
});

describe('a database', () => {
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

describe('bootstrap', () => {
  it('gives the first owner a personal credential, the agent a key, and a new credential to owners who cannot sign in', async () => {
    const [apiKey, agentKey] = [newToken(), newToken()];
    const { workspaceId } = await bootstrap(world.db, { apiKey, agentKey });
    expect(await bootstrap(world.db, { apiKey, agentKey })).toMatchObject({ workspaceId, created: false });
    const [owner] = await authenticate(world.db, apiKey);
    expect(owner).toMatchObject({ kind: 'personal', workspaceId, role: 'owner', isHome: true, decides: true });
    const [agent] = await authenticate(world.db, agentKey);
    expect(agent).toMatchObject({ kind: 'agent', workspaceId, person: null, decides: false });
    expect(await recoverOwners(world.db)).toEqual([]);

    await world.db.tables.api_keys.updateMany({ where: { kind: 'personal' }, data: { revoked_at: new Date() } });
    const recovered = await recoverOwners(world.db);
    expect(recovered).toMatchObject([{ workspaceId, email: 'owner@localhost' }]);
    expect(await authenticate(world.db, recovered[0]?.token)).toMatchObject([{ kind: 'personal', role: 'owner' }]);
    expect(await recoverOwners(world.db)).toEqual([]);
  });

  it('gives instance:operate only to an owner of the first workspace', async () => {
    const { workspaceId } = await bootstrap(world.db, {});
    const tenant = await world.workspace();
    await tenant.token({});
    const { api_keys, members } = world.db.tables;
    const [first] = await members.findMany({ where: { workspace_id: workspaceId, role: 'owner' } });
    await members.updateMany({ where: { workspace_id: workspaceId }, data: { created_at: new Date() } });
    await api_keys.updateMany({ where: { kind: 'personal' }, data: { revoked_at: new Date() } });
    expect(await bootstrap(world.db, {})).toMatchObject({ workspaceId });
    const recovered = await recoverOwners(world.db);
    for (const { workspaceId: id, token } of recovered) {
      const [caller] = await authenticate(world.db, token);
      expect([id, caller?.scopes.includes('instance:operate')]).toEqual([id, id === workspaceId]);
      if (id === workspaceId) expect(caller?.person?.id).toBe(first?.user_id);
    }
    expect(recovered.map(({ workspaceId: id }) => id)).toContain(tenant.id);
  });

  it('makes an old owner’s token personal, and leaves a revoked one revoked', async () => {
    const token = newToken();
    await bootstrap(world.db, { apiKey: token });
    const { api_keys } = world.db.tables;
    const [caller] = await authenticate(world.db, token);
    const old = {
      kind: 'workspace',
      workspace_id: caller?.workspaceId ?? '',
      role: 'admin',
      made_by_person_id: caller?.person?.id ?? '',
      person_id: null,
      home_workspace_id: null,
    };
    await api_keys.update({ where: { id: caller?.tokenId ?? '' }, data: old });
    await bootstrap(world.db, { apiKey: token });
    expect(await authenticate(world.db, token)).toMatchObject([{ kind: 'personal', role: 'owner' }]);
    await api_keys.update({ where: { id: caller?.tokenId ?? '' }, data: { revoked_at: new Date() } });
    await bootstrap(world.db, { apiKey: token });
    await expect(authenticate(world.db, token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
