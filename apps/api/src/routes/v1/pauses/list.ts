import { pausesReply } from '@proviso/contracts';
import { authorize, listPauses } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const listPausesRoute = defineRoute({
  method: 'get',
  path: '/v1/pause',
  operationId: 'listPauses',
  summary: 'What is held back',
  description: 'What is paused in this workspace, and whether everything is. Needs `actions:read`.',
  tag: 'Operation',
  reply: pausesReply,
  authorize: (ctx) => authorize(ctx, 'actions:read'),
  handle: async ({ ctx }) => ({ status: 'success', paused: await listPauses(ctx) }),
});
