import type { Action, JsonObject } from '@proviso/contracts';
import { claim, recoverLost } from '@proviso/core';
import { startMcpFake, type McpFake } from '@proviso/testing/providers/mcp';
import { uuidOf, useTenant } from '../test-api.ts';
import { account, approve, expectHidden, proposeAs, run, trailOf } from './from-proposal-to-result.ts';

const TOKEN = 'mcp-s3cret';
const CALL = { tool: 'send_invoice', arguments: { customer: 'Acme', cents: 4200 } };

describe('mcp_tool_call', () => {
  const { api, here } = useTenant();
  let fake: McpFake;
  beforeEach(async () => {
    fake = await startMcpFake({ token: TOKEN, deduplicates: true });
  });
  afterEach(() => fake.close());

  async function proposed(more: JsonObject = {}, params: JsonObject = CALL): Promise<Action> {
    const config = { url: fake.address, ...more };
    return proposeAs(
      here,
      await account(here, 'mcp', { config, credentials: { token: TOKEN } }),
      'mcp_tool_call',
      params,
    );
  }

  /** The tool's owner changes what it says of itself. */
  const reword = (description: string): void => void Object.assign(fake.tools[0] ?? {}, { description });
  /** The tool's owner changes what a call may be. */
  const redefine = (): void => {
    const { inputSchema } = fake.tools[0] ?? {};
    Object.assign(fake.tools[0] ?? {}, { inputSchema: { ...inputSchema, additionalProperties: true } });
  };

  it('is validated by the tool’s own schema, reviewed, edited, called once, and read back', async () => {
    const action = await proposed();
    expect(action.preview).toMatchObject({ title: 'Call send_invoice on mcp' });

    const bad = { action: 'edit', edits: { arguments: { customer: 'Acme', cents: 'many' } } };
    await here.refuses('INVALID', () => here.owner.post(`/v1/actions/${action.action_id}/approve`, bad), [
      'params.arguments.cents',
    ]);

    const approved = await approve(here, action, { arguments: { customer: 'Acme', cents: 5000 } });
    expect(approved.preview?.fields).toContainEqual({ label: 'arguments["cents"]', value: 5000 });
    const ended = await run(api, here, approved);
    expect(ended).toMatchObject({
      status: 'completed',
      result: { content: [{ type: 'text', text: 'Did send_invoice' }], structured_content: { number: 1 } },
    });
    expect(fake.calls).toMatchObject([{ tool: 'send_invoice', arguments: { customer: 'Acme', cents: 5000 } }]);
    expect(fake.calls[0]?.meta).not.toHaveProperty('proviso.dev/idempotency-key');
    expect(trailOf(ended)).toEqual(['action.created', 'action.approved', 'action.claimed', 'action.completed']);
    await expectHidden(api, here, TOKEN, action, approved, ended);
  });

  it('returns to review when the tool changed after the approval, shows the change, and is approved again', async () => {
    const action = await proposed();
    await approve(here, action);
    redefine();
    const back = await run(api, here, action);
    expect(back).toMatchObject({ status: 'pending_approval', status_reason: 'tool_changed', approval: null });
    expect(back.logs.at(-1)).toMatchObject({
      event: 'action.returned_to_review',
      data: { reason: 'tool_changed', changes: ['Input schema'] },
    });
    expect(back.preview?.fields).toContainEqual({
      label: 'Input schema',
      value: fake.tools[0]?.inputSchema,
    });
    expect(back.params_hash).not.toBe(action.params_hash);
    expect(fake.calls).toEqual([]);
    const blind = await here.owner.post(`/v1/actions/${action.action_id}/approve`, { action: 'approve' });
    expect(blind.status).toBe(409);
    expect(await run(api, here, await approve(here, back))).toMatchObject({ status: 'completed' });
    expect(fake.calls).toHaveLength(1);
  });

  it('is not approved without another look when the tool changed since the proposal', async () => {
    const { action_id, params_hash } = await proposed();
    redefine();
    const decision = { action: 'approve', params_hash };
    const { status, body } = await here.owner.post(`/v1/actions/${action_id}/approve`, decision);
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'CONFLICT' });
    expect(body.action.params_hash).not.toBe(params_hash);
    expect(await run(api, here, await approve(here, body.action))).toMatchObject({ status: 'completed' });
  });

  it('asks once more when only the server’s words change, but not every time a counter in them does', async () => {
    const { action_id, params_hash } = await proposed();
    let calls = 0;
    const decide = () => {
      reword(`Called ${(calls += 1)} times.`);
      return here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'approve', params_hash });
    };
    const asked = await decide();
    expect([asked.status, asked.body.code]).toEqual([409, 'CONFLICT']);
    expect(asked.body.action).toMatchObject({ params_hash });
    expect(asked.body.action.preview?.fields).toContainEqual({ label: 'Description', value: 'Called 1 times.' });
    expect(asked.body.action.preview?.warnings?.join()).toContain(
      'has changed its description since the call was proposed: Description',
    );
    const { body } = await decide();
    expect(body.action).toMatchObject({ status: 'approved' });
    reword('Called many times.');
    expect(await run(api, here, body.action)).toMatchObject({ status: 'completed' });
    expect(fake.calls).toHaveLength(1);
  });

  it('asks again when the meaning of a call changes, even after a change of words', async () => {
    const { action_id, params_hash } = await proposed();
    const decide = () => here.owner.post(`/v1/actions/${action_id}/approve`, { action: 'approve', params_hash });
    reword('Something else.');
    expect(await decide()).toMatchObject({ status: 409 });
    redefine();
    expect(await decide()).toMatchObject({ status: 409 });
    expect(await decide()).toMatchObject({ status: 409, body: { code: 'CONFLICT' } }); // by its hash
  });

  it('waits when the server refuses the credentials, without returning to review', async () => {
    const action = await proposed();
    await approve(here, action);
    fake.next('tools/list', { reply: { status: 401 } });
    expect(await run(api, here, action)).toMatchObject({ status: 'approved', attempts: 1 });
    expect((await api.recorded(action.action_id)).last?.data).toMatchObject({
      message: expect.stringContaining('refuses the credentials (HTTP 401)') as string,
    });
  });

  it('returns to review when the tool is gone or no longer accepts the arguments', async () => {
    const action = await proposed();
    await approve(here, action);
    fake.tools.splice(0);
    expect(await run(api, here, action)).toMatchObject({ status: 'pending_approval', status_reason: 'tool_changed' });
    expect((await api.recorded(action.action_id)).last?.data).toMatchObject({
      changes: ['params.tool: is not a tool of this server.'],
    });
  });

  it('does not run when the row names a different definition than the approved one', async () => {
    const action = await proposed();
    await approve(here, action);
    await api.world.setAction(action.action_id, "definition_hash = 'x'");
    expect(await run(api, here, action)).toMatchObject({ status: 'failed', status_reason: 'approval_mismatch' });
    expect(fake.calls).toEqual([]);
  });

  it.each<[JsonObject, object]>([
    [{}, { status: 'failed', status_reason: 'outcome_unknown' }],
    [{ idempotent_tools: ['send_invoice'] }, { status: 'completed', attempts: 2 }],
    [{ idempotent_tools: ['another'] }, { status: 'failed', status_reason: 'outcome_unknown' }],
  ])('with %j a lost response ends as %j after one call, whatever the server claims', async (config, expected) => {
    const action = await proposed(config);
    await approve(here, action);
    fake.next('tools/call', { takes: true, ending: 'cut' });
    await run(api, here, action);
    await api.world.setAction(action.action_id, 'due_at = now()');
    expect(await run(api, here, action)).toMatchObject(expected);
    expect(fake.calls).toHaveLength(1);
  });

  it.each<[JsonObject, object]>([
    [{}, { status: 'failed', status_reason: 'outcome_unknown' }],
    [{ idempotent_tools: ['send_invoice'] }, { status: 'approved', crashes: 1 }],
  ])('with %j a worker that is lost during the call leaves %j', async (config, expected) => {
    const { action_id, params_hash } = await proposed(config);
    await approve(here, { action_id, params_hash } as Action);
    await claim(api.world.worker(), uuidOf(action_id));
    const lost = "update actions set lease_until = now() - interval '1 s', effect_started_at = now() where id = $1";
    await api.world.db.pool.query(lost, [uuidOf(action_id)]);
    await recoverLost(api.world.worker());
    expect((await api.recorded(action_id)).row).toMatchObject(expected);
    expect(fake.calls).toEqual([]);
  });

  it('is not repeated once the identity differs from the approved one', async () => {
    const action = await proposed();
    await approve(here, action);
    await claim(api.world.worker(), uuidOf(action.action_id));
    const lost = "update actions set lease_until = now() - interval '1 s', effect_started_at = now() where id = $1";
    await api.world.db.pool.query(lost, [uuidOf(action.action_id)]);
    const config = { url: fake.address, idempotent_tools: ['send_invoice'] };
    await here.owner.patch(`/v1/identities/${action.identity_id}`, { config });
    await recoverLost(api.world.worker());
    expect((await api.recorded(action.action_id)).row).toMatchObject({ status_reason: 'outcome_unknown' });
  });
});
