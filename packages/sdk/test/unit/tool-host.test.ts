import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { Webhook } from 'standardwebhooks';
import {
  gated,
  rememberCalls,
  toolHost,
  ToolRefused,
  type Client,
  type HostedTool,
  type ToolHost,
  type ToolHostOptions,
} from '../../src/index.ts';

const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const OTHER = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;
const ID = 'act_01h455vb4pex5vsknk084sn02q';

interface Sending {
  id?: string;
  secret?: string;
  at?: Date;
  body?: object;
  tampered?: boolean;
}

/** A call as the service signs it. */
function call({ id = ID, secret = SECRET, at = new Date(), body, tampered = false }: Sending = {}): Request {
  const text = JSON.stringify({
    tool: 'refund',
    tool_version: 1,
    action_id: id,
    workspace_id: 'w-1',
    mission_id: null,
    session_id: 's-1',
    input: { amount: 5 },
    ...body,
  });
  return new Request('https://tools.example.com/proviso', {
    method: 'POST',
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, at, text),
    },
    body: tampered ? text.replace('5', '5000') : text,
  });
}

/** A tool that counts its calls, and a host for it. */
function hosting(
  execute: HostedTool['execute'] = () => ({ ok: true }),
  more: Partial<HostedTool & ToolHostOptions> = {},
) {
  const runs: unknown[] = [];
  const errors: unknown[] = [];
  const { idempotent, ...options } = more;
  const tool: HostedTool = {
    name: 'refund',
    idempotent,
    execute(input: never, context) {
      runs.push(input);
      return execute(input, context);
    },
  };
  const onError = (error: unknown): void => void errors.push(error);
  return { runs, errors, tool, host: toolHost([tool], { secret: SECRET, onError, ...options }) };
}

const answer = async (host: ToolHost, request: Request) => {
  const response = await host.fetch(request);
  return { status: response.status, body: (await response.json()) as unknown };
};

it('runs the original with the approved input and returns its result', async () => {
  let told: unknown;
  const { host, runs } = hosting((_, context) => {
    told = context;
    return { refunded: 5 };
  });
  expect(await answer(host, call())).toEqual({ status: 200, body: { refunded: 5 } });
  expect(runs).toEqual([{ amount: 5 }]);
  const action = { actionId: ID, workspaceId: 'w-1', missionId: null, sessionId: 's-1' };
  expect(told).toEqual({ callId: ID, action });
});

it('runs the original of a gated tool, which would only propose again', async () => {
  const { tool, runs } = hosting();
  const hosted = gated(tool, { client: undefined as unknown as Client, access: 'write' });
  expect(await answer(toolHost([hosted], { secret: SECRET }), call())).toMatchObject({ status: 200 });
  expect(runs).toHaveLength(1);
});

it.each([
  ['nothing', undefined, {}],
  ['null', null, {}],
  ['a string', 'done', 'done'],
  ['a list', [1], [1]],
])('answers %s as JSON', async (_, result, body) => {
  expect(await answer(hosting(() => result).host, call())).toEqual({ status: 200, body });
});

it('reports a result that is not JSON as done', async () => {
  const { host, errors } = hosting(() => 1n);
  expect(await answer(host, call())).toEqual({ status: 200, body: { not_json: true } });
  expect(errors).toHaveLength(1);
});

const MINUTE = 60_000;
it.each<[string, Sending]>([
  ['another secret', { secret: OTHER }],
  ['a body that was changed', { tampered: true }],
  ['a time that is six minutes past', { at: new Date(Date.now() - 6 * MINUTE) }],
  ['a time that is six minutes ahead', { at: new Date(Date.now() + 6 * MINUTE) }],
])('refuses %s, and runs nothing', async (_, sending) => {
  const { host, runs } = hosting();
  expect((await answer(host, call(sending))).status).toBe(401);
  expect(runs).toEqual([]);
});

it('refuses a call without a signature', async () => {
  const { host, runs } = hosting();
  const bare = new Request('https://tools.example.com', { method: 'POST', body: '{}' });
  expect((await answer(host, bare)).status).toBe(401);
  expect(runs).toEqual([]);
});

it('refuses two tools with the same name', () => {
  const { tool } = hosting();
  expect(() => toolHost([tool, tool], { secret: SECRET })).toThrow('the same name');
});

it('accepts any of several secrets', async () => {
  const { host } = hosting(undefined, { secret: [OTHER, SECRET] });
  expect((await answer(host, call())).status).toBe(200);
  expect((await answer(host, call({ id: 'act_2', secret: OTHER }))).status).toBe(200);
});

it.each<[number, string, Sending]>([
  [400, 'a body for another action than the signed id', { body: { action_id: 'act_other' } }],
  [400, 'an input that is no object', { body: { input: 'x' } }],
  [404, 'a tool that is not here', { body: { tool: 'toString' } }],
])('answers %i to %s', async (status, _, sending) => {
  const { host, runs } = hosting();
  expect((await answer(host, call(sending))).status).toBe(status);
  expect(runs).toEqual([]);
});

it('answers a replay with the first reply, and does not run again', async () => {
  const { host, runs } = hosting(() => ({ run: runs.length }));
  const first = await answer(host, call());
  const later = await answer(host, call({ at: new Date(Date.now() + MINUTE) }));
  expect(later).toEqual(first);
  expect(runs).toHaveLength(1);
});

