import { actionReply, runActionBody } from '@proviso/contracts';
import { authorizeActing, runActionNow } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { actionReplyOf } from '../../../present-action.ts';

export const runActionNowRoute = defineRoute({
  method: 'post',
  path: '/v1/actions/{action_id}/execute',
  operationId: 'runActionNow',
  summary: 'Run a cleared action now, or approve a pending one and run it',
  description:
    'The action is due at once. For a pending action this is an approval, so the caller must be allowed to decide. Needs `actions:write`.',
  tag: 'Actions',
  body: runActionBody,
  reply: actionReply,
  waits: true,
  authorize: (ctx) => authorizeActing(ctx),
  handle: async ({ ctx, path, body, settled }) =>
    actionReplyOf(ctx.executors, await settled(await runActionNow(ctx, path.action_id ?? '', body))),
});
