import { actionReply, rejectActionBody } from '@proviso/contracts';
import { authorizeDecision, rejectAction } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { actionReplyOf } from '../../../present-action.ts';

export const rejectActionRoute = defineRoute({
  method: 'post',
  path: '/v1/actions/{action_id}/reject',
  operationId: 'rejectAction',
  summary: 'Reject a pending action',
  description: 'It will never run. Needs `actions:write` and a role that decides. An agent never decides.',
  tag: 'Actions',
  body: rejectActionBody,
  reply: actionReply,
  authorize: (ctx) => authorizeDecision(ctx),
  handle: async ({ ctx, path, body }) =>
    actionReplyOf(ctx.executors, await rejectAction(ctx, path.action_id ?? '', body)),
});
