import { identityReply, updateIdentityBody } from '@proviso/contracts';
import { authorizeConfiguration, updateIdentity } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const updateIdentityRoute = defineRoute({
  method: 'patch',
  path: '/v1/identities/{identity_id}',
  operationId: 'updateIdentity',
  summary: 'Change an identity',
  tag: 'Identities',
  body: updateIdentityBody,
  reply: identityReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'identities:write'),
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    identity: await updateIdentity(ctx, path.identity_id ?? '', body),
  }),
});
