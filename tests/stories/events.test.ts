import { listen } from '@proviso/testing';
import { useFleet } from '@proviso/testing/fleet';

describe('an api process', () => {
  const fleet = useFleet();

  it('ends its streams when it is stopped, and does not wait for them', async () => {
    const api = await fleet.startApi();
    const listeners = await Promise.all(
      Array.from({ length: 5 }, async () => listen(`${api.url}/v1/events`, { token: await fleet.workspace.token({}) })),
    );
    const started = performance.now();
    expect(await api.stop()).toBe(0);
    expect(performance.now() - started).toBeLessThan(10_000);
    await Promise.all(listeners.map(({ ended }) => ended));
  }, 30_000);
});
