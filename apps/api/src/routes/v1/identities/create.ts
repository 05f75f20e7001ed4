import { createIdentityBody, identityReply } from '@proviso/contracts';
import { authorizeConfiguration, createIdentity } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const createIdentityRoute = defineRoute({
  method: 'post',
  path: '/v1/identities',
  operationId: 'createIdentity',
  summary: 'Add an account to act as',
  description:
    'Does not connect to it: verify it next. The secrets are encrypted and never shown. Needs `identities:write`. No agent’s key.',
  tag: 'Identities',
  body: createIdentityBody,
  reply: identityReply,
  status: 201,
  authorize: (ctx) => authorizeConfiguration(ctx, 'identities:write'),
  handle: async ({ ctx, body }) => ({ status: 'success', identity: await createIdentity(ctx, body) }),
});
