import { actionReply, createActionBody } from '@proviso/contracts';
import { authorizeProposing, createAction } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { actionReplyOf } from '../../../show-action.ts';

export const createActionRoute = defineRoute({
  method: 'post',
  path: '/v1/actions',
  operationId: 'createAction',
  summary: 'Propose an action',
  description:
    'It is checked and previewed at once; missing fields are looked up. It then waits for a person (`pending_approval`), or runs when it is due (`scheduled`, `auto_approved`), as the request and the agent’s settings say. Needs `actions:write`.',
  tag: 'Actions',
  body: createActionBody,
  reply: actionReply,
  waits: true,
  authorize: (ctx) => authorizeProposing(ctx),
  handle: async ({ ctx, body, settled }) => actionReplyOf(ctx.executors, await settled(await createAction(ctx, body))),
});
