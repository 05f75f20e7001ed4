import { SCOPES } from '@proviso/contracts';
import { claim, claimDue, createAction, newId, parseId, updateAgent } from '@proviso/core';
import { until } from '@proviso/testing';
import {
  expectRefusal,
  FORBIDDEN,
  INVALID,
  INVALID_STATE,
  NOT_FOUND,
  pathsOf,
  pending,
  proposal,
  propose,
  useApi,
  uuidOf,
} from './test-api.ts';
import type { Client, Reply, Tenant } from './test-api.ts';

const SETTINGS = [{ approval: 'never' }, { auto_approve_types: ['create_note'] }, { enabled: false }];

describe('agents', () => {
  const api = useApi();
  const create = (by: Client, more: object = {}): Promise<Reply> => by.post('/v1/agents', { name: 'Scout', ...more });
  const added = async (by: Client, more: object = {}): Promise<string> => (await create(by, more)).body.agent.agent_id;
  const change = (by: Client, id: string, body: object): Promise<Reply> => by.patch(`/v1/agents/${id}`, body);
  const row = (id: string) => api.world.db.tables.agents.findUnique({ where: { id: parseId('agent', id) ?? '' } });
  /** A client that speaks for the agent, and the id of its key. */
  const tokenOf = async (here: Tenant, agent_id: string) => {
    const { body } = await here.owner.post('/v1/api-keys', { name: 'bot', scopes: [...SCOPES], agent_id });
    return { by: api.with(body.token ?? ''), key: body.api_key.key_id };
  };

  describe('POST /v1/agents', () => {
    it('adds an agent whose every proposal waits for a person', async () => {
      const here = await api.tenant();
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
      const { by } = await tokenOf(here, body.agent.agent_id);
      expect((await propose(by, here)).status).toBe('pending_approval');
    });

    it('lets an admin set what needs no approval', async () => {
      const here = await api.tenant();
      const types = await tokenOf(here, await added(here.owner, { auto_approve_types: ['probe_idempotent'] }));
      expect((await propose(types.by, here)).status).toBe('auto_approved');
      const other = await propose(types.by, here, { type: 'probe_transactional' });
      expect(other.status).toBe('pending_approval');
      const never = await tokenOf(here, await added(here.owner, { approval: 'never' }));
      expect((await propose(never.by, here, { type: 'probe_transactional' })).status).toBe('auto_approved');
    });

    it.each(SETTINGS)('accepts %p only from callers with workspace:admin, here and in PATCH', async (setting) => {
      const here = await api.tenant();
      const by = await here.client({ scopes: ['agents:read', 'agents:write'] });
      const id = await added(by);
      await expectRefusal(api, here, FORBIDDEN, () => create(by, setting));
      await expectRefusal(api, here, FORBIDDEN, () => change(by, id, setting));
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
      const here = await api.tenant();
      const id = await added(here.owner);
      expect(pathsOf(await expectRefusal(api, here, INVALID, () => create(here.owner, more)))).toContain(path);
      expect(pathsOf(await expectRefusal(api, here, INVALID, () => change(here.owner, id, more)))).toContain(path);
    });

    it('refuses another workspace’s identity', async () => {
      const [here, there] = [await api.tenant(), await api.tenant()];
      await expectRefusal(api, here, INVALID, () => create(here.owner, { identity_id: there.identityId }));
    });
  });

  it('GET lists the workspace’s agents and reads one, for agents too', async () => {
    const [here, there] = [await api.tenant(), await api.tenant()];
    const [id, strange] = [await added(here.owner), await added(there.owner)];
    const { by } = await tokenOf(here, id);
    for (const client of [here.owner, by]) {
      const { body } = await client.get('/v1/agents');
      expect(body.agents.map(({ agent_id }) => agent_id)).toEqual([id]);
      expect((await client.get(`/v1/agents/${id}`)).body.agent).toEqual(body.agents[0]);
    }
    for (const unknown of [strange, newId(), 'x'])
      await expectRefusal(api, here, NOT_FOUND, () => here.owner.get(`/v1/agents/${unknown}`));
  });

  describe('PATCH /v1/agents/:id', () => {
    it('changes the given fields only; null removes one', async () => {
      const here = await api.tenant();
      const id = await added(here.owner, { description: 'finds', identity_id: here.identityId });
      const { body } = await change(here.owner, id, { description: null, identity_id: null });
      expect(body.agent).toMatchObject({ name: 'Scout', description: null, identity_id: null, approval: 'always' });
      await expectRefusal(api, here, INVALID, () => change(here.owner, id, {}));
    });

    it('stops proposals and starts of a disabled agent, and resumes when it is enabled', async () => {
      const here = await api.tenant();
      const id = await added(here.owner, { approval: 'never' });
      const { by } = await tokenOf(here, id);
      const { action_id } = await propose(by, here);
      const worker = api.world.worker();
      expect((await change(here.owner, id, { enabled: false })).body.agent.enabled).toBe(false);
      await expectRefusal(api, here, FORBIDDEN, () => by.post('/v1/actions', proposal(here)));
      expect((await claim(worker, uuidOf(action_id))).action).toBeUndefined();
      expect((await claimDue(worker)).map((each) => each.id)).not.toContain(uuidOf(action_id));
      await change(here.owner, id, { enabled: true });
      expect((await claim(worker, uuidOf(action_id))).action).toBeDefined();
    });

    it('waits for claims in progress when it disables an agent, and stops later ones', async () => {
      const here = await api.tenant();
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
      const here = await api.tenant();
      const id = await added(here.owner);
      const { by, key } = await tokenOf(here, id);
      const { run } = (await by.post(`/v1/agents/${id}/runs`)).body;
      const { action_id } = await propose(by, here, { run_id: run.run_id });
      await here.owner.post(`/v1/actions/${action_id}/reject`);
      await here.owner.delete(`/v1/api-keys/${key}`);
      const { status, body } = await remove(here.owner, id);
      expect([status, body.agent.agent_id]).toEqual([200, id]);
      expect(await row(id)).toBeNull();
      expect(await api.world.db.tables.agent_runs.count({ where: { workspace_id: here.id } })).toBe(0);
      expect((await here.owner.get(`/v1/actions/${action_id}`)).body.action).toMatchObject({ agent_id: id });
      await expectRefusal(api, here, NOT_FOUND, () => remove(here.owner, id));
    });

    it('refuses while the agent has open actions or keys, and says how many', async () => {
      const here = await api.tenant();
      const id = await added(here.owner);
      const { by, key } = await tokenOf(here, id);
      const actions = [await propose(by, here), await propose(by, here)];
      const open = await expectRefusal(api, here, INVALID_STATE, () => remove(here.owner, id));
      expect(open.error).toContain('2 open actions');
      for (const { action_id } of actions) await here.owner.post(`/v1/actions/${action_id}/cancel`);
      const keys = await expectRefusal(api, here, INVALID_STATE, () => remove(here.owner, id));
      expect(keys.error).toContain('1 API key');
      await here.owner.delete(`/v1/api-keys/${key}`);
      expect((await remove(here.owner, id)).status).toBe(200);
    });

    it('starts no action of a deleted agent, even one proposed at the same moment', async () => {
      const here = await api.tenant();
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

  it('refuses an agent for agents, keys and members, whatever its scopes', async () => {
    const here = await api.tenant();
    const id = await added(here.owner);
    const { by, key } = await tokenOf(here, id);
    const { action_id } = await pending(by, here);
    for (const ask of [
      () => create(by),
      () => change(by, id, { name: 'x' }),
      () => change(by, id, { approval: 'never' }),
      () => by.delete(`/v1/agents/${id}`),
      () => by.post('/v1/api-keys', { name: 'x', scopes: [] }),
      () => by.delete(`/v1/api-keys/${key}`),
      () => by.post('/v1/invitations', { email: 'x@example.com', role: 'owner' }),
      () => by.post('/v1/invitations/accept', { secret: 'x' }),
      () => by.post('/v1/workspaces', { name: 'x' }),
      () => by.post(`/v1/actions/${action_id}/approve`, { action: 'approve' }),
    ])
      await expectRefusal(api, here, FORBIDDEN, ask);
  });
});
