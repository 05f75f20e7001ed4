import {
  ERROR_STATUS,
  type Action,
  type Role,
  type Company,
  type Contact,
  type EmailMessage,
  type ApiKey,
  type Agent,
  type EmailThread,
  type Erasure,
  type ErrorBody,
  type Gateway,
  type GatewayRead,
  type GatewayTool,
  type Identity,
  type Invitation,
  type JsonObject,
  type LegalHold,
  type LifecycleChange,
  type Me,
  type Member,
  type Note,
  type NotificationSettings,
  type Run,
  type Session,
  type Task,
  type Verification,
  type Tool,
  type Webhook,
  type View,
  type Workspace,
  type WorkspaceSettings,
} from '@proviso/contracts';
import { formatId, newId, openDatabase, parseId, type Database, type Paused, type Services } from '@proviso/core';
import { openWorld, type TestWorkspace, type Who, type World, type WorldOptions } from '@proviso/testing';
import { eachTest } from '@proviso/testing/fixtures';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import supertest from 'supertest';
import { createApp } from '../src/app.ts';
import { dialectAt } from '../src/dialect.ts';

interface LogEntry {
  at: string;
  event: string;
  actor: { kind: string; id: string; name: string };
  data: JsonObject;
}

/** All that /v1 may answer: a test reads the fields that it expects. */
export interface ReplyBody extends Omit<ErrorBody, 'status' | 'action'> {
  hold: { epoch: string };
  status: string;
  action_id: string;
  action: Action & { logs: LogEntry[]; logs_next_cursor?: string };
  actions: Action[];
  pagination: {
    total_items: number;
    total_is_estimate?: true;
    limit: number;
    skip: number;
    truncated?: true;
    next_cursor?: string | null;
  };
  processed: number;
  created: number;
  failed: { action_id: string; index: number; code: string; error: string; details: ErrorBody['details'] }[];
  results: { action_id: string; index: number; ok: boolean; status?: string; code?: string }[];
  contact: Contact;
  contacts: Contact[];
  note: Note;
  notes: Note[];
  email_threads: EmailThread[];
  email_message: EmailMessage;
  contact_id: string;
  company_id: string;
  company: Company;
  companies: Company[];
  task: Task;
  tasks: Task[];
  lifecycle_changes: LifecycleChange[];
  identity: Identity;
  identity_id: string;
  verification: Verification;
  identities: Identity[];
  paused: Paused[];
  user: { user_id: string; email: string };
  role: string;
  auth_type: string;
  key_id: string;
  decides: boolean;
  token: string | null;
  api_key: ApiKey;
  api_keys: ApiKey[];
  also_revoked: string[];
  revoked_invitations: string[];
  revoked_keys: string[];
  kept_keys: string[];
  invitation: Invitation;
  invitations: Invitation[];
  workspace_id: string;
  member: Member;
  members: Member[];
  me: Me;
  settings: WorkspaceSettings;
  notifications: NotificationSettings;
  erasure: Erasure;
  legal_hold: LegalHold;
  legal_holds: LegalHold[];
  session: Session;
  sessions: Session[];
  workspace: Workspace;
  workspaces: Workspace[];
  agent: Agent;
  agents: Agent[];
  run: Run;
  runs: Run[];
  secret: string | null;
  tool: Tool;
  tools: (Tool & GatewayTool)[];
  gateway: Gateway;
  gateways: Gateway[];
  webhook: Webhook;
  reads: GatewayRead[];
  view: View;
  views: View[];
}

export interface Reply {
  status: number;
  headers: Record<string, string | undefined>;
  text: string;
  body: ReplyBody;
}

export type Method = 'get' | 'post' | 'patch' | 'delete' | 'put';
type Headers = Record<string, string>;

/** One caller of the API. */
export interface Client {
  get(path: string, query?: Record<string, string>, headers?: Headers): Promise<Reply>;
  post(path: string, body?: object, headers?: Headers): Promise<Reply>;
  patch(path: string, body?: object, headers?: Headers): Promise<Reply>;
  delete(path: string, body?: object, headers?: Headers): Promise<Reply>;
  /** Sends the bytes as they are. */
  raw(method: Method, path: string, body?: string | Buffer, headers?: Headers): Promise<Reply>;
}

