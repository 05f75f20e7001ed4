import { rowFromJson, type ActionRow } from '../action/row.ts';
import { FIND_EXPIRED } from '../action/sql/find.ts';
import { ADOPT_LOST } from '../action/sql/leases.ts';
import { dispatch } from '../action/dispatch.ts';
import { AppError } from '../platform/errors.ts';
import { transition, transitionHeld } from '../action/transition.ts';
import type { DeliveryGuarantee } from '../executors/delivery-guarantee.ts';
import type { RunResult } from '../executors/run-result.ts';
import { logExpiry } from './log-outcome.ts';
import { reconcile } from './reconcile.ts';
import { retryWhileDisconnected, record } from './record.ts';
import { guaranteeOf, openRun, type Run } from './run.ts';
import type { Worker } from './worker.ts';

const BATCH = 50;

/**
 * Adopts running actions whose worker is gone, and recovers each by its executor's delivery guarantee. Recoveries run
 * side by side, so that one slow provider delays no other.
 */
export async function adoptLost(worker: Worker): Promise<Promise<void>[]> {
  const { actor, executors, timings, epoch } = worker;
  if (!epoch.mayDispatch()) return [];
  const lost = await worker.db.query(ADOPT_LOST, {
    count: BATCH,
    owner: actor.id,
    types: executors.types(),
    leaseMs: timings.leaseMs,
  });
  return lost.map(async ({ action, begun_ms_ago }) => {
    const lease = worker.leases.start(rowFromJson(action));
    try {
      await recoverOne(openRun(worker, lease), begun_ms_ago);
    } catch (err) {
      worker.log.error(
        { err, action: lease.action.id },
        'a lost action could not be recovered; its lease runs out again',
      );
    } finally {
      worker.leases.release(lease);
    }
  });
}

/** Adopts lost actions and waits until each is recovered. */
export const recoverLost = async (worker: Worker): Promise<number> =>
  (await Promise.all(await adoptLost(worker))).length;

/** Ends or returns an action that this process adopted from a lost worker. */
async function recoverOne(run: Run, begunMsAgo: number | null): Promise<void> {
  const { worker, lease, action } = run;
  // Waits if the database goes down meanwhile: another adoption would count as another crash.
  const recovery = await retryWhileDisconnected(worker, lease, async () =>
    recoveryFor(worker, await guaranteeOf(run), action, begunMsAgo),
  );
  if (recovery === 'rerun') {
    const how = { actor: worker.actor, data: { crashes: action.crashes } };
    const requeued = await retryWhileDisconnected(worker, lease, () =>
      transitionHeld(worker.db, action, 'action.requeued', how),
    );
    if (requeued) dispatch(worker, requeued);
    return;
  }
  await record(worker, lease, await resultOf(run, recovery));
}

async function resultOf(run: Run, recovery: Exclude<Recovery, 'rerun'>): Promise<RunResult> {
  const message = `${run.action.crashes} workers were lost while they ran it.`;
  if (recovery === 'crashed')
    return { kind: 'failed', code: 'crashed', message: `Gave up: ${message} Nothing was sent.` };
  if (recovery === 'unknown') return { kind: 'unknown', message };
  return reconcile(run, 'The worker was lost during the run.');
}

type Recovery = 'rerun' | 'reconcile' | 'crashed' | 'unknown';

/**
 * Decides by the guarantee: run again if nothing began or repeating is safe; else ask the provider. An action that
 * crashes every worker is given up. So is asking the provider, after as many crashes again.
 */
function recoveryFor(
  { timings }: Pick<Worker, 'timings'>,
  { delivery, repeatableMs }: DeliveryGuarantee,
  action: ActionRow,
  begunMsAgo: number | null,
): Recovery {
  const givenUp = action.crashes >= timings.crashesMax;
  if (begunMsAgo === null || delivery === 'transactional') return givenUp ? 'crashed' : 'rerun';
  if (begunMsAgo < repeatableMs && !givenUp) return 'rerun';
  return action.crashes < 2 * timings.crashesMax ? 'reconcile' : 'unknown';
}

/** Ends open actions whose expiry has passed. */
export async function expireOpen(worker: Worker): Promise<number> {
  if (!worker.epoch.mayDispatch()) return 0; // a person has yet to see what may already have run
  const found = await worker.db.query(FIND_EXPIRED, { count: BATCH });
  const expired = await Promise.all(
    found.map(({ action }) =>
      transition(worker.db, rowFromJson(action), 'action.expired', { actor: worker.actor }).then(
        (row) => logExpiry(worker, row),
        (error: unknown) => {
          if (!(error instanceof AppError)) throw error; // somebody decided concurrently
        },
      ),
    ),
  );
  return expired.length;
}
