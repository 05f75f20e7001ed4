import { createLegalHoldBody, legalHoldReply } from '@proviso/contracts';
import { authorizeConfiguration, createLegalHold } from '@proviso/core';
import { defineRoute } from '../../../route.ts';

export const createLegalHoldRoute = defineRoute({
  method: 'post',
  path: '/v1/legal-holds',
  operationId: 'createLegalHold',
  summary: 'Place a legal hold',
  description:
    'On an action, a run, a mission or the whole workspace. Once this replies, nothing that it covers is redacted, erased or deleted. Needs `workspace:admin`.',
  tag: 'Retention',
  body: createLegalHoldBody,
  reply: legalHoldReply,
  status: 201,
  authorize: (ctx) => authorizeConfiguration(ctx, 'workspace:admin'),
  handle: async ({ ctx, body }) => ({ status: 'success', legal_hold: await createLegalHold(ctx, body) }),
});