/** A workspace of its own, with callers in it. */
export interface Tenant extends TestWorkspace {
  owner: Client;
  client(who: Who): Promise<Client>;
  /** An action that exists, as the API showed it; its owner proposes it unless a test names somebody else. */
  propose(more?: object, by?: Client): Promise<Action>;
  /** The same, and it waits for a person. */
  pending(more?: object, by?: Client): Promise<Action>;
  /**
   * Expects a refusal with that code and its status, after which the workspace holds exactly what it held before.
   * `paths`: a text is among the paths of its details; a list is all of them.
   */
  refuses(code: Refusal, ask: () => Promise<Reply>, paths?: string | string[]): Promise<ReplyBody>;
  /** The same of several callers at once. */
  refusesEach(code: Refusal, asks: (() => Promise<Reply>)[]): Promise<void>;
}

export interface Api {
  world: World;
  /** Where it listens. */
  url: string;
  /** Whoever has this token; undefined = nobody. */
  with(token?: string): Client;
  /** The address of another api, with these services in place of the world's. It and its limits end with the test. */
  another(services?: Partial<Services>, options?: AppOptions): Promise<string>;
  /** A pool of its own, which ends with the test. */
  database(options: Partial<DatabaseOptions>): Database;
  tenant(): Promise<Tenant>;
  /** An action's row and its events, as the database has them now. */
  recorded(prefixedId: string): ReturnType<typeof recorded>;
}

type AppOptions = NonNullable<Parameters<typeof createApp>[1]>;
type DatabaseOptions = Parameters<typeof openDatabase>[0];
/** Where no database answers. */
export const NOWHERE = 'postgresql://nobody@127.0.0.1:1/nowhere';

interface Listening {
  url: string;
  close(): Promise<void>;
}

/** Serves the app over these services on a free port. */
export async function startTestApi(services: Services, options: AppOptions = {}): Promise<Listening> {
  const server = createApp(services, options).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A world and its API around the tests of a file or a describe. */
export function useApi({
  inboxDir,
  callerCache,
  ...options
}: WorldOptions & Pick<AppOptions, 'inboxDir' | 'callerCache'> = {}): Api {
  let world: World;
  let listening: Listening;
  const ofTest: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of ofTest.splice(0).toReversed()) await close();
  });
  beforeAll(async () => {
    world = await openWorld(options);
    listening = await startTestApi(world, { ...(inboxDir && { inboxDir }), ...(callerCache && { callerCache }) });
  });
  afterAll(async () => {
    await listening.close();
    await world.close();
  });
  const api: Api = {
    get world() {
      return world;
    },
    get url() {
      return listening.url;
    },
    with: (token) => clientOf(listening.url, token),
    another: async (services, more = {}) => {
      const opened = await startTestApi({ ...world, ...services }, more);
      ofTest.push(async () => more.limits?.close(), opened.close);
      return opened.url;
    },
    database: (more) => {
      const db = openDatabase({ url: world.databaseUrl, poolMax: 4, ...more });
      ofTest.push(() => db.close());
      return db;
    },
    recorded: (prefixedId) => recorded(world, prefixedId),
    tenant: () => openTenant(world, listening.url),
  };
  return api;
}

/** A workspace and its callers, of the API at that address. */
export async function openTenant(world: World, url: string): Promise<Tenant> {
  const workspace = await world.workspace();
  const client = async (who: Who): Promise<Client> => clientOf(url, await workspace.token(who));
  const tenant: Tenant = {
    ...workspace,
    client,
    owner: await client({}),
    async propose(more, by) {
      const { status, body, text } = await (by ?? this.owner).post('/v1/actions', proposal(this, more));
      if (status !== 200) throw new Error(`not proposed: ${text}`);
      return body.action;
    },
    pending(more, by) {
      return this.propose({ require_approval: true, ...more }, by);
    },
    refuses: (code, ask, paths) => expectRefusal(world, workspace, { code, ask, paths }),
    refusesEach: (code, asks) =>
      unmoved(world, workspace, async () => {
        for (const reply of await Promise.all(asks.map((ask) => ask()))) expectCode(reply, code);
      }),
  };
  return tenant;
}

