import { listReviewersReply, pageQuery } from '@proviso/contracts';
import { authorizeReviewing, listReviewers } from '@proviso/core';
import { pageReply } from '../../../page-reply.ts';
import { defineRoute } from '../../../route.ts';

export const listReviewersRoute = defineRoute({
  method: 'get',
  path: '/v1/reviewers',
  operationId: 'listReviewers',
  summary: 'List the members who may decide',
  description:
    'By name, without addresses: whom an action can be assigned to. Takes a person with `actions:write` and a role that decides.',
  tag: 'Actions',
  query: pageQuery,
  reply: listReviewersReply,
  authorize: authorizeReviewing,
  handle: async ({ ctx, query }) => pageReply('reviewers', await listReviewers(ctx, query)),
});
