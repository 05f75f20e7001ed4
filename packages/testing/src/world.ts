import { lowerRole, SCOPES, type JsonObject, type Role, type Scope } from '@proviso/contracts';
import {
  authenticate,
  chooseCaller,
  createLeases,
  createRegistry,
  createSlots,
  hashToken,
  lookupOf,
  newId,
  newToken,
  openDatabase,
  openEpoch,
  openQueue,
  DEFAULT_TIMINGS,
  parseId,
  readKeyRing,
  sealSecret,
  type ActionRow,
  type Context,
  type Database,
  type Timings,
  type SlotOptions,
  type Services,
  type Worker,
} from '@proviso/core';
import type { Executor, ProviderKind } from '@proviso/core/executor';
import { builtIns, type ExecutorSettings } from '@proviso/executors';
import { pino } from 'pino';
import { probeExecutors } from './probe-executor.ts';

/** What a test file shares: its own database, a real queue, the built-in executors and the probes. */
export interface World extends Services {
  databaseUrl: string;
  /** A workspace that no other test uses. */
  workspace(): Promise<TestWorkspace>;
  /** A worker in this process; `timings` shortens its times, `slots` reduces it. */
  worker(timings?: Partial<Timings>, slots?: Partial<SlotOptions>): Worker;
  /** Changes an action's row by force. `id` is a UUID or a TypeID. */
  setAction(id: string, columns: string): Promise<void>;
  close(): Promise<void>;
}

export interface TestWorkspace {
  id: string;
  /** An active `internal` identity, enough for executors that need none. */
  identityId: string;
  as(who: Who): Promise<Context>;
  /** A token of that person or agent, for requests over HTTP. */
  token(who: Who): Promise<string>;
  identity(provider: string, config?: JsonObject, credentials?: JsonObject): Promise<string>;
  agentId(name?: string): Promise<string>;
}

export interface Who {
  role?: Role;
  scopes?: Scope[];
  /** The name of the agent that it acts as; created if it does not exist. */
  agent?: string;
  /** With a workspace key, created by a person with that role, instead of a personal credential. */
  key?: boolean;
  /** Whether that key may decide. */
  decides?: boolean;
}

export interface WorldOptions {
  redisUrl?: string;
  executors?: Executor[];
  /** Replace the built-in kinds of the same name. */
  providers?: ProviderKind[];
  /** The addresses of the providers of built-in executors. */
  executorSettings?: ExecutorSettings;
}

/** The key ring of worlds, and of the processes next to them. */
export const TEST_KEYS = `test:${Buffer.alloc(32, 7).toString('base64')}`;

/** Opens the database that the jest environment created for this file. */
export async function openWorld({
  redisUrl,
  executors = [],
  providers = [],
  executorSettings,
}: WorldOptions = {}): Promise<World> {
  const databaseUrl = process.env.DATABASE_URL;
  if (!databaseUrl) throw new Error('DATABASE_URL is set by the jest environment; run this file with npm test');
  const log = pino({ level: process.env.LOG_LEVEL ?? 'silent' });
  const db = openDatabase({ url: databaseUrl, poolMax: 20, name: 'proviso-test' });
  const [queue, epoch] = [await openQueue({ redisUrl, databaseUrl, log }), await openTestEpoch(db, log)];
  // the providers of tests are on this machine
  const shipped = builtIns({ allowPrivateAddresses: true, ...executorSettings });
  const kept = shipped.providers.filter(({ provider }) => !providers.some((own) => own.provider === provider));
  const registry = createRegistry({
    ...shipped,
    executors: [...shipped.executors, ...probeExecutors, ...executors],
    providers: [...providers, ...kept],
  });
  const secrets = readKeyRing(TEST_KEYS);
  const services: Services = { db, queue, epoch, executors: registry, secrets, log, timings: DEFAULT_TIMINGS };
  const workers: Worker[] = [];
  return {
    ...services,
    databaseUrl,
    workspace: () => makeWorkspace(services),
    worker: (given = {}, slots = {}) => {
      const timings = { ...DEFAULT_TIMINGS, ...given };
      const actor = { kind: 'system', id: `test worker ${workers.length}`, name: 'Worker' } as const;
      const worker = {
        ...services,
        actor,
        leases: createLeases(db, log, timings),
        slots: createSlots({ slots: 1_000, executors: registry, ...slots }),
        timings,
      };
      workers.push(worker);
      return worker;
    },
    setAction: async (id, columns) =>
      void (await db.pool.query(`update actions set ${columns} where id = $1`, [parseId('action', id)])),
    close: async () => {
      for (const worker of workers) worker.leases.close();
      epoch.close();
      await Promise.all([shipped.mcp.close(), queue.close()]);
      await db.close();
    },
  };
}

