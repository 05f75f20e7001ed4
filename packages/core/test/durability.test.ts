import { checkDurability } from '@proviso/core';
import { useWorld } from '@proviso/testing/fixtures';

describe('a PostgreSQL that may lose what it acknowledged', () => {
  const world = useWorld();

  it('is refused by name: the test server has fsync=off', async () => {
    await expect(checkDurability(world.db, false)).rejects.toThrow(/fsync=off/);
  });

  it('is accepted if the operator allows it', async () => {
    await expect(checkDurability(world.db, true)).resolves.toBeUndefined();
  });
});
