import {
  SHOWN_STATUS,
  type ActionEvent,
  type Briefing,
  type PendingActionEvent,
  type PendingBriefing,
} from '@proviso/contracts';
import { showId, showPosition, type FeedEvent, type Registry, type Stream } from '@proviso/core';
import type { Message } from './event-stream.ts';
import { showAction, showEvent } from './show-action.ts';
import { showPendingAction } from './show-pending-action.ts';

/** How a dialect tells what happens; an event that it does not show is null. */
export interface Telling {
  briefing(briefing: Stream['briefing']): object;
  event(event: FeedEvent): object | null;
  /** What was told of an event: made for the first listener, and sent to all. */
  told: WeakMap<FeedEvent, string | null>;
}

const TOLD_ON_V1: Telling['told'] = new WeakMap();
const TOLD_AS_PENDING: Telling['told'] = new WeakMap();

/** A stream as messages: the briefing, `resync` where that is so, the events. An id is where to resume after the message. */
export async function* messagesOf(
  { briefing, after, resync, events }: Stream,
  tell: Telling,
): AsyncGenerator<Message, void> {
  const id = showPosition(after);
  yield { id, event: 'briefing', data: JSON.stringify(tell.briefing(briefing)) };
  if (resync) yield { id, event: 'resync', data: '{}' };
  for await (const event of events) {
    const data = textOf(event, tell);
    if (data) yield { id: showPosition(event.position), event: event.event.event, data };
  }
}

function textOf(event: FeedEvent, tell: Telling): string | null {
  const known = tell.told.get(event);
  if (known !== undefined) return known;
  const shown = tell.event(event);
  const text = shown && JSON.stringify(shown);
  tell.told.set(event, text);
  return text;
}

/** The stream as /v1 tells it. */
export const tellEvents = (executors: Registry): Telling => ({
  told: TOLD_ON_V1,
  briefing: ({ total, byType, byMission, oldestCreatedAt }): Briefing => ({
    total,
    by_type: byType,
    by_mission: byMission,
    oldest_created_at: oldestCreatedAt?.toISOString() ?? null,
  }),
  event: ({ event, action }): ActionEvent => ({
    event: {
      ...showEvent(event),
      action_id: showId('action', event.action_id),
      version: event.version,
      status: event.status,
    },
    action: showAction(executors, action),
  }),
});

/** The stream as /api/pending-actions tells it: of actions that have ever waited for a person. */
export const tellPendingEvents = (executors: Registry): Telling => ({
  told: TOLD_AS_PENDING,
  briefing: ({ total, byType, byMission, oldestCreatedAt }): PendingBriefing => ({
    total,
    byTool: byType,
    byMission,
    oldestCreatedAt: oldestCreatedAt?.toISOString() ?? null,
  }),
  event: ({ event, action }): PendingActionEvent | null =>
    action.asked_at && {
      event: {
        ...showEvent(event),
        actionId: event.action_id,
        version: event.version,
        status: SHOWN_STATUS[event.status],
      },
      action: showPendingAction(executors, action),
    },
});
