import { pendingEventMessage, streamPendingActionsQuery } from '@proviso/contracts';
import { authorize, listenToEvents } from '@proviso/core';
import { defineRoute } from '../../route.ts';
import { messagesOf, tellPendingEvents } from '../../show-events.ts';

export const streamPendingActionsRoute = defineRoute({
  method: 'get',
  path: '/api/pending-actions/stream',
  operationId: 'streamPendingActions',
  summary: 'Hear what happens to pending actions: first what waits, then each event as it comes',
  description:
    'Server-sent events: first a `briefing`, then each event under its own name, and a comment every 15 s. `Last-Event-ID` resumes without gaps or repeats; where that is too long ago, a `resync` says that the list is to be read anew. Needs `actions:read`.',
  tag: 'Pending actions',
  query: streamPendingActionsQuery.out,
  reply: pendingEventMessage,
  streams: true,
  workspace: ({ query }) => streamPendingActionsQuery.parse(query).workspace_id,
  authorize: (ctx) => authorize(ctx, 'actions:read'),
  handle: async ({ ctx, req, feed, gone }) => {
    const stream = await listenToEvents(ctx, feed, { lastEventId: req.get('last-event-id'), gone });
    return messagesOf(stream, tellPendingEvents(ctx.executors));
  },
});