/** The same, and a new workspace for each test. */
export function useTenant(options: Parameters<typeof useApi>[0] = {}): { api: Api; here: Tenant } {
  const api = useApi(options);
  return { api, here: eachTest(() => api.tenant()) };
}

export function clientOf(url: string, token?: string): Client {
  const send = async (
    method: Method,
    path: string,
    headers: Headers = {},
    body?: string | Buffer | object,
  ): Promise<Reply> => {
    const request = supertest(url)[method](path).redirects(0).set(headers);
    if (token !== undefined) request.set('Authorization', `Bearer ${token}`);
    if (/\/(events|stream)(\?|$)/.test(path)) request.buffer(true).parse(firstMessage);
    if (Buffer.isBuffer(body)) request.serialize((bytes: string) => bytes); // superagent would write it as JSON
    if (body !== undefined) request.send(body);
    return (await request) as Reply;
  };
  return {
    get: (path, query = {}, headers = {}) =>
      send('get', Object.keys(query).length > 0 ? `${path}?${new URLSearchParams(query).toString()}` : path, headers),
    post: (path, body, headers) => send('post', path, headers, body),
    patch: (path, body, headers) => send('patch', path, headers, body),
    delete: (path, body, headers) => send('delete', path, headers, body),
    raw: (method, path, body, headers = {}) =>
      send(method, path, { 'Content-Type': 'application/json', ...headers }, body),
  };
}

/** A stream has no end of its own: one message is enough. Its errors are JSON like all others. */
function firstMessage(reply: supertest.Response, done: (error: Error | null, body: unknown) => void): void {
  const stream = reply as unknown as IncomingMessage; // what superagent hands to a parser, whatever its types say
  let text = '';
  stream.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    if (!stream.headers['content-type']?.startsWith('text/event-stream') || !text.includes('\n\n')) return;
    done(null, {});
    stream.destroy();
  });
  const isLines = stream.headers['content-type']?.startsWith('application/x-ndjson');
  stream.on('end', () => done(null, isLines ? {} : JSON.parse(text || '{}')));
}

export const SMTP = { host: 'mail.example.com', port: 587, from: 'Ann <ann@example.com>' };

/** From now on the workspace acts through an identity whose config and credentials can change. */
export async function actThroughSmtp(here: Tenant): Promise<void> {
  here.identityId = await here.identity('smtp', SMTP);
}

/** What a caller proposes unless a test says otherwise. */
export const proposal = ({ identityId }: TestWorkspace, more: object = {}): object => ({
  type: 'probe_idempotent',
  identity_id: identityId,
  params: { say: 'hello' },
  ...more,
});

/** A task that is there already; tasks are made by actions. Returns its id. */
export async function addTask(
  { db }: Services,
  { id: workspace_id }: TestWorkspace,
  more: object = {},
): Promise<string> {
  const { id } = await db.tables.tasks.create({ data: { id: newId(), workspace_id, title: 'Call', ...more } });
  return formatId('task', id);
}

/** The id of the person whose personal credential it is. */
export const userIdOf = async (by: Client): Promise<string> => (await by.get('/v1/auth/status')).body.user.user_id;

/** Somebody new in the workspace: invited, and in by their first credential. */
export async function join(api: Api, by: Client, role: Role, email = `${newId()}@example.com`) {
  const { body, text } = await by.post('/v1/invitations', { email, role });
  if (!body.secret) throw new Error(`not invited: ${text}`);
  const accepted = await api.with().post('/v1/invitations/accept', { secret: body.secret, name: 'Ann' });
  if (accepted.status !== 201) throw new Error(`not accepted: ${accepted.text}`);
  const token = accepted.body.token ?? '';
  return { email, token, by: api.with(token), user_id: accepted.body.member.user_id };
}

