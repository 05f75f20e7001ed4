import {
  PENDING_STATUS_OF,
  type ActionEvent,
  type Briefing,
  type PendingActionEvent,
  type PendingBriefing,
} from '@proviso/contracts';
import {
  actionOf,
  entryOf,
  nextSlice,
  formatId,
  formatFeedCursor,
  type ActionEvent as Entry,
  type ActionRow,
  type FeedEvent,
  type Registry,
  type Stream,
} from '@proviso/core';
import { LRUCache } from 'lru-cache';
import type { Message } from './event-stream.ts';
import { presentAction, presentEvent } from './present-action.ts';
import { presentPendingAction } from './present-pending-action.ts';

/** How a dialect presents events. */
export interface EventPresenter {
  briefing(briefing: Stream['briefing']): object;
  entry(entry: Entry): object;
  /** Null: the dialect does not have this action. */
  action(row: ActionRow): object | null;
  cache: PresentedEvents;
}

/** The serialised messages: built for the first listener and sent to all. */
interface PresentedEvents {
  events: WeakMap<FeedEvent, Message>;
  /** Large actions, kept for their other events and for listeners that catch up. */
  actions: LRUCache<string, Buffer>;
}

const LARGE_BYTES_MIN = 64 * 1024;
const LARGE_BYTES_MAX = 8 * 1024 * 1024;

const createPresentedCache = (): ((executors: Registry) => PresentedEvents) => {
  const all = new WeakMap<Registry, PresentedEvents>();
  return (executors) => {
    const cache = all.get(executors) ?? {
      events: new WeakMap(),
      actions: new LRUCache({ maxSize: LARGE_BYTES_MAX, sizeCalculation: ({ length }) => length }),
    };
    all.set(executors, cache);
    return cache;
  };
};
const presentedOnV1 = createPresentedCache();
const presentedAsPending = createPresentedCache();

/**
 * A stream as messages: the briefing, `resync` if events were lost, then the events. An id says where to resume after
 * the message.
 */
export async function* messagesOf(
  { briefing, after, resync, events }: Stream,
  presenter: EventPresenter,
): AsyncGenerator<Message, void> {
  const id = formatFeedCursor(after);
  yield [`id: ${id}\nevent: briefing\ndata: ${JSON.stringify(presenter.briefing(briefing))}\n\n`];
  if (resync) yield [`id: ${id}\nevent: resync\ndata: {}\n\n`];
  for await (const event of events) {
    await nextSlice();
    const message = presenter.cache.events.get(event) ?? messageOf(event, presenter);
    presenter.cache.events.set(event, message);
    if (message.length > 0) yield message;
  }
}

/** Empty: the dialect does not have this event. */
function messageOf(event: FeedEvent, presenter: EventPresenter): Message {
  const action = presenter.cache.actions.get(event.actionState) ?? presentState(event, presenter);
  if (action.length === 0) return [];
  const entry = entryOf(event);
  const data = JSON.stringify(presenter.entry(entry));
  const head = `id: ${formatFeedCursor(event.cursor)}\nevent: ${entry.event}\ndata: {"event":${data},"action":`;
  return [head, action, '}\n\n'];
}

/** Empty: the dialect does not have this action. */
function presentState(event: FeedEvent, presenter: EventPresenter): Buffer {
  const presented = presenter.action(actionOf(event));
  const bytes = Buffer.from(presented ? JSON.stringify(presented) : '');
  if (bytes.length >= LARGE_BYTES_MIN) presenter.cache.actions.set(event.actionState, bytes);
  return bytes;
}

/** Presents the stream of /v1. */
export const v1Presenter = (executors: Registry): EventPresenter => ({
  cache: presentedOnV1(executors),
  briefing: ({ total, byType, byMission, truncated, oldestCreatedAt }): Briefing => ({
    total,
    by_type: byType,
    by_mission: byMission,
    ...(truncated && { truncated: true as const }),
    oldest_created_at: oldestCreatedAt?.toISOString() ?? null,
  }),
  entry: (entry): ActionEvent['event'] => ({
    ...presentEvent(entry),
    action_id: formatId('action', entry.action_id),
    version: entry.version,
    status: entry.status,
  }),
  action: (row) => presentAction(executors, row),
});

/** Presents the stream of /api/pending-actions: only actions that have ever waited for a person. */
export const pendingActionsPresenter = (executors: Registry): EventPresenter => ({
  cache: presentedAsPending(executors),
  briefing: ({ total, byType, byMission, truncated, oldestCreatedAt }): PendingBriefing => ({
    total,
    byTool: byType,
    byMission,
    ...(truncated && { truncated: true as const }),
    oldestCreatedAt: oldestCreatedAt?.toISOString() ?? null,
  }),
  entry: (entry): PendingActionEvent['event'] => ({
    ...presentEvent(entry),
    actionId: entry.action_id,
    version: entry.version,
    status: PENDING_STATUS_OF[entry.status],
  }),
  action: (row) => row.asked_at && presentPendingAction(executors, row),
});
