import { rowFromJson, type ActionRow } from '../actions/row.ts';
import { FIND_EXPIRED } from '../actions/statements.ts';
import { ADOPT_LOST, type LostAnswer } from '../actions/worker-statements.ts';
import { dispatch } from '../dispatch.ts';
import { AppError } from '../errors.ts';
import { transition, transitionHeld } from '../transition.ts';
import type { JsonObject } from '@proviso/contracts';
import { promisedFor, type Promised } from './delivery.ts';
import type { Ending } from './ending.ts';
import { findExecutor } from './find-executor.ts';
import type { Hold } from './holds.ts';
import { reconcile } from './reconcile.ts';
import { persist, record } from './record.ts';
import type { Worker } from './worker.ts';

const BATCH = 50;

/**
 * Takes over running actions whose worker is gone, and settles each by what its executor promises: one that a provider
 * must be asked about delays no other.
 */
export async function takeOverLost(worker: Worker): Promise<Promise<void>[]> {
  const { actor, executors, pace } = worker;
  const lost = await worker.db.query<LostAnswer>(ADOPT_LOST, [BATCH, actor.id, executors.types(), pace.leaseMs]);
  return lost.map(async ({ action, begun_ms_ago }) => {
    const hold = worker.holds.take(rowFromJson(action));
    try {
      await endLost(worker, hold, begun_ms_ago);
    } catch (err) {
      worker.log.error({ err, action: hold.action.id }, 'a lost action could not be settled; its lease runs out again');
    } finally {
      worker.holds.release(hold);
    }
  });
}

/** Takes over what is lost, and waits until it is settled. */
export const recoverLost = async (worker: Worker): Promise<number> =>
  (await Promise.all(await takeOverLost(worker))).length;

/** Ends, or hands back, an action that this process took over from a lost worker. */
async function endLost(worker: Worker, hold: Hold, begunMsAgo: number | null): Promise<void> {
  const { action } = hold;
  // A database that goes away meanwhile is waited for: a further take-over would count as a further crash.
  const verdict = await persist(worker, hold, async () => {
    const executor = await findExecutor(worker, action.workspace_id, action.type);
    return verdictOf(worker, await promisedFor(worker, executor, action), action, begunMsAgo);
  });
  if (verdict === 'rerun') {
    const how = { actor: worker.actor, data: { crashes: action.crashes } };
    const back = await persist(worker, hold, () => transitionHeld(worker.db, action, 'action.requeued', how));
    if (back) dispatch(worker, back);
    return;
  }
  await record(worker, hold, await endingOf(worker, hold, verdict));
}

async function endingOf(worker: Worker, hold: Hold, verdict: Exclude<LostVerdict, 'rerun'>): Promise<Ending> {
  const message = `${hold.action.crashes} workers were lost while they ran it.`;
  if (verdict === 'crashed')
    return { kind: 'failed', code: 'crashed', message: `Given up: ${message} Nothing was sent.` };
  if (verdict === 'unknown') return { kind: 'unknown', message };
  return reconcile(worker, hold, 'The worker was lost in the middle.');
}

type LostVerdict = 'rerun' | 'reconcile' | 'crashed' | 'unknown';

/**
 * What a lost worker means: nothing begun, or safe to repeat → again; else only the provider can tell. An action that
 * takes every worker with it is given up, and so, after as many crashes again, is asking the provider.
 */
export function verdictOf(
  { pace }: Pick<Worker, 'pace'>,
  { delivery, repeatableMs }: Promised,
  action: ActionRow,
  begunMsAgo: number | null,
): LostVerdict {
  const givenUp = action.crashes >= pace.crashesMax;
  if (begunMsAgo === null || delivery === 'transactional') return givenUp ? 'crashed' : 'rerun';
  if (begunMsAgo < repeatableMs && !givenUp) return 'rerun';
  return action.crashes < 2 * pace.crashesMax ? 'reconcile' : 'unknown';
}

/** Ends open actions whose expiry has passed. */
export async function expireOpen(worker: Worker): Promise<number> {
  const found = await worker.db.query<{ action: JsonObject }>(FIND_EXPIRED, [BATCH]);
  const ended = await Promise.all(
    found.map(({ action }) =>
      transition(worker.db, rowFromJson(action), 'action.expired', { actor: worker.actor }).catch((error: unknown) => {
        if (!(error instanceof AppError)) throw error; // somebody decided in this moment
      }),
    ),
  );
  return ended.length;
}
