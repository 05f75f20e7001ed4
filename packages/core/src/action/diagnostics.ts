// What a process does, for metrics and traces. Without a subscriber, a message costs one comparison. Held by
// packages/metrics/test/metrics.test.ts.
import { channel } from 'node:diagnostics_channel';
import type { EventName, Status } from '@proviso/contracts';
import { afterCommit } from '../platform/db.ts';
import type { ActionRow } from './row.ts';

interface Diagnostics<Message> {
  /** Inside a transaction, the message follows the commit, and a rollback drops it. */
  publish(message: Message): void;
  /** Returns a function that ends the subscription. */
  subscribe(listener: (message: Message) => void): () => void;
}

function diagnostics<Message>(name: string): Diagnostics<Message> {
  const messages = channel(`proviso.${name}`);
  return {
    publish: (message) => {
      if (messages.hasSubscribers) afterCommit(() => messages.publish(message));
    },
    subscribe: (listener) => {
      const onMessage = (message: unknown): void => listener(message as Message);
      messages.subscribe(onMessage);
      return () => {
        messages.unsubscribe(onMessage);
      };
    },
  };
}

/** An action was created (`from` is null) or moved. */
export const actionMoved = diagnostics<{ event: EventName; from: Status | null; action: ActionRow }>('action.moved');

/** A claimed action starts to run. */
export const runStarted = diagnostics<{ action: ActionRow }>('run.started');

/** The end of a run is recorded. `action` is the row after it. */
export const runRecorded = diagnostics<{ action: ActionRow; result: string; seconds: number }>('run.recorded');

/** This process may no longer run an action that it runs. */
export const leaseLost = diagnostics<{ action: ActionRow }>('lease.lost');

/** An attempt to deliver an event to a webhook is recorded. */
export const webhookAttempted = diagnostics<{ outcome: 'delivered' | 'retried' | 'failed' }>('webhook.attempted');

/** A sweep ended. `found`: how many actions it started, adopted or ended; undefined = it failed. */
export const sweepPassed = diagnostics<{ sweep: string; found: number | undefined }>('sweep.passed');

/** A pass redacted or deleted actions. `overdueSeconds`: how late the oldest was when it began; 0 = none was. */
export const retentionPassed = diagnostics<{ redacted: number; deleted: number; overdueSeconds: number }>(
  'retention.passed',
);
