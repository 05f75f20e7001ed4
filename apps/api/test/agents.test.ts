import { SCOPES } from '@proviso/contracts';
import { claim, claimDue, createAction, newId, parseId, updateAgent } from '@proviso/core';
import { until } from '@proviso/testing';
import { proposal, uuidOf, useTenant, type Client, type Reply } from './test-api.ts';

const SETTINGS = [{ approval: 'never' }, { auto_approve_types: ['create_note'] }, { enabled: false }];

describe('agents', () => {
  const { api, here } = useTenant();
  const create = (by: Client, more: object = {}): Promise<Reply> => by.post('/v1/agents', { name: 'Scout', ...more });
  const added = async (by: Client, more: object = {}): Promise<string> => (await create(by, more)).body.agent.agent_id;
  const change = (by: Client, id: string, body: object): Promise<Reply> => by.patch(`/v1/agents/${id}`, body);
  const row = (id: string) => api.world.db.tables.agents.findUnique({ where: { id: parseId('agent', id) ?? '' } });
  /** A client that speaks for the agent, and the id of its key. */
  const tokenOf = async (agent_id: string) => {
    const { body } = await here.owner.post('/v1/api-keys', { name: 'bot', scopes: [...SCOPES], agent_id });
    return { by: api.with(body.token ?? ''), key: body.api_key.key_id };
  };

  describe('POST /v1/agents', () => {
    it('adds an agent whose every proposal waits for a person', async () => {
      const { status, body } = await create(here.owner, { description: 'finds', identity_id: here.identityId });
      expect(status).toBe(201);
      expect(body.agent).toEqual({
        agent_id: expect.stringMatching(/^agt_/),
        name: 'Scout',
        description: 'finds',
        enabled: true,
        approval: 'always',
        auto_approve_types: [],
        identity_id: expect.stringMatching(/^id_/),
        created_at: expect.any(String),
        updated_at: expect.any(String),
      });
      expect(await row(body.agent.agent_id)).toMatchObject({ workspace_id: here.id, name: 'Scout' });
      const { by } = await tokenOf(body.agent.agent_id);
      expect((await here.propose({}, by)).status).toBe('pending_approval');
    });

    it('lets an admin set what needs no approval', async () => {
      const types = await tokenOf(await added(here.owner, { auto_approve_types: ['probe_idempotent'] }));
      expect((await here.propose({}, types.by)).status).toBe('auto_approved');
      const other = await here.propose({ type: 'probe_transactional' }, types.by);
      expect(other.status).toBe('pending_approval');
      const never = await tokenOf(await added(here.owner, { approval: 'never' }));
      expect((await here.propose({ type: 'probe_transactional' }, never.by)).status).toBe('auto_approved');
    });

    it.each(SETTINGS)('accepts %p only from callers with workspace:admin, here and in PATCH', async (setting) => {
      const by = await here.client({ scopes: ['agents:read', 'agents:write'] });
      const id = await added(by);
      await here.refuses('FORBIDDEN', () => create(by, setting));
      await here.refuses('FORBIDDEN', () => change(by, id, setting));
      expect((await change(by, id, { name: 'New' })).status).toBe(200);
      expect((await change(here.owner, id, setting)).body.agent).toMatchObject(setting);
    });

    it.each<[string, object, string]>([
      ['no name', { name: '' }, 'name'],
      ['an unknown type', { auto_approve_types: ['send_pigeon'] }, 'auto_approve_types'],
      ['a type twice', { auto_approve_types: ['create_note', 'create_note'] }, 'auto_approve_types'],
      ['another approval', { approval: 'sometimes' }, 'approval'],
      ['an identity that is not there', { identity_id: newId() }, 'identity_id'],
      ['an unknown field', { role: 'owner' }, 'role'],
    ])('refuses %s, here and in PATCH', async (_, more, path) => {
      const id = await added(here.owner);
      await here.refuses('INVALID', () => create(here.owner, more), path);
      await here.refuses('INVALID', () => change(here.owner, id, more), path);
    });

    it('refuses another workspace’s identity', async () => {
      const there = await api.tenant();
      await here.refuses('INVALID', () => create(here.owner, { identity_id: there.identityId }));
    });
  });

  it('GET lists the workspace’s agents and reads one, for agents too', async () => {
    const there = await api.tenant();
    const [id] = [await added(here.owner), await added(there.owner)];
    const { by } = await tokenOf(id);
    for (const client of [here.owner, by]) {
      const { body } = await client.get('/v1/agents');
      expect(body.agents.map(({ agent_id }) => agent_id)).toEqual([id]);
      expect((await client.get(`/v1/agents/${id}`)).body.agent).toEqual(body.agents[0]);
    }
  });

  describe('PATCH /v1/agents/:id', () => {
    it('changes the given fields only; null removes one', async () => {
      const id = await added(here.owner, { description: 'finds', identity_id: here.identityId });
      const { body } = await change(here.owner, id, { description: null, identity_id: null });
      expect(body.agent).toMatchObject({ name: 'Scout', description: null, identity_id: null, approval: 'always' });
      await here.refuses('INVALID', () => change(here.owner, id, {}));
    });

    it('stops proposals and starts of a disabled agent, and resumes when it is enabled', async () => {
      const id = await added(here.owner, { approval: 'never' });
      const { by } = await tokenOf(id);
      const { action_id } = await here.propose({}, by);
      const worker = api.world.worker();
      expect((await change(here.owner, id, { enabled: false })).body.agent.enabled).toBe(false);
      await here.refuses('FORBIDDEN', () => by.post('/v1/actions', proposal(here)));
      expect((await claim(worker, uuidOf(action_id))).action).toBeUndefined();
      expect((await claimDue(worker)).map((each) => each.id)).not.toContain(uuidOf(action_id));
      await change(here.owner, id, { enabled: true });
      expect((await claim(worker, uuidOf(action_id))).action).toBeDefined();
    });

    it('waits for claims in progress when it disables an agent, and stops later ones', async () => {
      const id = await added(here.owner, { approval: 'never' });
      const ctx = await here.as({});
      const claiming = await api.world.db.pool.connect();
      await claiming.query('begin');
      await claiming.query('select pg_advisory_xact_lock_shared(7105)'); // as a claim does
      let answered = false;
      const disabling = updateAgent(ctx, id, { enabled: false }).then(() => (answered = true));
      await until('the change to wait at the gate', async () => {
        const { rows } = await api.world.db.pool.query(
          `select 1 from pg_locks where locktype = 'advisory' and objid = 7105 and not granted`,
        );
        return rows.length > 0;
      });
      expect(answered).toBe(false);
      await claiming.query('commit');
      claiming.release();
      await disabling;
      expect((await row(id))?.enabled).toBe(false);
    });
  });

  describe('DELETE /v1/agents/:id', () => {
    const remove = (by: Client, id: string): Promise<Reply> => by.delete(`/v1/agents/${id}`);

    it('deletes an agent with its runs and keeps its actions', async () => {
      const id = await added(here.owner);
      const { by, key } = await tokenOf(id);
      const { run } = (await by.post(`/v1/agents/${id}/runs`)).body;
      const { action_id } = await here.propose({ run_id: run.run_id }, by);
      await here.owner.post(`/v1/actions/${action_id}/reject`);
      await here.owner.delete(`/v1/api-keys/${key}`);
      const { status, body } = await remove(here.owner, id);
      expect([status, body.agent.agent_id]).toEqual([200, id]);
      expect(await row(id)).toBeNull();
      expect(await api.world.db.tables.agent_runs.count({ where: { workspace_id: here.id } })).toBe(0);
      expect((await here.owner.get(`/v1/actions/${action_id}`)).body.action).toMatchObject({ agent_id: id });
      await here.refuses('NOT_FOUND', () => remove(here.owner, id));
    });

    it('refuses while the agent has open actions or keys, and says how many', async () => {
      const id = await added(here.owner);
      const { by, key } = await tokenOf(id);
      const actions = [await here.propose({}, by), await here.propose({}, by)];
      const open = await here.refuses('INVALID_STATE', () => remove(here.owner, id));
      expect(open.error).toContain('2 open actions');
      for (const { action_id } of actions) await here.owner.post(`/v1/actions/${action_id}/cancel`);
      const keys = await here.refuses('INVALID_STATE', () => remove(here.owner, id));
      expect(keys.error).toContain('1 API key');
      await here.owner.delete(`/v1/api-keys/${key}`);
      expect((await remove(here.owner, id)).status).toBe(200);
    });

    it('starts no action of a deleted agent, even one proposed at the same moment', async () => {
      const ctx = await here.as({ agent: 'bot' });
      await api.world.db.tables.agents.updateMany({ where: { workspace_id: here.id }, data: { approval: 'never' } });
      const action = await createAction(ctx, { type: 'probe_idempotent', identity_id: here.identityId, params: {} });
      await api.world.db.tables.api_keys.updateMany({ where: { kind: 'agent' }, data: { revoked_at: new Date() } });
      await api.world.db.tables.agents.deleteMany({ where: { workspace_id: here.id } });
      expect((await claim(api.world.worker(), action.id)).action).toBeUndefined();
      await expect(
        createAction(ctx, { type: 'probe_idempotent', identity_id: here.identityId, params: {} }),
      ).rejects.toMatchObject({ code: 'FORBIDDEN' });
    });
  });
});
