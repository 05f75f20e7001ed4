import { bulkDecideBody, bulkDecideReply } from '@proviso/contracts';
import { authorizeDecision, bulkDecideActions } from '@proviso/core';
import { BODY, BULK_BODY } from '../../../body.ts';
import { defineRoute } from '../../../route.ts';

export const bulkDecideActionsRoute = defineRoute({
  method: 'post',
  path: '/v1/actions/approve/bulk',
  operationId: 'bulkDecideActions',
  summary: 'Approve, reject or edit many pending actions',
  description:
    'Up to 1 000, each independently: `failed` lists those that cannot be decided, and the others go ahead. Needs `actions:write` and a role that decides. An agent never decides.',
  tag: 'Actions',
  body: bulkDecideBody,
  changesNoRights: true,
  reply: bulkDecideReply,
  bodyLimits: { ...BULK_BODY, keysMax: BODY.keysMax },
  authorize: (ctx) => authorizeDecision(ctx),
  handle: async ({ ctx, body }) => ({ status: 'success', ...(await bulkDecideActions(ctx, body)) }),
});
