import { request } from 'node:http';
import type { Scope } from '@proviso/contracts';
import type { Who } from '@proviso/testing';
import { routes } from '../src/app.ts';
import { dialectAt } from '../src/dialect.ts';
import { addressOf, seedWorkspace } from './seeded-workspace.ts';
import { uuidOf, useTenant } from './test-api.ts';

/** A person may send it whatever their scopes: it is about their own credentials and memberships. */
const ONES_OWN = 'createKey revokeKey removeMember acceptInvitation useSignInLink setPassword revokeSession';

const bodies = routes.filter(({ method }) => method !== 'get');

describe('a body that has been announced, and does not come', () => {
  const { api, here } = useTenant();

  /** The status of the answer to the head of a request alone; undefined = the answer waits for the body. */
  const answerTo = (method: string, path: string, token: string, headers = {}): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const sent = request(`${api.url}${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${token}`,
          'Content-Type': 'application/json',
          'Content-Length': 1000,
          ...headers,
        },
      });
      const settle = (status?: number): void => {
        resolve(status);
        clearTimeout(timer);
        sent.destroy();
      };
      const timer = setTimeout(settle, 2_000);
      sent.on('response', ({ statusCode }) => settle(statusCode)).on('error', reject);
      sent.flushHeaders();
    });

  it.each(bodies.map((route) => [`${route.method} ${route.path} (${route.operationId})`, route] as const))(
    'is not read when the caller is not allowed to send it: %s',
    async (_, route) => {
      const seeded = await seedWorkspace(api);
      const path = addressOf(route, seeded);
      const anybody: Who[] = [{ scopes: [] }, { role: 'viewer' }];
      const keys = anybody.map((who) => ({ ...who, key: true }));
      const callers = ONES_OWN.split(' ').includes(route.operationId) ? keys : anybody;
      for (const who of callers)
        expect([who, await answerTo(route.method, path, await seeded.token(who))]).toEqual([who, 403]);
    },
  );

  it('is read when the caller is allowed', async () => {
    expect(await answerTo('post', '/v1/actions', await here.token({}))).toBeUndefined();
  });

  it('is not read from a stranger, in an unknown encoding, or when too large', async () => {
    const token = await here.token({});
    expect(await answerTo('post', '/v1/actions', 'x')).toBe(401);
    expect(await answerTo('post', '/v1/actions', token, { 'Content-Encoding': 'gzip, gzip' })).toBe(415);
    expect(await answerTo('post', '/v1/actions', token, { 'Content-Length': 1024 * 1024 + 1 })).toBe(413);
    expect(await answerTo('get', '/v1/actions', token, { 'Content-Length': 1025 })).toBe(413);
  });

  it('is read when it names the workspace, if the token is allowed in one of its workspaces', async () => {
    const there = await api.tenant();
    const scopes: Scope[] = ['actions:write'];
    const token = await here.token({ scopes });
    expect(await answerTo('post', '/api/pending-actions', token)).toBeUndefined();
    const { action_id } = await there.pending();
    const elsewhere = `/api/pending-actions/${uuidOf(action_id)}/approve`;
    expect(dialectAt(elsewhere)).toBe('pending-actions');
    expect(await answerTo('post', elsewhere, token)).toBe(403);
  });
});
