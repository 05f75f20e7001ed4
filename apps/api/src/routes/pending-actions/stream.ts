import { pendingEventMessage, streamPendingActionsQuery } from '@proviso/contracts';
import { authorize, listenToEvents } from '@proviso/core';
import { defineRoute } from '../../route.ts';
import { messagesOf, pendingActionsPresenter } from '../../present-events.ts';

export const streamPendingActionsRoute = defineRoute({
  method: 'get',
  path: '/api/pending-actions/stream',
  operationId: 'streamPendingActions',
  summary: 'Stream the events of pending actions, starting with a summary of what waits',
  description:
    'Server-sent events: first a `briefing`, then each event by name, and a comment every 15 s. `Last-Event-ID` resumes without gaps or repeats; if the gap is too large, a `resync` event tells you to reload the list. Needs `actions:read`.',
  tag: 'Pending actions',
  query: streamPendingActionsQuery.out,
  reply: pendingEventMessage,
  streams: 'text/event-stream',
  workspace: ({ query }) => streamPendingActionsQuery.parse(query).workspace_id,
  authorize: (ctx) => authorize(ctx, 'actions:read'),
  handle: async ({ ctx, req, feed, gone }) => {
    const stream = await listenToEvents(ctx, feed, { lastEventId: req.get('last-event-id'), gone });
    return messagesOf(stream, pendingActionsPresenter(ctx.executors));
  },
});
