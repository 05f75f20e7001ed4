import { listKeysReply, pageQuery } from '@proviso/contracts';
import { authorizeCredentials, listKeys } from '@proviso/core';
import { defineRoute } from '../../../route.ts';
import { pageReply } from '../../../page-reply.ts';

export const listKeysRoute = defineRoute({
  method: 'get',
  path: '/v1/api-keys',
  operationId: 'listKeys',
  summary: 'List your personal credentials and, as an admin, the keys of the workspace',
  description:
    'Returns your own personal credentials and, with `workspace:admin`, the keys of the workspace, without tokens.',
  tag: 'Access',
  query: pageQuery,
  reply: listKeysReply,
  authorize: authorizeCredentials,
  handle: async ({ ctx, query }) => pageReply('api_keys', await listKeys(ctx, query)),
});
