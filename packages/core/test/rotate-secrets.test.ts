import {
  countSealed,
  createIdentity,
  createTool,
  createWebhook,
  openSecret,
  readKeyRing,
  rotateSecrets,
  updateIdentity,
  type Context,
  type Database,
} from '@proviso/core';
import { openWorld, startProcess, type World } from '@proviso/testing';

const keyOf = (id: string, fill: number): string => `${id}:${Buffer.alloc(32, fill).toString('base64')}`;
const [OLD, NEW, OTHER] = [keyOf('old', 1), keyOf('new', 2), keyOf('other', 3)];
const LOGIN = { user: 'ann', pass: 'correct horse' };
const SMTP = { host: 'mail.example.com', port: 587, from: 'ann@ours.test' };

describe('rotateSecrets', () => {
  let world: World;
  let before: Context;
  beforeEach(async () => {
    world = await openWorld();
    before = { ...(await (await world.workspace()).as({})), secrets: readKeyRing(OLD) };
  });
  afterEach(async () => {
    await world.db.pool.query('delete from tools; delete from webhooks; delete from identities');
    await world.close();
  });

  const both = readKeyRing(`${NEW},${OLD}`);
  const keep = async (count: number): Promise<string[]> => {
    const made = Array.from({ length: count }, (_, n) =>
      createIdentity(before, { provider: 'smtp', name: `Mail ${n}`, config: SMTP, credentials: LOGIN }),
    );
    return (await Promise.all(made)).map(({ identity_id }) => identity_id);
  };
  const rows = () => world.db.tables.identities.findMany({ where: { credentials: { not: null } } });
  const opened = async (ring: string): Promise<unknown[]> =>
    (await rows()).map(({ id, credentials }) =>
      openSecret(readKeyRing(ring), credentials ?? '', `identities.credentials:${id}`),
    );

  it('moves every secret to the first key, so that the old one can be removed', async () => {
    await keep(3);
    const { secret } = await createTool(before, { name: 'refund', url: 'https://a.example.com', input_schema: {} });
    const signing = await createWebhook(before, { url: 'https://a.example.com' });
    expect(await countSealed(world.db)).toEqual(new Map([['old', 5]]));
    expect(await rotateSecrets(world.db, both)).toEqual({ resealed: 5, stuck: 0 });
    expect(await countSealed(world.db)).toEqual(new Map([['new', 5]]));
    const row = await world.db.tables.webhook_secrets.findFirstOrThrow();
    const sealed = openSecret(readKeyRing(NEW), row.secret, `webhook_secrets.secret:${row.id}`);
    expect(sealed).toEqual({ secret: signing.secret });
    expect(await opened(NEW)).toEqual([LOGIN, LOGIN, LOGIN]);
    const tool = await world.db.tables.tools.findFirstOrThrow();
    const place = `tools.secret:${tool.workspace_id}/refund`;
    expect(openSecret(readKeyRing(NEW), tool.secret, place)).toEqual({ secret });
  });

  it('finds nothing to do the second time', async () => {
    await keep(2);
    await rotateSecrets(world.db, both);
    const once = await rows();
    expect(await rotateSecrets(world.db, both)).toEqual({ resealed: 0, stuck: 0 });
    expect(await rows()).toEqual(once);
  });

  it('resumes after an interruption, and every secret can be decrypted meanwhile', async () => {
    await keep(5);
    let left = 2;
    const dies: Pick<Database, 'query'> = {
      query: (statement, values) => {
        if (statement.name === 'identities_reseal' && left-- === 0) throw new Error('killed');
        return world.db.query(statement, values);
      },
    };
    await expect(rotateSecrets(dies, both)).rejects.toThrow('killed');
    expect(await opened(`${NEW},${OLD}`)).toHaveLength(5);
    expect(await rotateSecrets(world.db, both)).toEqual({ resealed: 3, stuck: 0 });
  });

  it('keeps credentials that change while it runs', async () => {
    const [id = ''] = await keep(1);
    const changing: Pick<Database, 'query'> = {
      query: async (statement, values) => {
        if (statement.name === 'identities_reseal')
          await updateIdentity({ ...before, secrets: both }, id, { credentials: { user: 'ann', pass: 'changed' } });
        return world.db.query(statement, values);
      },
    };
    expect(await rotateSecrets(changing, both)).toEqual({ resealed: 0, stuck: 0 });
    expect(await opened(NEW)).toEqual([{ user: 'ann', pass: 'changed' }]);
  });

  it('skips and reports secrets that it cannot decrypt', async () => {
    await keep(101);
    const seen = await rows();
    expect(await rotateSecrets(world.db, readKeyRing(`${NEW},${OTHER}`))).toEqual({ resealed: 0, stuck: 101 });
    expect(await rotateSecrets(world.db, readKeyRing(`${NEW},${keyOf('old', 9)}`))).toEqual({
      resealed: 0,
      stuck: 101,
    });
    expect(await rows()).toEqual(seen);
  });

  it('requires keys', async () =>
    expect(rotateSecrets(world.db, new Map())).rejects.toMatchObject({ code: 'UNAVAILABLE' }));

  it('is a command that reports its progress and no secret', async () => {
    await keep(2);
    const command = async (ring: string, name: string): Promise<[number | null, string]> => {
      const env = { DATABASE_URL: world.databaseUrl, PROVISO_SECRET_KEYS: ring };
      const running = startProcess(['apps/api/dist/secrets.js', name], env);
      return [await running.ended(), running.output()];
    };
    expect(await command(`${NEW},${OTHER}`, 'rotate')).toEqual([
      1,
      expect.stringMatching(
        /0 re-sealed, 2 cannot be opened[^]*old: 2 sealed, and the key is not in PROVISO_SECRET_KEYS/,
      ),
    ]);
    const [code, said] = await command(`${NEW},${OLD}`, 'rotate');
    expect(code).toBe(0);
    expect(said).toMatch(/2 re-sealed, 0 cannot be opened[^]*old: 0 sealed; the key can be removed/);
    expect(said).not.toContain(LOGIN.pass);
    expect(await command(NEW, 'status')).toEqual([0, 'new: 2 sealed; it seals new secrets\n']);
  });
});
