import { bulkCreateBody, bulkCreateReply } from '@proviso/contracts';
import { bulkCreateActions } from '@proviso/core';
import { BULK_BODY_BYTES_MAX, defineRoute } from '../../../route.ts';

export const bulkCreateActionsRoute = defineRoute({
  method: 'post',
  path: '/v1/actions/bulk',
  operationId: 'bulkCreateActions',
  summary: 'Propose many actions',
  tag: 'Actions',
  body: bulkCreateBody,
  reply: bulkCreateReply,
  bodyBytesMax: BULK_BODY_BYTES_MAX,
  handle: async ({ ctx, body }) => ({ status: 'success', ...(await bulkCreateActions(ctx, body)) }),
});
