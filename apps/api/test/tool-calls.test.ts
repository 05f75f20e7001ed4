import type { JsonObject } from '@proviso/contracts';
import { execute, readKeyRing, type Worker } from '@proviso/core';
import { httpFault } from '@proviso/testing/providers/http-fake';
import { startToolServer, type ToolServer, type ToolServerOptions } from '@proviso/testing/providers/tool-server';
import { useApi, uuidOf, type Tenant } from './test-api.ts';

const MISSION = '0190b0d0-0000-7000-8000-000000000001';

describe('an approved call of a workspace’s tool', () => {
  const api = useApi();
  const servers: ToolServer[] = [];
  afterAll(() => Promise.all(servers.map((server) => server.close())));

  interface Shop extends Tenant {
    tool: ToolServer;
    register(more?: object): Promise<number>;
    /** Proposed, and approved as it stands. */
    approved(more?: object): Promise<string>;
    run(action_id: string, worker?: Worker): Promise<JsonObject>;
  }

  /** A workspace with the tool `refund`, whose server listens. */
  async function shop(options: Partial<ToolServerOptions> = {}, registered: object = {}): Promise<Shop> {
    const here = await api.tenant();
    let secret = '';
    const tool = await startToolServer({ secret: () => secret, ...options });
    servers.push(tool);
    const register = async (more: object = {}): Promise<number> => {
      const body = { name: 'refund', url: tool.url, input_schema: {}, ...registered, ...more };
      const reply = (await here.owner.post('/v1/tools', body)).body;
      secret = reply.secret ?? secret;
      return reply.tool.version;
    };
    await register();
    return {
      ...here,
      tool,
      register,
      approved: async (more = {}) => {
        const { action_id } = await here.propose({
          type: 'refund',
          params: { order: '4711' },
          require_approval: true,
          ...more,
        });
        await here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'approve' });
        return action_id;
      },
      run: async (action_id, worker = api.world.worker()) => {
        await execute(worker, uuidOf(action_id));
        return (await here.owner.get(`/v1/actions/${action_id}`)).body.action as unknown as JsonObject;
      },
    };
  }

  it('needs no account: it is proposed and posted in a workspace with two of them, and in one with none', async () => {
    const here = await shop();
    const ended = async (): Promise<JsonObject> => {
      const call = { workspaceId: here.id, toolName: 'refund', toolInput: { order: '4711' } };
      const { body } = await here.owner.post('/api/pending-actions', call);
      const { id } = body as unknown as { id: string };
      await here.owner.post(`/api/pending-actions/${id}/approve`);
      await execute(api.world.worker(), id);
      return (await here.owner.get(`/api/pending-actions/${id}`)).body as unknown as JsonObject;
    };
    const mail = { host: 'localhost', port: 25, from: 'me@example.com' };
    const accounts = [here.identityId, await here.identity('smtp', mail), await here.identity('smtp', mail)];
    const disable = (id: string) => here.owner.patch(`/v1/identities/${id}`, { status: 'disabled' });
    await disable(here.identityId);
    expect(await ended()).toMatchObject({ status: 'executed', identityId: null });
    for (const id of accounts) await disable(id);
    expect(await ended()).toMatchObject({ status: 'executed', identityId: null });
    expect(here.tool.calls).toHaveLength(2);
  });

  it('is posted once with the reviewer’s edit and a signature, and its response is the result', async () => {
    const here = await shop();
    const { action_id } = await here.propose({
      type: 'refund',
      params: { order: '4711', amount: 500 },
      require_approval: true,
      mission_id: MISSION,
      session_id: 's1',
    });
    await here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'edit', edits: { amount: 50 } });
    const action = await here.run(action_id);
    const input = { order: '4711', amount: 50 };
    expect(action).toMatchObject({ status: 'completed', result: { did: 'refund', with: input } });
    expect(here.tool.calls).toEqual([
      {
        id: action_id,
        body: {
          tool: 'refund',
          tool_version: 1,
          action_id,
          workspace_id: here.id,
          mission_id: MISSION,
          session_id: 's1',
          input,
        },
      },
    ]);
    expect((await api.recorded(action_id)).trail).toEqual([
      'action.created',
      'action.approved',
      'action.claimed',
      'action.completed',
    ]);
  });

  it('passes on its workspace, mission and session, as in the input', async () => {
    const schema = { type: 'object', properties: { order: {} }, additionalProperties: false };
    const here = await shop({}, { input_schema: schema });
    const params = { order: '1', workspace_id: here.id, mission_id: MISSION, session_id: 's' };
    await here.run(await here.approved({ params, mission_id: MISSION, session_id: 's' }));
    expect(here.tool.calls[0]?.body).toMatchObject({ input: params, mission_id: MISSION, session_id: 's' });
  });

  it('returns to review when the tool has a new version, and runs after a new approval', async () => {
    const here = await shop();
    const action_id = await here.approved();
    const { params_hash } = (await here.owner.get(`/v1/actions/${action_id}`)).body.action;
    expect(await here.register({ idempotent: true })).toBe(2);
    const back = await here.run(action_id);
    expect(back).toMatchObject({ status: 'pending_approval', status_reason: 'tool_changed', approval: null });
    expect(back.params_hash).not.toBe(params_hash);
    expect((await api.recorded(action_id)).last).toMatchObject({
      event: 'action.returned_to_review',
      data: { reason: 'tool_changed', changes: ['tool'] },
    });
    expect(here.tool.calls).toEqual([]);
    const approve = (hash: object) =>
      here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'approve', ...hash });
    expect((await approve({})).status).toBe(409);
    expect((await approve({ params_hash })).status).toBe(409);
    expect((await approve({ params_hash: back.params_hash })).status).toBe(200);
    expect(await here.run(action_id)).toMatchObject({ status: 'completed' });
    expect(here.tool.calls).toHaveLength(1);
  });

  it('does not run when the row names a different version', async () => {
    const here = await shop();
    const action_id = await here.approved();
    await here.register();
    await api.world.setAction(action_id, 'tool_version = 2');
    expect(await here.run(action_id)).toMatchObject({ status: 'failed', status_reason: 'approval_mismatch' });
    expect(here.tool.calls).toEqual([]);
  });

  it('fails when the tool was deleted, and never calls another workspace’s tool of that name', async () => {
    const [here, there] = [await shop(), await shop()];
    const action_id = await here.approved();
    await here.owner.delete('/v1/tools/refund');
    expect(await here.run(action_id)).toMatchObject({ status: 'failed', status_reason: 'invalid_params' });
    expect([...here.tool.calls, ...there.tool.calls]).toEqual([]);
  });

  it('is refused by a tool that does not accept the signature', async () => {
    const here = await shop({ secret: () => `whsec_${Buffer.alloc(32).toString('base64')}` });
    const action = await here.run(await here.approved());
    expect(action).toMatchObject({ status: 'failed', status_reason: 'provider_refused' });
    expect(JSON.stringify(action)).not.toContain('whsec_');
    expect([here.tool.requests.length, here.tool.calls.length]).toEqual([1, 0]);
  });

  it('reports the tool’s own reason for a refusal, without the secret', async () => {
    const here = await shop();
    const id = await here.approved();
    here.tool.next('/call', httpFault.answers(422, { error: 'No such order 4711' }));
    expect(await here.run(id)).toMatchObject({
      status: 'failed',
      error: { code: 'provider_refused', message: 'The tool refused it (422): No such order 4711.' },
    });
    const { body } = await here.owner.get(`/v1/actions/${id}`);
    expect(JSON.stringify(body.action.logs)).toContain('No such order 4711');
  });

  it('waits as long as the tool asks', async () => {
    const here = await shop();
    here.tool.next('/call', httpFault.answers(429, {}, { 'retry-after': '120' }));
    const action_id = await here.approved();
    await here.run(action_id);
    const { row } = await api.recorded(action_id);
    expect(row).toMatchObject({ status: 'approved', attempts: 0, effect_started_at: null });
    expect(row.due_at.getTime() - row.updated_at.getTime()).toBeGreaterThan(119_000);
  });

  it.each([500, 503])('is never repeated after %s, unless the tool is idempotent', async (status) => {
    const here = await shop();
    here.tool.next('/call', { ...httpFault.answers(status), takes: true });
    const action = await here.run(await here.approved());
    expect(action).toMatchObject({ status: 'failed', error: { code: 'outcome_unknown', retryable: false } });
    expect(here.tool.calls).toHaveLength(1);
  });

  it('has one effect on an idempotent tool, however often its response is lost', async () => {
    const here = await shop({ deduplicates: true }, { idempotent: true });
    here.tool.next('/call', httpFault.takesThenCuts(), { ...httpFault.answers(502), takes: true });
    const action_id = await here.approved();
    for (const status of ['approved', 'approved', 'completed']) {
      await api.world.setAction(action_id, 'due_at = now()');
      expect(await here.run(action_id)).toMatchObject({ status });
    }
    expect(here.tool.calls).toHaveLength(1);
  });

  it('waits for a worker that can decrypt the secret', async () => {
    const here = await shop();
    const worker = { ...api.world.worker(), secrets: readKeyRing('') };
    expect(await here.run(await here.approved(), worker)).toMatchObject({ status: 'approved', attempts: 1 });
    expect(here.tool.calls).toEqual([]);
  });

  it('runs by POST /v1/actions/process too', async () => {
    const here = await shop();
    const action_id = await here.approved();
    const { body } = await here.owner.post('/v1/actions/process');
    expect(body.results).toEqual([{ action_id, status: 'completed' }]);
  });
});
