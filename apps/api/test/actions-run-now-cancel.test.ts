import { useTenant, type Client, type Reply } from './test-api.ts';

const { api, here } = useTenant();

const FAR = '2100-01-01T00:00:00Z';

describe.each(['execute', 'cancel'])('POST /v1/actions/{action_id}/%s', (verb) => {
  const ask = (by: Client, id: string, body?: object): Promise<Reply> => by.post(`/v1/actions/${id}/${verb}`, body);

  it('refuses a reviewer for an action that no longer waits for a decision', async () => {
    const { action_id } = await here.propose({ scheduled_time: FAR });
    const reviewer = await here.client({ role: 'reviewer' });
    await here.refuses('FORBIDDEN', () => ask(reviewer, action_id));
  });

  it.each([
    ['an unknown field', { force: true }, 'force'],
    ['a reason', { reason: 'because' }, 'reason'],
  ])('refuses %s in the body', async (_, body, path) => {
    const { action_id } = await here.propose({ scheduled_time: FAR });
    await here.refuses('INVALID', () => ask(here.owner, action_id, body), [path]);
  });

  it.each(['running', 'completed', 'failed', 'rejected', 'cancelled'])(
    'refuses an action that is %s',
    async (status) => {
      const { action_id } = await here.propose();
      const running = status === 'running';
      await api.world.db.pool.query(
        `update actions set status = $2, completed_at = case when $3 then null else now() end,
        status_before_run = case when $3 then 'scheduled' end, lease_until = case when $3 then now() + interval '1 h' end
       where workspace_id = $1`,
        [here.id, status, running],
      );
      const refused = await here.refuses('INVALID_STATE', () => ask(here.owner, action_id));
      expect(refused.action).toMatchObject({ action_id, status });
    },
  );
});

describe('POST /v1/actions/{action_id}/execute', () => {
  const execute = (by: Client, id: string, body?: object): Promise<Reply> => by.post(`/v1/actions/${id}/execute`, body);
  const approved = async (by: Client): Promise<string> => {
    const { action_id } = await here.pending({ scheduled_time: FAR }, by);
    await here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'approve' });
    return action_id;
  };

  it('makes a scheduled action due now, without a body', async () => {
    const { action_id } = await here.propose({ scheduled_time: FAR });
    const { status, body } = await execute(here.owner, action_id);
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'success', action_id, action: { status: 'scheduled', version: 2 } });
    const { row, trail, last } = await api.recorded(action_id);
    expect(row.due_at.getTime()).toBeLessThanOrEqual(row.updated_at.getTime());
    expect(trail).toEqual(['action.created', 'action.released']);
    expect(last).toMatchObject({ actor: { name: 'owner' }, status: 'scheduled' });
  });

  it('makes an approved action due now and leaves its approval as it is', async () => {
    const action_id = await approved(here.owner);
    const before = (await api.recorded(action_id)).row;
    await execute(here.owner, action_id);
    const { row } = await api.recorded(action_id);
    expect(row).toMatchObject({ status: 'approved', approval: before.approval, cleared_hash: before.cleared_hash });
    expect(row.due_at.getTime()).toBeLessThan(before.due_at.getTime());
  });

  it('approves a pending action and makes it due now, whatever its scheduled time', async () => {
    const { action_id, params_hash } = await here.pending({ scheduled_time: FAR });
    const { body } = await execute(here.owner, action_id, { params_hash });
    expect(body.action).toMatchObject({ status: 'approved', approval: { decision: 'approve', by: { name: 'owner' } } });
    const { row, trail } = await api.recorded(action_id);
    expect(row.cleared_hash).toBe(params_hash);
    expect(row.due_at.getTime()).toBeLessThanOrEqual(row.updated_at.getTime());
    expect(trail).toEqual(['action.created', 'action.approved']);
  });

  it('does not approve a changed proposal without a hash or with a wrong one', async () => {
    const { action_id } = await here.pending();
    await here.refuses('CONFLICT', () => execute(here.owner, action_id, { params_hash: '0'.repeat(64) }));
    await here.owner.patch(`/v1/actions/${action_id}`, { params: { say: 'changed' } });
    await here.refuses('CONFLICT', () => execute(here.owner, action_id));
  });

  it('refuses a malformed hash', async () => {
    const { action_id } = await here.pending();
    await here.refuses('INVALID', () => execute(here.owner, action_id, { params_hash: 7 }), ['params_hash']);
  });

  it('lets an agent run its auto-approved action, but not a person-approved one ahead of schedule', async () => {
    const agent = await here.client({ agent: 'bot' });
    const byPerson = await approved(agent);
    await here.refuses('FORBIDDEN', () => execute(agent, byPerson));
    await api.world.db.tables.agents.update({ where: { id: await here.agentId('bot') }, data: { approval: 'never' } });
    const { action_id } = await here.propose({ scheduled_time: FAR }, agent);
    expect((await execute(agent, action_id)).status).toBe(200);
    expect((await api.recorded(action_id)).last).toMatchObject({
      event: 'action.released',
      actor: { kind: 'agent' },
    });
  });

  it('does not release an expired action', async () => {
    const { action_id } = await here.propose({ scheduled_time: FAR, expires_at: '2100-01-02T00:00:00Z' });
    await api.world.db.pool.query("update actions set expires_at = now() - interval '1 s' where workspace_id = $1", [
      here.id,
    ]);
    await here.refuses('INVALID_STATE', () => execute(here.owner, action_id));
  });
});

describe('POST /v1/actions/{action_id}/cancel', () => {
  const cancel = (by: Client, id: string): Promise<Reply> => by.post(`/v1/actions/${id}/cancel`);

  it.each(['pending_approval', 'scheduled', 'approved', 'auto_approved'])(
    'cancels an action that is %s',
    async (status) => {
      const agent = await here.client({ agent: 'bot' });
      await api.world.db.tables.agents.update({
        where: { id: await here.agentId('bot') },
        data: { approval: 'never' },
      });
      const by = status === 'auto_approved' ? agent : here.owner;
      const require_approval = status === 'pending_approval' || status === 'approved';
      const { action_id } = await here.propose({ scheduled_time: FAR, require_approval }, by);
      if (status === 'approved') await here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'approve' });
      expect((await api.recorded(action_id)).row.status).toBe(status);

      const { body } = await cancel(by, action_id);
      expect(body.action).toMatchObject({ status: 'cancelled', completed_at: expect.any(String) });
      const { row, last } = await api.recorded(action_id);
      expect(row).toMatchObject({ status: 'cancelled', completed_at: expect.any(Date) });
      expect(last).toMatchObject({ event: 'action.cancelled', actor: { kind: by === agent ? 'agent' : 'member' } });
      await here.refuses('INVALID_STATE', () => cancel(by, action_id));
    },
  );

  it('refuses once the effect may have started, even between two attempts', async () => {
    const { action_id } = await here.propose();
    await api.world.db.pool.query('update actions set effect_started_at = now() where workspace_id = $1', [here.id]);
    await here.refuses('INVALID_STATE', () => cancel(here.owner, action_id));
  });
});
