import { actionReply, updateActionBody } from '@proviso/contracts';
import { authorizeActing, updateAction } from '@proviso/core';
import { ifMatch } from '../../../if-match.ts';
import { defineRoute } from '../../../route.ts';
import { actionReplyOf } from '../../../present-action.ts';

export const updateActionRoute = defineRoute({
  method: 'patch',
  path: '/v1/actions/{action_id}',
  operationId: 'updateAction',
  summary: 'Change an action that has not started',
  description:
    'Only the fields that you send change. Changing what was approved returns the action to review. Needs `actions:write`; an agent’s key changes its own agent’s actions only.',
  tag: 'Actions',
  body: updateActionBody,
  reply: actionReply,
  conditional: true,
  authorize: (ctx) => authorizeActing(ctx),
  handle: async ({ ctx, path, body, req }) =>
    actionReplyOf(ctx.executors, await updateAction(ctx, path.action_id ?? '', body, ifMatch(req))),
});
