// People and agents who ask for everything that the product does, and write down what they were told. Every request has
// one Idempotency-Key, and is tried again at another api until it is answered.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Action, JsonObject, Status } from '@proviso/contracts';
import { readId } from '@proviso/core';
import type { ClientRecord } from '@proviso/testing';
import type { Random } from './random.ts';

const TRIES_MAX = 12;
const TRY_LIMIT_MS = 6_000;

/** One workspace, as its people see it. */
export interface Tenant {
  workspace: string;
  /** Of two people who may do everything. */
  tokens: [string, string];
  identity: string;
  mailbox: string;
  contact: string;
}

export interface Load {
  records: ClientRecord[];
  /** Requests under way, by their key: what a fault of an api or a database finds being written. */
  underWay(): string[];
  /** Submissions, and those that were acknowledged. */
  counts: { submitted: number; acknowledged: number; refused: number; tries: number };
  /** Ids known so far, for whoever wants to ring for one. */
  known(): string[];
  /** Goes on until the signal aborts; settles when every request under way has ended. */
  done: Promise<void>;
}

interface Known {
  tenant: Tenant;
  id: string;
  type: string;
  params: JsonObject;
}

interface LoadOptions {
  tenants: Tenant[];
  urls: () => string[];
  lanes: number;
  random: Random;
  stop: AbortSignal;
}

type Verb = ClientRecord['verb'];
interface Asking {
  verb: Verb;
  tenant: Tenant;
  method?: string;
  address: string;
  body?: JsonObject;
  action?: Known;
  token?: string;
}

