import { actionReply, noBody } from '@proviso/contracts';
import { authorizeDecision, recallAction } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { actionReplyOf } from '../../../present-action.ts';

export const recallActionRoute = defineRoute({
  method: 'post',
  path: '/v1/actions/{action_id}/recall',
  operationId: 'recallAction',
  summary: 'Undo an approval before the action starts',
  description:
    'Returns a cleared action to review: its approval no longer counts. Once an attempt has started, recalling is refused (409), and the reply says when that was. `hold_seconds` of an approval leaves time for it. Needs `actions:write` and a role that decides.',
  tag: 'Actions',
  body: noBody,
  reply: actionReply,
  authorize: (ctx) => authorizeDecision(ctx),
  handle: async ({ ctx, path, body }) =>
    actionReplyOf(ctx.executors, await recallAction(ctx, path.action_id ?? '', body)),
});
