import { deleteOldGatewayRows, formatId } from '@proviso/core';
import { until } from '@proviso/testing';
import { httpFault } from '@proviso/testing/providers/http-fake';
import { useApi } from './test-api.ts';
import { FIND, modern, resultOf, SEND, textOf, useGateways } from './gateway-fixture.ts';

const ERAS = ['2025', '2026'] as const;

describe('a gateway', () => {
  const api = useApi();
  const open = useGateways(api);

  describe.each(ERAS)('for a client of %s', (era) => {
    it('lists the tools in a stable order: denied ones not at all, gated ones with a line that a person decides', async () => {
      const here = await open();
      const client = await here.connect({ era });
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toEqual([
        'find_invoice',
        'send_invoice',
        'proviso_cancel_action',
        'proviso_get_action',
        'proviso_list_actions',
      ]);
      expect(tools[0]).toMatchObject({ description: FIND.description, annotations: { readOnlyHint: true } });
      expect(tools[1]?.description).toBe(
        'Sends an invoice to a customer.\nA person decides about each call. While it is queued it has not run; do not repeat it.',
      );
      expect(tools[1]?.annotations).toEqual({ readOnlyHint: false });
      await here.review('send_invoice', 'denied');
      expect((await client.listTools({}, { cacheMode: 'refresh' })).tools.map(({ name }) => name)).not.toContain(
        'send_invoice',
      );
      await expect(client.callTool(SEND)).rejects.toThrow('Unknown tool: send_invoice');
      expect(await here.actions()).toEqual([]);
    });

    it('passes a read through with the identity’s credentials, and records it without its arguments', async () => {
      const here = await open();
      const client = await here.connect({ era });
      const result = await client.callTool({ name: 'find_invoice', arguments: { number: 4711 } });
      expect(textOf(result)).toBe('Did find_invoice');
      expect(result.structuredContent).toEqual({ number: 1 });
      expect(here.server.calls).toMatchObject([{ tool: 'find_invoice', arguments: { number: 4711 } }]);
      const { body, text } = await here.owner.get(`/v1/gateways/${here.gatewayId}/reads`);
      expect(body.reads).toEqual([
        {
          agent_id: expect.stringMatching(/^agt_/),
          identity_id: expect.stringMatching(/^id_/),
          method: 'tools/call',
          name: 'find_invoice',
          arguments_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
          outcome: 'done',
          message: null,
          duration_ms: expect.any(Number),
          created_at: expect.any(String),
        },
      ]);
      expect(text).not.toContain('4711');
      expect(await here.actions()).toEqual([]);
    });

    it('makes a write an action, and says that it is queued and how to ask', async () => {
      const here = await open();
      const client = await here.connect({ era });
      const result = await client.callTool(SEND);
      const [action] = await here.actions();
      expect(action).toMatchObject({
        status: 'pending_approval',
        params: { tool: 'send_invoice', arguments: SEND.arguments },
        metadata: { gateway_id: here.gatewayId, gateway: 'Billing' },
        created_by: { kind: 'agent', name: 'bot' },
      });
      expect(result.isError).toBeUndefined();
      expect(textOf(result)).toBe(
        `send_invoice has not run: it waits for a person’s approval. Do not call it again for the same purpose. To see what happened, call proviso_get_action with action_id ${action?.action_id}; to withdraw it, call proviso_cancel_action.`,
      );
      expect(result.structuredContent).toEqual({ status: 'queued', action_id: action?.action_id });
      expect(here.server.calls).toEqual([]);
    });
  });

  it('answers a call with the tool’s own result once a person has approved it and it has run', async () => {
    const here = await open();
    const { client, action } = await here.queued();
    await here.run(await here.decide(action));
    const result = await resultOf(client, action);
    expect(textOf(result)).toBe('Did send_invoice');
    expect(result.structuredContent).toEqual({ number: 1 });
    expect(here.server.calls).toMatchObject([{ tool: 'send_invoice', arguments: SEND.arguments }]);
  });

  it('tells the agent what a person changed in the arguments', async () => {
    const here = await open();
    const { client, action } = await here.queued();
    const edits = { arguments: { customer: 'Acme', cents: 400 } };
    await here.run(await here.decide(action, { action: 'edit', edits }));
    const result = await resultOf(client, action);
    expect(textOf(result)).toBe('A person changed cents from 500 to 400.\nDid send_invoice');
    expect(here.server.calls).toMatchObject([{ arguments: edits.arguments }]);
  });

  it.each<[string, (here: Awaited<ReturnType<typeof open>>, id: string) => Promise<unknown>, string]>([
    [
      'rejected',
      (here, id) => here.owner.post(`/v1/actions/${id}/reject`, { comment: 'Too much.' }),
      'A person declined send_invoice. It has not run. The reviewer says: Too much.',
    ],
    [
      'cancelled',
      (here, id) => here.owner.post(`/v1/actions/${id}/cancel`, {}),
      'send_invoice was cancelled. It has not run.',
    ],
  ])('answers a call that was %s in plain words, as an error', async (_, end, words) => {
    const here = await open();
    const { client, action } = await here.queued();
    await end(here, action.action_id);
    const result = await resultOf(client, action);
    expect([textOf(result), result.isError]).toEqual([words, true]);
    expect(here.server.calls).toEqual([]);
  });

  it('says that the outcome is unknown where the tool fails after it may have acted', async () => {
    const here = await open();
    const { client, action } = await here.queued();
    here.server.answer({ isError: true, content: [{ type: 'text', text: 'Half done.' }] }, { acts: true });
    await here.run(await here.decide(action));
    const result = await resultOf(client, action);
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain('send_invoice may have run: its outcome is unknown. Do not repeat it');
    expect(textOf(result)).toContain('Half done.');
  });

  it('reports progress to a client that asks for it while a person decides', async () => {
    const here = await open();
    const client = await here.connect();
    const told: string[] = [];
    const calling = client.callTool(SEND, { onprogress: ({ message = '' }) => told.push(message) });
    await calling;
    expect(told).toEqual(['send_invoice has not run: it waits for a person’s approval.']);
  });

  it('refuses arguments that do not fit, in words that the model can use', async () => {
    const here = await open();
    const client = await here.connect();
    const result = await client.callTool({ name: 'send_invoice', arguments: { customer: 'Acme' } });
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain('cents');
    expect(await here.actions()).toEqual([]);
  });

  it('lists, reads and cancels only the agent’s own calls', async () => {
    const here = await open();
    const { client, action } = await here.queued();
    const { action_id } = action;
    const listed = await client.callTool({ name: 'proviso_list_actions', arguments: {} });
    expect(listed.structuredContent).toMatchObject({
      actions: [{ action_id, status: 'pending_approval' }],
      next_cursor: null,
    });
    const other = await here.agentId('other');
    await here.owner.patch(`/v1/gateways/${here.gatewayId}`, {
      agent_ids: [other, await here.agentId('bot')],
    });
    const stranger = await here.connect({ token: await here.token({ agent: 'other' }) });
    for (const name of ['proviso_get_action', 'proviso_cancel_action']) {
      const refused = await stranger.callTool({ name, arguments: { action_id } });
      expect([refused.isError, textOf(refused)]).toEqual([true, 'There is no such call of yours.']);
    }
    expect((await stranger.callTool({ name: 'proviso_list_actions' })).structuredContent).toMatchObject({
      actions: [],
    });
    const cancelled = await client.callTool({ name: 'proviso_cancel_action', arguments: { action_id } });
    expect(textOf(cancelled)).toBe('send_invoice was cancelled. It has not run.');
    expect((await client.callTool({ name: 'proviso_list_actions' })).structuredContent).toMatchObject({ actions: [] });
  });

  describe('the same call again', () => {
    it('is the same action while it is open, whatever the order of its arguments', async () => {
      const here = await open();
      const client = await here.connect();
      const turned = { ...SEND, arguments: { cents: 500, customer: 'Acme' } };
      const results = await Promise.all([client.callTool(SEND), client.callTool(turned), client.callTool(SEND)]);
      const actions = await here.actions();
      expect(actions).toHaveLength(1);
      for (const { structuredContent } of results)
        expect(structuredContent).toEqual({ status: 'queued', action_id: actions[0]?.action_id });
      await here.decide(actions[0]!);
      expect((await client.callTool(SEND)).structuredContent).toMatchObject({ status: 'approved' });
      expect(await here.actions()).toHaveLength(1);
    });

    it('gets the result of a call whose answer never arrived, and is a new one once it has it', async () => {
      const here = await open();
      const { client, action } = await here.queued();
      await here.run(await here.decide(action));
      expect(textOf(await client.callTool(SEND))).toBe('Did send_invoice');
      expect(here.server.calls).toHaveLength(1);
      await until('the result to be noted as told', async () => {
        const [call] = await api.world.db.tables.gateway_calls.findMany({ where: { workspace_id: here.id } });
        return call?.told_at ?? undefined;
      });
      expect((await client.callTool(SEND)).structuredContent).toMatchObject({ status: 'queued' });
      expect(await here.actions()).toHaveLength(2);
    });

    it('is another call with other arguments, another agent or another key of the caller', async () => {
      const here = await open();
      const client = await here.connect();
      await client.callTool(SEND);
      await client.callTool({ ...SEND, arguments: { ...SEND.arguments, cents: 501 } });
      await client.callTool({ ...SEND, _meta: { 'proviso.dev/call-key': 'second' } });
      await here.owner.patch(`/v1/gateways/${here.gatewayId}`, {
        agent_ids: [await here.agentId('other'), await here.agentId('bot')],
      });
      const other = await here.connect({ token: await here.token({ agent: 'other' }) });
      await other.callTool(SEND);
      expect(await here.actions()).toHaveLength(4);
    });
  });

  describe('a connection to a server', () => {
    const methodsOf = ({ server }: Awaited<ReturnType<typeof open>>, from: number): unknown[] =>
      server.requests
        .slice(from)
        .filter(({ method }) => method === 'POST')
        .map(({ body }) => (JSON.parse(body) as { method?: string }).method);

    it('serves the next read of the same agent, and nobody else’s', async () => {
      const here = await open({ legacy: true });
      const client = await here.connect();
      await client.callTool({ name: 'find_invoice' });
      const first = here.server.requests.length;
      await client.callTool({ name: 'find_invoice' });
      expect(methodsOf(here, first)).toEqual(['tools/list', 'tools/call']);
      const agent_ids = [await here.agentId('other'), await here.agentId('bot')];
      await here.owner.patch(`/v1/gateways/${here.gatewayId}`, { agent_ids });
      const other = await here.connect({ token: await here.token({ agent: 'other' }) });
      const second = here.server.requests.length;
      await other.callTool({ name: 'find_invoice' });
      expect(methodsOf(here, second)).toContain('initialize');
    });

    it('is replaced if it broke while nobody used it, but a read that may have been made is not repeated', async () => {
      const here = await open({ legacy: true });
      const client = await here.connect();
      await client.callTool({ name: 'find_invoice' });
      here.server.next('tools/list', httpFault.cuts());
      expect(textOf(await client.callTool({ name: 'find_invoice' }))).toBe('Did find_invoice');
      here.server.next('tools/call', httpFault.takesThenCuts());
      expect((await client.callTool({ name: 'find_invoice' })).isError).toBe(true);
      expect(here.server.calls).toHaveLength(3);
      expect(textOf(await client.callTool({ name: 'find_invoice' }))).toBe('Did find_invoice');
      expect(here.server.calls).toHaveLength(4);
    });

    it('to a server that never answers ends in time, and nothing else waits for it', async () => {
      const timings = { ...api.world.timings, gatewayReadMs: 2_000 };
      const here = await open();
      const client = await here.connect({ at: await api.another({ timings }, { gateways: { waitMs: 300 } }) });
      here.server.next('tools/call', httpFault.hangs());
      const hanging = client.callTool({ name: 'find_invoice' });
      expect((await client.callTool(SEND)).structuredContent).toMatchObject({ status: 'queued' });
      const result = await hanging;
      expect([result.isError, textOf(result)]).toEqual([true, expect.stringContaining('did not answer within')]);
      const { reads } = (await here.owner.get(`/v1/gateways/${here.gatewayId}/reads`)).body;
      expect(reads).toMatchObject([{ outcome: 'failed', message: expect.stringContaining('did not answer within') }]);
      expect(textOf(await (await here.connect()).callTool({ name: 'find_invoice' }))).toBe('Did find_invoice');
    });
  });

  it('refuses to an agent directly what it denies, unless another of the agent’s gateways offers it', async () => {
    const here = await open();
    await here.review('send_invoice', 'denied');
    const identity_id = formatId('identity', here.identityUuid);
    const body = { type: 'mcp_tool_call', identity_id, params: { tool: SEND.name, arguments: SEND.arguments } };
    for (const agent of ['bot', 'stranger']) {
      const refused = await (await here.client({ agent })).post('/v1/actions', body);
      expect([refused.status, refused.body.error]).toEqual([403, expect.stringContaining('denied to agents')]);
    }
    expect((await here.owner.post('/v1/actions', body)).status).toBe(200);
    const offering = { name: 'Sales', servers: [{ identity_id }], agent_ids: [await here.agentId('bot')] };
    await here.owner.post('/v1/gateways', offering);
    expect((await (await here.client({ agent: 'bot' })).post('/v1/actions', body)).status).toBe(200);
    expect((await (await here.client({ agent: 'stranger' })).post('/v1/actions', body)).status).toBe(403);
  });

  it('keeps its reads for 90 days, and recognises a call until two days after its action ended', async () => {
    const here = await open();
    const client = await here.connect();
    await client.callTool({ name: 'find_invoice' });
    await client.callTool(SEND);
    const where = { workspace_id: here.id };
    const { tables } = api.world.db;
    const old = (days: number): Date => new Date(Date.now() - days * 86_400_000);
    await tables.gateway_reads.updateMany({ where, data: { created_at: old(89) } });
    await tables.gateway_calls.updateMany({ where, data: { updated_at: old(400) } });
    await deleteOldGatewayRows(api.world.db);
    expect([await tables.gateway_reads.count({ where }), await tables.gateway_calls.count({ where })]).toEqual([1, 1]);
    await tables.gateway_reads.updateMany({ where, data: { created_at: old(91) } });
    const [action] = await here.actions();
    await here.owner.post(`/v1/actions/${action!.action_id}/cancel`, {});
    await tables.actions.updateMany({ where, data: { completed_at: old(3) } });
    await deleteOldGatewayRows(api.world.db);
    expect([await tables.gateway_reads.count({ where }), await tables.gateway_calls.count({ where })]).toEqual([0, 0]);
    expect((await client.callTool(SEND)).structuredContent).toMatchObject({ status: 'queued' });
    expect(await here.actions()).toHaveLength(2);
  });

  it('never shows the server’s credentials to the agent', async () => {
    const here = await open();
    here.server.answer({ content: [{ type: 'text', text: 'Your token is mcp-s3cret.' }] });
    const client = await here.connect();
    expect(textOf(await client.callTool({ name: 'find_invoice' }))).toBe('Your token is [hidden].');
  });

  it('checks the headers of 2026-07-28 against the body', async () => {
    const here = await open();
    const [message, headers] = modern('tools/call', SEND);
    const { status, body } = await here.rpc(message, { ...headers, 'mcp-name': 'find_invoice' });
    expect([status, body.error?.code]).toEqual([400, -32_020]);
    expect(await here.actions()).toEqual([]);
  });

  it('passes no read while its agent is paused or disabled', async () => {
    const here = await open();
    const client = await here.connect();
    await here.owner.post('/v1/pause', { agent_id: await here.agentId('bot') });
    const paused = await client.callTool({ name: 'find_invoice' });
    expect([paused.isError, textOf(paused)]).toEqual([true, expect.stringContaining('paused')]);
    await here.owner.post('/v1/resume', { agent_id: await here.agentId('bot') });
    await here.owner.patch(`/v1/agents/${await here.agentId('bot')}`, { enabled: false });
    const { status } = await here.rpc(...modern('tools/call', { name: 'find_invoice', arguments: {} }));
    expect(status).toBe(403);
    expect(here.server.calls).toEqual([]);
  });

  it('is only for its own agents', async () => {
    const [here, there] = [await open(), await open()];
    const ask = (url: string, token: string) =>
      fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
      });
    const address = `${here.url}/mcp/${here.gatewayId}`;
    const other = await here.token({ agent: 'other' });
    const statuses = await Promise.all(
      [await here.token({}), other, there.agentToken, 'x'].map(async (token) => (await ask(address, token)).status),
    );
    expect(statuses).toEqual([403, 403, 404, 401]);
    for (const method of ['GET', 'DELETE']) {
      const reply = await fetch(address, { method, headers: { authorization: `Bearer ${here.agentToken}` } });
      expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'POST']);
    }
  });
});
