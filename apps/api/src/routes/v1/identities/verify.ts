import { noBody, verifyIdentityReply } from '@proviso/contracts';
import { authorizeConfiguration, verifyIdentity } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const verifyIdentityRoute = defineRoute({
  method: 'post',
  path: '/v1/identities/{identity_id}/verify',
  operationId: 'verifyIdentity',
  summary: 'Connect as an identity, and keep whether its account answered',
  description:
    'Connects and logs in as the identity, changes nothing there, and answers within 17 s. What it finds is kept. Needs `identities:write`. No agent’s key.',
  tag: 'Identities',
  body: noBody,
  reply: verifyIdentityReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'identities:write'),
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    ...(await verifyIdentity(ctx, path.identity_id ?? '', body)),
  }),
});
