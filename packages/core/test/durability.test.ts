import { checkDurability } from '@proviso/core';
import { openWorld, type World } from '@proviso/testing';

describe('a PostgreSQL that may lose what it acknowledged', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  it('is refused, and is named: the one that tests run on has fsync=off', async () => {
    await expect(checkDurability(world.db, false)).rejects.toThrow(/fsync=off/);
  });

  it('is taken where the operator says so', async () => {
    await expect(checkDurability(world.db, true)).resolves.toBeUndefined();
  });
});
