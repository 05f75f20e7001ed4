import { unsnoozeReply } from '@proviso/contracts';
import { authorizeReviewing, unsnoozeAction } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const unsnoozeActionRoute = defineRoute({
  method: 'delete',
  path: '/v1/actions/{action_id}/snooze',
  operationId: 'unsnoozeAction',
  summary: 'End your snooze of an action',
  description: 'Without a snooze it changes nothing. Takes a person with `actions:write` and a role that decides.',
  tag: 'Actions',
  reply: unsnoozeReply,
  authorize: authorizeReviewing,
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    action_id: await unsnoozeAction(ctx, path.action_id ?? '', body),
  }),
});
