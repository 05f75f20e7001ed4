import { createKeyBody, createdKeyReply } from '@proviso/contracts';
import { authorizeCredentials, createKey } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const createKeyRoute = defineRoute({
  method: 'post',
  path: '/v1/api-keys',
  operationId: 'createKey',
  summary: 'Create a personal credential, or a key for the workspace or an agent; the token is shown once',
  description:
    'Creates a credential that can do no more than yours. Only this reply contains the token. Needs a personal credential, or a key with `workspace:admin`.',
  tag: 'Access',
  body: createKeyBody,
  reply: createdKeyReply,
  status: 201,
  fails: ['INVALID_STATE'],
  authorize: authorizeCredentials,
  handle: async ({ ctx, body }) => {
    const { token, key } = await createKey(ctx, body);
    return { status: 'success', token, api_key: key };
  },
});
