import { openDatabase } from '@proviso/core';
import { startTcpProxy, until, type TcpProxy } from '@proviso/testing';
import { useWorld } from '@proviso/testing/fixtures';

const QUERY_TIMEOUT_MS = 1_000;

describe('a transaction whose process can no longer be heard', () => {
  const world = useWorld();
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
