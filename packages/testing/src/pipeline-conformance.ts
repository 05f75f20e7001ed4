import { isTerminal, type JsonObject } from '@proviso/contracts';
import {
  createAction,
  createRegistry,
  decideAction,
  execute,
  recoverLost,
  type ActionRow,
  type Context,
  type Worker,
} from '@proviso/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { promisedBy, type ConformanceBackend, type ConformanceSubject } from './conformance.ts';
import { mortal, type Death } from './mortal.ts';
import { openWorld, reread, type TestWorkspace, type World } from './world.ts';

/** What the pipeline needs beyond the executor and its far side. */
export interface PipelineSubject<B extends ConformanceBackend> extends ConformanceSubject<B> {
  /** What the reviewer adds, where every proposal waits for one. */
  edits?: JsonObject;
  /** How many effects there are in our own database, where they are not at a far side. */
  effectsIn?(world: World, action: ActionRow): Promise<number>;
}

export interface PipelineOptions {
  /** Puts the records there that the subjects' params name. */
  furnish: (world: World, workspace: TestWorkspace) => Promise<void>;
  /** The queue for wake-ups; absent = PostgreSQL's. */
  redisUrl?: string | undefined;
}

const ROUNDS_MAX = 20;

/** What every executor owes when its worker is killed, at each step from the claim to the record. Belongs into a test file. */
export function describePipelineConformance<B extends ConformanceBackend>(
  name: string,
  subject: PipelineSubject<B>,
  { furnish, redisUrl }: PipelineOptions,
): void {
  describe(`${name} through the pipeline`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openWorld({ ...(redisUrl && { redisUrl }) });
    });
    afterAll(() => world.close());

    it.each<Death>(['before', 'after'])('ends truly when its worker is killed %s any of its steps', async (death) => {
      for (let diesAt = 1; ; diesAt += 1) {
        const backend = await subject.startBackend();
        try {
          const scene = await stage({ world, subject, backend, furnish });
          const lived = await runOnce(scene, diesAt, death);
          const action = await settle(scene);
          const effects = (await subject.effectsIn?.(world, action)) ?? backend.effects();
          expect([diesAt, fits(subject, action, effects)]).toEqual([diesAt, 'fits']);
          if (!lived) continue;
          expect(diesAt).toBeGreaterThan(3); // claim, guard and record, at the least
          expect(action).toMatchObject({ status: 'completed', crashes: 0, attempts: 1 });
          return;
        } finally {
          await backend.close();
        }
      }
    });
  });
}

interface Scene {
  world: World;
  /** With the subject's own executor, which knows the far side of this test. */
  worker: Worker;
  action: ActionRow;
}

interface Staging<B extends ConformanceBackend> extends PipelineOptions {
  world: World;
  subject: PipelineSubject<B>;
  backend: B;
}

async function stage<B extends ConformanceBackend>({ world, subject, backend, furnish }: Staging<B>): Promise<Scene> {
  const executors = createRegistry({ executors: [subject.executor] });
  const workspace = await world.workspace();
  await furnish(world, workspace);
  const { identity, credentials } = subject.makeIdentity(backend);
  const identity_id = identity
    ? await workspace.identity(identity.provider, identity.config, credentials ?? undefined)
    : workspace.identityId;
  const ctx: Context = { ...(await workspace.as({})), executors };
  const body = { type: subject.executor.type, identity_id, params: subject.proposal ?? subject.makeParams() };
  let action = await createAction(ctx, body);
  if (action.status === 'pending_approval')
    action = await decideAction(ctx, action.id, { action: 'edit', edits: subject.edits });
  return { world, worker: { ...world.worker(), executors }, action };
}

/** true = the worker lived to the end of its run. */
async function runOnce({ world, worker, action }: Scene, diesAt: number, death: Death): Promise<boolean> {
  const { db, lived } = mortal(world.db, diesAt, death);
  await execute({ ...worker, db }, action.id).catch((error: unknown) => {
    if (lived()) throw error;
  });
  return lived();
}

/** Lets time pass and other workers come, until the action has ended. */
async function settle({ world, worker, action }: Scene): Promise<ActionRow> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const now = await reread(world, action);
    if (isTerminal(now.status)) return now;
    const { pool } = world.db;
    await pool.query('delete from identity_slots');
    await pool.query(
      `update actions set due_at = least(due_at, now()), lease_until = lease_until - interval '1 hour' where id = $1`,
      [action.id],
    );
    await recoverLost(worker);
    await execute(worker, action.id);
  }
  throw new Error(`the action does not come to an end; it is ${(await reread(world, action)).status}`);
}

/** Whether the end of an action tells the truth about its effects, and its delivery's promise was kept. */
function fits<B extends ConformanceBackend>(
  subject: PipelineSubject<B>,
  { status, status_reason }: ActionRow,
  effects: number,
): string {
  const ends: Record<string, number[]> =
    promisedBy(subject) === 'at_most_once'
      ? { completed: [1], outcome_unknown: [0, 1], not_sent: [0] }
      : { completed: [1] };
  const end = status === 'failed' ? (status_reason ?? status) : status;
  return ends[end]?.includes(effects) ? 'fits' : `${end} with ${effects} effects`;
}
