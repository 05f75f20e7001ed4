import { afterAll, afterEach, beforeEach } from '@jest/globals';
import { newId, type Database } from '@proviso/core';
import {
  clientOf,
  startApi,
  startWorker,
  type Api,
  type Client,
  type FleetSettings,
  type Running,
} from './processes.ts';
import { openWorld, type TestWorkspace, type Who, type World } from './world.ts';

type Tables = Database['tables'];
type Where = NonNullable<Parameters<Tables['actions']['count']>[0]>['where'];

/** A database, a workspace and real processes for each test of a file. What a test starts is killed after it. */
export interface Fleet {
  readonly world: World;
  readonly db: Database;
  readonly workspace: TestWorkspace;
  /** `change` overrides the fleet's settings; its environment is added to theirs. `options` are Node's. */
  startApi(change?: Partial<FleetSettings>, options?: string[]): Promise<Api>;
  startWorker(change?: Partial<FleetSettings>): Promise<Running & { url: string }>;
  /** An api with the fleet's settings for all tests of the file. A test that stops, kills or slows one starts its own. */
  sharedApi(): Promise<Api>;
  /** Kills this process too after the test. */
  own<T extends Running>(process: T): T;
  /** A client of /v1 for a new member or agent of the workspace; by default an owner. */
  client(api: Pick<Api, 'url'>, who?: Who): Promise<Client>;
  /** A new contact of the workspace. */
  contact(): Promise<string>;
  /** A new identity that sends through the SMTP server on this port. */
  mailbox(server: { port: number }): Promise<string>;
  /** The workspace's actions, as they are in the database. */
  actions(where?: Where): ReturnType<Tables['actions']['findMany']>;
  countActions(where?: Where): Promise<number>;
  /** The database's time. */
  now(): Promise<Date>;
}

/** Call it where hooks may be declared. Its hooks run before those declared later. */
export function useFleet(settings: Omit<FleetSettings, 'databaseUrl'> = {}): Fleet {
  let world: World;
  let workspace: TestWorkspace;
  const processes: Running[] = [];
  let shared: Promise<Api> | undefined;
  const { redisUrl, env } = settings;
  beforeEach(async () => {
    world = await openWorld({ ...(redisUrl && { redisUrl }) });
    workspace = await world.workspace();
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((process) => process.kill()));
    await world.close();
  });
  afterAll(async () => (await shared)?.kill());

  const own = <T extends Running>(process: T): T => {
    processes.push(process);
    return process;
  };
  const settingsWith = (change: Partial<FleetSettings>): FleetSettings => ({
    databaseUrl: world.databaseUrl,
    redisUrl,
    ...change,
    env: { ...env, ...change.env },
  });
  return {
    get world() {
      return world;
    },
    get db() {
      return world.db;
    },
    get workspace() {
      return workspace;
    },
    startApi: async (change = {}, options = []) => own(await startApi(settingsWith(change), options)),
    startWorker: async (change = {}) => own(await startWorker(settingsWith(change))),
    sharedApi: () => (shared ??= startApi(settingsWith({}))),
    own,
    client: async ({ url }, who = {}) => clientOf(url, await workspace.token(who)),
    ...recordsOf(() => ({ db: world.db, workspace })),
  };
}

function recordsOf(
  current: () => Pick<Fleet, 'db' | 'workspace'>,
): Pick<Fleet, 'contact' | 'mailbox' | 'actions' | 'countActions' | 'now'> {
  const ofWorkspace = (where: Where = {}) => ({ where: { ...where, workspace_id: current().workspace.id } });
  return {
    contact: async () => {
      const id = newId();
      const data = { id, workspace_id: current().workspace.id, email: `${id}@example.com` };
      return (await current().db.tables.contacts.create({ data })).id;
    },
    mailbox: ({ port }) =>
      current().workspace.identity('smtp', {
        host: '127.0.0.1',
        port,
        secure: false,
        from: 'Sales <sales@example.com>',
      }),
    actions: (where) => current().db.tables.actions.findMany(ofWorkspace(where)),
    countActions: (where) => current().db.tables.actions.count(ofWorkspace(where)),
    now: async () => {
      const { rows } = await current().db.pool.query<{ now: Date }>('select clock_timestamp() as now');
      return rows[0]?.now ?? new Date(NaN);
    },
  };
}
