// What a worker does for webhooks: it writes deliveries for new events, sends those that are due, and deletes old ones.
import { claimDeliveries, deleteOldDeliveries, deliver, recordDeliveries, type Worker } from '@proviso/core';
import { startSweep, type Sweep } from './sweep.ts';

const SWEEP_MS = 1_000;
const DELETE_MS = 600_000;
/** How many deliveries one worker sends at a time. */
const SENDING_MAX = 32;

export interface Webhooks {
  sweeps: Sweep[];
  /** Resolves when nothing is being sent. */
  idle(): Promise<void>;
}

export function startWebhooks(worker: Worker): Webhooks {
  const { db, epoch, log, timings } = worker;
  const sending = new Set<Promise<void>>();
  const due = startSweep('webhook deliveries', SWEEP_MS, log, async () => {
    if (!epoch.mayDispatch()) return 0; // a copy of the database must not send
    const claimed = await claimDeliveries(db, SENDING_MAX - sending.size, timings.webhooks.leaseMs);
    for (const delivery of claimed) {
      const sent = deliver(worker, delivery)
        .catch((err: unknown) => log.error({ err }, 'a webhook attempt was not recorded; it is sent again'))
        .finally(() => {
          sending.delete(sent);
          due.runSoon();
        });
      sending.add(sent);
    }
    return claimed.length;
  });
  const events = startSweep('webhook events', SWEEP_MS, log, async () => {
    const { recorded, more } = await recordDeliveries(worker);
    if (recorded > 0) due.runSoon();
    return more ? Math.max(recorded, 1) : 0;
  });
  const old = startSweep('old webhook deliveries', DELETE_MS, log, () => deleteOldDeliveries(db));
  return { sweeps: [due, events, old], idle: async () => void (await Promise.allSettled(sending)) };
}
