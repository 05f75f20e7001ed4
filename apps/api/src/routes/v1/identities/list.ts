import { listIdentitiesReply, listQuery } from '@proviso/contracts';
import { authorize, listIdentities } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { pageReply } from '../../../page-reply.ts';

export const listIdentitiesRoute = defineRoute({
  method: 'get',
  path: '/v1/identities',
  operationId: 'listIdentities',
  summary: 'List identities',
  description: 'Newest first, without their secrets. Needs `identities:read`.',
  tag: 'Identities',
  query: listQuery,
  reply: listIdentitiesReply,
  authorize: (ctx) => authorize(ctx, 'identities:read'),
  handle: async ({ ctx, query }) => pageReply('identities', await listIdentities(ctx, query)),
});
