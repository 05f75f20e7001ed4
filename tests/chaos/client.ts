// People and agents who repeat requests until they get a reply, each time at another api, and record what they were
// told. All attempts of a request have one Idempotency-Key.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '@proviso/contracts';
import type { BatchRecord, ClientRecord } from '@proviso/testing';
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

/** An action as its people know it. */
export interface Known {
  tenant: Tenant;
  id: string;
  type: string;
  params: JsonObject;
}

interface Request {
  tenant: Tenant;
  /** POST by default. */
  method?: 'GET' | 'PATCH';
  address: string;
  body?: JsonObject;
  /** Of one of the tenant's people; of either by default. */
  token?: string | undefined;
  key?: string;
  /** Counts as a submission. */
  submits?: true;
}

/** A request about one action. */
export interface Asking extends Request {
  verb: ClientRecord['verb'];
  action?: Known;
  saw?: JsonObject;
  /** The body in the words of /v1, if the dialect differs. */
  sent?: JsonObject;
  /** Reads from the reply what was told, and about which action. */
  read: (reply: JsonObject) => Pick<ClientRecord, 'action' | 'told'>;
}

export interface Client {
  records: ClientRecord[];
  batches: BatchRecord[];
  known: Known[];
  /** Submissions, acknowledged ones, refused requests, and all attempts. */
  counts: { submitted: number; acknowledged: number; refused: number; tries: number };
  /** Keys of the requests in progress. */
  underWay: Set<string>;
  /** The body of a success; null = refused, or no reply. */
  send(request: Request): Promise<JsonObject | null>;
  /** The same, and records it. */
  ask(asking: Asking): Promise<JsonObject | null>;
}

export function createClient(urls: () => string[], random: Random): Client {
  const records: ClientRecord[] = [];
  const counts = { submitted: 0, acknowledged: 0, refused: 0, tries: 0 };
  const underWay = new Set<string>();

  /** Null = no reply. */
  async function answered(url: string, init: RequestInit): Promise<Reply | null> {
    const first = random.between(0, urls().length - 1);
    for (let attempt = 0; attempt < TRIES_MAX; attempt += 1) {
      const all = urls();
      const reply = await once(`${all[(first + attempt) % all.length]}${url}`, init);
      counts.tries += 1;
      if (reply && reply.status < 500 && reply.status !== 429) return reply;
      await sleep(100 * (attempt + 1));
    }
    return null;
  }

  async function send({ key = randomUUID(), submits, ...request }: Request): Promise<JsonObject | null> {
    const { tenant, address, method = 'POST', body = {}, token = random.pick(tenant.tokens) } = request;
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...(method === 'POST' && { 'idempotency-key': key }),
    };
    if (submits) counts.submitted += 1;
    underWay.add(key);
    const reply = await answered(address, { method, headers, ...(method !== 'GET' && { body: JSON.stringify(body) }) });
    underWay.delete(key);
    if (!reply) return null;
    if (reply.status >= 300) counts.refused += 1;
    else if (submits) counts.acknowledged += 1;
    return reply.status < 300 ? reply.body : null;
  }

  async function ask({ verb, action, saw, sent, read, ...request }: Asking): Promise<JsonObject | null> {
    const { tenant, key = randomUUID(), body = {} } = request;
    const record: ClientRecord = {
      workspace: tenant.workspace,
      request: key,
      verb,
      action: action?.id ?? null,
      sent: sent ?? body,
      told: null,
      ...(saw && { saw }),
    };
    records.push(record);
    const reply = await send({ ...request, key });
    if (reply) Object.assign(record, read(reply));
    return reply;
  }

  return { records, batches: [], known: [], counts, underWay, send, ask };
}

interface Reply {
  status: number;
  body: JsonObject;
}

async function once(url: string, init: RequestInit): Promise<Reply | null> {
  try {
    const reply = await fetch(url, { ...init, signal: AbortSignal.timeout(TRY_LIMIT_MS) });
    return { status: reply.status, body: (await reply.json()) as JsonObject };
  } catch {
    return null; // no reply, or half of one
  }
}
