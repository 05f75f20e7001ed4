import { pausesReply } from '@proviso/contracts';
import { authorize, listPauses } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const listPausesRoute = defineRoute({
  method: 'get',
  path: '/v1/pause',
  operationId: 'listPauses',
  summary: 'List pauses',
  description: 'What is paused in this workspace, and whether the whole instance is. Needs `actions:read`.',
  tag: 'Operation',
  reply: pausesReply,
  authorize: (ctx) => authorize(ctx, 'actions:read'),
  handle: async ({ ctx }) => ({ status: 'success', paused: await listPauses(ctx) }),
});
