import { createKeyBody, createdKeyReply } from '@proviso/contracts';
import { authorizeCredentials, createKey } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const createKeyRoute = defineRoute({
  method: 'post',
  path: '/v1/api-keys',
  operationId: 'createKey',
  summary: 'Make a personal credential, or a key of the workspace or of an agent; the token is shown once',
  description:
    'Makes a credential that may do no more than yours. The token is in this reply and nowhere else. Needs a personal credential, or a key with `workspace:admin`.',
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
