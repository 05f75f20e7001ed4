import { bulkCreateBody, bulkCreateReply } from '@proviso/contracts';
import { authorizeProposing, bulkCreateActions } from '@proviso/core';
import { BULK_BODY } from '../../../body.ts';
import { defineRoute } from '../../../route.ts';

export const bulkCreateActionsRoute = defineRoute({
  method: 'post',
  path: '/v1/actions/bulk',
  operationId: 'bulkCreateActions',
  summary: 'Propose many actions',
  description:
    'Up to 1 000, each independently: `failed` lists those that are refused, and the others go ahead. Needs `actions:write`.',
  tag: 'Actions',
  body: bulkCreateBody,
  changesNoRights: true,
  reply: bulkCreateReply,
  bodyLimits: BULK_BODY,
  authorize: (ctx) => authorizeProposing(ctx),
  handle: async ({ ctx, body }) => ({ status: 'success', ...(await bulkCreateActions(ctx, body)) }),
});
