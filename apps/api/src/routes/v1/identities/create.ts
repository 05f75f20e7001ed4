import { createIdentityBody, identityReply } from '@proviso/contracts';
import { createIdentity } from '@proviso/core';
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
  handle: async ({ ctx, body }) => ({ status: 'success', identity: await createIdentity(ctx, body) }),
});