export function startLoad(options: LoadOptions): Load {
  const { random, stop, tenants } = options;
  const records: ClientRecord[] = [];
  const known: Known[] = [];
  const counts = { submitted: 0, acknowledged: 0, refused: 0, tries: 0 };
  const underWay = new Set<string>();

  /** The body of a success; null = refused, or never answered. */
  async function send(
    { verb, tenant, address, method = 'POST', body = {}, token }: Asking,
    key: string,
  ): Promise<JsonObject | null> {
    const urls = options.urls();
    const first = random.between(0, urls.length - 1);
    underWay.add(key);
    if (verb === 'create') counts.submitted += 1;
    try {
      for (let attempt = 0; attempt < TRIES_MAX; attempt += 1) {
        const reply = await once(`${options.urls()[(first + attempt) % urls.length]}${address}`, {
          method,
          headers: {
            authorization: `Bearer ${token ?? random.pick(tenant.tokens)}`,
            'content-type': 'application/json',
            ...(method === 'POST' && { 'idempotency-key': key }),
          },
          ...(method !== 'GET' && { body: JSON.stringify(body) }),
        });
        counts.tries += 1;
        if (reply && reply.status < 300) {
          if (verb === 'create') counts.acknowledged += 1;
          return reply.body;
        }
        if (reply && reply.status < 500 && reply.status !== 429) {
          counts.refused += 1;
          return null;
        }
        await sleep(100 * (attempt + 1));
      }
      return null;
    } finally {
      underWay.delete(key);
    }
  }

  /** One request about one action, with its record. */
  async function ask(asking: Asking): Promise<Action | undefined> {
    const { verb, tenant, action, body = {} } = asking;
    const key = randomUUID();
    const sent = verb === 'create' ? { ...body, metadata: { request: key } } : body;
    const record: ClientRecord = {
      workspace: tenant.workspace,
      request: key,
      verb,
      action: action?.id ?? null,
      sent,
      told: null,
      ...(action && { saw: action.params }),
    };
    records.push(record);
    const token = asking.token ?? random.pick(tenant.tokens);
    const reply = await send({ ...asking, body: sent, token }, key);
    const told = reply?.action as Action | undefined;
    if (!told) return undefined;
    record.action = readId('action', told.action_id) ?? told.action_id;
    record.told = { version: told.version, status: told.status };
    return told;
  }

  const keep = (tenant: Tenant, { action_id, type, params }: Action): void => {
    known.push({ tenant, id: readId('action', action_id) ?? action_id, type, params });
  };

  async function create(): Promise<void> {
    const tenant = random.pick(tenants);
    const told = await ask({ verb: 'create', tenant, address: '/v1/actions', body: proposal(tenant, random) });
    if (told) keep(tenant, told);
  }

  async function createMany(): Promise<void> {
    const tenant = random.pick(tenants);
    const key = randomUUID();
    const items = Array.from({ length: 10 }, (_, index) => ({
      ...proposal(tenant, random),
      metadata: { request: `${key} ${index}` },
    }));
    const mine = items.map((sent): ClientRecord => {
      const record = {
        workspace: tenant.workspace,
        request: sent.metadata.request,
        verb: 'create',
        action: null,
        sent,
        told: null,
      };
      return record as ClientRecord;
    });
    records.push(...mine);
    const reply = await send(
      { verb: 'create', tenant, address: '/v1/actions/bulk', body: { actions: items }, token: tenant.tokens[0] },
      key,
    );
    const results = (reply?.results ?? []) as { index: number; action_id: string; status: Status }[];
    for (const { index, action_id, status } of results) {
      const record = mine[index];
      if (!record || !status) continue;
      record.action = readId('action', action_id) ?? action_id;
      record.told = { version: 1, status };
      known.push({
        tenant,
        id: record.action,
        type: items[index]?.type as string,
        params: (items[index]?.params ?? {}) as JsonObject,
      });
    }
  }

  const about = (action: Known, verb: Verb, path: string, more: { method?: string; body?: JsonObject } = {}) =>
    ask({ verb, tenant: action.tenant, address: `/v1/actions/${action.id}${path}`, action, ...more });

  /** One of the newest, so that most of what is decided is still open. */
  const recent = (): Known | undefined => known.at(-random.between(1, Math.min(known.length, 40)));

  async function decideTwice(action: Known): Promise<void> {
    const edits =
      action.type.startsWith('chaos') && random.chance(0.2) ? { edits: { text: `edited ${randomUUID()}` } } : {};
    const body = { action: 'edits' in edits ? 'edit' : 'approve', ...edits };
    const verb = 'edits' in edits ? 'edit' : 'approve';
    const [one, two] = action.tenant.tokens;
    const by = (token: string) =>
      ask({ verb, tenant: action.tenant, address: `/v1/actions/${action.id}/approve`, body, action, token });
    await Promise.all([by(one), by(two)]);
  }

  async function decideMany(): Promise<void> {
    const tenant = random.pick(tenants);
    const some = known.filter((action) => action.tenant === tenant).slice(-8);
    if (some.length === 0) return;
    const key = randomUUID();
    const mine = some.map(({ id, params }): ClientRecord => ({
      workspace: tenant.workspace,
      request: `${key} ${id}`,
      verb: 'approve',
      action: id,
      sent: {},
      saw: params,
      told: null,
    }));
    records.push(...mine);
    const body = { action: 'approve', action_ids: some.map(({ id }) => id) };
    const reply = await send(
      { verb: 'approve', tenant, address: '/v1/actions/approve/bulk', body, token: tenant.tokens[0] },
      key,
    );
    for (const { action_id, ok, status } of (reply?.results ?? []) as {
      action_id: string;
      ok: boolean;
      status: Status;
    }[]) {
      const record = mine.find(({ action }) => action === (readId('action', action_id) ?? action_id));
      if (record && ok) record.told = { version: null, status };
    }
  }

  /** Another tenant's action: it must not be there. */
  async function trespass(action: Known): Promise<void> {
    const stranger = tenants.find((tenant) => tenant !== action.tenant);
    if (stranger)
      await ask({ verb: 'read', tenant: stranger, method: 'GET', address: `/v1/actions/${action.id}`, action });
  }

  async function act(): Promise<void> {
    const action = recent();
    const dice = random.next();
    if (!action || dice < 0.35) return create();
    if (dice < 0.42) return createMany();
    if (dice < 0.65) return decideTwice(action);
    if (dice < 0.7) return decideMany();
    if (dice < 0.74) return void (await about(action, 'cancel', '/cancel'));
    if (dice < 0.78) return void (await about(action, 'reject', '/reject'));
    if (dice < 0.83) return void (await about(action, 'run_now', '/execute'));
    if (dice < 0.88) return void (await change(action));
    if (dice < 0.92) return trespass(action);
    await about(action, 'read', '', { method: 'GET' });
  }

  const change = (action: Known): Promise<Action | undefined> => {
    const at = { scheduled_time: new Date(Date.now() + random.between(200, 3_000)).toISOString() };
    const params = action.type.startsWith('chaos') &&
      random.chance(0.5) && { params: { text: `changed ${randomUUID()}` } };
    return about(action, 'update', '', { method: 'PATCH', body: params || at });
  };

  const lane = async (): Promise<void> => {
    while (!stop.aborted) {
      await act();
      await sleep(random.between(10, 80));
    }
  };
  const done = Promise.all(Array.from({ length: options.lanes }, lane)).then(() => undefined);
  return { records, counts, underWay: () => [...underWay], known: () => known.map(({ id }) => id), done };
}

async function once(url: string, init: RequestInit): Promise<{ status: number; body: JsonObject } | null> {
  try {
    const reply = await fetch(url, { ...init, signal: AbortSignal.timeout(TRY_LIMIT_MS) });
    return { status: reply.status, body: (await reply.json()) as JsonObject };
  } catch {
    return null; // no answer, or half of one
  }
}

function proposal(tenant: Tenant, random: Random) {
  const text = `text ${randomUUID()}`;
  const what = random.pick([
    { type: 'chaos_post', params: { text } },
    { type: 'chaos_post', params: { text } },
    { type: 'chaos_call', params: { text } },
    { type: 'chaos_call', params: { text } },
    { type: 'create_note', params: { content: text, contact_id: tenant.contact } },
    { type: 'email_message', params: { email: 'to@example.com', subject: text, message: text } },
  ] as { type: string; params: JsonObject }[]);
  const soon = new Date(Date.now() + random.between(500, 6_000)).toISOString();
  const when = random.pick<JsonObject>([
    {},
    { direct: true },
    { scheduled_time: soon },
    { require_approval: true },
    { require_approval: true },
    { require_approval: true, scheduled_time: soon },
  ]);
  return { ...what, ...when, identity_id: what.type === 'email_message' ? tenant.mailbox : tenant.identity };
}
