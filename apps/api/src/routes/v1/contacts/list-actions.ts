import { listActionsReply, listContactActionsQuery } from '@proviso/contracts';
import { authorize, listContactActions } from '@proviso/core';
import { actionsReplyOf } from '../../../present-action.ts';
import { defineRoute } from '../../../route.ts';

export const listContactActionsRoute = defineRoute({
  method: 'get',
  path: '/v1/contacts/{contact_id}/actions',
  operationId: 'listContactActions',
  summary: 'List the actions on a contact',
  description: 'Like the list of actions, for this contact only. Needs `contacts:read` and `actions:read`.',
  tag: 'Contacts',
  query: listContactActionsQuery,
  reply: listActionsReply,
  authorize: (ctx) => authorize(ctx, 'contacts:read'),
  handle: async ({ ctx, path, query }) =>
    actionsReplyOf(ctx.executors, await listContactActions(ctx, path.contact_id ?? '', query)),
});
