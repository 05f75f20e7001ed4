import { actionReply, decideActionBody } from '@proviso/contracts';
import { authorizeDecision, decideAction } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { actionReplyOf } from '../../../show-action.ts';

export const decideActionRoute = defineRoute({
  method: 'post',
  path: '/v1/actions/{action_id}/approve',
  operationId: 'decideAction',
  summary: 'Approve, reject or edit a pending action',
  tag: 'Actions',
  body: decideActionBody,
  reply: actionReply,
  waits: true,
  authorize: (ctx) => authorizeDecision(ctx),
  handle: async ({ ctx, path, body, settled }) =>
    actionReplyOf(ctx.executors, await settled(await decideAction(ctx, path.action_id ?? '', body))),
});
