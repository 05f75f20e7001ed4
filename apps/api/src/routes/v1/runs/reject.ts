import { actionReply, rejectActionBody } from '@proviso/contracts';
import { authorizeDecision, rejectRunAction } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { actionReplyOf } from '../../../present-action.ts';
import { runAddress } from './run-address.ts';

export const rejectRunActionRoute = defineRoute({
  method: 'post',
  path: '/v1/agents/runs/{run_id}/contacts/{contact_id}/actions/{action_index}/reject',
  operationId: 'rejectRunAction',
  summary: 'Reject a pending action by its index in a run',
  description:
    'The same as rejecting by the action’s id; the index is the `action_index` among the run’s actions on that contact. Needs `agents:approve`. An agent never decides.',
  tag: 'Agents',
  body: rejectActionBody,
  reply: actionReply,
  authorize: (ctx) => authorizeDecision(ctx, 'agents:approve'),
  handle: async ({ ctx, path, body }) =>
    actionReplyOf(ctx.executors, await rejectRunAction(ctx, runAddress(path), body)),
});
