import { setTimeout as sleep } from 'node:timers/promises';
import { isCleared, PENDING_STATUS_OF, type JsonObject } from '@proviso/contracts';
import {
  AppError,
  approvePendingAction,
  batchApprovePendingActions,
  cancelAction,
  clearedHash,
  createAction,
  decideAction,
  effectiveParams,
  execute,
  getAction,
  hashJson,
  newId,
  processActions,
  parseId,
  recallAction,
  runActionNow,
  updateAction,
  type ActionRow,
  type Context,
  type Worker,
} from '@proviso/core';
import { builtIns } from '@proviso/executors';
import {
  SWEEPS,
  expireLeases,
  judge,
  readEvidence,
  reread,
  startFaultyProcess,
  type BatchRecord,
  type ClientRecord,
  type CrashInjector,
  type CrashPoint,
  type FaultyProcess,
  type TestWorkspace,
  type Told,
  type Verdict,
  type World,
} from '@proviso/testing';
import { createFakeProvider, providerExecutors, type FakeProvider } from './provider.ts';

const TURNS_MAX = 60;

/** What a mutant may change in a process, to check that the checker notices. */
export type Mutation = (worker: Worker) => Worker;

export interface SimulationOptions {
  world: World;
  workspace: TestWorkspace;
  people: { owner: Context; reviewer: Context; stranger: Context };
  /** The first process crashes at the first point, its successor at the second. Later ones survive. */
  crashPoints?: (CrashPoint | undefined)[];
  mutate?: Mutation;
}

type Person = keyof SimulationOptions['people'];
type Request = (ctx: Context) => Promise<ActionRow>;
type Asking = Pick<ClientRecord, 'verb' | 'sent'> & { who: Person; saw?: JsonObject };

/** What a client of /v1 is told. */
const told = ({ version, status }: ActionRow): Told => ({ version, status });
/** What a client of /api/pending-actions is told of its approval. */
const toldShown = ({ status, cleared_hash }: ActionRow): Told => ({
  version: null,
  shown: PENDING_STATUS_OF[status],
  ...(cleared_hash && { hash: cleared_hash }),
});

/**
 * One action from its creation to its end, with clients that retry until they get a reply, lost wake-ups, and one
 * process after another.
 */
