import { noBody, verifyIdentityReply } from '@proviso/contracts';
import { authorizeConfiguration, verifyIdentity } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const verifyIdentityRoute = defineRoute({
  method: 'post',
  path: '/v1/identities/{identity_id}/verify',
  operationId: 'verifyIdentity',
  summary: 'Connect as an identity and record whether its account answered',
  description:
    'Connects and logs in as the identity, changes nothing there, and replies within 17 s. The result is stored. Needs `identities:write`. No agent’s key.',
  tag: 'Identities',
  body: noBody,
  reply: verifyIdentityReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'identities:write'),
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    ...(await verifyIdentity(ctx, path.identity_id ?? '', body)),
  }),
});
