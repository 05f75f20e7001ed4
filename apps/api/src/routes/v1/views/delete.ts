import { viewReply } from '@proviso/contracts';
import { authorizeReviewing, deleteView } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const deleteViewRoute = defineRoute({
  method: 'delete',
  path: '/v1/views/{view_id}',
  operationId: 'deleteView',
  summary: 'Delete a saved view',
  description:
    'One that you saved; an admin also deletes those that others share. Takes a person with `actions:write` and a role that decides.',
  tag: 'Actions',
  reply: viewReply,
  authorize: authorizeReviewing,
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    view: await deleteView(ctx, path.view_id ?? '', body),
  }),
});
