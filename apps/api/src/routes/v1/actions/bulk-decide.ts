import { bulkDecideBody, bulkDecideReply } from '@proviso/contracts';
import { bulkDecideActions } from '@proviso/core';
import { BULK_BODY_BYTES_MAX, defineRoute } from '../../../route.ts';

export const bulkDecideActionsRoute = defineRoute({
  method: 'post',
  path: '/v1/actions/approve/bulk',
  operationId: 'bulkDecideActions',
  summary: 'Approve, reject or edit many pending actions',
  tag: 'Actions',
  body: bulkDecideBody,
  reply: bulkDecideReply,
  bodyBytesMax: BULK_BODY_BYTES_MAX,
  handle: async ({ ctx, body }) => ({ status: 'success', ...(await bulkDecideActions(ctx, body)) }),
});
