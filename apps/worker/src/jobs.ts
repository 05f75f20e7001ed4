// Everything that a worker does: it handles wake-ups, and sweeps for actions without one.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  applyRetention,
  claimDue,
  claimForIdle,
  continueErasure,
  execute,
  expireOpen,
  deleteOldGatewayRows,
  deleteOldIdempotencyKeys,
  runInSlot,
  sendDueNotification,
  sendDuePush,
  adoptLost,
  type ActionRow,
  type Consumer,
  type Worker,
} from '@proviso/core';
import { startSweep, type Sweep } from './sweep.ts';
import { startWebhooks } from './webhooks.ts';

/** How often, while slots are occupied, a worker looks for workspaces that run nothing. */
const IDLE_SWEEP_MS = 500;
/** A queue that is down cannot close cleanly, and need not. */
const QUEUE_CLOSE_MS = 3_000;
/** During a shutdown, a wake-up goes back to the queue at once, for another process. */
const REQUEUE_MS = 1;
/** How often rows that have served their time are deleted. */
const OLD_SWEEP_MS = 600_000;
/** How late a mail about what waits may be. */
const NOTIFICATION_SWEEP_MS = 30_000;
/** How often a worker looks for a person's data to erase. */
const ERASURE_SWEEP_MS = 5_000;
/** How often a worker looks for actions to redact or delete. */
const RETENTION_SWEEP_MS = 60_000;
/** The same for a push message. */
const PUSH_SWEEP_MS = 5_000;

export interface Jobs {
  /** Takes nothing new, and waits for running actions. */
  stop(): Promise<void>;
}

/** Starts to work on at most `slots` actions at a time, plus the reserve. */
export async function startJobs(worker: Worker, slots: number): Promise<Jobs> {
  const handling = new Set<Promise<unknown>>();
  let isStopping = false;
  const { sweepMs } = worker.timings;
  const due: Sweep = startSweep('due', sweepMs, worker.log, async () =>
    run(worker, await claimDue(worker, due.runSoon)),
  );
  const webhooks = startWebhooks(worker);
  const sweeps: Sweep[] = [
    due,
    ...webhooks.sweeps,
    startSweep('idle workspaces', IDLE_SWEEP_MS, worker.log, async () => run(worker, await claimForIdle(worker))),
    startSweep('lost', sweepMs, worker.log, async () => (await adoptLost(worker)).length),
    startSweep('expired', sweepMs, worker.log, () => expireOpen(worker)),
    startSweep('idempotency keys', OLD_SWEEP_MS, worker.log, () => deleteOldIdempotencyKeys(worker.db)),
    startSweep('gateways', OLD_SWEEP_MS, worker.log, () => deleteOldGatewayRows(worker.db)),
    startSweep('notifications', NOTIFICATION_SWEEP_MS, worker.log, () => sendDueNotification(worker)),
    startSweep('erasures', ERASURE_SWEEP_MS, worker.log, () => continueErasure(worker)),
    startSweep('retention', RETENTION_SWEEP_MS, worker.log, () => applyRetention(worker, () => isStopping)),
    startSweep('push', PUSH_SWEEP_MS, worker.log, () => sendDuePush(worker)),
  ];
  const handle = async (actionId: string): Promise<number | undefined> => {
    if (isStopping) return REQUEUE_MS; // the queue may have sent it before it closed
    const handled = execute(worker, actionId, due.runSoon).finally(() => handling.delete(handled));
    handling.add(handled);
    return handled;
  };
  const consumer: Consumer = await worker.queue.consume(handle, slots);
  return {
    stop: async () => {
      isStopping = true;
      for (const sweep of sweeps) sweep.stop();
      const closed = consumer.close(); // takes no new jobs from here on
      await Promise.all(sweeps.map((sweep) => sweep.idle()));
      await Promise.allSettled(handling); // also those that are still claiming
      await webhooks.idle();
      await worker.leases.idle();
      await Promise.race([closed, sleep(QUEUE_CLOSE_MS, undefined, { ref: false })]);
    },
  };
}

/**
 * Starts the claimed actions without waiting for them. So a backlog is processed without a pause, and a slow run does
 * not delay the next claim.
 */
function run(worker: Worker, claimed: ActionRow[]): number {
  for (const action of claimed) void runInSlot(worker, action);
  return claimed.length;
}