/** Lets a person into another workspace, by invitation. Returns the status of their acceptance. */
export async function letIn(there: Tenant, by: Client, role: Role): Promise<number> {
  const { email } = (await by.get('/v1/auth/status')).body.user;
  const { body } = await there.owner.post('/v1/invitations', { email, role });
  return (await by.post('/v1/invitations/accept', { secret: body.secret })).status;
}

export const inFuture = (ms = 3_600_000): string => new Date(Date.now() + ms).toISOString();

async function recorded({ db }: Services, prefixedId: string) {
  const id = uuidOf(prefixedId);
  const row = await db.tables.actions.findUniqueOrThrow({ where: { id } });
  const events = await db.tables.action_events.findMany({ where: { action_id: id }, orderBy: { version: 'asc' } });
  return { row, events, trail: events.map(({ event }) => event), last: events.at(-1) };
}

export function uuidOf(actionId: string): string {
  const uuid = parseId('action', actionId);
  if (!uuid) throw new Error(`${actionId} is not an action's id`);
  return uuid;
}

const TABLES = `
  actions action_events contacts unsubscribed_addresses companies notes tasks lifecycle_changes email_messages
  email_threads identities idempotency_keys agents agent_runs api_keys invitations members readers snoozes views
  pauses tools gateways gateway_servers gateway_agents gateway_tools gateway_calls gateway_reads
  webhooks webhook_secrets webhook_deliveries
  legal_holds workspace_exports erasures
`;

/** Everything that a workspace holds, to see that nothing moved. */
export async function holdings({ db }: Services, { id }: Pick<TestWorkspace, 'id'>): Promise<unknown> {
  const each = TABLES.trim()
    .split(/\s+/)
    .map((table) => `select '${table}' as kind, to_jsonb(t) as row from ${table} t where workspace_id = $1`);
  const text = `${each.join(' union all ')} order by kind, row`;
  const { rows } = await db.pool.query({ name: 'holdings', text, values: [id] }); // planned once
  return rows;
}

/** Expects that the workspace holds afterwards exactly what it held before. */
async function unmoved<T>(world: World, workspace: Pick<TestWorkspace, 'id'>, work: () => Promise<T>): Promise<T> {
  const before = await holdings(world, workspace);
  const done = await work();
  expect(await holdings(world, workspace)).toEqual(before);
  return done;
}

function expectCode(reply: Reply, code: Refusal): void {
  expect({ status: reply.status, code: codeOf(reply), says: reply.text }).toMatchObject({ status: STATUS[code], code });
}

async function expectRefusal(
  world: World,
  workspace: Pick<TestWorkspace, 'id'>,
  { code, ask, paths }: { code: Refusal; ask: () => Promise<Reply>; paths: string | string[] | undefined },
): Promise<ReplyBody> {
  const reply = await unmoved(world, workspace, async () => {
    const answer = await ask();
    expectCode(answer, code);
    return answer;
  });
  if (typeof paths === 'string') expect(pathsOf(reply.body)).toContain(paths);
  if (Array.isArray(paths)) expect(pathsOf(reply.body)).toEqual(paths);
  return reply.body;
}

/** What a refusal says, in either dialect. */
const refusalIn = (body: ReplyBody): Partial<Pick<ReplyBody, 'code' | 'details'>> =>
  typeof body.error === 'object' ? body.error : body;

export const codeOf = ({ body }: Reply): string | undefined => refusalIn(body).code;
export const pathsOf = (body: ReplyBody): string[] => (refusalIn(body).details ?? []).map(({ path }) => path);

/** Each code and its status: of /v1, and those of the second dialect that differ. */
const STATUS = { ...ERROR_STATUS, validation: 422, UNAUTHORIZED: 401 } as const;
type Refusal = keyof typeof STATUS;
/** What is wrong with a request, as the dialect at that address says it. */
export const invalidAt = (path: string): Refusal => (dialectAt(path) === 'v1' ? 'INVALID' : 'validation');
