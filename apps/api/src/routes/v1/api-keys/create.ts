import { createKeyBody, createdKeyReply } from '@proviso/contracts';
import { authorizeConfiguration, createKey } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const createKeyRoute = defineRoute({
  method: 'post',
  path: '/v1/api-keys',
  operationId: 'createKey',
  summary: 'Make an API key or a personal token; the token is shown once',
  tag: 'Access',
  body: createKeyBody,
  reply: createdKeyReply,
  status: 201,
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx, body }) => {
    const { token, key } = await createKey(ctx, body);
    return { status: 'success', token, api_key: key };
  },
});
