import { actionReply, proposeAgainBody } from '@proviso/contracts';
import { authorizeProposingAgain, proposeAgain } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { actionReplyOf } from '../../../present-action.ts';

export const proposeAgainRoute = defineRoute({
  method: 'post',
  path: '/v1/actions/{action_id}/propose-again',
  operationId: 'proposeAgain',
  summary: 'Propose an ended action again',
  description:
    'Creates a new action with the params, the identity and the references of one that has ended. It waits for a person and names the earlier one in `again_of`. An action is proposed again once: a second call returns the same new action. An unknown outcome must be confirmed first (409). An agent can do it for its own actions. Needs `actions:write`, and as a person a role that decides.',
  tag: 'Actions',
  body: proposeAgainBody,
  reply: actionReply,
  authorize: authorizeProposingAgain,
  handle: async ({ ctx, path, body }) =>
    actionReplyOf(ctx.executors, await proposeAgain(ctx, path.action_id ?? '', body)),
});
