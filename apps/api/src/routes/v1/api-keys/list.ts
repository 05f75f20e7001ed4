import { listKeysReply, pageQuery } from '@proviso/contracts';
import { authorizeCredentials, listKeys } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { pageReply } from '../../../page-reply.ts';

export const listKeysRoute = defineRoute({
  method: 'get',
  path: '/v1/api-keys',
  operationId: 'listKeys',
  summary: 'List your personal credentials, and as an administrator the workspace’s keys',
  description:
    'Your own personal credentials, and with `workspace:admin` the keys of the workspace. No token is shown.',
  tag: 'Access',
  query: pageQuery,
  reply: listKeysReply,
  authorize: authorizeCredentials,
  handle: async ({ ctx, query }) => pageReply('api_keys', await listKeys(ctx, query)),
});
