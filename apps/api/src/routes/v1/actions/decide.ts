import { actionReply, decideActionBody } from '@proviso/contracts';
import { authorizeDecision, decideAction } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { actionReplyOf } from '../../../show-action.ts';

export const decideActionRoute = defineRoute({
  method: 'post',
  path: '/v1/actions/{action_id}/approve',
  operationId: 'decideAction',
  summary: 'Approve, reject or edit a pending action',
  description:
    'Decides an action that waits. With `params_hash` the decision is bound to what was read: where the proposal changed meanwhile, it is refused (409) with the action as it is now. Needs `actions:write` and a role that decides. An agent never decides.',
  tag: 'Actions',
  body: decideActionBody,
  reply: actionReply,
  waits: true,
  authorize: (ctx) => authorizeDecision(ctx),
  handle: async ({ ctx, path, body, settled }) =>
    actionReplyOf(ctx.executors, await settled(await decideAction(ctx, path.action_id ?? '', body))),
});
