import { actionReply, noBody } from '@proviso/contracts';
import { authorize, cancelAction } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { actionReplyOf } from '../../../present-action.ts';

export const cancelActionRoute = defineRoute({
  method: 'post',
  path: '/v1/actions/{action_id}/cancel',
  operationId: 'cancelAction',
  summary: 'Cancel an action that has not started',
  description:
    'It will never run. Once its effect may have started, cancelling is refused (409). Needs `actions:write`.',
  tag: 'Actions',
  body: noBody,
  reply: actionReply,
  authorize: (ctx) => authorize(ctx, 'actions:write'),
  handle: async ({ ctx, path, body }) =>
    actionReplyOf(ctx.executors, await cancelAction(ctx, path.action_id ?? '', body)),
});