it('lets a simultaneous duplicate wait for the first', async () => {
  let end = (_: unknown): void => undefined;
  const { host, runs } = hosting(() => new Promise((done) => (end = done)));
  const replies = Promise.all([answer(host, call()), answer(host, call()), answer(host, call())]);
  while (runs.length === 0) await new Promise(setImmediate);
  end({ refunded: 5 });
  expect(await replies).toEqual(Array.from({ length: 3 }, () => ({ status: 200, body: { refunded: 5 } })));
  expect(runs).toHaveLength(1);
});

it('answers 422 if the tool says that it did nothing', async () => {
  const { host, errors } = hosting(() => {
    throw new ToolRefused('No such order.');
  });
  expect(await answer(host, call())).toEqual({ status: 422, body: { error: 'No such order.' } });
  expect(errors).toEqual([]);
});

it.each([
  ['is not run again', undefined, 1],
  ['is run again if it is idempotent', true, 2],
])('answers 500 if the tool threw; it %s', async (_, idempotent, wanted) => {
  const { host, runs, errors } = hosting(() => Promise.reject(new Error('secret words')), { idempotent });
  expect(await answer(host, call())).toEqual({ status: 500, body: { error: 'The tool failed.' } });
  expect((await answer(host, call())).status).toBe(500);
  expect(runs).toHaveLength(wanted);
  expect(errors).toHaveLength(wanted);
});

describe('two processes with one store', () => {
  it.each([
    ['does not run what began and did not end: nobody knows', undefined, 503, 1],
    ['runs it again if it is idempotent', true, 200, 2],
  ])('%s', async (_, idempotent, status, wanted) => {
    const store = rememberCalls();
    let stuck = true;
    const execute = () => (stuck ? new Promise(() => undefined) : { ok: true });
    const first = hosting(execute, { store, idempotent });
    const second = hosting(execute, { store, idempotent });
    void first.host.fetch(call());
    while (first.runs.length === 0) await new Promise(setImmediate);
    stuck = false;
    expect((await answer(second.host, call())).status).toBe(status);
    expect(first.runs.length + second.runs.length).toBe(wanted);
  });

  it('replays from the store what the other has done', async () => {
    const store = rememberCalls();
    await answer(hosting(() => ({ by: 'first' }), { store }).host, call());
    expect(await answer(hosting(undefined, { store }).host, call())).toEqual({ status: 200, body: { by: 'first' } });
  });
});

it('returns the result although it cannot be stored', async () => {
  const store = { ...rememberCalls(), finish: () => Promise.reject(new Error('disk full')) };
  const { host, errors } = hosting(undefined, { store });
  expect((await answer(host, call())).status).toBe(200);
  expect(errors).toEqual([new Error('disk full')]);
});

it('runs nothing that it cannot record, and asks for a retry', async () => {
  const store = { ...rememberCalls(), begin: () => Promise.reject(new Error('disk full')) };
  const { host, runs, errors } = hosting(undefined, { store });
  expect(await answer(host, call())).toEqual({ status: 429, body: { error: expect.stringMatching(/^Nothing ran: /) } });
  expect(errors).toEqual([new Error('disk full')]);
  expect(runs).toEqual([]);
});

it('answers 400 if the request was already read', async () => {
  const { host, runs } = hosting();
  const request = call();
  await request.text();
  expect((await answer(host, request)).status).toBe(400);
  expect(runs).toEqual([]);
});

it('forgets the oldest calls first', () => {
  const store = rememberCalls(2);
  expect(['a', 'b', 'a', 'c', 'b', 'a'].map((id) => store.begin(id))).toEqual([true, true, false, true, false, true]);
});

describe('in Express', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  const listen = async (...handlers: express.RequestHandler[]) => {
    const server = createServer(express().use('/tools', ...handlers));
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/tools`;
  };
  const post = async (url: string, request: Request) =>
    fetch(url, {
      method: 'POST',
      headers: { ...Object.fromEntries(request.headers), 'content-type': 'application/json' },
      body: await request.text(),
    });

  it('works with a raw body or the stream', async () => {
    for (const before of [[], [express.raw({ type: '*/*' })], [express.text({ type: '*/*' })]]) {
      const { host, runs } = hosting();
      const url = await listen(...before, host.express);
      expect((await post(url, call())).status).toBe(200);
      expect((await post(url, call({ tampered: true }))).status).toBe(401);
      expect(runs).toEqual([{ amount: 5 }]);
    }
  });

  it('answers 400 and that nothing ran, if a parser has consumed the raw body', async () => {
    const { host, runs, errors } = hosting();
    const url = await listen(express.json(), host.express);
    const reply = await post(url, call());
    expect(reply.status).toBe(400);
    expect(await reply.json()).toEqual({ error: expect.stringMatching(/^Nothing ran: .*before express\.json\(\)\.$/) });
    expect(errors).toHaveLength(1);
    expect(runs).toEqual([]);
  });

  it('answers 413 to a body that grows too large on its way', async () => {
    const { host, runs } = hosting();
    const url = await listen(host.express);
    const body = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent <= 16; sent += 1) controller.enqueue(new Uint8Array(65_536 + 1));
        controller.close();
      },
    });
    const reply = await fetch(url, { method: 'POST', body, duplex: 'half' } as RequestInit);
    expect(reply.status).toBe(413);
    expect(runs).toEqual([]);
  });

  it('refuses a body that cannot be a call', async () => {
    const { host, runs } = hosting();
    const url = await listen(host.express);
    const big = 'x'.repeat(1024 * 1024 + 1);
    expect((await fetch(url, { method: 'POST', body: big })).status).toBe(413);
    expect(runs).toEqual([]);
  });
});
