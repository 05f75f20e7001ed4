import { newId } from '@proviso/core';
import type { Route } from '../src/route.ts';
import { BODY } from '../src/body.ts';
import { addressOf, type SeededWorkspace } from './seeded-workspace.ts';
import { fillInIds } from './example-workspace.ts';
import { type Api, type Client, type Method, type Reply } from './test-api.ts';

/** An operation in a workspace that has what it needs, and a body that it takes. */
export interface Asked {
  api: Api;
  route: Route;
  here: SeededWorkspace;
  /** The address's query, with its question mark; or nothing. */
  query: string;
  body: object | undefined;
}

/** Every refusal of an operation that can be had by asking for it. */
export async function refusals(asked: Asked): Promise<Reply[]> {
  const { api, route, here, query, body } = asked;
  const address = addressOf(route, here);
  const text = body && fillInIds(body, here);
  const send = (by: Client, path = address + query, sent = text, headers = {}): Promise<Reply> =>
    by.raw(route.method as Method, path, sent, headers);
  const weak = await here.owner.post('/v1/api-keys', { name: 'weak', scopes: [] });
  const key = { 'Idempotency-Key': `${route.operationId}-${newId()}` };
  await here.owner.post('/v1/contacts', { email: `${newId()}@example.com` }, key);
  const nowhere = addressOf(route, { ...here, ids: elsewhere(here.ids) });
  const unknown = query ? `${query}&nosuch=1` : '?nosuch=1';
  const replies = [
    await send(api.with('pv_nobody')),
    await send(api.with(weak.body.token ?? undefined)),
    await send(here.owner, nowhere + query),
    ...(route.body?.safeParse({}).success === false ? [await send(here.owner, address + query, '{}')] : []),
    await send(here.owner, address + unknown),
    ...(route.body ? await badBodies(asked, address + query) : []),
    ...(route.method === 'post' ? [await send(here.owner, address + query, text, key)] : []),
    ...(route.conditional ? [await send(here.owner, address + query, text, { 'If-Match': '"999"' })] : []),
    ...(await inTheWay(asked)),
    await send(here.owner, address + query, text, { 'X-Workspace-Id': newId() }),
    await send(here.owner), // what can be done once only was done before
  ];
  return replies.filter(({ status }) => status >= 400);
}

const elsewhere = (ids: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.keys(ids).map((name) => [name, name === 'name' ? 'nosuch' : newId()]));

async function badBodies({ here, route }: Asked, address: string): Promise<Reply[]> {
  const { bytesMax } = route.bodyLimits ?? BODY;
  const method = route.method as Method;
  return [
    await here.owner.raw(method, address, `{"a":"${'x'.repeat(bytesMax)}"}`),
    await here.owner.raw(method, address, 'a=1', { 'Content-Type': 'application/x-www-form-urlencoded' }),
  ];
}

/** What stands in the way of an operation: names that are taken, things that are in use, the last owner. */
const inTheWay = ({ route, here }: Asked): Promise<Reply[]> => WAYS[route.operationId]?.(here) ?? Promise.resolve([]);

const WRONG = '0'.repeat(64);
const me = async ({ owner }: SeededWorkspace): Promise<string> =>
  (await owner.get('/v1/auth/status')).body.user?.user_id ?? '';

const WAYS: Record<string, (here: SeededWorkspace) => Promise<Reply[]>> = {
  async updateContact({ owner, ids }) {
    await owner.post('/v1/contacts', { email: 'taken@example.com' });
    return [await owner.patch(`/v1/contacts/${ids.contact_id}`, { email: 'taken@example.com' })];
  },
  async updateCompany({ owner, ids }) {
    await owner.post('/v1/companies', { domain: 'taken.example.com' });
    return [await owner.patch(`/v1/companies/${ids.company_id}`, { domain: 'taken.example.com' })];
  },
  deleteContact: async ({ owner, ids }) => [await owner.delete(`/v1/contacts/${ids.contact_id}`)],
  async deleteCompany(here) {
    const { company_id } = (await here.owner.post('/v1/companies', { name: 'Busy' })).body.company;
    await here.pending({ type: 'create_note', params: { company_id, content: 'x' } });
    return [await here.owner.delete(`/v1/companies/${company_id}`)];
  },
  deleteIdentity: async ({ owner, ids }) => [await owner.delete(`/v1/identities/${ids.identity_id}`)],
  async deleteAgent({ owner, ids }) {
    const { run } = (await owner.get(`/v1/agents/runs/${ids.run_id}`)).body;
    return [await owner.delete(`/v1/agents/${run.agent_id}`)];
  },
  decideAction: async ({ owner, ids }) => [
    await owner.post(`/v1/actions/${ids.other_action_id}/approve`, { action: 'approve', params_hash: WRONG }),
  ],
  decideRunAction: async ({ owner, ids }) => [
    await owner.post(`/v1/agents/runs/${ids.run_id}/contacts/${ids.contact_id}/actions/0/approve`, {
      action: 'approve',
      params_hash: WRONG,
    }),
  ],
  approvePendingAction: async ({ owner, ids }) => [
    await owner.post(`/api/pending-actions/${ids.other_pa_id}/approve`, { paramsHash: WRONG }),
  ],
  async updateAction({ owner, ids }) {
    const address = `/v1/actions/${ids.other_action_id}`;
    const wrong = await owner.patch(address, { require_approval: false, params_hash: WRONG });
    await owner.post(`${address}/reject`);
    return [wrong, await owner.patch(address, { description: 'Too late' })];
  },
  async runActionNow({ owner, ids }) {
    const address = `/v1/actions/${ids.other_action_id}`;
    const wrong = await owner.post(`${address}/execute`, { params_hash: WRONG });
    await owner.post(`${address}/cancel`);
    return [wrong, await owner.post(`${address}/execute`)];
  },
  updateMember: async (here) => [await here.owner.patch(`/v1/members/${await me(here)}`, { role: 'viewer' })],
  removeMember: async (here) => [await here.owner.delete(`/v1/members/${await me(here)}`)],
};
