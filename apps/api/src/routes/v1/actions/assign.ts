import { actionReply, assignActionBody } from '@proviso/contracts';
import { assignAction, authorizeReviewing } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { actionReplyOf } from '../../../present-action.ts';

export const assignActionRoute = defineRoute({
  method: 'post',
  path: '/v1/actions/{action_id}/assign',
  operationId: 'assignAction',
  summary: 'Assign a pending action to a member',
  description:
    'The member must be one who may decide (`GET /v1/reviewers`). Everybody else who may decide still can. Takes a person with `actions:write` and a role that decides.',
  tag: 'Actions',
  body: assignActionBody,
  reply: actionReply,
  authorize: authorizeReviewing,
  handle: async ({ ctx, path, body }) =>
    actionReplyOf(ctx.executors, await assignAction(ctx, path.action_id ?? '', body)),
});