export class Simulation {
  readonly provider: FakeProvider = createFakeProvider();
  readonly processes: FaultyProcess[] = [];
  readonly records: ClientRecord[] = [];
  readonly batches: BatchRecord[] = [];
  action: ActionRow | undefined;
  readonly #options: SimulationOptions;
  /** Ids grow with time, by the millisecond, so everything that its requests create sorts after this one. */
  readonly #since = `${newId().slice(0, 13)}-7000-8000-000000000000`;
  readonly #name = `simulation ${Math.random().toString(36).slice(2)}`;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#start();
  }

  get id(): string {
    if (!this.action) throw new Error('nothing was created');
    return this.action.id;
  }

  create(type: string, params: JsonObject, more: JsonObject = {}): Promise<ActionRow | undefined> {
    const { workspace } = this.#options;
    const request = `${this.#name} create`;
    const body = { type, identity_id: workspace.identityId, params, metadata: { request }, ...more };
    return this.ask({ verb: 'create', who: 'owner', sent: body }, (ctx) => createAction(ctx, body));
  }

  /** Approves or edits the current action. `meanwhile` runs between the verb's read and its write. */
  async approve(who: Person = 'owner', more: JsonObject = {}, meanwhile?: () => Promise<unknown>) {
    const seen = await this.look(who);
    const verb = more.edits ? 'edit' : 'approve';
    const body = { action: verb, params_hash: seen.hash, ...more };
    const decide: Request = (ctx) => decideAction(meanwhile ? interrupted(ctx, meanwhile) : ctx, this.id, body);
    return this.ask({ verb, who, sent: body, saw: seen.params }, decide);
  }

  reject = (who: Person = 'owner') =>
    this.ask({ verb: 'reject', who, sent: {} }, (ctx) => decideAction(ctx, this.id, { action: 'reject' }));
  cancel = (who: Person = 'owner') =>
    this.ask({ verb: 'cancel', who, sent: {} }, (ctx) => cancelAction(ctx, this.id, {}));
  recall = (who: Person = 'owner') =>
    this.ask({ verb: 'recall', who, sent: {} }, (ctx) => recallAction(ctx, this.id, {}));
  runNow = (who: Person = 'owner') =>
    this.ask({ verb: 'run_now', who, sent: {} }, (ctx) => runActionNow(ctx, this.id, {}));
  update = (sent: JsonObject) =>
    this.ask({ verb: 'update', who: 'owner', sent }, (ctx) => updateAction(ctx, this.id, sent));
  read = (who: Person) =>
    this.ask({ verb: 'read', who, sent: {} }, async (ctx) => (await getAction(ctx, this.id)).action);

  /** Approves what /api/pending-actions shows, or edits it. */
  async approveShown(userEdits?: JsonObject, meanwhile?: () => Promise<unknown>): Promise<void> {
    const seen = await this.look('owner');
    const verb = userEdits ? 'edit' : 'approve';
    const sent = userEdits ? { edits: userEdits } : {};
    const body = { params_hash: seen.hash, ...sent };
    const decide: Request = (ctx) => approvePendingAction(meanwhile ? interrupted(ctx, meanwhile) : ctx, this.id, body);
    await this.ask({ verb, who: 'owner', sent, saw: seen.params }, decide, toldShown);
  }

  /** Edits it as the only item of its batch. */
  async approveBatch(userEdits: JsonObject): Promise<void> {
    const seen = await this.look('owner');
    const item = this.#note({ verb: 'edit', who: 'owner', sent: { edits: userEdits }, saw: seen.params });
    const batch: BatchRecord = { request: item.request, items: [item], told: null };
    this.batches.push(batch);
    const items = [{ action_id: this.id, params_hash: seen.hash, edits: userEdits, exclude: false }];
    const batchId = this.action?.batch_id ?? '';
    batch.told = (await this.#send(item, 'owner', (ctx) => batchApprovePendingActions(ctx, batchId, items))) ?? null;
  }

  /** Runs what is due in the process that gets the request. */
  async processDue(): Promise<void> {
    const record = this.#note({ verb: 'process', who: 'owner', sent: {} });
    const input = { query: { limit: '1' }, body: {} };
    const reply = await this.#send(record, 'owner', (ctx) => processActions(ctx, input));
    const mine = reply?.results.find(({ action_id }) => parseId('action', action_id) === this.id);
    if (mine) record.told = { version: null, status: mine.status };
  }

  async ask(asking: Asking, request: Request, tell = told): Promise<ActionRow | undefined> {
    const record = this.#note(asking);
    const reply = await this.#send(record, asking.who, request);
    if (!reply) return undefined;
    if (asking.verb === 'create') this.action = reply;
    record.action = reply.id;
    record.told = tell(reply);
    return reply;
  }

  #note({ verb, who, sent, saw }: Asking): ClientRecord {
    const record: ClientRecord = {
      workspace: this.#options.people[who].caller.workspaceId,
      request: `${this.#name} ${verb} ${this.records.length}`,
      verb,
      action: this.action?.id ?? null,
      sent,
      told: null,
      ...(saw && { saw }),
    };
    this.records.push(record);
    return record;
  }

  /** Repeats a request under the same Idempotency-Key until some process replies. A refusal is a reply. */
  #send<T>({ request: key, verb, sent }: ClientRecord, who: Person, request: (ctx: Context) => Promise<T>) {
    const { caller } = this.#options.people[who];
    const { tokenId, workspaceId } = caller;
    return this.#answered(({ worker }) => {
      const idempotency = { key, requestHash: hashJson({ verb, sent }), replayed: false, tokenId, workspaceId };
      const ctx: Context = { ...worker, caller, via: 'test', ...(verb !== 'read' && { idempotency }) };
      return request(ctx).catch(refusal);
    });
  }

  async look(who: Person): Promise<{ params: JsonObject; hash: string }> {
    const { action } = await getAction(this.#options.people[who], this.id);
    return { params: effectiveParams(action), hash: clearedHash(action, this.process.worker.executors) };
  }

  /** Delivers all wake-ups and a stray one, each twice. A crashing process loses them. */
  async deliverWakeUps(): Promise<void> {
    for (const id of [...this.process.wakeUps.splice(0), this.id])
      await this.attempt(async ({ worker }) => void (await Promise.all([execute(worker, id), execute(worker, id)])));
  }

  /** Work that nobody repeats: it is lost with its process. */
  async attempt(work: (process: FaultyProcess) => Promise<void>): Promise<void> {
    const { process } = this;
    await Promise.race([work(process), process.injector.whenCrashed]);
    if (process.injector.crashed) this.#start();
  }

  /** Expires the leases of crashed processes, and sweeps until nothing is due. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < TURNS_MAX; turn += 1) {
      await this.expireLeases(this.processes.filter(({ injector }) => injector.crashed));
      for (const sweep of SWEEPS) await this.attempt(({ worker }) => sweep(worker));
      const { status, due_at } = await reread(this.#options.world, { id: this.id });
      if (status !== 'running' && !isCleared(status)) return;
      await sleep(Math.min(Math.max(due_at.getTime() - Date.now(), 2), 50)); // the database's clock is this one
    }
  }

  /** Expires the leases of these processes. */
  expireLeases(processes: FaultyProcess[]): Promise<void> {
    return expireLeases(this.#options.world.db, { workers: processes.map(({ worker }) => worker.actor.id) });
  }

  /** Somebody with access to the database changes what was approved. */
  async tamper(): Promise<void> {
    const { pool } = this.#options.world.db;
    await pool.query(`update actions set params = params || '{"say": "something else"}' where id = $1`, [this.id]);
  }

  /** Starts another process while the others run. */
  successor(): FaultyProcess {
    this.#start();
    return this.process;
  }

  /** Judges all actions that its requests created, even if nobody was told of them. */
  async judge(): Promise<Verdict> {
    const { world, workspace } = this.#options;
    const made = await world.db.tables.actions.findMany({
      where: { id: { gte: this.#since }, workspace_id: workspace.id },
      select: { id: true },
    });
    const read = await readEvidence(world.db, { actions: made.map(({ id }) => id) });
    return judge({
      ...read,
      effects: [...this.provider.effects, ...read.effects],
      records: this.records,
      batches: this.batches,
      counted: ['provider_idempotent', 'provider_at_most_once', 'create_note'],
      graceMs: 0,
    });
  }

  get process(): FaultyProcess {
    return this.processes.at(-1) as FaultyProcess;
  }

  close(): void {
    for (const { worker } of this.processes) worker.leases.close();
  }

  #start(): void {
    const { world, crashPoints = [], mutate = (worker) => worker } = this.#options;
    const index = this.processes.length;
    const executorsOf = (injector: CrashInjector) => [
      ...builtIns().executors,
      ...providerExecutors(this.provider, injector),
    ];
    const process = startFaultyProcess({
      services: world,
      executorsOf,
      name: `${this.#name} process ${index}`,
      crashPoint: crashPoints[index],
    });
    this.processes.push({ ...process, worker: mutate(process.worker) });
  }

  async #answered<T>(request: (process: FaultyProcess) => Promise<T>): Promise<T> {
    for (;;) {
      const { process } = this;
      const answer = await Promise.race([request(process), process.injector.whenCrashed]);
      if (!process.injector.crashed) return answer as T; // otherwise nobody heard it
      this.#start();
    }
  }
}

/** The same call, with something else happening right after it has read the action. */
function interrupted(ctx: Context, meanwhile: () => Promise<unknown>): Context {
  const query: typeof ctx.db.query = async (statement, params) => {
    const rows = await ctx.db.query(statement, params);
    if (statement.name === 'action_find') await meanwhile();
    return rows;
  };
  return { ...ctx, db: { ...ctx.db, query } };
}

const refusal = (error: unknown): undefined => {
  if (!(error instanceof AppError)) throw error;
};
