import { noBody, readersReply } from '@proviso/contracts';
import { authorizeReviewing, reportReading } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const reportReadingRoute = defineRoute({
  method: 'post',
  path: '/v1/actions/{action_id}/readers',
  operationId: 'reportReading',
  summary: 'Report that you are reading an action',
  description:
    'Returns who else is. Repeat it every five seconds: twelve seconds after your last report, others no longer see you. It locks nothing. Takes a person with `actions:write` and a role that decides.',
  tag: 'Actions',
  body: noBody,
  reply: readersReply,
  authorize: authorizeReviewing,
  handle: async ({ ctx, path, body }) => ({
    status: 'success',
    ...(await reportReading(ctx, path.action_id ?? '', body)),
  }),
});