async function openTestEpoch(db: Database, log: Services['log']): Promise<Services['epoch']> {
  const epoch = openEpoch({ db, log });
  await epoch.check();
  return epoch;
}

async function makeWorkspace(services: Services): Promise<TestWorkspace> {
  const { tables } = services.db;
  const { id } = await tables.workspaces.create({ data: { id: newId(), name: 'Test' } });
  const identity = async (provider: string, config: JsonObject = {}, secret?: JsonObject): Promise<string> => {
    const made = newId();
    const credentials = secret ? sealSecret(services.secrets, secret, `identities.credentials:${made}`) : null;
    const data = { id: made, workspace_id: id, provider, name: provider, config, credentials };
    return (await tables.identities.create({ data })).id;
  };
  const agentId = async (name = 'agent'): Promise<string> => {
    const known = await tables.agents.findFirst({ where: { workspace_id: id, name } });
    return known?.id ?? (await tables.agents.create({ data: { id: newId(), workspace_id: id, name } })).id;
  };
  const token = (who: Who): Promise<string> => makeToken(services, { id, agentId }, who);
  return {
    id,
    identityId: await identity('internal'),
    identity,
    agentId,
    token,
    as: async (who) => ({
      ...services,
      caller: chooseCaller(await authenticate(services.db, await token(who))),
      via: 'test',
    }),
  };
}

async function makeMember({ tables }: Database, workspace_id: string, role: Role, name: string): Promise<string> {
  const email = `${newId()}@example.com`;
  const user = await tables.users.create({ data: { id: newId(), email, name } });
  await tables.members.create({ data: { workspace_id, user_id: user.id, role } });
  return user.id;
}

/** A personal credential, or a workspace's or agent's key, with a person of that role behind it. */
async function makeToken(
  { db }: Services,
  { id, agentId }: Pick<TestWorkspace, 'id' | 'agentId'>,
  who: Who,
): Promise<string> {
  const { role = 'owner', scopes = [...SCOPES], agent, key, decides = false } = who;
  const name = agent ?? role;
  const person = await makeMember(db, id, role, name);
  const rights =
    agent === undefined && !key
      ? { kind: 'personal', person_id: person, home_workspace_id: id }
      : {
          kind: agent === undefined ? 'workspace' : 'agent',
          workspace_id: id,
          role: lowerRole('admin', role),
          agent_id: agent === undefined ? null : await agentId(agent),
          decides,
          made_by_person_id: person,
        };
  const secret = newToken();
  await db.tables.api_keys.create({
    data: {
      ...rights,
      id: newId(),
      name,
      lookup: lookupOf(secret),
      token_hash: hashToken(secret),
      scopes,
      created_by: { kind: 'system', id: 'test', name: 'Test' },
    },
  });
  return secret;
}

/** The row as it is in the database. */
export async function reread({ db }: Pick<Services, 'db'>, { id }: Pick<ActionRow, 'id'>): Promise<ActionRow> {
  const row = await db.tables.actions.findUniqueOrThrow({ where: { id } });
  // a test reads columns, and the identity's version is not one
  return { ...row, identity_version: null } as unknown as ActionRow;
}
