import { createIdentityBody, identityReply } from '@proviso/contracts';
import { authorizeConfiguration, createIdentity } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const createIdentityRoute = defineRoute({
  method: 'post',
  path: '/v1/identities',
  operationId: 'createIdentity',
  summary: 'Add an account to act as',
  tag: 'Identities',
  body: createIdentityBody,
  reply: identityReply,
  status: 201,
  authorize: (ctx) => authorizeConfiguration(ctx, 'identities:write'),
  handle: async ({ ctx, body }) => ({ status: 'success', identity: await createIdentity(ctx, body) }),
});
