import { pending, propose, recorded, useApi } from './test-api.ts';

const DEMO = { metadata: { demo: 'true' } };

describe('removing the demo', () => {
  const api = useApi();

  it('cancels the open demo proposals of this workspace in one request, and nothing else', async () => {
    const [here, there] = [await api.tenant(), await api.tenant()];
    const agent = await here.client({ agent: 'bot' });
    const demo = [await pending(agent, here, DEMO), await propose(here.owner, here, DEMO)];
    const kept = [
      await pending(agent, here),
      await pending(agent, here, { metadata: { demo: 'false' } }),
      await pending(there.owner, there, DEMO),
    ];
    const rejected = await pending(agent, here, DEMO);
    await here.owner.post(`/v1/actions/${rejected.action_id}/reject`, {});
    expect((await here.owner.delete('/v1/demo')).body).toEqual({ status: 'success', removed: 2 });
    for (const { action_id } of demo)
      expect(await recorded(api.world, action_id)).toMatchObject({
        row: { status: 'cancelled' },
        last: { event: 'action.cancelled', actor: { kind: 'member' } },
      });
    for (const { action_id, status } of kept) expect((await recorded(api.world, action_id)).row.status).toBe(status);
    expect((await recorded(api.world, rejected.action_id)).row.status).toBe('rejected');
    expect((await here.owner.delete('/v1/demo')).body).toEqual({ status: 'success', removed: 0 });
  });
});
