import { execute, newId, formatId } from '@proviso/core';
import type { PendingAction } from '@proviso/contracts';
import { inFuture, pathsOf, useTenant, type Client, type Reply, type Tenant } from './test-api.ts';
import { asking, at } from './pending-client.ts';

const TOOL = { name: 'shop.refund', url: 'https://tools.example.com/refund', input_schema: { type: 'object' } };

describe('POST /api/pending-actions', () => {
  const { api, here } = useTenant();
  const call = (tenant: Tenant, more: object = {}) => ({
    workspaceId: tenant.id,
    toolName: 'probe_idempotent',
    toolInput: { say: 'hello' },
    ...more,
  });
  const create = (by: Client, tenant: Tenant, more?: object): Promise<Reply> => by.post(at, call(tenant, more));
  const created = async (tenant: Tenant, more?: object, by = tenant.owner): Promise<PendingAction> => {
    const { status, text, body } = await asking(by).post('', call(tenant, more));
    expect({ status, text }).toMatchObject({ status: 201 });
    return body;
  };
  const refused = async (tenant: Tenant, more: object): Promise<string[]> =>
    pathsOf(await tenant.refuses('validation', () => create(tenant.owner, tenant, more)));
  const addTool = async (): Promise<void> => expect((await here.owner.post('/v1/tools', TOOL)).status).toBe(201);

  it('201: pending, with everything that was given', async () => {
    const missionId = newId();
    const more = {
      missionId,
      sessionId: 'ses_1',
      identityId: here.identityId,
      scheduledTime: '2100-01-01T00:00:00Z',
      expiresAt: '2100-01-02T00:00:00Z',
      metadata: { ticket_id: '7', ticketId: '8' },
    };
    const body = await created(here, more);
    expect(body).toMatchObject({
      status: 'pending',
      workspaceId: here.id,
      missionId,
      sessionId: 'ses_1',
      batchId: `${missionId}:probe_idempotent`,
      toolName: 'probe_idempotent',
      toolInput: { say: 'hello' },
      identityId: here.identityId,
      scheduledTime: '2100-01-01T00:00:00.000Z',
      expiresAt: '2100-01-02T00:00:00.000Z',
      previewSource: 'server',
    });
    const { row, trail } = await api.recorded(body.id);
    expect([row.status, trail, row.metadata]).toEqual(['pending_approval', ['action.created'], more.metadata]);
    expect((await asking(here.owner).get(`/${body.id}`)).body).toEqual(body);
  });

  it('takes snake_case as well, and re-cases nothing within', async () => {
    await here.owner.post('/v1/tools', TOOL);
    const mission_id = newId();
    const reply = await asking(here.owner).post('', {
      workspace_id: here.id.toUpperCase(),
      tool_name: TOOL.name,
      tool_input: { order_id: 1, orderId: 2 },
      mission_id,
      session_id: 's',
      identity_id: formatId('identity', here.identityId),
      scheduled_time: inFuture(),
      expires_at: inFuture(7_200_000),
      preview: { some_title: 1 },
    });
    expect(reply.status).toBe(201);
    expect(reply.body).toMatchObject({
      workspaceId: here.id,
      missionId: mission_id,
      toolInput: { order_id: 1, orderId: 2 },
      preview: { some_title: 1 },
    });
  });

  it.each(['never', 'always'])('is pending for an agent whose approval is %s', async (approval) => {
    const agent = await here.client({ agent: 'bot' });
    const settings = { approval, auto_approve_types: ['probe_idempotent'] };
    await here.owner.patch(`/v1/agents/${await here.agentId('bot')}`, settings);
    const { id, status } = await created(here, {}, agent);
    const { row } = await api.recorded(id);
    expect([status, row.agent_id]).toEqual(['pending', await here.agentId('bot')]);
  });

  it('runId: the call is that run’s agent’s', async () => {
    const agent_id = await here.agentId('bot');
    const { run } = (await here.owner.post(`/v1/agents/${agent_id}/runs`)).body;
    const { row } = await api.recorded((await created(here, { runId: run.run_id })).id);
    expect(row.agent_id).toBe(agent_id);
    expect(await refused(here, { runId: newId() })).toEqual(['runId']);
  });

  describe('the identity is', () => {
    const smtp = () => here.identity('smtp', { host: 'localhost', port: 25, from: 'me@example.com' });
    const EMAIL = { toolName: 'email_message', toolInput: { email: 'a@example.com', subject: 's', message: 'm' } };
    const own = async (identity_id: string): Promise<Client> => {
      const by = await here.client({ agent: 'bot' });
      await here.owner.patch(`/v1/agents/${await here.agentId('bot')}`, { identity_id });
      return by;
    };

    it('the one that is named', async () => {
      const [one] = [await smtp(), await smtp()];
      expect((await created(here, { ...EMAIL, identityId: one })).identityId).toBe(one);
    });

    it('else the agent’s', async () => {
      const [one] = [await smtp(), await smtp()];
      const agent = await own(one);
      expect((await created(here, EMAIL, agent)).identityId).toBe(one);
    });

    it('else the workspace’s only active one that fits, also where the agent’s does not', async () => {
      const [off, only] = [await smtp(), await smtp()];
      await here.owner.patch(`/v1/identities/${off}`, { status: 'disabled' });
      expect((await created(here, EMAIL)).identityId).toBe(only);
      expect((await created(here, EMAIL, await own(here.identityId))).identityId).toBe(only);
    });

    it('an internal one for a type that needs none, although there are others', async () => {
      await smtp();
      expect((await created(here)).identityId).toBe(here.identityId);
    });

    it('required where an account is needed, and several fit, or none', async () => {
      expect(await refused(here, EMAIL)).toEqual(['identityId']);
      await smtp();
      await smtp();
      expect(await refused(here, EMAIL)).toEqual(['identityId']);
    });

    it('none for a type that needs none, where there is none or no one is the only one', async () => {
      await smtp();
      await here.owner.patch(`/v1/identities/${here.identityId}`, { status: 'disabled' });
      const only = (await created(here)).identityId;
      expect(only).not.toBeNull();
      await smtp();
      expect((await created(here)).identityId).toBeNull();
      await here.owner.patch(`/v1/identities/${only}`, { status: 'disabled' });
      const { id } = await created(here);
      expect((await asking(here.owner).post(`/${id}/approve`, { userEdits: { say: 'bye' } })).status).toBe(200);
      await execute(api.world.worker(), id);
      expect((await api.recorded(id)).row).toMatchObject({ status: 'completed', user_edits: { say: 'bye' } });
    });
  });

  describe('workspace_id, mission_id and session_id in toolInput', () => {
    const place = (missionId: string) => ({
      workspace_id: here.id,
      workspaceId: here.id.toUpperCase(),
      mission_id: missionId,
      session_id: 's',
    });

    it('are no business of a built-in type’s', async () => {
      const missionId = newId();
      const toolInput = { say: 'x', ...place(missionId) };
      const body = await created(here, { toolInput, missionId, sessionId: 's' });
      expect(body.toolInput).toMatchObject({ say: 'x' });
      expect(Object.keys(body.toolInput).filter((key) => /_id|Id$/.test(key))).toEqual([]);
    });

    it('pass through to a workspace’s tool, also one whose schema does not describe them', async () => {
      await here.owner.post('/v1/tools', { ...TOOL, input_schema: { type: 'object', additionalProperties: false } });
      const missionId = newId();
      const toolInput = place(missionId);
      const body = await created(here, { toolName: TOOL.name, toolInput, missionId, sessionId: 's' });
      expect(body.toolInput).toEqual(toolInput);
    });

    it.each([
      ['workspace_id', newId()],
      ['workspaceId', 7],
      ['mission_id', newId()],
      ['missionId', newId()],
      ['session_id', 'other'],
      ['sessionId', 'S'],
    ])('must say where the call belongs: 422 for another %s', async (field, value) => {
      await addTool();
      for (const toolName of ['probe_idempotent', TOOL.name]) {
        const more = { toolName, toolInput: { [field]: value }, missionId: newId(), sessionId: 's' };
        expect(await refused(here, more)).toEqual([`toolInput.${field}`]);
      }
    });
  });

  describe('preview', () => {
    const agentPreview = { count: 1, items: [{ a_b: 1 }] };
    const toolCall = { toolName: TOOL.name, toolInput: { order: 'A1' }, preview: agentPreview };

    it('is refused for a built-in type, which the service renders', async () => {
      expect(await refused(here, { preview: agentPreview })).toEqual(['preview']);
    });

    it('is kept for a workspace’s tool, marked as the agent’s, and not shown as the service’s on /v1', async () => {
      await addTool();
      const body = await created(here, toolCall);
      expect(body).toMatchObject({ preview: agentPreview, previewSource: 'agent' });
      const { action } = (await here.owner.get(`/v1/actions/${body.id}`)).body;
      expect(action.preview).toMatchObject({
        fields: expect.arrayContaining([{ label: 'input["order"]', value: 'A1' }]),
      });
    });

    it('is the generic one with every field where none is given', async () => {
      await addTool();
      const { preview, previewSource } = await created(here, { ...toolCall, preview: undefined });
      expect(previewSource).toBe('server');
      expect(preview).toMatchObject({
        fields: expect.arrayContaining([{ label: 'input["order"]', value: 'A1' }]),
      });
    });

    const EDITS: [string, (id: string) => Promise<{ status: number }>][] = [
      ['a reviewer’s edit', (id) => asking(here.owner).post(`/${id}/approve`, { userEdits: { order: 'B2' } })],
      ['a change of the proposal', (id) => here.owner.patch(`/v1/actions/${id}`, { params: { order: 'B2' } })],
    ];
    it.each(EDITS)('is dropped after %s', async (_, edit) => {
      await addTool();
      const { id } = await created(here, toolCall);
      expect((await edit(id)).status).toBe(200);
      const { preview, previewSource } = (await asking(here.owner).get(`/${id}`)).body;
      expect(previewSource).toBe('server');
      expect(preview).toMatchObject({
        fields: expect.arrayContaining([{ label: 'input["order"]', value: 'B2' }]),
      });
    });

    it('stays through an approval that edits nothing', async () => {
      await addTool();
      const { id } = await created(here, toolCall);
      const { body } = await asking(here.owner).post(`/${id}/approve`);
      expect(body).toMatchObject({ status: 'approved', preview: agentPreview, previewSource: 'agent' });
    });
  });

  it.each<[object, string]>([
    [{ workspaceId: undefined }, 'workspaceId'],
    [{ workspaceId: 'x' }, 'workspaceId'],
    [{ workspace_id: newId() }, 'workspaceId'],
    [{ toolName: undefined }, 'toolName'],
    [{ toolName: 'no_such_tool' }, 'toolName'],
    [{ toolInput: undefined }, 'toolInput'],
    [{ toolInput: [] }, 'toolInput'],
    [{ toolInput: { say: 7 } }, 'toolInput.say'],
    [{ toolInput: { shout: 'x' } }, 'toolInput.shout'],
    [{ toolInput: { say: 'x'.repeat(256 * 1024) } }, 'toolInput'],
    [{ missionId: 'x' }, 'missionId'],
    [{ sessionId: '' }, 'sessionId'],
    [{ sessionId: 'x'.repeat(256) }, 'sessionId'],
    [{ session_id: 'a', sessionId: 'a' }, 'sessionId'],
    [{ identityId: newId() }, 'identityId'],
    [{ scheduledTime: 'tomorrow' }, 'scheduledTime'],
    [{ expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    [{ scheduledTime: '2100-01-02T00:00:00Z', expires_at: '2100-01-01T00:00:00Z' }, 'expiresAt'],
    [{ metadata: { a: 1 } }, 'metadata.a'],
    [{ requireApproval: false }, 'requireApproval'],
    [{ status: 'approved' }, 'status'],
  ])('422 validation: %j', async (more, field) => {
    expect([...new Set(await refused(await api.tenant(), more))]).toEqual([field]);
  });

  it('has one effect for twenty at once under one Idempotency-Key, also when the identity would be chosen anew', async () => {
    const send = (more?: object) => here.owner.post(at, call(here, more), { 'Idempotency-Key': 'k' });
    const replies = await Promise.all(Array.from({ length: 20 }, () => send()));
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(await api.world.db.tables.actions.count({ where: { workspace_id: here.id } })).toBe(1);
    await here.identity('internal');
    expect((await send()).text).toBe(replies[0]?.text);
    await here.refuses('IDEMPOTENCY_MISMATCH', () => send({ toolInput: { say: 'other' } }));
  });
});
