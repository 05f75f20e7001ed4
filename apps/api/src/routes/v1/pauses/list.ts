import { pausesReply } from '@proviso/contracts';
import { listPauses } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const listPausesRoute = defineRoute({
  method: 'get',
  path: '/v1/pause',
  operationId: 'listPauses',
  summary: 'What is held back',
  tag: 'Operation',
  reply: pausesReply,
  handle: async ({ ctx }) => ({ status: 'success', paused: await listPauses(ctx) }),
});
