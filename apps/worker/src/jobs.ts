// Everything that a worker does: it answers the doorbell, and it sweeps for what no doorbell told it.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  claimOverdue,
  execute,
  expireOpen,
  forgetKeys,
  recoverLost,
  run,
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
  const doorbell: Consumer = await worker.queue.consume(async (actionId) => {
    if (isStopping) return HAND_BACK_MS; // the queue may still have had it on its way here
    const answer = execute(worker, actionId).finally(() => answering.delete(answer));
    answering.add(answer);
    return answer;
  }, concurrency);
  const { sweepMs } = worker.pace;
  const sweeps: Sweep[] = [
    startSweep('overdue', sweepMs, worker.log, () => runOverdue(worker, concurrency)),
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

/**
 * Claims what is overdue, straight from the table, as far as hands are free, and returns when the first of it has ended
 * or a period is over: a backlog is worked off without a pause, and one slow run does not hold up the next look.
 */
async function runOverdue(worker: Worker, concurrency: number): Promise<number> {
  const free = concurrency - worker.holds.count();
  if (free <= 0) return 0;
  const claimed = await claimOverdue(worker, free, OVERDUE_MS);
  const runs = claimed.map((action) =>
    run(worker, action).catch((err: unknown) =>
      worker.log.error({ err, action: action.id }, 'a run could not be recorded'),
    ),
  );
  if (runs.length > 0) await Promise.race([...runs, sleep(worker.pace.sweepMs, undefined, { ref: false })]);
  return runs.length;
}
