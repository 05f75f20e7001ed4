import { isTerminal, type JsonObject } from '@proviso/contracts';
import { createAction, createRegistry, decideAction, execute, type ActionRow, type Context } from '@proviso/core';
import type { Delivery } from '@proviso/core/executor';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readEvidence } from './checker/evidence.ts';
import { judge } from './checker/judge.ts';
import { guaranteeOf, type ConformanceBackend, type ConformanceSubject } from './conformance.ts';
import { startFaultyProcess, type CrashPoint } from './crash-injector.ts';
import { expireLeases, SWEEPS } from './sweeps.ts';
import { openWorld, reread, type TestWorkspace, type World } from './world.ts';

/** What the pipeline needs in addition to the executor and its provider. */
export interface PipelineSubject<B extends ConformanceBackend> extends ConformanceSubject<B> {
  /** What the reviewer adds, if every proposal waits for one. */
  edits?: JsonObject;
  /** The number of effects in our own database, if they are not at a provider. */
  effectsIn?(world: World, action: ActionRow): Promise<number>;
}

export interface PipelineOptions {
  /** Creates the records that the subjects' params name. */
  seedWorkspace: (world: World, workspace: TestWorkspace) => Promise<void>;
  /** The queue; absent = PostgreSQL's. */
  redisUrl?: string | undefined;
}

const ROUNDS_MAX = 20;
/** How an action may end whose worker crashed; the checker then compares the end with the effects. */
const ENDS: Record<Delivery, string[]> = {
  transactional: ['completed'],
  idempotent: ['completed'],
  at_most_once: ['completed', 'outcome_unknown', 'not_sent'],
};

/**
 * What every executor must do when its worker crashes, at each call from the claim to the record. Call it in a test
 * file.
 */
export function describePipelineConformance<B extends ConformanceBackend>(
  name: string,
  subject: PipelineSubject<B>,
  { seedWorkspace, redisUrl }: PipelineOptions,
): void {
  describe(`${name} in the pipeline`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openWorld({ ...(redisUrl && { redisUrl }) });
    });
    afterAll(() => world.close());

    it('ends with a true outcome, whichever call its worker crashes at', async () => {
      const run = (crashPoint?: CrashPoint) => runOnce({ world, subject, seedWorkspace, crashPoint });
      const { action, injector } = await run();
      expect(action).toMatchObject({ status: 'completed', crashes: 0, attempts: 1 });
      const points = injector.points();
      expect(points.length).toBeGreaterThan(3); // at least claim, guard and record
      for (const point of points) await run(point);
    }, 120_000);
  });
}

interface Run<B extends ConformanceBackend> extends PipelineOptions {
  world: World;
  subject: PipelineSubject<B>;
  /** Absent: the worker survives. */
  crashPoint: CrashPoint | undefined;
}

/** Runs one action of the subject from the proposal to its end, and judges it. */
async function runOnce<B extends ConformanceBackend>({ world, subject, seedWorkspace, crashPoint }: Run<B>) {
  const backend = await subject.startBackend();
  const { injector, worker } = startFaultyProcess({
    services: world,
    executorsOf: () => [subject.executor],
    name: `faulty ${Math.random().toString(36).slice(2)}`,
    crashPoint,
  });
  try {
    const workspace = await world.workspace();
    await seedWorkspace(world, workspace);
    const id = await propose({ subject, workspace, backend });
    await Promise.race([execute(worker, id), injector.whenCrashed]);
    const action = await settle(world, subject, id);
    const effects = (await subject.effectsIn?.(world, action)) ?? backend.effects();
    expect({ crashPoint, ...(await faultsOf(world, action, effects)) }).toEqual({
      crashPoint,
      end: expect.stringMatching(`^(${ENDS[guaranteeOf(subject) as Delivery].join('|')})$`),
      violations: [],
    });
    return { action, injector };
  } finally {
    worker.leases.close();
    await backend.close();
  }
}

async function propose<B extends ConformanceBackend>({ subject, workspace, backend }: Proposing<B>) {
  const { identity, credentials } = subject.makeIdentity(backend);
  const identity_id = identity
    ? await workspace.identity(identity.provider, identity.config, credentials ?? undefined)
    : workspace.identityId;
  const ctx: Context = { ...(await workspace.as({})), executors: registryOf(subject) };
  const body = { type: subject.executor.type, identity_id, params: subject.proposal ?? subject.makeParams() };
  const { id, status } = await createAction(ctx, body);
  if (status === 'pending_approval') await decideAction(ctx, id, { action: 'edit', edits: subject.edits });
  return id;
}

interface Proposing<B extends ConformanceBackend> {
  subject: PipelineSubject<B>;
  workspace: TestWorkspace;
  backend: B;
}

const registryOf = <B extends ConformanceBackend>({ executor }: PipelineSubject<B>) =>
  createRegistry({ executors: [executor] });

/** Expires leases and lets another worker sweep until the action has ended. */
async function settle<B extends ConformanceBackend>(world: World, subject: PipelineSubject<B>, id: string) {
  const worker = { ...world.worker(), executors: registryOf(subject) };
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const action = await reread(world, { id });
    if (isTerminal(action.status)) return action;
    await world.db.pool.query('delete from identity_slots');
    await world.db.pool.query('update actions set due_at = least(due_at, now()) where id = $1', [id]);
    await expireLeases(world.db, { actions: [id] });
    for (const sweep of SWEEPS) await sweep(worker);
  }
  throw new Error(`the action does not come to an end; it is ${(await reread(world, { id })).status}`);
}

/** How it ended, and which promises the checker finds broken. */
async function faultsOf(world: World, { id, type, status, status_reason }: ActionRow, count: number) {
  const effects = Array.from({ length: count }, (_, index) => ({
    action: id,
    identity: `effect ${index}`,
    said: {},
    at: new Date(),
  }));
  const read = await readEvidence(world.db, { actions: [id] });
  const { violations } = judge({ ...read, effects, records: [], counted: [type], graceMs: 0 });
  return { end: status === 'failed' ? (status_reason ?? status) : status, violations };
}
