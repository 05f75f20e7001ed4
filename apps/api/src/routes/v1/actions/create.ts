import { actionReply, createActionBody } from '@proviso/contracts';
import { authorizeProposing, createAction } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { actionReplyOf } from '../../../present-action.ts';

export const createActionRoute = defineRoute({
  method: 'post',
  path: '/v1/actions',
  operationId: 'createAction',
  summary: 'Propose an action',
  description:
    'The service validates it, looks up missing fields and renders a preview. It then waits for a person (`pending_approval`) or runs when it is due (`scheduled`, `auto_approved`), depending on the request and the agent’s settings. Needs `actions:write`.',
  tag: 'Actions',
  body: createActionBody,
  changesNoRights: true,
  reply: actionReply,
  waits: true,
  authorize: (ctx) => authorizeProposing(ctx),
  handle: async ({ ctx, body, settled }) => actionReplyOf(ctx.executors, await settled(await createAction(ctx, body))),
});
