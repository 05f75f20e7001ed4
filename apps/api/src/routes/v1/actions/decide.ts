import { actionReply, decideActionBody } from '@proviso/contracts';
import { authorizeDecision, decideAction } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { actionReplyOf } from '../../../present-action.ts';

export const decideActionRoute = defineRoute({
  method: 'post',
  path: '/v1/actions/{action_id}/approve',
  operationId: 'decideAction',
  summary: 'Approve, reject or edit a pending action',
  description:
    'Decides a pending action. With `params_hash`, the decision counts only for the proposal that you read: if it has changed since, the reply is 409 with the current action. Needs `actions:write` and a role that decides. An agent never decides.',
  tag: 'Actions',
  body: decideActionBody,
  changesNoRights: true,
  reply: actionReply,
  waits: true,
  authorize: (ctx) => authorizeDecision(ctx),
  handle: async ({ ctx, path, body, settled }) =>
    actionReplyOf(ctx.executors, await settled(await decideAction(ctx, path.action_id ?? '', body))),
});
