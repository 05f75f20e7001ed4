import { claim, claimDue, newId, formatId } from '@proviso/core';
import { uuidOf, useTenant, type Client, type Reply, type Tenant } from './test-api.ts';

describe('pause and resume', () => {
  const { api, here } = useTenant();
  const pause = (by: Client, body?: object): Promise<Reply> => by.post('/v1/pause', body);
  const resume = (by: Client, body?: object): Promise<Reply> => by.post('/v1/resume', body);
  const standing = ({ id }: Tenant) => api.world.db.tables.pauses.findMany({ where: { workspace_id: id } });
  /** Whether a worker could start an action of this kind now. */
  const starts = async (tenant: Tenant, by: Client = tenant.owner, more: object = {}): Promise<boolean> => {
    const { action_id } = await tenant.propose(more, by);
    return (await claim(api.world.worker(), uuidOf(action_id))).action !== undefined;
  };

  it('pauses the whole workspace without a body, and nobody else', async () => {
    const there = await api.tenant();
    expect(await starts(here)).toBe(true);
    const { status, body } = await pause(here.owner);
    expect(status).toBe(200);
    expect(body.paused).toEqual([
      {
        scope: 'workspace',
        agent_id: null,
        type: null,
        since: expect.any(String),
        by: expect.objectContaining({ kind: 'member', name: 'owner' }),
      },
    ]);
    expect(await starts(here)).toBe(false);
    expect(await starts(there)).toBe(true);
    expect((await resume(here.owner)).body.paused).toEqual([]);
    expect(await starts(here)).toBe(true);
    expect(await standing(here)).toEqual([]);
  });

  it('pauses the sweep as well', async () => {
    const { action_id } = await here.propose();
    await pause(here.owner);
    const taken = await claimDue(api.world.worker());
    expect(taken.map(({ id }) => id)).not.toContain(uuidOf(action_id));
    await resume(here.owner);
    expect((await claimDue(api.world.worker())).map(({ id }) => id)).toContain(uuidOf(action_id));
  });

  it('pauses one type', async () => {
    const { body } = await pause(here.owner, { type: 'probe_transactional' });
    expect(body.paused).toMatchObject([{ scope: 'type', type: 'probe_transactional' }]);
    expect(await starts(here, here.owner, { type: 'probe_transactional' })).toBe(false);
    expect(await starts(here)).toBe(true);
  });

  it('pauses one agent', async () => {
    const [bot, other] = [await here.client({ agent: 'bot' }), await here.client({ agent: 'other' })];
    await api.world.db.tables.agents.updateMany({ where: { workspace_id: here.id }, data: { approval: 'never' } });
    const agent_id = formatId('agent', await here.agentId('bot'));
    expect((await pause(here.owner, { agent_id })).body.paused).toMatchObject([{ scope: 'agent', agent_id }]);
    expect([await starts(here, bot), await starts(here, other), await starts(here)]).toEqual([false, true, true]);
    await resume(here.owner, { agent_id });
    expect(await starts(here, bot)).toBe(true);
  });

  it('pauses everything, for operators only, visible in every workspace', async () => {
    const there = await api.tenant();
    const admin = await here.client({ scopes: ['actions:write', 'workspace:admin'] });
    await here.refuses('FORBIDDEN', () => pause(admin, { everything: true }));
    try {
      expect((await pause(here.owner, { everything: true })).body.paused).toMatchObject([{ scope: 'everything' }]);
      expect([await starts(here), await starts(there)]).toEqual([false, false]);
      expect((await there.owner.get('/v1/pause')).body.paused).toMatchObject([{ scope: 'everything' }]);
      await resume(there.owner);
      expect(await starts(there)).toBe(false);
      const notOperator = await here.client({ scopes: ['actions:write'] });
      await here.refuses('FORBIDDEN', () => resume(notOperator, { everything: true }));
    } finally {
      await resume(here.owner, { everything: true });
    }
    expect(await starts(there)).toBe(true);
  });

  it('ends the named pause and leaves the others', async () => {
    await pause(here.owner);
    await pause(here.owner, { type: 'create_note' });
    expect((await resume(here.owner)).body.paused).toMatchObject([{ scope: 'type', type: 'create_note' }]);
    expect((await here.owner.get('/v1/pause')).body.paused).toHaveLength(1);
  });

  it('exists once, however often it is requested, even at once', async () => {
    await Promise.all(Array.from({ length: 10 }, () => pause(here.owner)));
    expect(await standing(here)).toHaveLength(1);
    expect((await resume(here.owner)).status).toBe(200);
    expect((await resume(here.owner)).status).toBe(200);
    expect(await standing(here)).toHaveLength(0);
  });

  describe.each(['pause', 'resume'])('POST /v1/%s refuses', (verb) => {
    it.each<[string, object, string]>([
      ['an unknown field', { queue: 'actions' }, 'queue'],
      ['an unknown type', { type: 'send_pigeon' }, 'type'],
      ['an agent that is not there', { agent_id: newId() }, 'agent_id'],
      ['two things at once', { type: 'create_note', agent_id: newId() }, ''],
      ['everything: false', { everything: false }, 'everything'],
      ['a list', [], ''],
    ])('%s', async (_, body, path) => {
      await here.refuses('INVALID', () => here.owner.post(`/v1/${verb}`, body), path);
    });

    it('another workspace’s agent', async () => {
      const there = await api.tenant();
      const agent_id = await there.agentId();
      await here.refuses('INVALID', () => here.owner.post(`/v1/${verb}`, { agent_id }));
    });
  });
});
