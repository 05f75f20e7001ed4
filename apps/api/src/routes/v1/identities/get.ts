import { identityReply } from '@proviso/contracts';
import { authorize, getIdentity } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const getIdentityRoute = defineRoute({
  method: 'get',
  path: '/v1/identities/{identity_id}',
  operationId: 'getIdentity',
  summary: 'Read an identity',
  description: 'Without its secrets. Needs `identities:read`.',
  tag: 'Identities',
  reply: identityReply,
  authorize: (ctx) => authorize(ctx, 'identities:read'),
  handle: async ({ ctx, path }) => ({
    status: 'success',
    identity: await getIdentity(ctx, path.identity_id ?? ''),
  }),
});
