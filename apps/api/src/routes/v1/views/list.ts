import { listViewsReply, pageQuery } from '@proviso/contracts';
import { authorizeReviewing, listViews } from '@proviso/core';
import { pageReply } from '../../../page-reply.ts';
import { defineRoute } from '../../../route.ts';

export const listViewsRoute = defineRoute({
  method: 'get',
  path: '/v1/views',
  operationId: 'listViews',
  summary: 'List the saved views',
  description:
    'Your own and those that are shared, by name. Takes a person with `actions:write` and a role that decides.',
  tag: 'Actions',
  query: pageQuery,
  reply: listViewsReply,
  authorize: authorizeReviewing,
  handle: async ({ ctx, query }) => pageReply('views', await listViews(ctx, query)),
});
