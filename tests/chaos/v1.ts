// Requests of people to /v1.
import { randomUUID } from 'node:crypto';
import type { Action, BulkCreateReply, BulkDecideReply, JsonObject } from '@proviso/contracts';
import { parseId } from '@proviso/core';
import type { ClientRecord } from '@proviso/testing';
import type { Asking, Client, Known, Tenant } from './client.ts';
import { proposed, editedText, timed } from './proposals.ts';
import type { Random } from './random.ts';

export interface Scene {
  client: Client;
  random: Random;
  tenants: readonly Tenant[];
}

const bare = (id: string): string => parseId('action', id) ?? id;

const read = (reply: JsonObject) => {
  const { action_id, version, status } = reply.action as Action;
  return { action: bare(action_id), told: { version, status } };
};

export async function create({ client, random, tenants }: Scene): Promise<void> {
  const tenant = random.pick(tenants);
  const key = randomUUID();
  const body = { ...proposed(tenant, random), ...timed(random), metadata: { request: key } };
  const reply = await client.ask({ verb: 'create', tenant, address: '/v1/actions', key, body, submits: true, read });
  if (!reply) return;
  const { action_id, type, params } = reply.action as Action;
  client.known.push({ tenant, id: bare(action_id), type, params });
}

const MANY = 10;

export async function createMany({ client, random, tenants }: Scene): Promise<void> {
  const tenant = random.pick(tenants);
  const key = randomUUID();
  const actions = Array.from({ length: MANY }, (_, index) => ({
    ...proposed(tenant, random),
    ...timed(random),
    metadata: { request: `${key} ${index}` },
  }));
  const mine = actions.map((sent): ClientRecord => {
    const { workspace } = tenant;
    return { workspace, request: sent.metadata.request, verb: 'create', action: null, sent, told: null };
  });
  client.records.push(...mine);
  const reply = await client.send({ tenant, address: '/v1/actions/bulk', key, body: { actions }, submits: true });
  for (const result of (reply?.results ?? []) as BulkCreateReply['results']) {
    const [record, item] = [mine[result.index], actions[result.index]];
    if (!record || !item || !('action_id' in result)) continue;
    const id = bare(result.action_id);
    Object.assign(record, { action: id, told: { version: 1, status: result.status } });
    client.known.push({ tenant, id, type: item.type, params: item.params });
  }
}

const about = (
  { client }: Scene,
  action: Known,
  path: string,
  more: Pick<Asking, 'verb' | 'method' | 'body' | 'saw' | 'token'>,
) => client.ask({ tenant: action.tenant, address: `/v1/actions/${action.id}${path}`, action, read, ...more });

export const look = (scene: Scene, action: Known) => about(scene, action, '', { verb: 'read', method: 'GET' });
export const cancel = (scene: Scene, action: Known) => about(scene, action, '/cancel', { verb: 'cancel' });
export const reject = (scene: Scene, action: Known) => about(scene, action, '/reject', { verb: 'reject' });
export const runNow = (scene: Scene, action: Known) => about(scene, action, '/execute', { verb: 'run_now' });

/** Approves or edits the proposal. */
export function decide(scene: Scene, action: Known, token?: string) {
  const verb = scene.random.chance(0.2) ? 'edit' : 'approve';
  const body = { action: verb, ...(verb === 'edit' && { edits: editedText(action.type) }) };
  return about(scene, action, '/approve', { verb, body, saw: action.params, token });
}

/** Decides the newest actions of one tenant in one request. */
export async function decideMany({ client }: Scene, { tenant }: Known): Promise<void> {
  const some = client.known.filter((action) => action.tenant === tenant).slice(-8);
  const key = randomUUID();
  const { workspace } = tenant;
  const mine = some.map(({ id, params }): ClientRecord => {
    return { workspace, request: `${key} ${id}`, verb: 'approve', action: id, sent: {}, saw: params, told: null };
  });
  client.records.push(...mine);
  const body = { action: 'approve', action_ids: some.map(({ id }) => id) };
  const reply = await client.send({ tenant, address: '/v1/actions/approve/bulk', key, body });
  for (const result of (reply?.results ?? []) as BulkDecideReply['results']) {
    const record = mine.find(({ action }) => action === bare(result.action_id));
    if (record && result.ok) record.told = { version: null, status: result.status };
  }
}

/** Postpones it, or changes its text. */
export function change(scene: Scene, action: Known) {
  const { random } = scene;
  const later = { scheduled_time: new Date(Date.now() + random.between(200, 3_000)).toISOString() };
  const params = { ...action.params, ...editedText(action.type) };
  return about(scene, action, '', {
    verb: 'update',
    method: 'PATCH',
    body: random.chance(0.3) ? { params } : later,
  });
}

/** Runs what is due in the api that gets the request; only its reply says what it ran. */
export async function processDue({ client, random, tenants }: Scene): Promise<void> {
  const tenant = random.pick(tenants);
  const key = randomUUID();
  const reply = await client.send({ tenant, address: `/v1/actions/process?limit=${random.between(1, 10)}`, key });
  for (const { action_id, status } of (reply?.results ?? []) as { action_id: string; status: Action['status'] }[])
    client.records.push({
      workspace: tenant.workspace,
      request: `${key} ${action_id}`,
      verb: 'process',
      action: bare(action_id),
      sent: {},
      told: { version: null, status },
    });
}
