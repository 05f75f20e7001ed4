import { eventMessage } from '@proviso/contracts';
import { authorize, listenToEvents } from '@proviso/core';
import { defineRoute } from '../../route.ts';
import { messagesOf, v1Presenter } from '../../present-events.ts';

export const streamEventsRoute = defineRoute({
  method: 'get',
  path: '/v1/events',
  operationId: 'streamEvents',
  summary: 'Stream events, starting with a summary of what is pending',
  description:
    'Server-sent events: first a `briefing`, then each event by name, and a comment every 15 s. `Last-Event-ID` resumes without gaps or repeats; if the gap is too large, a `resync` event tells you to reload the list. Needs `actions:read`.',
  tag: 'Events',
  reply: eventMessage,
  streams: 'text/event-stream',
  authorize: (ctx) => authorize(ctx, 'actions:read'),
  handle: async ({ ctx, req, feed, gone }) => {
    const stream = await listenToEvents(ctx, feed, { lastEventId: req.get('last-event-id'), gone });
    return messagesOf(stream, v1Presenter(ctx.executors));
  },
});
