import { eventMessage } from '@proviso/contracts';
import { authorize, listenToEvents } from '@proviso/core';
import { defineRoute } from '../../route.ts';
import { messagesOf, tellEvents } from '../../show-events.ts';

export const streamEventsRoute = defineRoute({
  method: 'get',
  path: '/v1/events',
  operationId: 'streamEvents',
  summary: 'Hear what happens: first what is pending, then each event as it comes',
  tag: 'Events',
  reply: eventMessage,
  streams: true,
  authorize: (ctx) => authorize(ctx, 'actions:read'),
  handle: async ({ ctx, req, feed, gone }) => {
    const stream = await listenToEvents(ctx, feed, { lastEventId: req.get('last-event-id'), gone });
    return messagesOf(stream, tellEvents(ctx.executors));
  },
});
