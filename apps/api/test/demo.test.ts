import { useTenant } from './test-api.ts';

const DEMO = { metadata: { demo: 'true' } };

describe('removing the demo', () => {
  const { api, here } = useTenant();

  it('cancels the open demo proposals of this workspace in one request, and nothing else', async () => {
    const there = await api.tenant();
    const agent = await here.client({ agent: 'bot' });
    const demo = [await here.pending(DEMO, agent), await here.propose(DEMO)];
    const kept = [
      await here.pending({}, agent),
      await here.pending({ metadata: { demo: 'false' } }, agent),
      await there.pending(DEMO),
    ];
    const rejected = await here.pending(DEMO, agent);
    await here.owner.post(`/v1/actions/${rejected.action_id}/reject`, {});
    expect((await here.owner.delete('/v1/demo')).body).toEqual({ status: 'success', removed: 2 });
    for (const { action_id } of demo)
      expect(await api.recorded(action_id)).toMatchObject({
        row: { status: 'cancelled' },
        last: { event: 'action.cancelled', actor: { kind: 'member' } },
      });
    for (const { action_id, status } of kept) expect((await api.recorded(action_id)).row.status).toBe(status);
    expect((await api.recorded(rejected.action_id)).row.status).toBe('rejected');
    expect((await here.owner.delete('/v1/demo')).body).toEqual({ status: 'success', removed: 0 });
  });
});
