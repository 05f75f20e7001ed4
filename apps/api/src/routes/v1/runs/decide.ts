import { actionReply, decideActionBody } from '@proviso/contracts';
import { authorizeDecision, decideRunAction } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { actionReplyOf } from '../../../present-action.ts';
import { runAddress } from './run-address.ts';

export const decideRunActionRoute = defineRoute({
  method: 'post',
  path: '/v1/agents/runs/{run_id}/contacts/{contact_id}/actions/{action_index}/approve',
  operationId: 'decideRunAction',
  summary: 'Approve, reject or edit a pending action by its index in a run',
  description:
    'The same as deciding by the action’s id; the index is the `action_index` among the run’s actions on that contact. Needs `agents:approve`. An agent never decides.',
  tag: 'Agents',
  body: decideActionBody,
  reply: actionReply,
  authorize: (ctx) => authorizeDecision(ctx, 'agents:approve'),
  handle: async ({ ctx, path, body }) =>
    actionReplyOf(ctx.executors, await decideRunAction(ctx, runAddress(path), body)),
});
