import type { ServerResponse } from 'node:http';
import { createClient, ProvisoError, type ProvisoCode } from '../../src/index.ts';
import { actionReply, cutOff, startFakeServer, json, refusal, silent, useFakeServers } from './fake-server.ts';

const NOTE = { type: 'create_note', identity_id: 'id_1', params: { content: 'Hello' } };
const serve = useFakeServers();
beforeEach(() => void jest.spyOn(Math, 'random').mockReturnValue(0.01)); // in a hurry
afterEach(() => jest.restoreAllMocks());

const faultOf = async (call: Promise<unknown>): Promise<ProvisoError> => {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ProvisoError);
  return error as ProvisoError;
};

it.each([
  ['the connection is cut', cutOff],
  ['the service answers 429', json(429, refusal('RATE_LIMITED'), { 'retry-after': '0' })],
  ['a proxy answers 502', json(502, 'Bad gateway')],
  ['the service answers 503', json(503, refusal('UNAVAILABLE'), { 'retry-after': '0' })],
  ['a proxy answers 504', json(504, 'Gateway time-out')],
])('repeats a POST with the same key and body when %s', async (_, fault) => {
  const { client, seen } = await serve(fault, fault, json(200, actionReply()));
  await expect(client().actions.create(NOTE)).resolves.toMatchObject({ action_id: 'act_1' });
  expect(seen).toHaveLength(3);
  expect(new Set(seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  expect(seen.map(({ body }) => body)).toEqual([NOTE, NOTE, NOTE]);
});

it('creates a key for every POST, or uses the given one', async () => {
  const { client, seen } = await serve(json(200, actionReply()));
  await client().actions.create(NOTE);
  await client().actions.create(NOTE);
  await client().actions.cancel('act_1', { idempotencyKey: 'mine' });
  const keys = seen.map(({ headers }) => headers['idempotency-key']);
  expect(keys[2]).toBe('mine');
  expect(new Set(keys).size).toBe(3);
});

it('waits as long as Retry-After says', async () => {
  const { client, seen } = await serve(
    json(429, refusal('RATE_LIMITED'), { 'retry-after': '1' }),
    json(200, actionReply()),
  );
  const from = performance.now();
  await client().actions.get('act_1');
  expect(performance.now() - from).toBeGreaterThanOrEqual(990);
  expect(seen).toHaveLength(2);
});

it('does not wait longer than its own time limit', async () => {
  const { client } = await serve(json(429, refusal('RATE_LIMITED'), { 'retry-after': '600' }));
  const from = performance.now();
  const { code } = await faultOf(client().actions.get('act_1', { timeoutMs: 5_000 }));
  expect(code).toBe('RATE_LIMITED');
  expect(performance.now() - from).toBeLessThan(2_000);
});

it('gives up after eight attempts, with the last error', async () => {
  const { client, seen } = await serve(json(503, refusal('UNAVAILABLE')));
  expect(await faultOf(client().actions.get('act_1'))).toMatchObject({ code: 'UNAVAILABLE', status: 503 });
  expect(seen).toHaveLength(8);
});

it('repeats a PATCH only if it was not accepted', async () => {
  const busy = await serve(json(429, refusal('RATE_LIMITED'), { 'retry-after': '0' }), json(200, actionReply()));
  await busy.client().actions.update('act_1', { description: 'x' });
  expect(busy.seen).toHaveLength(2);
  const lost = await serve(cutOff, json(200, actionReply()));
  expect(await faultOf(lost.client().actions.update('act_1', { description: 'x' }))).toMatchObject({ code: 'NETWORK' });
  expect(lost.seen).toHaveLength(1);
});

it.each<[number, ProvisoCode]>([
  [400, 'INVALID'],
  [401, 'UNAUTHENTICATED'],
  [403, 'FORBIDDEN'],
  [404, 'NOT_FOUND'],
  [409, 'INVALID_STATE'],
  [422, 'IDEMPOTENCY_MISMATCH'],
  [500, 'INTERNAL'],
])('does not repeat a %i, and throws its code %s', async (status, code) => {
  const { client, seen } = await serve(json(status, refusal(code)));
  expect(await faultOf(client().actions.create(NOTE))).toMatchObject({ code, status, message: 'A sentence.' });
  expect(seen).toHaveLength(1);
});

it('has the request id, details, and with a 409 the action', async () => {
  const details = [{ path: 'params.email', message: 'is missing' }];
  const { client } = await serve(
    json(409, refusal('CONFLICT', { details, action: { action_id: 'act_1', status: 'rejected' } }), {
      'x-request-id': 'r-9',
    }),
  );
  const error = await faultOf(client().actions.approve('act_1'));
  expect(error).toMatchObject({ requestId: 'r-9', details, action: { status: 'rejected' } });
});

it('reads the errors of the second dialect', async () => {
  const body = { error: { code: 'validation', message: 'No.', details: [{ path: 'userEdits', message: 'is odd' }] } };
  const { client } = await serve(json(422, body));
  expect(await faultOf(client().pendingActions.approve('x', {}))).toMatchObject({
    code: 'validation',
    message: 'No.',
    details: [{ path: 'userEdits' }],
  });
});

it.each([
  ['html', (res: ServerResponse) => void res.writeHead(404).end('<html>')],
  ['a redirect', (res: ServerResponse) => void res.writeHead(302, { location: '/login' }).end()],
  ['a success that is not JSON', (res: ServerResponse) => void res.end('ok')],
])('recognises that %s is not the service', async (_, answer) => {
  const { client, seen } = await serve(answer);
  expect(await faultOf(client().actions.create(NOTE))).toMatchObject({ code: 'UNEXPECTED_REPLY' });
  expect(seen).toHaveLength(1);
});

it('ends within its time when nothing answers', async () => {
  const { client } = await serve(silent);
  expect(await faultOf(client().actions.get('act_1', { timeoutMs: 200 }))).toMatchObject({ code: 'TIMED_OUT' });
});

it("ends with the signal's own reason, also between attempts", async () => {
  const { client, seen } = await serve(json(503, refusal('UNAVAILABLE'), { 'retry-after': '30' }));
  const stop = new AbortController();
  const call = client().actions.create(NOTE, { signal: stop.signal });
  setTimeout(() => stop.abort(new Error('enough')), 100);
  await expect(call).rejects.toThrow('enough');
  expect(seen).toHaveLength(1);
});

it('reports a port where nobody listens as NETWORK', async () => {
  const { baseUrl, close } = await startFakeServer(silent);
  await close();
  const client = createClient({ baseUrl, token: 'pv_test' });
  expect(await faultOf(client.actions.list())).toMatchObject({ code: 'NETWORK', status: undefined });
});

it('sends the workspace of the call, else of the client', async () => {
  const { client, seen } = await serve(json(200, actionReply()));
  await client({ workspaceId: 'w-1' }).actions.get('act_1');
  await client({ workspaceId: 'w-1' }).actions.get('act_1', { workspaceId: 'w-2' });
  await client().actions.get('act_1');
  expect(seen.map(({ headers }) => headers['x-workspace-id'])).toEqual(['w-1', 'w-2', undefined]);
});

it('walks all pages of a list by their cursors', async () => {
  const page = (action_id: string, next_cursor: string | null) =>
    json(200, { status: 'success', actions: [{ action_id }], pagination: { total_items: 2, next_cursor } });
  const { client, seen } = await serve(page('act_1', 'c-1'), page('act_2', null));
  const ids: string[] = [];
  for await (const { action_id } of client().actions.each({ status: ['failed', 'rejected'] })) ids.push(action_id);
  expect(ids).toEqual(['act_1', 'act_2']);
  expect(seen.map(({ path }) => path)).toEqual([
    '/v1/actions?limit=100&status=failed%2Crejected',
    '/v1/actions?limit=100&status=failed%2Crejected&cursor=c-1',
  ]);
});

it('walks all pages of pending actions, and all of a long log', async () => {
  const page = (id: string, nextCursor: string | null) => json(200, { items: [{ id }], total: 2, nextCursor });
  const part = (event: string, logs_next_cursor?: string) =>
    json(200, { status: 'success', action: { action_id: 'act_1', logs: [{ event }], logs_next_cursor } });
  const { client, seen } = await serve(page('1', 'c-1'), page('2', null), part('created', 'l-1'), part('approved'));
  const { actions, pendingActions } = client({ workspaceId: 'w-1' });
  const heard: string[] = [];
  for await (const { id } of pendingActions.each({ status: 'pending' })) heard.push(id);
  for await (const { event } of actions.log('act_1')) heard.push(event);
  expect(heard).toEqual(['1', '2', 'created', 'approved']);
  expect(seen.map(({ path }) => path)).toEqual([
    '/api/pending-actions?workspaceId=w-1&status=pending',
    '/api/pending-actions?workspaceId=w-1&status=pending&cursor=c-1',
    '/v1/actions/act_1',
    '/v1/actions/act_1?logs_cursor=l-1',
  ]);
});

it('waits for an action to end by long polling, across a restart of the service', async () => {
  const { client, seen } = await serve(
    json(200, actionReply()),
    cutOff,
    json(503, 'starting'),
    json(200, actionReply({ status: 'completed' })),
  );
  await expect(client().wait('act_1')).resolves.toMatchObject({ status: 'completed' });
  expect(seen.map(({ headers }) => headers.prefer)).toEqual(['wait=30', 'wait=30', 'wait=30', 'wait=30']);
});

it('ends a wait with the current action', async () => {
  const { client } = await serve(json(200, actionReply()));
  const error = await faultOf(client().wait('act_1', { timeoutMs: 100 }));
  expect(error).toMatchObject({ code: 'WAIT_OVER', action: { status: 'pending_approval' } });
});

it('refuses pending actions without a workspace', async () => {
  const { client, seen } = await serve(silent);
  const body = { toolName: 'send', toolInput: {} };
  expect(await faultOf(client().pendingActions.create(body))).toMatchObject({ code: 'NO_WORKSPACE' });
  expect(await faultOf(client().pendingActions.list())).toMatchObject({ code: 'NO_WORKSPACE' });
  expect(seen).toEqual([]);
});
