import { actionReply, commentOnActionBody } from '@proviso/contracts';
import { authorizeReviewing, commentOnAction } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { actionReplyOf } from '../../../present-action.ts';

export const commentOnActionRoute = defineRoute({
  method: 'post',
  path: '/v1/actions/{action_id}/comments',
  operationId: 'commentOnAction',
  summary: 'Comment on an action',
  description:
    'Writes an entry `action.commented` to its log, which the agent can read as well. At most 200 on one action, and 20 a minute by one person. Takes a person with `actions:write` and a role that decides.',
  tag: 'Actions',
  body: commentOnActionBody,
  reply: actionReply,
  authorize: authorizeReviewing,
  handle: async ({ ctx, path, body }) =>
    actionReplyOf(ctx.executors, await commentOnAction(ctx, path.action_id ?? '', body)),
});
