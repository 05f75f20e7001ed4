import { checkDurability } from '@proviso/core';
import { openWorld, type World } from '@proviso/testing';

describe('a PostgreSQL that may lose what it acknowledged', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  it('is refused by name: the test server has fsync=off', async () => {
    await expect(checkDurability(world.db, false)).rejects.toThrow(/fsync=off/);
  });

  it('is accepted if the operator allows it', async () => {
    await expect(checkDurability(world.db, true)).resolves.toBeUndefined();
  });
});
