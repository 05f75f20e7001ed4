import { listSnoozesReply, pageQuery } from '@proviso/contracts';
import { authorizeReviewing, listSnoozes } from '@proviso/core';
import { pageReply } from '../../../page-reply.ts';
import { defineRoute } from '../../../route.ts';

export const listSnoozesRoute = defineRoute({
  method: 'get',
  path: '/v1/snoozes',
  operationId: 'listSnoozes',
  summary: 'List what you have snoozed',
  description:
    'Your own snoozes that have not ended. What comes back first is first. Takes a person with `actions:write` and a role that decides.',
  tag: 'Actions',
  query: pageQuery,
  reply: listSnoozesReply,
  authorize: authorizeReviewing,
  handle: async ({ ctx, query }) => pageReply('snoozes', await listSnoozes(ctx, query)),
});
