import { actionReply, confirmOutcomeBody } from '@proviso/contracts';
import { authorizeDecision, confirmOutcome } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { actionReplyOf } from '../../../present-action.ts';

export const confirmOutcomeRoute = defineRoute({
  method: 'post',
  path: '/v1/actions/{action_id}/outcome',
  operationId: 'confirmOutcome',
  summary: 'Confirm an unknown outcome',
  description:
    'Records what you found at the provider about an action with the status reason `outcome_unknown`. The action stays `failed`; its status reason becomes `confirmed_done` or `confirmed_not_done`, and its log says who found it. It is confirmed once: afterwards the reply is 409. Needs `actions:write` and a role that decides.',
  tag: 'Actions',
  body: confirmOutcomeBody,
  reply: actionReply,
  authorize: (ctx) => authorizeDecision(ctx),
  handle: async ({ ctx, path, body }) =>
    actionReplyOf(ctx.executors, await confirmOutcome(ctx, path.action_id ?? '', body)),
});
