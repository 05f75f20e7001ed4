import { keyReply } from '@proviso/contracts';
import { authorizeConfiguration, revokeKey } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const revokeKeyRoute = defineRoute({
  method: 'delete',
  path: '/v1/api-keys/{key_id}',
  operationId: 'revokeKey',
  summary: 'Revoke an API key',
  tag: 'Access',
  reply: keyReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    api_key: await revokeKey(ctx, path.key_id ?? '', body),
  }),
});
