import { pendingErrorBody } from '@proviso/contracts';
import { newId, openRateLimits } from '@proviso/core';
import { asking, at, waiting } from './pending-client.ts';
import { clientOf, codeOf, useTenant, type Client, type Reply, type Tenant } from './test-api.ts';

/** One request for every code that no other test of this dialect has. */
const KINDS: [status: number, code: string, (here: Tenant, nobody: Client) => Promise<Reply>][] = [
  [401, 'UNAUTHORIZED', (_, nobody) => nobody.get(at)],
  [404, 'NOT_FOUND', ({ owner }) => owner.get(`${at}/a/b/c`)],
  [405, 'METHOD_NOT_ALLOWED', ({ owner }) => owner.raw('delete', `${at}/${newId()}`)],
  [413, 'PAYLOAD_TOO_LARGE', ({ owner }) => owner.post(at, { toolInput: 'x'.repeat(1024 * 1024) })],
  [415, 'UNSUPPORTED_MEDIA_TYPE', ({ owner }) => owner.raw('post', at, 'a=1', { 'Content-Type': 'text/plain' })],
  [422, 'validation', ({ owner }) => owner.raw('post', at, '{"toolName":')],
  [422, 'validation', ({ owner }) => owner.raw('post', at, '{"toolName":"x","toolName":"x"}')],
  [422, 'validation', ({ owner }) => owner.raw('post', at, `{"toolInput":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`)],
  [422, 'validation', ({ owner }) => owner.post(at, {}, { 'Idempotency-Key': 'x'.repeat(256) })],
];

describe('errors of /api/pending-actions', () => {
  const { api, here } = useTenant();

  it.each(KINDS)('%i %s has the one body', async (status, code, ask) => {
    const reply = await ask(here, api.with());
    expect([reply.status, codeOf(reply)]).toEqual([status, code]);
    expect(pendingErrorBody.strict().parse(reply.body)).toEqual(reply.body);
    expect(reply.headers['x-request-id']).toMatch(/\S/);
  });

  it('409 INVALID_STATE carries no action: it is read again', async () => {
    const id = await waiting(here);
    await asking(here.owner).post(`/${id}/reject`);
    const { body } = await asking(here.owner).post(`/${id}/approve`);
    expect(pendingErrorBody.strict().parse(body)).toEqual(body);
  });

  it('429 RATE_LIMITED says when again', async () => {
    const url = await api.another({}, { limits: openRateLimits({ perMinute: 1 }) });
    const by = clientOf(url, await here.token({}));
    const ask = () => by.get(at, { workspace_id: here.id });
    expect((await ask()).status).toBe(200);
    const refused = await ask();
    expect([refused.status, codeOf(refused)]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  });
});
