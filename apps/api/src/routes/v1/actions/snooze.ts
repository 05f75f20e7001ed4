import { snoozeActionBody, snoozeReply } from '@proviso/contracts';
import { authorizeReviewing, snoozeAction } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const snoozeActionRoute = defineRoute({
  method: 'post',
  path: '/v1/actions/{action_id}/snooze',
  operationId: 'snoozeAction',
  summary: 'Hide a pending action from your list for a while',
  description:
    'Lists with `snoozed=false` leave it out until that time, or until it changes. Nobody else’s list changes. Takes a person with `actions:write` and a role that decides.',
  tag: 'Actions',
  body: snoozeActionBody,
  reply: snoozeReply,
  authorize: authorizeReviewing,
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    snooze: await snoozeAction(ctx, path.action_id ?? '', body),
  }),
});
