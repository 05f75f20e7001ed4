import { listKeysReply, pageQuery } from '@proviso/contracts';
import { authorizeConfiguration, listKeys } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { pageReply } from '../../../page-reply.ts';

export const listKeysRoute = defineRoute({
  method: 'get',
  path: '/v1/api-keys',
  operationId: 'listKeys',
  summary: 'List the workspace’s API keys and your personal tokens',
  tag: 'Access',
  query: pageQuery,
  reply: listKeysReply,
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx, query }) => pageReply('api_keys', await listKeys(ctx, query)),
});
