// Everything that a worker does: it answers the doorbell, and it sweeps for what no doorbell told it.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  claimOverdue,
  execute,
  expireOpen,
  forgetKeys,
  recoverLost,
  runSeated,
  type Consumer,
  type Worker,
} from '@proviso/core';
import { startSweep, type Sweep } from './sweep.ts';

/** Due for so long and not rung for: the queue has most likely lost it. */
const OVERDUE_MS = 1_000;
/** A queue that is away cannot say goodbye, and need not. */
const QUEUE_CLOSE_MS = 3_000;
/** A ring that comes while this process stops is for another one, at once. */
const HAND_BACK_MS = 1;
/** How often old idempotency keys are forgotten. */
const FORGET_MS = 600_000;

export interface Jobs {
  /** Takes nothing new, and waits for what runs. */
  stop(): Promise<void>;
}

/** Starts to work, at most about `concurrency` actions at a time. */
export async function startJobs(worker: Worker, concurrency: number): Promise<Jobs> {
  const answering = new Set<Promise<unknown>>();
  let isStopping = false;
  const answer = async (actionId: string): Promise<number | undefined> => {
    if (isStopping) return HAND_BACK_MS; // the queue may still have had it on its way here
    const again = (): void => void answer(actionId).catch((err: unknown) => logLate(worker, actionId, err));
    const answered = execute(worker, actionId, again).finally(() => answering.delete(answered));
    answering.add(answered);
    return answered;
  };
  const doorbell: Consumer = await worker.queue.consume(answer, concurrency);
  const { sweepMs } = worker.pace;
  const overdue: Sweep = startSweep('overdue', sweepMs, worker.log, () =>
    runOverdue(worker, concurrency, overdue.soon),
  );
  const sweeps: Sweep[] = [
    overdue,
    startSweep('lost', sweepMs, worker.log, () => recoverLost(worker)),
    startSweep('expired', sweepMs, worker.log, () => expireOpen(worker)),
    startSweep('idempotency keys', FORGET_MS, worker.log, () => forgetKeys(worker.db)),
  ];
  return {
    stop: async () => {
      isStopping = true;
      for (const sweep of sweeps) sweep.stop();
      const closed = doorbell.close(); // takes no new job from here on
      await Promise.all(sweeps.map((sweep) => sweep.idle()));
      await Promise.allSettled(answering); // also those that are still claiming
      await worker.holds.idle();
      await Promise.race([closed, sleep(QUEUE_CLOSE_MS, undefined, { ref: false })]);
    },
  };
}

/** A ring that waited for room, and failed when there was: the sweep finds what it was for. */
const logLate = ({ log }: Worker, action: string, err: unknown): void =>
  log.warn({ err, action }, 'an action could not be looked at');

/**
 * Claims what is overdue, straight from the table, as far as there is room, and does not wait for it: a backlog is worked
 * off without a pause, and no slow run holds up the next look. `again` is called when there is room once more.
 */
async function runOverdue(worker: Worker, count: number, again: () => void): Promise<number> {
  const claimed = await claimOverdue(worker, { count, overdueMs: OVERDUE_MS }, again);
  for (const action of claimed) void runSeated(worker, action);
  return claimed.length;
}
